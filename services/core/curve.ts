import type { Rhythm } from '../../schemas/rhythm.ts'
import { type Goings, STAYS, leavingOf } from './journey.ts'
import { type Curve, type Days, HALF_HOUR, HALF_HOURS, HORIZON, SLOTS_A_DAY } from './silence.ts'
import { HOUR, QUARTER, isWeekend, offsetSpan } from './time.ts'

/** What a curve is made of. */
export type Habits = Goings & Pick<Rhythm, 'weekday' | 'rest' | 'least'>

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
  const usual = usualOf(chance)
  const tally = tallyOf(habits, usual, { timeZone, isRest })
  const { ends, spent } = blur(tally)
  const priors = priorsOf(usual, slowerBy(tally))
  // What is known of past silences counts for weekdays and for days of rest.
  const hazard = (half: number, age: number) => {
    if (age < FIRST) return 0
    const cell = cellOf(half < HALF_HOURS ? half : half - HALF_HOURS, age)
    const prior = priors[half * STRATA_COUNT + (STRATUM[age] ?? 0)] ?? 0
    return ((ends[cell] ?? 0) + 1) / ((spent[cell] ?? 0) + prior) / HALF_HOUR
  }
  const leaving = leavingOf(habits, timeZone)
  return { timeZone, isRest, chance, hazard, leaving, stays: STAYS, odd: oddOf(tally) }
}

