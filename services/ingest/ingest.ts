import { setInterval as ticks } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { addRejection, beat, devicesOf, markOffline, noteUnassigned } from '../store/gateways.ts'
import { MissingPartition, type StoredReading, commit, makePartitions } from '../store/readings.ts'
import { Batch } from './batch.ts'
import type { Decoded, Told } from './decoded.ts'
import { decode } from './dialect.ts'
import { type Memory, openMemory } from './memory.ts'
import { type Meter, byReason, sort } from './sort.ts'

/** A message as the front door hands it on: who said it is known from the credential. */
export type Message = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
  /** A broker of another house says it again for us, who have just subscribed (MQTT's retain flag there). */
  readonly replayed?: boolean
}

/** Takes what gateways publish. */
export type Ingest = AsyncDisposable & {
  /** Resolves when all that the message says is stored; until then it must not be acknowledged. */
  readonly accept: (message: Message) => Promise<void>
  /** Forgets what it knows of a gateway's devices, as after each new connection. */
  readonly forget: (gateway: string) => void
  /** How many messages wait to be stored. */
  readonly pending: number
}

/** What ingest needs. `retentionDays`: what is older is refused. */
export type IngestDeps = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  readonly retentionDays: number
  /** Whether anything can reach it; always when not given. While nothing can, it says nothing of being alive. */
  readonly isListening?: () => boolean
}

/** Opens ingest: a payload becomes readings, and they are stored before anybody is told. */
export function openIngest(deps: IngestDeps): Ingest {
  const homes = new Map<string, Promise<Home>>()
  const pulse = startPulse(deps)
  const batch = openReadingsBatch(deps)
  const memory = openMemory()

  const remember = (gateway: string, home: Promise<Home>): Promise<Home> => {
    homes.set(gateway, home)
    // A failed look-up is not remembered.
    home.catch(() => homes.delete(gateway))
    return home
  }
  const homeOf = (gateway: string): Promise<Home> =>
    homes.get(gateway) ?? remember(gateway, loadHome(deps.pool, gateway))

  return {
    async accept(message) {
      const now = deps.clock.now()
      const decoded = decode(message, now)
      if (decoded.type === 'rejection')
        return await addRejection(deps.pool, { ...message, ...decoded }, now)
      if (decoded.type !== 'readings')
        return await hear(deps, batch, { message, readings: [], now }, decoded)
      const home = await homeOf(message.gateway)
      const strangers = await take({ deps, batch, memory, home, message, now }, decoded)
      // Somebody may have assigned them meanwhile, or corrected what they are: ask again, but not every time.
      if (performance.now() - home.loaded > (strangers ? RELOAD : STALE))
        void remember(message.gateway, loadHome(deps.pool, message.gateway, home.meters)) // asks again if it fails
    },
    forget: (gateway) => void homes.delete(gateway),
    get pending() {
      return batch.pending
    },
    async [Symbol.asyncDispose]() {
      await pulse[Symbol.asyncDispose]()
      await batch[Symbol.asyncDispose]()
    },
  }
}

function openReadingsBatch(deps: IngestDeps): Batch<Item> {
  return new Batch<Item>({
    write: (items) => write(deps, items),
    judge,
    refuse: ({ message, now }, error) =>
      addRejection(deps.pool, { ...message, reason: 'not-storable', detail: String(error) }, now),
    size: (item) => item.readings.length,
    log: deps.log,
  })
}

/** What is known of a gateway's devices, and when that was read, in real milliseconds. */
type Home = { readonly meters: Map<string, Meter>; readonly loaded: number }

const RELOAD = 10_000
const STALE = 60_000

/** What goes into a batch: the readings of one message. One without any only says that the gateway lives. */
type Item = {
  readonly message: Message
  readonly readings: readonly StoredReading[]
  readonly now: Millis
}

async function loadHome(
  pool: pg.Pool,
  gateway: string,
  before: ReadonlyMap<string, Meter> = new Map(),
): Promise<Home> {
  const loaded = performance.now()
  const devices = await devicesOf(pool, gateway)
  const meters = devices.map((device): [string, Meter] => [
    device.uid,
    { ...device, previous: before.get(device.uid)?.previous ?? null },
  ])
  return { meters: new Map(meters), loaded }
}

