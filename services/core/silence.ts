import type { Millis } from '../../schemas/time.ts'
import { AGES, FIRST, ageAt, drawHull, lasts, worthAt } from './hull.ts'
import { rowFrom, rowThrough, stillOnJourneys, stillOnTrips } from './still-gone.ts'
import { survival } from './survival.ts'
import { MINUTE, QUARTER, type Span, offsetSpan } from './time.ts'

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

/** Of those who left unseen, for a night and more or for the day, in each half hour of the day. */
export type Gone = { readonly journeys: readonly number[]; readonly trips: readonly number[] }

/** How a home's day goes, ready to be integrated over time. */
export type Curve = Days & {
  /** The chance of a sign of life in each slot, above 0 and below 1. */
  readonly chance: readonly number[]
  /**
   * How surely a silence ends, in nats a millisecond: in a half hour of a weekday, 0 to 47, or of a day of rest, 48 to
   * 95, at an age in half hours. In the first hour it is 0: that is nobody's news. It is worked out when asked for: of
   * all half hours and ages a silence meets one in fifty.
   */
  readonly hazard: (half: number, age: number) => number
  /** The chance that a silence which begins in a half hour of the day, 0 to 47, is of somebody who left unseen. */
  readonly leaving: Gone
  /** Which share of those who are still gone at a half hour of the day is gone after it. */
  readonly stays: Gone
  /** The chance that a silence of a day like no other lasts to an age in half hours, whatever the time. */
  readonly odd: readonly number[]
  /** The same for a silence that something runs through, for hardly anybody leaves then; without it, no meter tells. */
  readonly running?: Curve
}

/** A silence is looked at no further than this: whoever is silent so long is surprising whatever they do. */
export const HORIZON = (AGES - 1) * HALF_HOUR

/**
 * How surprising a silence from `from` is at `to`, in nats: -ln of what it would still be worth to wait. Let S(t) be
 * the chance that such a silence lasts t, by the curve: on a day like any other, on an odd one, or as a journey or a day trip
 * that nobody saw begin, each as often as it comes. Waiting until T makes a false signal with chance S(T), and
 * lets whoever died in it wait: over all moments of death that costs M(T), the integral of the integral of S. The
 * best T for a price c of the one in the other is where the lower convex hull of S over M is as steep as c, and
 * that steepness is the worth. `skip`: no silence ages in it; sorted, without overlap (`mergeSpans`).
 */
export function surprise(curve: Curve, skip: readonly Span[], from: Millis, to: Millis): number {
  foresee(curve, skip, from)
  return surpriseAt(to)
}

function surpriseAt(to: Millis): number {
  let corner = 0
  while (corner < corners && momentAt(corner) <= to) corner++
  return corner === 0 ? 0 : Math.max(0, worthOn(corner, to))
}

/**
 * The first moment at which a silence since `from` is as surprising as each of `limits`, which rise; Infinity where
 * it goes out of sight for good before, or no silence is so surprising: the exact inverse of `surprise`. When none of them is
 * reached until `by`, it may be Infinity for all.
 */
export function reached(
  curve: Curve,
  skip: readonly Span[],
  from: Millis,
  limits: readonly number[],
  by = Infinity,
): readonly Millis[] {
  const [least = Infinity] = limits
  if (least === Infinity || isLater(curve, skip, from, least, by)) return limits.map(() => Infinity)
  foresee(curve, skip, from)
  return limits.map(passing())
}

// When each of limits that rise is reached: from the corner on at which the one before was.
function passing(): (limit: number) => Millis {
  let corner = 0
  let before = 0
  let worth = worthAt(0)
  return (limit) => {
    while (worth < limit && corner < corners - 1) {
      before = worth
      worth = worthAt(++corner)
    }
    if (worth < limit) return Infinity
    return corner === 0 ? momentAt(0) : crossing(corner, before, worth, limit)
  }
}

function isLater(
  curve: Curve,
  skip: readonly Span[],
  from: Millis,
  limit: number,
  by: Millis,
): boolean {
  if (by === Infinity) return false
  foresee(curve, skip, from, Math.min(AGES, Math.ceil((by - from) / HALF_HOUR) + AHEAD))
  return surpriseAt(by) < limit
}

/** When a silence since `from` is as surprising as `limit`, if that is before `by`; else Infinity. */
export function reachedBefore(
  curve: Curve,
  skip: readonly Span[],
  from: Millis,
  limit: number,
  by: Millis,
): Millis {
  const [at = Infinity] = reached(curve, skip, from, [limit], by)
  return at < by ? at : Infinity
}

// So many half hours beyond `by` mostly tell that it is not: on most days they save nine of ten hulls.
const AHEAD = 10

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

// The silence that was foreseen last: when it comes to each age; how many corners its hull has, and when it comes to each.
const momentOfAge = new Float64Array(AGES)
let corners = 0
const moments = new Float64Array(AGES)
// In which half hours of the clock one that is interrupted comes to its ages.
const clock = new Uint8Array(AGES)
// All silences that begin in one half hour of the clock meet the same half hours at the same ages, and have one hull.
let drawn: { readonly curve: Curve; readonly begun: number; readonly until: number } | null = null

function foresee(curve: Curve, skip: readonly Span[], from: Millis, until = AGES): void {
  const begun = skip.length === 0 ? steadyHalf(curve.timeZone, from) : null
  if (begun === null) interrupted(curve, skip, from, until)
  else uninterrupted(curve, begun, until)
  for (let corner = 0; corner < corners; corner++) {
    const age = ageAt(corner)
    moments[corner] = begun === null ? (momentOfAge[age] ?? 0) : from + age * HALF_HOUR
  }
}

