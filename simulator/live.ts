import type { Millis } from '../schemas/time.ts'
import { type Clock, MINUTE } from '../services/core/time.ts'
import { Flights, type Readings, batches } from './flights.ts'
import type { SimulatedGateway } from './gateway.ts'

/** A home that lives along a clock. */
export type LiveHome = {
  readonly gateway: Pick<SimulatedGateway, 'publish' | 'beat' | 'cut'>
  readonly readings: Readings
  /** When its gateway loses its power; Infinity: never. */
  readonly cutAt?: Millis | undefined
}

/** Which homes, and along which clock. */
export type LiveOptions = {
  readonly clock: Clock
  readonly homes: readonly LiveHome[]
  readonly signal?: AbortSignal | undefined
}

/** A gateway says every five minutes that it is there. */
const HEARTBEAT = 5 * MINUTE

/** Readings that come so close together, in real milliseconds, travel in one message: a year needs no timer for each. */
const TOGETHER = 5

/** Messages of one home under way at a time; beyond that, it waits for the broker. */
const IN_FLIGHT = 100

/**
 * Publishes each reading when the clock reaches it, never before. Resolves when all readings are acknowledged,
 * or soon after `signal` aborts; rejects when a gateway fails that was not cut.
 */
export async function playLive({ clock, homes, signal }: LiveOptions): Promise<void> {
  const over = new AbortController()
  const stop = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const beating = beat(homes, clock, stop)
  const lives = homes.map((home) => live(home, clock, stop))
  try {
    await Promise.all(lives)
  } finally {
    over.abort()
    await Promise.allSettled([...lives, beating])
  }
}

async function live(home: LiveHome, clock: Clock, stop: AbortSignal): Promise<void> {
  const dead = new AbortController()
  const ended = AbortSignal.any([stop, dead.signal])
  const { gateway, cutAt = Infinity } = home
  const power = cutAt === Infinity ? null : cut(gateway, cutAt, clock, stop, dead)
  try {
    await publishInTime(home, clock, ended)
  } catch (error) {
    // Stopped or cut: what was under way may fail, and nobody waits for it.
    if (!ended.aborted) throw error
  }
  await power
}

async function cut(
  gateway: LiveHome['gateway'],
  at: Millis,
  clock: Clock,
  stop: AbortSignal,
  dead: AbortController,
): Promise<void> {
  try {
    await clock.after(at, stop)
    dead.abort()
    gateway.cut()
  } catch (error) {
    if (!stop.aborted) throw error
  }
}

async function publishInTime(
  { gateway, readings, cutAt = Infinity }: LiveHome,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  const flights = new Flights(IN_FLIGHT, ended)
  for await (const together of batches(readings, TOGETHER * clock.speed)) {
    // The cut may come late on a busy machine: what a dead gateway would have said is not said for that.
    const batch = together.filter(({ at }) => at <= cutAt)
    if (batch.length === 0) continue
    // A recording may be out of order: no reading of the message may be of the future.
    await clock.after(Math.max(...batch.map(({ at }) => at)), ended)
    ended.throwIfAborted()
    await flights.add(gateway.publish(batch))
  }
  await flights.landed()
}

async function beat(homes: readonly LiveHome[], clock: Clock, stop: AbortSignal): Promise<void> {
  try {
    for (let at = clock.now() + HEARTBEAT; ; at = Math.max(at + HEARTBEAT, clock.now())) {
      await clock.after(at, stop)
      for (const { gateway } of homes) void gateway.beat() // the next beat comes anyway
    }
  } catch (error) {
    if (!stop.aborted) throw error
  }
}
