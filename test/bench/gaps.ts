import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, MINUTE, offsetSpan } from '../../services/core/time.ts'
import { between, seeded } from '../../simulator/random.ts'

/** Where somebody was last seen. */
export type Where = 'bed' | 'home' | 'exit'

/** A sign of life, and where. */
export type Sign = { readonly at: Millis; readonly where: Where }

/** A stretch without a sign of life. */
export type Gap = {
  readonly minutes: number
  readonly where: Where
  /** The local hour, and the local day, in which it began. */
  readonly hour: number
  readonly day: number
}

/**
 * The gaps of a home as one sensor with a cool-down of a minute would see it, so that homes with many sensors and with
 * few can be compared. What lies in `unseen` is no gap.
 */
export function gapsOf(
  signs: Iterable<Sign>,
  timeZone: string,
  unseen: readonly (readonly [from: Millis, to: Millis])[] = [],
): readonly Gap[] {
  const gaps: Gap[] = []
  let last: Sign | null = null
  for (const sign of signs) {
    if (last && sign.at - last.at < MINUTE) continue
    if (last && !hasHole(unseen, last.at, sign.at)) gaps.push(gapOf(last, sign.at, timeZone))
    last = sign
  }
  return gaps
}

const hasHole = (unseen: readonly (readonly [Millis, Millis])[], from: Millis, to: Millis) =>
  unseen.some(([begins, ends]) => begins < to && ends > from)

function gapOf({ at, where }: Sign, until: Millis, timeZone: string): Gap {
  const local = at + offsetSpan(at, timeZone).offset
  const day = Math.floor(local / DAY)
  return {
    minutes: (until - at) / MINUTE,
    where,
    day,
    hour: Math.floor((local - day * DAY) / HOUR),
  }
}

/** The value that this share of the sorted numbers lies below (the nearest rank). */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** A lowest and a highest value. */
export type Range = readonly [low: number, high: number]

const DRAWS = 200

/**
 * Where a quantile of a home lies when it is recorded for other days of the same kind: the middle 95 % of 200
 * bootstrap samples of whole days (Efron and Tibshirani 1993, section 13.3). One week says little of its rarest gaps,
 * and this says how little.
 */
export function spread(gaps: readonly Gap[], share: number): Range {
  const days = [...Map.groupBy(gaps, ({ day }) => day).values()]
  const random = seeded('bootstrap', gaps.length, share)
  const found = Array.from({ length: DRAWS }, () => {
    const drawn = days.flatMap(() => days[Math.floor(between(random, 0, days.length))] ?? [])
    return quantile(minutesOf(drawn), share)
  }).toSorted((a, b) => a - b)
  return [quantile(found, 0.025), quantile(found, 0.975)]
}

/** How long the gaps are, sorted. */
export const minutesOf = (gaps: readonly Gap[]): readonly number[] =>
  gaps.map(({ minutes }) => minutes).toSorted((a, b) => a - b)

/** The range that holds all of these. */
export function around(ranges: readonly Range[]): Range {
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))]
}