function uninterrupted(curve: Curve, begun: number, until: number): void {
  const last = drawn
  // With something running they end at the same rates.
  const isKnown = last?.begun === begun && last.until === until
  if (!isKnown || last.curve.hazard !== curve.hazard) lastAsUsual(curve, begun, until)
  else if (last.curve === curve) return
  draw(curve, inDay(begun), rowFrom(curve.stays, inDay(begun)), until)
  drawn = { curve, begun, until }
}

function interrupted(curve: Curve, skip: readonly Span[], from: Millis, until: number): void {
  let moment = seenAfter(skip, from, FIRST * HALF_HOUR)
  let nats = 0
  for (let age = FIRST; age < until; age++) {
    momentOfAge[age] = moment
    // Out of sight for good it goes on in thought only.
    const thought = moment === Infinity ? from + age * HALF_HOUR : moment
    const half = halfAround(thought, offsetSpan(thought, curve.timeZone).offset)
    const ofDay = inDay(half)
    clock[age] = ofDay
    nats = reachAge(curve, firstHalf(curve, (half - ofDay) / HALF_HOURS) + ofDay, age, nats)
    moment = seenAfter(skip, moment, HALF_HOUR)
  }
  drawn = null
  const begun = halfAround(from, offsetSpan(from, curve.timeZone).offset)
  draw(curve, inDay(begun), rowThrough(curve.stays, clock), until)
}

function inDay(half: number): number {
  return half - Math.floor(half / HALF_HOURS) * HALF_HOURS
}

// Where the half hours of a local day begin in the curve.
function firstHalf({ isRest }: Curve, day: number): number {
  return isRest(day) ? HALF_HOURS : 0
}

// One silence in a hundred is of a day like no other: asleep by day, ill, the cat at home alone.
const ODD = 0.01
// On a day like any other nothing lasts beyond so many nats.
const SURE = 40
function draw({ odd, leaving }: Curve, from: number, row: number, until: number): void {
  const away = leaving.journeys[from] ?? 0
  const out = leaving.trips[from] ?? 0
  const usual = 1 - ODD - away - out
  for (let age = FIRST; age < until; age++)
    lasts[age] =
      usual * (asUsual[age] ?? 0) +
      ODD * (odd[age] ?? 0) +
      away * (stillOnJourneys[row + age] ?? 0) +
      out * (stillOnTrips[row + age] ?? 0)
  corners = drawHull(until)
}

// The chance that the silence that was foreseen last reaches each age if its day is like any other.
const asUsual = new Float64Array(AGES)

function lastAsUsual(curve: Curve, begun: number, until: number): void {
  let nats = 0
  let age = FIRST
  while (age < until && nats < SURE) {
    const day = Math.floor((begun + age) / HALF_HOURS)
    const first = firstHalf(curve, day) - day * HALF_HOURS + begun
    const end = Math.min(until, (day + 1) * HALF_HOURS - begun)
    for (; age < end && nats < SURE; age++) nats = reachAge(curve, first + age, age, nats)
  }
  asUsual.fill(0, age, until)
}

// With so many nats it is reached; then how many there are at the next.
function reachAge({ hazard }: Curve, half: number, age: number, nats: number): number {
  asUsual[age] = nats < SURE ? survival(nats) : 0
  return nats + hazard(half, Math.min(HALF_HOURS - 1, age)) * HALF_HOUR
}

// The latest stretch of which a silence that begins in it meets one offset of one zone only.
let steady = { timeZone: '', from: 0, until: 0, offset: 0 }

/** In which half hour of the local clock a silence begins, in whose four days no clock is turned; else null. */
function steadyHalf(timeZone: string, from: Millis): number | null {
  if (from < steady.from || from >= steady.until || timeZone !== steady.timeZone) {
    const [first, last] = [offsetSpan(from, timeZone), offsetSpan(from + HORIZON, timeZone)]
    if (first.offset !== last.offset) return null
    steady = { timeZone, from: first.from, until: last.until - HORIZON, offset: first.offset }
  }
  return halfAround(from, steady.offset)
}

// A half hour is told by its middle.
function halfAround(moment: Millis, offset: number): number {
  return Math.floor((moment + HALF_HOUR / 2 + offset) / HALF_HOUR)
}

function momentAt(corner: number): Millis {
  return moments[corner] ?? Infinity
}

// In the half hour that leads to a corner the worth of waiting rises from that of the corner before, so that two
// limits are not reached at once where they need not be.
function worthOn(corner: number, moment: Millis): number {
  const before = worthAt(corner - 1)
  const end = momentAt(corner)
  const start = riseBegins(corner)
  if (corner >= corners || moment <= start || end === Infinity) return before
  return before + ((worthAt(corner) - before) * (moment - start)) / (end - start)
}

function riseBegins(corner: number): Millis {
  return Math.max(momentAt(corner - 1), momentAt(corner) - HALF_HOUR)
}

// The division rounds, so look at the millisecond beside it too.
function crossing(corner: number, before: number, worth: number, limit: number): Millis {
  const end = momentAt(corner)
  if (end === Infinity) return Infinity
  const start = riseBegins(corner)
  const length = end - start
  const rise = worth - before
  let after = Math.min(length, Math.ceil(((limit - before) / rise) * length))
  while (after > 0 && before + (rise * (after - 1)) / length >= limit) after--
  while (after < length && before + (rise * after) / length < limit) after++
  return start + after
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

/** How much of the time from `from` to `to` lies outside `skip`. */
export function seenWithin(skip: readonly Span[], from: Millis, to: Millis): Millis {
  let seen = to - from
  for (const { since, until } of skip)
    seen -= Math.max(0, Math.min(until ?? to, to) - Math.max(since, from))
  return seen
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
