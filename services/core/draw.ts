import type { Role } from '../../schemas/household.ts'
import type { Stretch } from '../../schemas/rhythm.ts'
import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Measured, type Recurring, machineAt } from './power.ts'
import { DAY, HOUR, MINUTE, QUARTER, type Span } from './time.ts'

/**
 * What a meter has drawn: when it last spoke; since when it has drawn clearly more than its base without a pause (null: it does
 * not), and whether a rise at once began that; that base, the least that it draws on most days (null: not known); and the least
 * of the day that it is on (null: it has told none) and of up to seven before. All in W.
 */
export type Load = {
  readonly at: Millis
  readonly since: Millis | null
  readonly atOnce: boolean
  readonly base: number | null
  readonly day: number
  readonly least: number | null
  readonly leasts: readonly number[]
}

/** What runs is clearly more than what a meter draws at the least: a set or a lamp, no clock. In W, assumed. */
const CLEAR = { mains: 50, plug: 30 }
/** The pauses of a compressor show what a whole home draws besides: for so long without one, it is none. */
const SURE = { mains: HOUR, plug: 10 * MINUTE }
/** What is on for longer may go off by itself: televisions do after four hours without a word. */
const BY_HAND = 3.5 * HOUR
/** After such a pause nobody knows whether it has run on: a line was lost, or the power itself. */
const PAUSE = 2 * HOUR
const DAYS = 7
/** What a silence is spent with has begun by so long after its beginning. */
const BEGUN = 1.5 * HOUR
/** What has run since the beginning of a silence is known by so long after it. */
export const KNOWN = BEGUN + SURE.mains

/** Follows a meter, which has risen by so many W with this word. What comes late says nothing new. */
export function followLoad(
  load: Load | null,
  { at, value }: Measured,
  role: Role,
  rise: number,
): Load {
  const day = Math.floor(at / DAY)
  const before = load ?? { at: -1, ...OFF, base: null, day, least: null, leasts: [] }
  if (at <= before.at) return before
  const known = day === before.day ? before : turnDay(before, day)
  const least = isTold(value, role) ? Math.min(known.least ?? value, value) : known.least
  const runs = value < leastOn(known, role) ? OFF : runsOn(known, at, rise)
  return { ...known, at, ...runs, least }
}

const OFF = { since: null, atOnce: false } as const

function runsOn(known: Load, at: Millis, rise: number): Pick<Load, 'since' | 'atOnce'> {
  const { since, atOnce } = known
  if (since !== null && at - known.at < PAUSE) return { since, atOnce }
  return { since: at, atOnce: rise >= CLEAR.plug }
}

// A meter of a whole home that says 0 W says nothing: its holes are filled so.
function isTold(value: number, role: Role): boolean {
  return role !== 'mains' || value > 0
}

function turnDay(load: Load, day: number): Load {
  const leasts = load.least === null ? load.leasts : [...load.leasts, load.least].slice(-DAYS)
  // The median: one wrong value is no other home.
  const base = leasts.toSorted((a, b) => a - b)[leasts.length >> 1] ?? null
  return { ...load, base, day, least: null, leasts }
}

// Before its first day is over, a home may draw anything at the least, and a plug nothing.
function leastOn({ base }: Load, role: Role): number {
  if (role !== 'mains') return (base ?? 0) + CLEAR.plug
  return base === null ? Infinity : base + CLEAR.mains
}

function sideOf(role: Role): 'mains' | 'plug' {
  return role === 'mains' ? 'mains' : 'plug'
}

/** Since when something runs at a meter that no machine switches; null: nothing does, for all that is known yet. */
export function runsSince(
  load: Load,
  role: Role,
  machines: readonly Recurring[],
  at: Millis = load.at,
): Millis | null {
  const { since } = load
  if (since === null || at - since < SURE[sideOf(role)]) return null
  return machineAt(machines, at) === null || role === 'mains' ? since : null
}

/**
 * The time in which something ran at a meter, when its last value says that it does no more, or comes so late that nobody
 * knows: then until the value before.
 */
export function ranUntil(
  before: Load | null,
  after: Load,
  role: Role,
  machines: readonly Recurring[],
): Span | null {
  if (before === null || after.since === before.since) return null
  const until = after.at - before.at < PAUSE ? after.at : before.at
  const since = runsSince(before, role, machines, until)
  return since === null ? null : { since, until }
}

/** How far power has fallen with this word, in W; 0 where nobody can say. */
export function fallOf(now: Measured, before: Measured | null): number {
  return before === null || now.at - before.at >= PAUSE ? 0 : before.value - now.value
}

/**
 * Whether somebody has switched off what ran at a plug (`load`, before it fell by so many W): at once, what was switched on at
 * once, and not after so long that it may have gone off by itself. So what glides up and down by itself, an inverter or a fan,
 * is nobody's; nor is there more of this than of rises, of which a machine's are known in the end.
 */
export function isSwitchedOff(
  ran: Span | null,
  load: Load | null,
  fall: number,
  role: Role,
): boolean {
  if (ran === null || load?.atOnce !== true || role === 'mains') return false
  return fall >= CLEAR.plug && (ran.until ?? Infinity) - ran.since <= BY_HAND
}

/**
 * What a silence since `from` is spent with, as it is known at `now`: the last of spans (sorted, apart) that had begun by soon
 * after its beginning.
 */
export function ranThrough(ran: readonly Span[], from: Millis, now = Infinity): Span | null {
  const span = ran[begunBy(ran, Math.min(now, from + BEGUN)) - 1]
  return span && isThrough(span, from, now) ? span : null
}

/** How many of spans (sorted, apart) have begun by an instant. */
export function begunBy(ran: readonly Span[], at: Millis): number {
  let [low, high] = [0, ran.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ran[middle]?.since ?? Infinity) > at) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Whether a silence since `from` is spent with what ran in a span, as it is known at `now`. What went off by itself goes on
 * telling that nobody has left; who switched it off may have, and at the meter of a whole home that is no sign of life.
 */
export function isThrough({ since, until }: Span, from: Millis, now = Infinity): boolean {
  const end = until ?? Infinity
  const isOff = end <= now && end - since <= BY_HAND
  return since <= from + BEGUN && end > from && !isOff
}

/** What runs at a meter, since when, and in which room; or until when it ran. */
export type Running = NonNullable<Extract<Reason, { expected: number }>['running']>

/** What runs or ran in a quiet home, if its silence is spent with it; else null. */
export function runsThrough({
  running = null,
  lastActivity,
}: {
  readonly running?: Running | null
  readonly lastActivity: Millis
}): { readonly running: Running } | null {
  if (!running) return null
  const { since, until = null } = running
  return isThrough({ since, until }, lastActivity) ? { running } : null
}

/** Whether a silence was spent with something, of which the quarter hours are known. */
export function ranIn(ran: readonly Span[], [start, length]: Stretch): boolean {
  return ranThrough(ran, (start + 1) * QUARTER, (start + length) * QUARTER) !== null
}
