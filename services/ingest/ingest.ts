import { setInterval as ticks } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { evidence } from '../core/evidence.ts'
import { type Clock, DAY, MINUTE } from '../core/time.ts'
import {
  type KnownDevice,
  addRejection,
  beat,
  devicesOf,
  markOffline,
  noteUnassigned,
} from '../store/gateways.ts'
import {
  MissingPartition,
  type StoredReading,
  commit,
  kindNumber,
  makePartitions,
} from '../store/readings.ts'
import { Batch } from './batch.ts'
import { decodeNative } from './native.ts'

/** A message as the front door hands it on: who said it is known from the credential. */
export type Message = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
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
}

/** A reading may be this far ahead of us before we doubt the gateway's clock. */
const SKEW = 5 * MINUTE

/** Opens ingest: a payload becomes readings, and they are stored before anybody is told. */
export function openIngest(deps: IngestDeps): Ingest {
  const homes = new Map<string, Promise<Home>>()
  const pulse = startPulse(deps)
  const batch = openReadingsBatch(deps)

  const homeOf = (gateway: string): Promise<Home> => {
    const known = homes.get(gateway) ?? loadHome(deps.pool, gateway)
    homes.set(gateway, known)
    // A failed look-up is not remembered.
    known.catch(() => homes.delete(gateway))
    return known
  }

  return {
    async accept(message) {
      const now = deps.clock.now()
      const decoded = decodeNative(message.gateway, message.topic, message.payload, now)
      switch (decoded.type) {
        case 'rejection':
          return await addRejection(deps.pool, { ...message, ...decoded }, now)
        case 'state':
          return decoded.online
            ? await batch.add({ message, readings: [], now })
            : await markOffline(deps.pool, message.gateway, now)
        case 'readings': {
          const home = await homeOf(message.gateway)
          const strangers = await take({ deps, batch, home, message, now }, decoded)
          // Somebody may have assigned them meanwhile: ask again, but not for every message.
          if (strangers && performance.now() - home.loaded > RELOAD) homes.delete(message.gateway)
        }
      }
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

/** A device, and for a meter its last value: what it rises from. */
type Meter = KnownDevice & { previous: { at: Millis; value: number } | null }

/** What is known of a gateway's devices, and when that was read, in real milliseconds. */
type Home = { readonly meters: Map<string, Meter>; readonly loaded: number }

const RELOAD = 10_000

/** What goes into a batch: the readings of one message. One without any only says that the gateway lives. */
type Item = {
  readonly message: Message
  readonly readings: readonly StoredReading[]
  readonly now: Millis
}

async function loadHome(pool: pg.Pool, gateway: string): Promise<Home> {
  const loaded = performance.now()
  const devices = await devicesOf(pool, gateway)
  return {
    meters: new Map(devices.map((device) => [device.uid, { ...device, previous: null }])),
    loaded,
  }
}

type Taking = {
  readonly deps: IngestDeps
  readonly batch: Batch<Item>
  readonly home: Home
  readonly message: Message
  readonly now: Millis
}

async function take(
  taking: Taking,
  decoded: { readings: readonly Reading[]; bad: readonly string[] },
): Promise<boolean> {
  const { deps, home, message, now } = taking
  const sorted = sort(decoded.readings, home.meters, now, deps.retentionDays)
  // What cannot be stored is on record before the rest is acknowledged, in whatever order.
  const refusals = [
    ...decoded.bad.map((detail) => ({ reason: 'unreadable', detail })),
    ...sorted.refused,
  ].map((refusal) => addRejection(deps.pool, { ...message, ...refusal }, now))
  if (sorted.unassigned.length > 0)
    refusals.push(noteUnassigned(deps.pool, message.gateway, sorted.unassigned))
  const stored = taking.batch.add({ message, readings: sorted.known, now })
  await Promise.all([stored, ...refusals])
  return sorted.unassigned.length > 0
}

type Sorted = {
  known: StoredReading[]
  unassigned: (Reading & { kindNumber: number })[]
  refused: { reason: string; detail: string }[]
}

function sort(
  readings: readonly Reading[],
  meters: Map<string, Meter>,
  now: Millis,
  retentionDays: number,
): Sorted {
  const sorted: Sorted = { known: [], unassigned: [], refused: [] }
  for (const reading of readings) {
    const refusal = untimely(reading, now, retentionDays)
    const meter = meters.get(reading.uid)
    if (refusal) sorted.refused.push(refusal)
    else if (meter) sorted.known.push(weigh(meter, reading))
    else sorted.unassigned.push({ ...reading, kindNumber: kindNumber(reading.kind) })
  }
  return sorted
}

function untimely(reading: Reading, now: Millis, retentionDays: number) {
  const said = `${reading.uid} ${reading.kind} says ${new Date(reading.at).toISOString()}`
  if (reading.at > now + SKEW)
    return { reason: 'future', detail: `${said}, here it is ${new Date(now).toISOString()}` }
  if (reading.at < now - retentionDays * DAY)
    return { reason: 'too-old', detail: `${said}, older than ${retentionDays} days` }
  return null
}

function weigh(meter: Meter, reading: Reading): StoredReading {
  const found = evidence(meter, reading, meter.previous)
  if (reading.kind === 'power' && reading.at > (meter.previous?.at ?? -1))
    meter.previous = { at: reading.at, value: reading.value }
  return {
    at: reading.at,
    deviceId: meter.id,
    householdId: meter.householdId,
    kind: reading.kind,
    nature: reading.nature,
    value: reading.value,
    active: found.active,
    exit: found.exit,
  }
}

async function write(deps: IngestDeps, items: readonly Item[]): Promise<void> {
  const rows = items.flatMap((item) => item.readings)
  const heardFrom = [...new Set(items.map((item) => item.message.gateway))].toSorted()
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

/** Real milliseconds between two signs that ingest is alive. */
const PULSE = 5000

// The fourth clock: a detector that sees no pulse judges nobody, for then silence is ours.
function startPulse({ pool, clock, log }: IngestDeps): AsyncDisposable {
  const stop = new AbortController()
  const beatOnce = () =>
    beat(pool, 'ingest', clock.now()).catch((error: unknown) =>
      log.warn({ err: error }, 'cannot say that ingest is alive'),
    )
  const run = async () => {
    await beatOnce()
    for await (const _ of ticks(PULSE, null, { signal: stop.signal })) await beatOnce()
  }
  const running = run().catch(() => undefined) // ends by the abort, and by nothing else: beatOnce never throws
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
