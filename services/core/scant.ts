import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { JOURNEY } from './journey.ts'
import { QUARTER } from './time.ts'

/** How many signs of life inside a home has a day. */
export type Daily = Pick<Rhythm['walking'], 'today' | 'totals' | 'few'>

/** The latest signs inside, by their quarter hours, the last first; and in which one somebody was heard again after a journey. */
export type Latest = { readonly quarters: readonly number[]; readonly woke: number | null }

/** Nothing was heard yet. */
export const NOTHING_LATELY: Latest = { quarters: [], woke: null }

// With more signs a day somebody is seen to walk.
const MOST = 64
// As many again end what was told of.
const KEPT = 2 * MOST
const DAYS = 60
const LATELY = 7

/** A part of `usual`, and of the fewest of a day but one, that nobody who lives falls short of. */
const OF_USUAL = 1 / 4
const OF_FEWEST = 1 / 2

/** Takes in a sign of life; so many that came before tell nothing any more. `last`: the sign before it. */
export function hearLatest(
  { quarters, woke }: Latest,
  { at, exit }: { readonly at: Millis; readonly exit: boolean },
  last: Millis,
): Latest {
  const now = Math.floor(at / QUARTER)
  // Of the first sign of all nobody knows what was before.
  const isBack = !(now - Math.floor(last / QUARTER) < JOURNEY)
  return {
    quarters: exit ? quarters : [now, ...quarters].slice(0, KEPT),
    woke: isBack ? now : woke,
  }
}

/** Since when a home has given fewer signs than `few`, or somebody was heard again if that was later; null: it is not known. */
export function scantSince(latest: Latest, few: number | null): Millis | null {
  if (few === null) return null
  const since = Math.max(lastOf(latest, few) ?? -Infinity, (latest.woke ?? -Infinity) * QUARTER)
  return since === -Infinity ? null : since
}

/** When the last so many signs began; null: there were not so many. */
export function lastOf({ quarters }: Latest, signs: number): Millis | null {
  const first = quarters[signs - 1]
  return first === undefined ? null : first * QUARTER
}

/** Counts the signs of a quarter hour to its day; one that somebody was gone for is not counted on, nor one they left on. */
export function countToday<T extends Daily>(daily: T, signs: number, isGone: boolean): T {
  if (!isGone) return daily.today < 0 ? daily : { ...daily, today: daily.today + signs }
  const totals = daily.today === 0 ? [...daily.totals.slice(0, -1), GONE] : daily.totals
  return { ...daily, today: GONE, totals }
}

const GONE = -1

/** Ends a day, and begins the next. */
export function endDay<T extends Daily>(daily: T): T {
  return { ...daily, today: 0, totals: [...daily.totals, daily.today].slice(-DAYS) }
}

/**
 * Fewer signs of life than so many in 24 hours are nobody's, though no silence among them was long: fewer than a quarter of
 * what is usual in the home, and than half of the fewest of any day but one of the last 60 on which nobody was gone. What came in the
 * last week does not count: a death must not teach that. Null: a silence tells as much, or fewer than two such days are known.
 */
export function fewOf({ totals }: Pick<Daily, 'totals'>, usual: number): number | null {
  const [, second = 0] = totals
    .slice(0, -LATELY)
    .filter((total) => total >= 0)
    .toSorted((one, other) => one - other)
  const few = Math.ceil(Math.min(OF_USUAL * usual, OF_FEWEST * second, MOST))
  return few >= 2 ? few : null
}

/** What a signal says of them: how few they are, and how many a day are usual. */
export function scantIn({ few, signs, days }: Rhythm['walking']) {
  return few === null ? {} : { scant: { few, usual: Math.round(signs / days) } }
}