// What says nothing of a person, but that its gateway lives. A last will is said by the broker: who is gone is not
// heard. Nor is who was heard before we came.
function hear(
  deps: IngestDeps,
  batch: Batch<Item>,
  item: Item,
  decoded: Exclude<Decoded, { type: 'readings' | 'rejection' }>,
): Promise<void> {
  const { gateway, replayed } = item.message
  if (decoded.type === 'state' && !decoded.online) return markOffline(deps.pool, gateway, item.now)
  const isWill = decoded.type === 'availability' && !decoded.online
  return isWill || replayed ? Promise.resolve() : batch.add(item)
}

type Taking = {
  readonly deps: IngestDeps
  readonly batch: Batch<Item>
  readonly memory: Memory
  readonly home: Home
  readonly message: Message
  readonly now: Millis
}

async function take(
  taking: Taking,
  decoded: { readings: readonly Told[]; bad: readonly string[] },
): Promise<boolean> {
  const { deps, message, now } = taking
  const { home, memory } = taking
  const { retentionDays } = deps
  const replayed = message.replayed ?? false
  const { meters } = home
  const sorted = sort({ meters, memory, replayed, retentionDays, now }, decoded.readings)
  // What cannot be stored is on record before the rest is acknowledged, in whatever order.
  const refused = [
    ...decoded.bad.map((detail) => ({ reason: 'unreadable', detail })),
    ...sorted.refused,
  ]
  const refusals = byReason(refused).map((refusal) =>
    addRejection(deps.pool, { ...message, ...refusal }, now),
  )
  if (sorted.unassigned.length > 0)
    refusals.push(noteUnassigned(deps.pool, message.gateway, sorted.unassigned))
  const stored = taking.batch.add({ message, readings: sorted.known, now })
  await Promise.all([stored, ...refusals])
  return sorted.unassigned.length > 0
}

async function write(deps: IngestDeps, items: readonly Item[]): Promise<void> {
  const rows = items.flatMap((item) => item.readings)
  const live = items.filter((item) => !item.message.replayed)
  const heardFrom = [...new Set(live.map((item) => item.message.gateway))].toSorted()
  const now = items.reduce((latest, item) => Math.max(latest, item.now), 0)
  try {
    await commit(deps.pool, rows, heardFrom, now)
  } catch (error) {
    if (!(error instanceof MissingPartition)) throw error
    const days = rows.map((row) => row.at)
    await makePartitions(
      deps.pool,
      days.reduce((a, b) => Math.min(a, b)),
      days.reduce((a, b) => Math.max(a, b)),
    )
    await commit(deps.pool, rows, heardFrom, now)
  }
}

// SQLSTATE classes that say something of the data: 22 data exception, 23 integrity constraint violation.
// Everything else (no connection, deadlock 40P01, serialisation 40001, disk full 53100 ...) passes or is
// mended by somebody, and until then nothing is acknowledged.
function judge(error: unknown): 'again' | 'bad' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^2[23]/.test(code) ? 'bad' : 'again'
}

// Milliseconds of the clock between two signs that ingest is alive: the detector judges up to the last. A fast clock
// must leave the database time to breathe, so never more often than this in real ones.
const PULSE = 5000
const SHORTEST = 200

// The fourth clock: a detector that sees no pulse judges nobody, for then silence is ours.
function startPulse({ pool, clock, log, isListening = () => true }: IngestDeps): AsyncDisposable {
  const stop = new AbortController()
  const beatOnce = async () => {
    if (!isListening()) return
    await beat(pool, 'ingest', clock.now()).catch((error: unknown) =>
      log.warn({ err: error }, 'cannot say that ingest is alive'),
    )
  }
  const run = async () => {
    await beatOnce()
    for await (const _ of ticks(Math.max(SHORTEST, PULSE / clock.speed), null, {
      signal: stop.signal,
    }))
      await beatOnce()
  }
  const running = run().catch(() => undefined) // ends by the abort, and by nothing else: beatOnce never throws
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
