import { setInterval as ticks } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { addRejection, beat, markOffline, noteUnassigned } from '../store/gateways.ts'
import { Batch } from './batch.ts'
import type { Decoded, Told } from './decoded.ts'
import { decode } from './dialect.ts'
import { type Memory, openMemory } from './memory.ts'
import { type Home, openHomes } from './homes.ts'
import { byReason, sort } from './sort.ts'
import { type Item, openWriter } from './writer.ts'

/** A message as the front door hands it on: who said it is known from the credential. */
export type Message = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
  /** A broker of another house says it again for us, who have just subscribed (MQTT's retain flag there). */
  readonly replayed?: boolean
  /** Its sender has said it before, and does not know whether we heard it (MQTT's DUP flag). */
  readonly repeated?: boolean
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
  const homes = openHomes(deps.pool)
  const pulse = startPulse(deps)
  const lanes = openLanes(deps)
  const memory = openMemory()
  const take = (home: Home, message: Message, decoded: Readable, now: Millis): Promise<void> => {
    const batch = lanes.of(home)
    if (decoded.type !== 'readings') return hear(deps, batch, { message, now }, decoded)
    const { unassigned, stored } = store({ deps, batch, memory, home, message, now }, decoded)
    homes.refresh(message.gateway, home, unassigned)
    return stored
  }
  return {
    // No async function: of what one costs, most messages would pay three times.
    accept(message) {
      const now = deps.clock.now()
      const decoded = decode(message, now)
      if (decoded.type === 'rejection')
        return addRejection(deps.pool, { ...message, ...decoded }, now)
      const home = homes.of(message.gateway)
      if (home instanceof Promise) return home.then((found) => take(found, message, decoded, now))
      return take(home, message, decoded, now)
    },
    forget: (gateway) => homes.forget(gateway),
    get pending() {
      return lanes.pending
    },
    async [Symbol.asyncDispose]() {
      await pulse[Symbol.asyncDispose]()
      await lanes[Symbol.asyncDispose]()
    },
  }
}

type Readable = Exclude<Decoded, { type: 'rejection' }>

type Lanes = AsyncDisposable & {
  readonly of: (home: Home) => Batch<Item>
  readonly pending: number
}

// At most two batches are in flight, and of one home only one: so they never wait for each other's rows.
function openLanes({ pool, log }: IngestDeps): Lanes {
  const write = openWriter(pool)
  const open = () =>
    new Batch<Item>({
      write,
      judge,
      refuse: ({ message, now }, error) =>
        addRejection(pool, { ...message, reason: 'not-storable', detail: String(error) }, now),
      size: (item) => item.readings.length,
      log,
    })
  const [even, odd] = [open(), open()]
  return {
    of: (home) => (home.household % 2 === 0 ? even : odd),
    get pending() {
      return even.pending + odd.pending
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([even[Symbol.asyncDispose](), odd[Symbol.asyncDispose]()])
    },
  }
}

// What says nothing of a person, but that its gateway lives. A last will is said by the broker: who is gone is not
// heard. Nor is who was heard before we came.
function hear(
  deps: IngestDeps,
  batch: Batch<Item>,
  { message, now }: Pick<Item, 'message' | 'now'>,
  decoded: Exclude<Readable, { type: 'readings' }>,
): Promise<void> {
  const { gateway, replayed } = message
  if (decoded.type === 'state' && !decoded.online) return markOffline(deps.pool, gateway, now)
  const isWill = decoded.type === 'availability' && !decoded.online
  return isWill || replayed ? Promise.resolve() : batch.add({ message, readings: [], now })
}

type Storing = {
  readonly deps: IngestDeps
  readonly batch: Batch<Item>
  readonly memory: Memory
  readonly home: Home
  readonly message: Message
  readonly now: Millis
}

function store(
  { deps, batch, memory, home, message, now }: Storing,
  decoded: { readings: readonly Told[]; bad: readonly string[] },
): { unassigned: boolean; stored: Promise<void> } {
  const { replayed = false } = message
  const { retentionDays } = deps
  const { meters } = home
  const sorted = sort({ meters, memory, replayed, retentionDays, now }, decoded.readings)
  const unassigned = sorted.unassigned.length > 0
  const stored = batch.add({ message, readings: sorted.known, now })
  if (!unassigned && sorted.refused.length + decoded.bad.length === 0) return { unassigned, stored }
  // What cannot be stored is on record before the rest is acknowledged, in whatever order.
  const refused = [
    ...decoded.bad.map((detail) => ({ reason: 'unreadable', detail })),
    ...sorted.refused,
  ]
  const others = byReason(refused).map((refusal) =>
    addRejection(deps.pool, { ...message, ...refusal }, now),
  )
  if (unassigned) others.push(noteUnassigned(deps.pool, message.gateway, sorted.unassigned))
  return { unassigned, stored: Promise.all([stored, ...others]).then(() => undefined) }
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
