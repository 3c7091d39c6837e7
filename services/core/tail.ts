import type { Tail } from '../../schemas/rhythm.ts'

// The excesses are taken over the level that one day in four exceeds.
const SHARE = 1 / 4
const DAYS_A_MONTH = 30.44
// How many days, and how many excesses, of a home's own weigh as much as the cohort. That is much: where all homes wait for
// the same worth, all together are found soonest at the same number of false signals; and 15 excesses tell little.
const LEVEL_DAYS = 60
const SCALE_EXCESSES = 150
// Of the silences of an hour and more, as long as the home's own are few: so many a day, which weigh a week.
const SILENCES_A_DAY = 5
const SILENCES_DAYS = 7
// One silence in n exceeds about ln n - 1.8 nats, and the next one in e exceeds 2.1 more: on seeds 1 to 60, journeys that
// nobody saw begin included.
const FIRST = -1.79
const SCALE = 2.1

/** What the most surprising silence of a day is like before we know the home. */
export const COHORT_TAIL: Tail = cohortTail(SILENCES_A_DAY)

function cohortTail(perDay: number): Tail {
  return { level: Math.log(perDay / SHARE) + FIRST, scale: SCALE }
}

/**
 * Learns a home's tail from the most surprising silence of each day, in nats, by peaks over threshold with an
 * exponential tail (Weissman 1978, "Estimation of parameters and large quantiles based on the k largest
 * observations", JASA 73; as a generalized Pareto tail with shape 0 in Coles 2001, "An Introduction to
 * Statistical Modeling of Extreme Values", section 4.3). With X(1) >= X(2) >= ... and k a quarter of the days,
 * level = X(k+1) and scale = the mean of X(i) - X(k+1) over i <= k; each is shrunk to that of a cohort with as many
 * silences a day. A heavier tail than the exponential shows in 60 days as a larger scale; its shape does not.
 */
export function fitTail(peaks: readonly number[], perDay: number): Tail {
  const sorted = peaks.toSorted((a, b) => b - a)
  const days = sorted.length
  const cohort = cohortTail(blend(perDay, SILENCES_A_DAY, days, SILENCES_DAYS))
  const k = Math.floor(days * SHARE)
  const own = sorted[k]
  if (own === undefined) return cohort
  const excess = sorted.slice(0, k).reduce((sum, each) => sum + (each - own), 0)
  return {
    level: blend(own, cohort.level, days, LEVEL_DAYS),
    scale: (excess + SCALE_EXCESSES * cohort.scale) / (k + SCALE_EXCESSES),
  }
}

/**
 * The surprise, in nats, that is exceeded `perMonth` times a month: level + scale ln(rate / perMonth), where
 * rate is how often a month the level is exceeded (the return level of Coles 2001, equation 4.13, shape 0).
 */
export function threshold(tail: Tail, perMonth: number): number {
  return tail.level + tail.scale * Math.log((DAYS_A_MONTH * SHARE) / perMonth)
}

function blend(own: number, cohort: number, weight: number, cohortWeight: number): number {
  return (weight * own + cohortWeight * cohort) / (weight + cohortWeight)
}
