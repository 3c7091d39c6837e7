import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import { type Curve, type Days, HALF_HOUR, HALF_HOURS, SLOTS_A_DAY } from './silence.ts'
import { HOUR, QUARTER, isWeekend, offsetSpan } from './time.ts'

/** What a curve is made of. */
export type Habits = Pick<Rhythm, 'day' | 'weekday' | 'rest' | 'least'> & {
  readonly silences: readonly Stretch[]
}

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
  const usual = chance.map((p) => -Math.log1p(-p))
  const tally = tallyOf(habits, usual, { timeZone, isRest })
  const ends = blur(tally.ends)
  const spent = blur(tally.spent)
  const slower = slowerBy(tally)
  // What is known of past silences counts for weekdays and for days of rest.
  const hazard = (half: number, age: number) => {
    if (age < FIRST) return 0
    const cell = cellOf(half % HALF_HOURS, age)
    const mean =
      ((usual[2 * half] ?? 0) + (usual[2 * half + 1] ?? 0)) * (slower[STRATUM[age] ?? 0] ?? 1)
    return ((ends[cell] ?? 0) + 1) / ((spent[cell] ?? 0) + 1 / mean) / HALF_HOUR
  }
  return { timeZone, isRest, chance, hazard }
}

const FIRST = HOUR / HALF_HOUR
const GRID = HALF_HOURS * HALF_HOURS

function cellOf(half: number, age: number): number {
  return half * HALF_HOURS + age
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

function chancesOf({ weekday, rest }: Habits): Float64Array {
  const chance = new Float64Array(2 * SLOTS_A_DAY)
  for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
    const usual = shrink(weekday, slot, COHORT[slot >> 2] ?? 0)
    chance[slot] = usual
    // A home's days of rest are first of all days of that home.
    chance[slot + SLOTS_A_DAY] = shrink(rest, slot, usual)
  }
  return chance
}

// Counts are kept by the half hour, and each learns from its neighbours too: nobody gets up by the clock.
function shrink(days: Habits['weekday'], slot: number, prior: number): number {
  const active = smooth(days.active, slot >> 1)
  const seen = smooth(days.days, slot >> 1)
  const chance = (PRIOR_DAYS * prior + active) / (PRIOR_DAYS + seen)
  return Math.min(MOST, Math.max(LEAST, chance))
}

function smooth(halves: readonly number[], half: number): number {
  const before = halves[(half + HALF_HOURS - 1) % HALF_HOURS] ?? 0
  const after = halves[(half + 1) % HALF_HOURS] ?? 0
  return (before + 2 * (halves[half] ?? 0) + after) / 4
}

/** Where past silences spent their half hours, and where they ended; by age, what the time of day alone foretold. */
type Tally = {
  readonly ends: Float64Array
  readonly spent: Float64Array
  readonly endsByAge: Float64Array
  readonly foretoldByAge: Float64Array
}

// In half hours: 1 to 1.5 h, to 2, 3, 4.5, 7, 10, and beyond.
const STRATA = [3, 4, 6, 9, 14, 20]
const HALF_LIFE = 30

const STRATUM = Uint8Array.from({ length: HALF_HOURS }, (_, age) => {
  const found = STRATA.findIndex((end) => age < end)
  return found === -1 ? STRATA.length : found
})

function tallyOf(habits: Habits, usual: Float64Array, place: Days): Tally {
  const tally = {
    ends: new Float64Array(GRID),
    spent: new Float64Array(GRID),
    endsByAge: new Float64Array(STRATA.length + 1),
    foretoldByAge: new Float64Array(STRATA.length + 1),
  }
  for (const [start, length] of habits.silences) {
    const local = start + offsetSpan(start * QUARTER, place.timeZone).offset / QUARTER
    const day = Math.floor(local / SLOTS_A_DAY)
    const weight = 2 ** ((day - habits.day) / HALF_LIFE)
    const kinds = [place.isRest(day), place.isRest(day + 1)]
    for (let quarter = habits.least - 1; quarter < length; quarter++) {
      const inDay = local + quarter - day * SLOTS_A_DAY
      const slot = inDay % SLOTS_A_DAY
      const rest = kinds[inDay < SLOTS_A_DAY ? 0 : 1] ? SLOTS_A_DAY : 0
      mark(tally, slot, quarter >> 1, {
        weight,
        isEnd: quarter === length - 1,
        usual: usual[slot + rest] ?? 0,
      })
    }
  }
  return tally
}

type Mark = { readonly weight: number; readonly isEnd: boolean; readonly usual: number }

function mark(tally: Tally, slot: number, half: number, { weight, isEnd, usual }: Mark): void {
  const age = Math.min(HALF_HOURS - 1, half)
  const cell = cellOf(slot >> 1, age)
  const stratum = STRATUM[age] ?? 0
  tally.spent[cell] = (tally.spent[cell] ?? 0) + weight / 2
  tally.foretoldByAge[stratum] = (tally.foretoldByAge[stratum] ?? 0) + weight * usual
  if (!isEnd) return
  tally.ends[cell] = (tally.ends[cell] ?? 0) + weight
  tally.endsByAge[stratum] = (tally.endsByAge[stratum] ?? 0) + weight
}

// A silence that has lasted is a sleep, a chair, an errand: it ends at half the rate of any, until a home shows its own.
const SLOWER = 0.5
const SLOWER_WEIGHS = 10

function slowerBy({ endsByAge, foretoldByAge }: Tally): Float64Array {
  return endsByAge.map(
    (ends, stratum) =>
      (ends + SLOWER * SLOWER_WEIGHS) / ((foretoldByAge[stratum] ?? 0) + SLOWER_WEIGHS),
  )
}

// An hour to both sides in the time of day, a fifth to both sides in age: triangular weights, 1 in the middle.
const HALVES = 2
const AGES = 0.2

function blur(grid: Float64Array): Float64Array {
  const blurred = new Float64Array(GRID)
  for (let cell = 0; cell < GRID; cell++) {
    const value = grid[cell] ?? 0
    if (value > 0) spread(blurred, Math.floor(cell / HALF_HOURS), cell % HALF_HOURS, value)
  }
  return blurred
}

// By how many ages it spreads, the weight of each age from the first to the last.
const FALLS = Array.from({ length: HALF_HOURS }, (_, ages) =>
  Float64Array.from({ length: 2 * ages + 1 }, (__, i) => 1 - Math.abs(i - ages) / (ages + 1)),
)

function spread(blurred: Float64Array, half: number, age: number, value: number): void {
  const ages = Math.round(age * AGES)
  const falls = FALLS[ages] ?? new Float64Array()
  const last = Math.min(HALF_HOURS - 1, age + ages)
  for (let i = -HALVES; i <= HALVES; i++) {
    const beside = 1 - Math.abs(i) / (HALVES + 1)
    const row = cellOf((half + i + HALF_HOURS) % HALF_HOURS, 0)
    for (let at = Math.max(0, age - ages); at <= last; at++)
      blurred[row + at] = (blurred[row + at] ?? 0) + beside * (falls[at - age + ages] ?? 0) * value
  }
}
