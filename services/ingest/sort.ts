import type { Nature } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { fallOf, followLoad, isSwitchedOff, ranUntil, runsSince } from '../core/draw.ts'
import { evidence, isPress } from '../core/evidence.ts'
import { freed, follow, holdLimit, stuckSince } from '../core/meter.ts'
import { type Measured, lastProof, learn, riseOf } from '../core/power.ts'
import { DAY, MINUTE, type Span } from '../core/time.ts'
import type { KnownDevice } from '../store/gateways.ts'
import type { KeptMeter } from '../store/meters.ts'
import type { Press } from '../store/presses.ts'
import { type StoredReading, kindNumber } from '../store/readings.ts'
import type { Told } from './decoded.ts'
import type { Memory } from './memory.ts'

/**
 * A device, and for a meter its last value: what it rises from. `keptProof`: the last proof of a machine that is stored;
 * `keptDay`: the day of what it holds that is; `ran`: when something ran at it, as far as that is over and not stored yet.
 */
export type Meter = Omit<KnownDevice, 'machines' | 'hold' | 'stuck' | 'load' | 'running'> & {
  previous: { at: Millis; value: number } | null
  machines: KnownDevice['machines']
  hold: KnownDevice['hold']
  stuck: KnownDevice['stuck']
  load: KnownDevice['load']
  running: KnownDevice['running']
  ran: readonly Span[]
  keptProof: Millis
  keptDay: number
}

/** A reading may be this far ahead of us before we doubt the gateway's clock. */
const SKEW = 5 * MINUTE

/** Why an element is not stored. */
export type Refused = { readonly reason: string; readonly detail: string }

/** One refusal a reason, however many elements of a message are refused: a wrong clock must not cost 500 statements. */
export function byReason(refused: readonly Refused[]): (Refused & { times: number })[] {
  return [...Map.groupBy(refused, ({ reason }) => reason)].map(([reason, all]) => ({
    reason,
    detail: all
      .slice(0, 3)
      .map(({ detail }) => detail)
      .join('; '),
    times: all.length,
  }))
}

/** What is stored, what nobody has assigned, what is refused, and the meters of which there is news to keep. */
export type Sorted = {
  known: StoredReading[]
  /** Presses of emergency buttons among what is stored. */
  presses: Press[]
  unassigned: (Told & { kindNumber: number })[]
  refused: Refused[]
  learnt: Meter[]
}

/** What is known when the readings of a message are sorted. `replayed`: another broker says it again for us. */
export type Sorting = {
  readonly meters: ReadonlyMap<string, Meter>
  readonly memory: Memory
  readonly replayed: boolean
  readonly retentionDays: number
  readonly now: Millis
}

/** Tells apart what a gateway said: readings of known devices, weighed as signs of life; of unknown ones; untimely ones. */
export function sort(sorting: Sorting, readings: readonly Told[]): Sorted {
  const { meters, memory, replayed, now } = sorting
  const sorted: Sorted = { known: [], presses: [], unassigned: [], refused: [], learnt: [] }
  for (const told of readings) {
    const refusal = refusalOf(told, sorting)
    const meter = meters.get(told.uid)
    if (refusal) sorted.refused.push(refusal)
    else if (!meter) sorted.unassigned.push({ ...told, kindNumber: kindNumber(told.kind) })
    else {
      const nature = memory.nature(meter.id, told)
      if (!replayed) keep(sorted, meter, told, nature)
      // Without a time of its own nobody knows how old it is.
      else if (told.at !== now) keep(sorted, meter, told, 'snapshot')
      if (told.kind === 'power' && hasNews(meter)) sorted.learnt.push(meter)
    }
  }
  return sorted
}

function keep(sorted: Sorted, meter: Meter, told: Told, nature: Nature): void {
  sorted.known.push(weigh(meter, told, nature))
  if (meter.role === 'sos' && isPress(told, nature))
    sorted.presses.push({ device: meter.id, at: told.at })
}

