import type { Millis } from '../../schemas/time.ts'
import { DAY, MINUTE, type OffsetSpan, QUARTER, type Span, offsetSpan } from './time.ts'

/** The slots of a curve: 96 quarter hours of a weekday, then 96 of a day of rest. */
export const SLOTS = 192
export const SLOTS_A_DAY = 96

export const HALF_HOUR = 30 * MINUTE
/** The half hours of a day, and the ages in half hours that a hazard tells apart: the last one stands for all beyond. */
export const HALF_HOURS = 48

/** How a home's days are told apart. */
export type Days = {
  readonly timeZone: string
  /** Whether a local day, as `localDay` counts, is a weekend or a holiday. */
  readonly isRest: (day: number) => boolean
}

/** How a home's day goes, ready to be integrated over time. */
export type Curve = Days & {
  /** The chance of a sign of life in each slot, above 0 and below 1. */
  readonly chance: Float64Array
  /**
   * How surely a silence ends, in nats a millisecond: in a half hour of a weekday, 0 to 47, or of a day of rest, 48 to
   * 95, at an age in half hours. In the first hour it is 0: that is nobody's news. It is worked out when asked for: of
   * all half hours and ages a silence meets one in fifty.
   */
  readonly hazard: (half: number, age: number) => number
}

/** A silence is looked at no further than this: whoever is silent so long is surprising whatever they do. */
export const HORIZON = 4 * DAY

// What the horizon is worth: no threshold lies so high, and it can be stored. Nobody looks on when a silence has become
// as good as impossible: that is a quarter of the way on most days.
const MOST = 1000
const SURE = 40

/**
 * How surprising a silence from `from` is at `to`, in nats: -ln of what it would still be worth to wait. Let S(t) be
 * the chance that such a silence lasts t, by the curve. Waiting until T makes a false signal with chance S(T), and
 * lets whoever died in it wait: over all moments of death that costs M(T), the integral of the integral of S. The
 * best T for a price c of the one in the other is where the lower convex hull of S over M is as steep as c, and
 * that steepness is the worth. `skip`: no silence ages in it; sorted, without overlap (`mergeSpans`).
 */
export function surprise(curve: Curve, skip: readonly Span[], from: Millis, to: Millis): number {
  foresee(curve, skip, from)
  let corner = 0
  while (corner < corners && momentAt(corner) <= to) corner++
  return corner === 0 ? 0 : Math.max(0, worthOn(corner, to))
}

/**
 * The first moment at which a silence since `from` is as surprising as each of `limits`, which rise; Infinity where
 * it goes out of sight for good before, or no silence is so surprising: the exact inverse of `surprise`.
 */
export function reached(
  curve: Curve,
  skip: readonly Span[],
  from: Millis,
  limits: readonly number[],
): readonly Millis[] {
  foresee(curve, skip, from)
  let corner = 0
  return limits.map((limit) => {
    while (corner < corners - 1 && worthAt(corner) < limit) corner++
    if (worthAt(corner) < limit) return Infinity
    return corner === 0 ? momentAt(0) : crossing(corner, limit)
  })
}

/** In how many quarter hours from `from` to `to`, outside `skip`, a sign of life is expected. */
export function expected(curve: Curve, skip: readonly Span[], from: Millis, to: Millis): number {
  let sum = 0
  let moment = from
  for (const { since, until } of skip) {
    if ((until ?? to) <= moment) continue
    sum += walk(curve, moment, Math.min(since, to))
    moment = until ?? to
  }
  return sum + walk(curve, moment, to)
}

