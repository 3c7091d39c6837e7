import { blur } from './blur.ts'
import { STAYS, leavingOf, leavingRunning } from './journey.ts'
import { type Curve, type Days, HALF_HOUR, HALF_HOURS, HORIZON, SLOTS_A_DAY } from './silence.ts'
import {
  FIRST,
  GRID,
  type Habits,
  STRATA_COUNT,
  STRATUM,
  type Tally,
  cellOf,
  tallyOf,
} from './tally.ts'
import { isWeekend } from './time.ts'

/**
 * How a home's day goes, as far as is known. The chance of a sign of life in each quarter hour is what was counted,
 * shrunk to what homes are like. The hazard of a silence, how surely it ends in the next half hour, is
 *
 *   (ends + 1) / (half hours + 1 / usual)
 *
 * of the past silences that had reached about this age at about this time of day: a gamma prior that weighs one
 * end, whose mean is the hazard of the time of day alone, times how much slower silences of this age end in this home.
 */
export function curveOf(
  habits: Habits,
  timeZone: string,
  isRest: (day: number) => boolean = isWeekend,
): Curve {
  const chance = chancesOf(habits)
  const odd = oddOf(lookAt(habits, chance, { timeZone, isRest }))
  const hazard = (half: number, age: number) => {
    if (age < FIRST) return 0
    if (lookedAt !== chance) lookAt(habits, chance, { timeZone, isRest })
    return hazardAt(half, age)
  }
  const leaving = leavingOf(habits, timeZone)
  const curve = { timeZone, isRest, chance, hazard, leaving, stays: STAYS, odd }
  if (!habits.running) return curve
  return { ...curve, running: { ...curve, leaving: leavingRunning(habits, timeZone) } }
}

// The habits that were looked at last, known by their chances: where their silences ended and were spent, blurred; after how
// many half hours one ends by the time of day alone, and how many times as long that takes at an age. One is asked many
// times, and then the next: to keep these for each would cost as much as to work them out anew.
let lookedAt: readonly number[] | null = null
const ended = new Float64Array(GRID)
const spent = new Float64Array(GRID)
const usualEnd = new Float64Array(2 * HALF_HOURS)
let slower = new Float64Array(STRATA_COUNT)

// What is known of past silences counts for weekdays and for days of rest.
function hazardAt(half: number, age: number): number {
  const cell = cellOf(half < HALF_HOURS ? half : half - HALF_HOURS, age)
  const prior = (usualEnd[half] ?? 0) * (slower[STRATUM[age] ?? 0] ?? 1)
  return ((ended[cell] ?? 0) + 1) / ((spent[cell] ?? 0) + prior) / HALF_HOUR
}

function lookAt(habits: Habits, chance: readonly number[], days: Days): Tally {
  lookedAt = chance
  const usual = usualOf(chance)
  const tally = tallyOf(habits, usual, days)
  blur(tally, ended, spent)
  for (let half = 0; half < 2 * HALF_HOURS; half++) usualEnd[half] = 1 / (2 * (usual[half] ?? 0))
  slower = slowerBy(tally)
  return tally
}

/**
 * The chance of a sign of life in a quarter hour, by the hour of the day, before we know the home. It is one
 * curve for all tiers: nothing published tells their habits apart. It is meant for few sensors: a home that
 * is busier than this is missed later in its first days, never earlier.
 */
const COHORT = [
  0.08, 0.06, 0.05, 0.05, 0.06, 0.1, 0.22, 0.34, 0.38, 0.38, 0.36, 0.36, 0.38, 0.36, 0.34, 0.34,
  0.36, 0.38, 0.4, 0.38, 0.34, 0.28, 0.2, 0.12,
]

// How many days the prior weighs.
const PRIOR_DAYS = 3
// No slot is so quiet that silence costs nothing there, or so busy that one quarter decides.
const LEAST = 0.005
const MOST = 0.97

function chancesOf({ weekday, rest }: Habits): readonly number[] {
  const chance = Array<number>(2 * SLOTS_A_DAY).fill(LEAST)
  for (let half = 0; half < HALF_HOURS; half++) {
    const usual = shrink(weekday, half, COHORT[half >> 1] ?? 0)
    // A home's days of rest are first of all days of that home.
    const atRest = shrink(rest, half, usual)
    for (let slot = 2 * half; slot < 2 * half + 2; slot++) {
      chance[slot] = usual
      chance[SLOTS_A_DAY + slot] = atRest
    }
  }
  return chance
}

// Counts are kept by the half hour, and each learns from its neighbours too: nobody gets up by the clock.
function shrink(days: Habits['weekday'], half: number, prior: number): number {
  const active = smooth(days.active, half)
  const seen = smooth(days.days, half)
  const chance = (PRIOR_DAYS * prior + active) / (PRIOR_DAYS + seen)
  return Math.min(MOST, Math.max(LEAST, chance))
}

// How surely a quarter hour of each half hour ends a silence, in nats, by the time of day alone.
const usual = new Float64Array(2 * HALF_HOURS)
function usualOf(chance: readonly number[]): Float64Array {
  for (let half = 0; half < usual.length; half++)
    usual[half] = -Math.log1p(-(chance[2 * half] ?? 0))
  return usual
}

function smooth(halves: readonly number[], half: number): number {
  const before = halves[(half + HALF_HOURS - 1) % HALF_HOURS] ?? 0
  const after = halves[(half + 1) % HALF_HOURS] ?? 0
  return (before + 2 * (halves[half] ?? 0) + after) / 4
}

// A silence that has lasted is a sleep, a chair, an errand: it ends at half the rate of any, until a home shows its own.
const SLOWER = 0.5
const SLOWER_WEIGHS = 10

function slowerBy({ endsByAge, foretoldByAge }: Tally): Float64Array<ArrayBuffer> {
  return foretoldByAge.map(
    (foretold, stratum) =>
      (foretold + SLOWER_WEIGHS) / ((endsByAge[stratum] ?? 0) + SLOWER * SLOWER_WEIGHS),
  )
}

// Of a home that has shown nothing one silence in four ends in a half hour; that weighs three ends.
const ENDS = 0.25
const ENDS_WEIGH = 3

/** The chance that a silence lasts to an age in half hours, by all past silences, whatever the time of day was. */
function oddOf({ endsByAge, spentByAge }: Tally): readonly number[] {
  const odd = Array<number>(HORIZON / HALF_HOUR + 1).fill(0)
  const rates = endsByAge.map(
    (ends, stratum) => (ends + ENDS_WEIGH) / ((spentByAge[stratum] ?? 0) + ENDS_WEIGH / ENDS),
  )
  let nats = 0
  for (let age = FIRST; age < odd.length; age++) {
    odd[age] = Math.exp(-nats)
    nats += rates[STRATUM[Math.min(HALF_HOURS - 1, age)] ?? 0] ?? 0
  }
  return odd
}