function refusalOf(told: Told, { now, retentionDays }: Sorting): Refused | null {
  return untimely(told, now, retentionDays) ?? implausible(told)
}

function untimely({ uid, kind, at }: Told, now: Millis, retentionDays: number): Refused | null {
  const isFuture = at > now + SKEW
  if (!isFuture && at >= now - retentionDays * DAY) return null
  const said = `${uid} ${kind} says ${instantWord(at)}`
  return isFuture
    ? { reason: 'future', detail: `${said}, here it is ${instantWord(now)}` }
    : { reason: 'too-old', detail: `${said}, older than ${retentionDays} days` }
}

// No sensor of a home says more, and what is reckoned from such values is no number any more.
const MOST = 1e9

function implausible({ uid, kind, value }: Told): Refused | null {
  if (Math.abs(value) <= MOST) return null
  return { reason: 'implausible', detail: `${uid} ${kind} says ${value}, at most ${MOST} are read` }
}

// A date ends 8.64e15 ms from 1970 (ECMA-262, 21.4.1.1); beyond it toISOString throws.
function instantWord(at: Millis): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : `${at} ms`
}

function weigh(meter: Meter, { kind, value, at }: Told, nature: Nature): StoredReading {
  const isOff = kind === 'power' && measure(meter, { at, value })
  const reading = { kind, value, at, nature }
  const { active, exit } = evidence(meter, reading, meter.previous, meter.machines, isOff)
  if (kind === 'power' && at > (meter.previous?.at ?? -1)) meter.previous = { at, value }
  const { id: deviceId, householdId, slot } = meter
  return { at, deviceId, householdId, slot, kind, nature, value, active, exit }
}

// Whether somebody has switched off what ran at it.
function measure(meter: Meter, reading: Measured): boolean {
  const before = meter.hold
  meter.hold = follow(before, reading, meter.role)
  // What a stuck meter held says nothing of what was drawn.
  if (freed(before, meter.hold, meter.role)) meter.previous = null
  const rise = riseOf(reading, meter.previous)
  meter.machines = learn(meter.machines, meter.role, rise, reading.at)
  const drawn = meter.load
  meter.load = followLoad(drawn, reading, meter.role, rise)
  const ran = ranUntil(drawn, meter.load, meter.role, meter.machines)
  if (ran) meter.ran = [...meter.ran, ran]
  return isSwitchedOff(ran, drawn, fallOf(reading, meter.previous), meter.role)
}

// A fridge proves itself anew every hour, and a meter holds another value every minute; to know them after a restart,
// once a day is enough.
function hasNews(meter: Meter): boolean {
  const proof = lastProof(meter.machines)
  const { day, stuck } = heldBy(meter)
  const running = runningAt(meter)
  const isNew = proof - meter.keptProof >= DAY || day > meter.keptDay || meter.ran.length > 0
  if (!isNew && stuck === meter.stuck && running === meter.running) return false
  meter.keptProof = Math.max(proof, meter.keptProof)
  meter.keptDay = day
  meter.stuck = stuck
  meter.running = running
  return true
}

function runningAt({ load, role, machines }: Meter): Millis | null {
  return load && runsSince(load, role, machines)
}

function heldBy({ hold, role }: Meter): { readonly day: number; readonly stuck: Millis | null } {
  return hold === null ? { day: 0, stuck: null } : { day: hold.day, stuck: stuckSince(hold, role) }
}

/** What is to be kept of a meter of which there is news. What ran at it is told once. */
export function keptOf(meter: Meter): KeptMeter {
  const { id, placed, role, machines, hold, stuck, load, running, ran } = meter
  meter.ran = []
  const stuckDue = hold && stuck !== null ? stuck + holdLimit(hold, role) : null
  return { id, placed, machines, hold, stuck, stuckDue, load, running, ran }
}
