import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

/** How long a sensor is usually silent: a high quantile of what was seen, once on each of `days` days. */
export type Interval = { readonly usual: Millis | null; readonly days: number }

/** What holds until a week is known: many battery sensors report once a day. */
export const UNLEARNT = 26 * HOUR

// Its first week teaches a sensor's longest silence; from then on the quantile below moves.
const FIRST_DAYS = 7
const QUANTILE = 0.95
// How far one day moves the estimate at most: up by e^(0.5 * 0.95) = 1.6, down by e^(0.5 * 0.05) = 1.025.
const STEP = 0.5
const LEAST = MINUTE
const MOST = 3 * DAY

/**
 * Takes in for how long a sensor has been silent at a moment of this day. The estimate is a quantile by stochastic
 * approximation on the logarithm (Robbins and Monro 1951, Ann. Math. Stat. 22; for quantiles Tierney 1983, SIAM J. Sci.
 * Stat. Comput. 4): one number, no history, and a single odd day moves it by no more than the step.
 */
export function learnInterval({ usual, days }: Interval, age: Millis): Interval {
  const seen = Math.min(MOST, Math.max(LEAST, age))
  if (usual === null || days < FIRST_DAYS)
    return { usual: Math.max(usual ?? 0, seen), days: days + 1 }
  const moved =
    seen > usual
      ? Math.min(seen, usual * Math.exp(STEP * QUANTILE))
      : Math.max(seen, usual * Math.exp(-STEP * (1 - QUANTILE)))
  return { usual: Math.round(moved), days: days + 1 }
}

// Who is heard every few hours even in the small hours reports by itself, and need not be waited for a day.
const BY_ITSELF = 3 * HOUR

/**
 * After how long a silence such a sensor is a fault, or null while too little is known. One that reports by itself is
 * missed after three of its intervals; one that speaks only when somebody moves never sooner than a day and two hours,
 * for its silence is the person's. Two hours at least, seven days at most.
 */
export function limitOf({ usual, days }: Interval): Millis | null {
  if (usual === null || days < FIRST_DAYS) return null
  if (usual <= BY_ITSELF) return Math.max(2 * HOUR, 3 * usual)
  return Math.min(7 * DAY, Math.max(UNLEARNT, 2 * usual + 2 * HOUR))
}
