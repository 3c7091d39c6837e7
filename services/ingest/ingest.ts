import { setInterval as ticks } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import type { Clock } from '../core/time.ts'
import { beat } from '../store/gateways.ts'
import { Batch } from './batch.ts'
import type { Decoded, Told } from './decoded.ts'
import { decode } from './dialect.ts'
import { type Memory, openMemory } from './memory.ts'
import { type Home, openHomes } from './homes.ts'
import { judge, openPatience } from './patience.ts'
import { type Recorder, openRecorder } from './recorder.ts'
import { byReason, sort } from './sort.ts'
import { type Committed, type Item, openWriter } from './writer.ts'

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
  /** Who counts; nobody when not given. */
  readonly figures?: Figures
}

/** Told of each batch that is stored, and of each refusal that goes on record. */
export type Figures = {
  readonly committed: (batch: Committed) => void
  readonly refused: (reason: string) => void
}

const NOBODY: Figures = { committed: () => undefined, refused: () => undefined }

/** Opens ingest: a payload becomes readings, and they are stored before anybody is told. */
export function openIngest(deps: IngestDeps): Ingest {
  // V8 sees that what waits for a commit outlives a collection, and begins to make such objects where only a full one
  // reaches them; each then keeps alive what it points to. Collections took 20 times as long.
  setFlagsFromString('--no-allocation-site-pretenuring')
  const patience = openPatience(deps.log)
  const homes = openHomes(deps.pool, patience)
  const record = openRecorder(deps, patience)
  const lanes = openLanes(deps, record)
  const pulse = startPulse(deps, lanes)
  const memory = openMemory()
  const take = (home: Home, message: Message, decoded: Readable, now: Millis): Promise<void> => {
    const batch = lanes.of(home)
    if (decoded.type !== 'readings') return hear({ record, batch, home, message, now }, decoded)
    const { retentionDays } = deps
    const storing = { retentionDays, record, batch, memory, home, message, now }
    const { unassigned, stored } = store(storing, decoded)
    homes.refresh(message.gateway, home, unassigned)
    return stored
  }
  return {
    // No async function: of what one costs, most messages would pay three times.
    accept(message) {
      const now = deps.clock.now()
      const decoded = decode(message, now)
      if (decoded.type === 'rejection') return record.rejection({ ...message, ...decoded }, now)
      const home = homes.of(message.gateway)
      if (home instanceof Promise) return home.then((found) => take(found, message, decoded, now))
      return take(home, message, decoded, now)
    },
    forget: (gateway) => homes.forget(gateway),
    get pending() {
      return lanes.pending
    },
    async [Symbol.asyncDispose]() {
      patience[Symbol.dispose]()
      await pulse[Symbol.asyncDispose]()
      await lanes[Symbol.asyncDispose]()
      await record[Symbol.asyncDispose]()
    },
  }
}

type Readable = Exclude<Decoded, { type: 'rejection' }>

type Lanes = AsyncDisposable & {
  readonly of: (home: Home) => Batch<Item>
  readonly pending: number
  /** When the message came that has waited longest to be stored; Infinity when none waits. */
  readonly waitsSince: Millis
}

// At most two batches are in flight, and of one home only one: so they never wait for each other's rows.
function openLanes({ pool, log, figures = NOBODY }: IngestDeps, record: Recorder): Lanes {
  const write = openWriter(pool, figures.committed)
  const open = () =>
    new Batch<Item>({
      write,
      judge,
      refuse: ({ message, now }, error) =>
        record.rejection({ ...message, reason: 'not-storable', detail: String(error) }, now),
      size: (item) => item.readings.length,
      log,
    })
  const [even, odd] = [open(), open()]
  return {
    of: (home) => (home.household % 2 === 0 ? even : odd),
    get pending() {
      return even.pending + odd.pending
    },
    get waitsSince() {
      return Math.min(even.oldest?.now ?? Infinity, odd.oldest?.now ?? Infinity)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([even[Symbol.asyncDispose](), odd[Symbol.asyncDispose]()])
    },
  }
}

// What says nothing of a person, but that its gateway lives. A last will is said by the broker: who is gone is not
// heard. Nor is who was heard before we came.
function hear({ record, batch, home, message, now }: Hearing, decoded: Saying): Promise<void> {
  if (decoded.type === 'state' && !decoded.online) {
    home.heardAt = 0
    return record.offline(message.gateway, now)
  }
  const isWill = decoded.type === 'availability' && !decoded.online
  return keep(batch, { message, heard: !isWill && isHeard(home, message, now), readings: [], now })
}

type Saying = Exclude<Readable, { type: 'readings' }>
type Hearing = Pick<Storing, 'record' | 'batch' | 'home' | 'message' | 'now'>

// That a gateway speaks need not be said with each of its messages: the row is written every 30 seconds (`statement.ts`),
// and to look for it each time cost PostgreSQL as much as a third of the reading. Milliseconds of the clock.
const HEARD = 10_000

function isHeard(home: Home, { replayed }: Message, now: Millis): boolean {
  if (replayed || Math.abs(now - home.heardAt) < HEARD) return false
  home.heardAt = now
  return true
}

type Storing = {
  readonly retentionDays: number
  readonly record: Recorder
  readonly batch: Batch<Item>
  readonly memory: Memory
  readonly home: Home
  readonly message: Message
  readonly now: Millis
}

function store(
  { retentionDays, record, batch, memory, home, message, now }: Storing,
  decoded: { readings: readonly Told[]; bad: readonly string[] },
): { unassigned: boolean; stored: Promise<void> } {
  const { replayed = false } = message
  const { meters } = home
  const sorted = sort({ meters, memory, replayed, retentionDays, now }, decoded.readings)
  const unassigned = sorted.unassigned.length > 0
  const heard = isHeard(home, message, now)
  const stored = keep(batch, { message, heard, readings: sorted.known, now })
  if (sorted.learnt.length > 0) record.meters(sorted.learnt, now)
  const { presses } = sorted
  const isUsual = !unassigned && presses.length + sorted.refused.length + decoded.bad.length === 0
  if (isUsual) return { unassigned, stored }
  // What cannot be stored is on record before the rest is acknowledged, in whatever order.
  const refused = [
    ...decoded.bad.map((detail) => ({ reason: 'unreadable', detail })),
    ...sorted.refused,
  ]
  const others = byReason(refused).map((refusal) =>
    record.rejection({ ...message, ...refusal }, now),
  )
  // A cry for help is kept by its device and instant, so it may come twice.
  if (presses.length > 0) others.push(record.presses(presses))
  if (unassigned) others.push(record.unassigned(message.gateway, sorted.unassigned))
  return { unassigned, stored: Promise.all([stored, ...others]).then(() => undefined) }
}

function keep(batch: Batch<Item>, item: Item): Promise<void> {
  return item.heard || item.readings.length > 0 ? batch.add(item) : Promise.resolve()
}

// Milliseconds of the clock between two signs that ingest is alive: the detector judges up to the last. A fast clock
// must leave the database time to breathe, so never more often than this in real ones.
const PULSE = 5000
const SHORTEST = 200

// The fourth clock: a detector that sees no pulse judges nobody, for then silence is ours. So it is while what has come
// cannot be stored, though the database takes a beat.
function startPulse(
  { pool, clock, log, isListening = () => true }: IngestDeps,
  lanes: Pick<Lanes, 'waitsSince'>,
): AsyncDisposable {
  const stop = new AbortController()
  const beatOnce = async () => {
    if (!isListening()) return
    const at = Math.min(clock.now(), lanes.waitsSince)
    await beat(pool, 'ingest', at).catch((error: unknown) =>
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