/** Sorts spans and joins those that touch, as `surprise` wants them. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans
  const merged: { since: Millis; until: Millis | null }[] = []
  for (const span of spans.toSorted((a, b) => a.since - b.since)) {
    const last = merged.at(-1)
    if (!last || (last.until !== null && last.until < span.since)) merged.push({ ...span })
    else if (last.until !== null)
      last.until = span.until === null ? null : Math.max(last.until, span.until)
  }
  return merged
}

// The ages at which a silence is looked at, in half hours: from the first hour to the horizon. The arrays are made once,
// for a sweep asks thousands of times a second.
const FIRST = 2
const AGES = HORIZON / HALF_HOUR + 1
const moments = new Float64Array(AGES)
const lasts = new Float64Array(AGES)
const waits = new Float64Array(AGES)
const hull = new Int16Array(AGES)
// What waiting is worth at each corner, as far as it was asked for; else not a number.
const worths = new Float64Array(AGES)
let corners = 0
// What waiting is worth at the last corner.
let most = 0
// Where the last look at a half hour was: the next one is mostly on the same day, of the same offset.
let zone: OffsetSpan = { from: 0, until: 0, offset: 0 }
let today = NaN
let firstHalf = 0

// Fills the arrays for a silence: when it is of each age, S and M of it, and which ages are corners of the hull.
function foresee(curve: Curve, skip: readonly Span[], from: Millis): void {
  corners = 0
  zone = offsetSpan(from, curve.timeZone)
  today = NaN
  let lived = FIRST / 2
  let nats = 0
  let wait = 0
  let moment = seenAfter(skip, from, FIRST * HALF_HOUR)
  let age = FIRST
  for (; age < AGES && nats <= SURE; age++) {
    const last = Math.exp(-nats)
    moments[age] = moment
    lasts[age] = last
    waits[age] = wait
    addCorner(age)
    // Out of sight for good it goes on in thought only.
    nats += hazardIn(curve, moment === Infinity ? from + age * HALF_HOUR : moment, age)
    wait += lived / 2
    lived += last / 2
    moment = skip.length === 0 ? moment + HALF_HOUR : seenAfter(skip, moment, HALF_HOUR)
  }
  most = age < AGES ? SURE : MOST
  worths.fill(NaN, 0, corners)
}

function hazardIn(curve: Curve, moment: Millis, age: number): number {
  if (moment < zone.from || moment >= zone.until) zone = offsetSpan(moment, curve.timeZone)
  // In the middle of the half hour.
  const halves = Math.floor((moment + HALF_HOUR / 2 + zone.offset) / HALF_HOUR)
  const day = Math.floor(halves / HALF_HOURS)
  if (day !== today) {
    today = day
    firstHalf = curve.isRest(day) ? HALF_HOURS : 0
  }
  const half = halves - day * HALF_HOURS
  return curve.hazard(firstHalf + half, Math.min(HALF_HOURS - 1, age)) * HALF_HOUR
}

// Andrew's monotone chain (1979), one point at a time.
function addCorner(age: number): void {
  while (corners > 1 && steepness(corners - 2, age) <= steepness(corners - 1, age)) corners--
  hull[corners++] = age
}

// How much of S is lost for one of M, from a corner to an age.
function steepness(corner: number, age: number): number {
  const from = hull[corner] ?? 0
  return ((lasts[from] ?? 0) - (lasts[age] ?? 0)) / ((waits[age] ?? 0) - (waits[from] ?? 0))
}

function worthAt(corner: number): number {
  if (corner >= corners - 1) return most
  const known = worths[corner] ?? NaN
  if (!Number.isNaN(known)) return known
  return (worths[corner] = Math.min(most, -Math.log(steepness(corner, hull[corner + 1] ?? 0))))
}

function momentAt(corner: number): Millis {
  return moments[hull[corner] ?? 0] ?? Infinity
}

// In the half hour that leads to a corner the worth of waiting rises from that of the corner before, so that two
// limits are not reached at once where they need not be.
function worthOn(corner: number, moment: Millis): number {
  const before = worthAt(corner - 1)
  const end = momentAt(corner)
  const start = Math.max(momentAt(corner - 1), end - HALF_HOUR)
  if (corner >= corners || moment <= start || end === Infinity) return before
  return before + ((worthAt(corner) - before) * (moment - start)) / (end - start)
}

// The division rounds, so look at the millisecond beside it too.
function crossing(corner: number, limit: number): Millis {
  const end = momentAt(corner)
  if (end === Infinity) return Infinity
  const before = worthAt(corner - 1)
  const start = Math.max(momentAt(corner - 1), end - HALF_HOUR)
  const share = (limit - before) / (worthAt(corner) - before)
  let moment = Math.min(end, start + Math.ceil(share * (end - start)))
  while (moment > start && worthOn(corner, moment - 1) >= limit) moment--
  while (moment < end && worthOn(corner, moment) < limit) moment++
  return moment
}

/** The moment at which `length` of time outside `skip` has passed since `from`; Infinity: never. */
export function seenAfter(skip: readonly Span[], from: Millis, length: Millis): Millis {
  let moment = from + length
  for (const { since, until } of skip) {
    if (since >= moment) break
    if (until === null) return Infinity
    moment += Math.max(0, until - Math.max(since, from))
  }
  return moment
}

function walk(curve: Curve, from: Millis, to: Millis): number {
  let sum = 0
  let span = offsetSpan(from, curve.timeZone)
  for (let moment = from; moment < to;) {
    if (moment >= span.until) span = offsetSpan(moment, curve.timeZone)
    const local = moment + span.offset
    const quarter = Math.floor(local / QUARTER)
    // Zones change their offset on quarter hours, so a slot never ends in the middle of one.
    const end = Math.min(moment + (quarter + 1) * QUARTER - local, to)
    sum += ((curve.chance[slotOf(curve, quarter)] ?? 0) * (end - moment)) / QUARTER
    moment = end
  }
  return sum
}

/** The slot of the curve that holds an instant. */
export function slotAt(curve: Days, at: Millis): number {
  return slotOf(curve, Math.floor((at + offsetSpan(at, curve.timeZone).offset) / QUARTER))
}

function slotOf(curve: Days, localQuarter: number): number {
  const day = Math.floor(localQuarter / SLOTS_A_DAY)
  const slot = localQuarter - day * SLOTS_A_DAY
  return curve.isRest(day) ? slot + SLOTS_A_DAY : slot
}