// After how many half hours one ends by the time of day alone, for each half hour and stratum of ages.
function priorsOf(usual: Float64Array, slower: Float64Array): Float64Array {
  const priors = new Float64Array(2 * HALF_HOURS * STRATA_COUNT)
  for (let half = 0; half < 2 * HALF_HOURS; half++) {
    const rate = 2 * (usual[half] ?? 0)
    for (let stratum = 0; stratum < STRATA_COUNT; stratum++)
      priors[half * STRATA_COUNT + stratum] = 1 / (rate * (slower[stratum] ?? 1))
  }
  return priors
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
  for (let half = 0; half < HALF_HOURS; half++) {
    const usual = shrink(weekday, half, COHORT[half >> 1] ?? 0)
    // A home's days of rest are first of all days of that home.
    const atRest = shrink(rest, half, usual)
    chance.fill(usual, 2 * half, 2 * half + 2)
    chance.fill(atRest, SLOTS_A_DAY + 2 * half, SLOTS_A_DAY + 2 * half + 2)
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
function usualOf(chance: Float64Array): Float64Array {
  const usual = new Float64Array(2 * HALF_HOURS)
  for (let half = 0; half < usual.length; half++)
    usual[half] = -Math.log1p(-(chance[2 * half] ?? 0))
  return usual
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
  readonly spentByAge: Float64Array
}

// In half hours: 1 to 1.5 h, to 2, 3, 4.5, 7, 10, and beyond.
const STRATA = [3, 4, 6, 9, 14, 20]
const STRATA_COUNT = STRATA.length + 1
const HALF_LIFE = 30

const STRATUM = Uint8Array.from({ length: HALF_HOURS }, (_, age) => {
  const found = STRATA.findIndex((end) => age < end)
  return found === -1 ? STRATA.length : found
})

// Made once: a curve is blurred from them at once.
const endsOnce = new Float64Array(GRID)
const spentOnce = new Float64Array(GRID)

function tallyOf(habits: Habits, usual: Float64Array, place: Days): Tally {
  const tally = {
    ends: endsOnce.fill(0),
    spent: spentOnce.fill(0),
    endsByAge: new Float64Array(STRATA_COUNT),
    foretoldByAge: new Float64Array(STRATA_COUNT),
    spentByAge: new Float64Array(STRATA_COUNT),
  }
  // Silences of one day have much in common.
  let day = NaN
  let weight = 0
  let kinds: Kinds = [0, 0]
  for (const [start, length] of habits.silences) {
    const local = start + offsetSpan(start * QUARTER, place.timeZone).offset / QUARTER
    const today = Math.floor(local / SLOTS_A_DAY)
    if (today !== day) {
      day = today
      weight = 2 ** ((day - habits.day) / HALF_LIFE)
      kinds = [kindOf(place, day), kindOf(place, day + 1)]
    }
    // As an integer: its remainder costs a tenth.
    const from = (local - day * SLOTS_A_DAY) | 0
    spend(tally, usual, { from, first: habits.least - 1, length, weight, kinds })
  }
  return tally
}

/** Where the chances of a day and of the next one begin. */
type Kinds = readonly [number, number]

function kindOf({ isRest }: Days, day: number): number {
  return isRest(day) ? HALF_HOURS : 0
}

/** A silence that began in quarter hour `from` of its day: it is news from its quarter hour `first` on. */
type Spent = {
  readonly from: number
  readonly first: number
  readonly length: number
  readonly weight: number
  readonly kinds: Kinds
}

function spend(tally: Tally, usual: Float64Array, silence: Spent): void {
  const { spent, foretoldByAge, spentByAge } = tally
  const { from, first, length, weight, kinds } = silence
  for (let quarter = first; quarter < length; quarter++) {
    const inDay = from + quarter
    const half = (inDay % SLOTS_A_DAY) >> 1
    const kind = inDay < SLOTS_A_DAY ? kinds[0] : kinds[1]
    const age = Math.min(HALF_HOURS - 1, quarter >> 1)
    const cell = cellOf(half, age)
    const stratum = STRATUM[age] ?? 0
    add(spent, cell, weight / 2)
    add(foretoldByAge, stratum, weight * (usual[kind + half] ?? 0))
    add(spentByAge, stratum, weight / 2)
  }
  if (length > first) endAt(tally, from + length - 1, length - 1, weight)
}

function endAt({ ends, endsByAge }: Tally, inDay: number, quarter: number, weight: number): void {
  const age = Math.min(HALF_HOURS - 1, quarter >> 1)
  add(ends, cellOf((inDay % SLOTS_A_DAY) >> 1, age), weight)
  add(endsByAge, STRATUM[age] ?? 0, weight)
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

// Of a home that has shown nothing one silence in four ends in a half hour; that weighs three ends.
const ENDS = 0.25
const ENDS_WEIGH = 3

/** The chance that a silence lasts to an age in half hours, by all past silences, whatever the time of day was. */
function oddOf({ endsByAge, spentByAge }: Tally): Float64Array {
  const odd = new Float64Array(HORIZON / HALF_HOUR + 1)
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

// An hour to both sides in the time of day, a fifth to both sides in age: triangular weights, 1 in the middle.
const HALVES = 2
const AGES = 0.2

function blur(tally: Tally): Pick<Tally, 'ends' | 'spent'> {
  const blurred = { ends: new Float64Array(GRID), spent: new Float64Array(GRID) }
  for (let half = 0, cell = 0; half < HALF_HOURS; half++)
    for (let age = 0; age < HALF_HOURS; age++, cell++) {
      const spent = tally.spent[cell] ?? 0
      if (spent === 0) continue
      spread(blurred.spent, half, age, spent)
      const ends = tally.ends[cell] ?? 0
      if (ends > 0) spread(blurred.ends, half, age, ends)
    }
  return blurred
}

// By how many ages an age spreads; and by that and the distance in ages the weight, for each distance in half hours.
const SPREADS = Uint8Array.from({ length: HALF_HOURS }, (_, age) => Math.round(age * AGES))
const WIDEST = Math.max(...SPREADS) + 1
const FALLS = [0, 1, 2].map((beside) =>
  Float64Array.from({ length: WIDEST * WIDEST }, (_, cell) => {
    const [ages, far] = [Math.floor(cell / WIDEST), cell % WIDEST]
    return (1 - beside / (HALVES + 1)) * (1 - far / (ages + 1))
  }),
)
const [HERE = new Float64Array(), NEAR = new Float64Array(), FAR = new Float64Array()] = FALLS

function spread(into: Float64Array, half: number, age: number, value: number): void {
  const ages = SPREADS[age] ?? 0
  const last = Math.min(HALF_HOURS - 1, age + ages)
  const here = cellOf(half, 0)
  const before = rowBeside(half, -1)
  const after = rowBeside(half, 1)
  const farBefore = rowBeside(half, -2)
  const farAfter = rowBeside(half, 2)
  for (let at = Math.max(0, age - ages); at <= last; at++) {
    const cell = ages * WIDEST + Math.abs(at - age)
    const near = (NEAR[cell] ?? 0) * value
    const far = (FAR[cell] ?? 0) * value
    add(into, here + at, (HERE[cell] ?? 0) * value)
    add(into, before + at, near)
    add(into, after + at, near)
    add(into, farBefore + at, far)
    add(into, farAfter + at, far)
  }
}

function rowBeside(half: number, far: number): number {
  return cellOf((half + far + HALF_HOURS) % HALF_HOURS, 0)
}

function add(into: Float64Array, place: number, value: number): void {
  into[place] = (into[place] ?? 0) + value
}
