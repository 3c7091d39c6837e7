import type { Tail } from '../../schemas/rhythm.ts'

/**
 * What the most surprising silence of a day is like before we know the home: it exceeds `level` nats on one
 * day in four, and then by `scale` on average.
 */
export const COHORT_TAIL: Tail = { level: 6, scale: 2.5 }

// The excesses are taken over the level that one day in four exceeds.
const SHARE = 1 / 4
const DAYS_A_MONTH = 30.44
// How many days, and how many excesses, of a home's own weigh as much as the cohort.
const LEVEL_DAYS = 7
const SCALE_EXCESSES = 3

/**
 * Learns a home's tail from the most surprising silence of each day, in nats, by peaks over threshold with an
 * exponential tail (Weissman 1978, "Estimation of parameters and large quantiles based on the k largest
 * observations", JASA 73; as a generalized Pareto tail with shape 0 in Coles 2001, "An Introduction to
 * Statistical Modeling of Extreme Values", section 4.3). With X(1) >= X(2) >= ... and k a quarter of the days,
 * level = X(k+1) and scale = the mean of X(i) - X(k+1) over i <= k; each is shrunk to the cohort's.
 */
export function fitTail(surprises: readonly number[]): Tail {
  const sorted = surprises.toSorted((a, b) => b - a)
  const k = Math.floor(sorted.length * SHARE)
  const own = sorted[k]
  if (own === undefined) return COHORT_TAIL
  const excess = sorted.slice(0, k).reduce((sum, each) => sum + (each - own), 0)
  return {
    level: blend(own, COHORT_TAIL.level, sorted.length, LEVEL_DAYS),
    scale: (excess + SCALE_EXCESSES * COHORT_TAIL.scale) / (k + SCALE_EXCESSES),
  }
}

/**
 * The surprise, in nats, that is exceeded `perMonth` times a month: level + scale ln(rate / perMonth), where
 * rate is how often a month the level is exceeded (the return level of Coles 2001, equation 4.13, shape 0).
 */
export function threshold(tail: Tail, perMonth: number): number {
  return Math.max(0.1, tail.level + tail.scale * Math.log((DAYS_A_MONTH * SHARE) / perMonth))
}

function blend(own: number, cohort: number, weight: number, cohortWeight: number): number {
  return (weight * own + cohortWeight * cohort) / (weight + cohortWeight)
}
