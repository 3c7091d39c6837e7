import type { Millis } from '../../schemas/time.ts'
import { DAY, QUARTER, type Span, offsetSpan } from './time.ts'

/** The slots of a curve: 96 quarter hours of a weekday, then 96 of a day of rest. */
export const SLOTS = 192
export const SLOTS_A_DAY = 96

/** How a home's day goes, ready to be integrated over time. */
export type Curve = {
  readonly timeZone: string
  /** Whether a local day, as `localDay` counts, is a weekend or a holiday. */
  readonly isRest: (day: number) => boolean
  /** The chance of a sign of life in each slot, above 0 and below 1. */
  readonly chance: Float64Array
  /** The hazard in each slot, -ln(1 - chance) a quarter hour, in nats a millisecond. */
  readonly hazard: Float64Array
}

/** A silence is looked at no further than this. Every ceiling lies far below it. */
export const HORIZON = 14 * DAY

/**
 * How surprising it is, in nats, that nothing happens from `from` to `to`: the integral of the hazard, which
 * is -ln of the chance of it. What lies within `skip` counts nothing. `skip` is sorted and does not overlap
 * (`mergeSpans`).
 */
export function surprise(curve: Curve, skip: readonly Span[], from: Millis, to: Millis): number {
  return integrate(curve, curve.hazard, skip, { from, to, limit: Infinity }).sum
}

/** In how many quarter hours from `from` to `to` a sign of life is expected. */
export function expected(curve: Curve, skip: readonly Span[], from: Millis, to: Millis): number {
  return integrate(curve, curve.chance, skip, { from, to, limit: Infinity }).sum / QUARTER
}

/**
 * The first millisecond at which a silence since `from` is as surprising as `limit`, or null when it is not
 * within the horizon: the exact inverse of `surprise`. It is never earlier for a later `from`.
 */
export function reached(
  curve: Curve,
  skip: readonly Span[],
  from: Millis,
  limit: number,
): Millis | null {
  return integrate(curve, curve.hazard, skip, { from, to: from + HORIZON, limit }).at
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

type Range = { readonly from: Millis; readonly to: Millis; readonly limit: number }
type Sum = { readonly sum: number; readonly at: Millis | null }

/**
 * Adds up `density` over what is not skipped, until `to` or until the sum reaches `limit`, which is `at`. Both
 * questions walk the same steps, so that each is the other's inverse to the last bit, not only to rounding.
 */
function integrate(
  curve: Curve,
  density: Float64Array,
  skip: readonly Span[],
  { from, to, limit }: Range,
): Sum {
  let sum = 0
  let at = from
  for (const span of skip) {
    if ((span.until ?? to) <= at) continue
    const seen = walk(curve, density, { from: at, to: Math.min(span.since, to), limit }, sum)
    if (seen.at !== null) return seen
    sum = seen.sum
    at = span.until ?? to
  }
  return walk(curve, density, { from: at, to, limit }, sum)
}

function walk(curve: Curve, density: Float64Array, range: Range, start: number): Sum {
  const { from, to, limit } = range
  let sum = start
  let zone = offsetSpan(from, curve.timeZone)
  for (let at = from; at < to;) {
    if (at >= zone.until) zone = offsetSpan(at, curve.timeZone)
    const local = at + zone.offset
    const quarter = Math.floor(local / QUARTER)
    // Zones change their offset on quarter hours, so a slot never ends in the middle of one.
    const end = Math.min(at + (quarter + 1) * QUARTER - local, to)
    const rate = density[slotOf(curve, quarter)] ?? 0
    const next = sum + rate * (end - at)
    if (next >= limit) return { sum: limit, at: crossing(at, sum, rate, limit) }
    sum = next
    at = end
  }
  return { sum, at: null }
}

// The division rounds, so look at the millisecond beside it too.
function crossing(at: Millis, sum: number, rate: number, limit: number): Millis {
  let moment = at + Math.ceil((limit - sum) / rate)
  while (moment > at && sum + rate * (moment - 1 - at) >= limit) moment--
  while (sum + rate * (moment - at) < limit) moment++
  return moment
}

/** The slot of the curve that holds an instant. */
export function slotAt(curve: Curve, at: Millis): number {
  return slotOf(curve, Math.floor((at + offsetSpan(at, curve.timeZone).offset) / QUARTER))
}

function slotOf(curve: Curve, localQuarter: number): number {
  const day = Math.floor(localQuarter / SLOTS_A_DAY)
  const slot = localQuarter - day * SLOTS_A_DAY
  return curve.isRest(day) ? slot + SLOTS_A_DAY : slot
}
