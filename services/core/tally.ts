import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Goings } from './journey.ts'
import { type Days, HALF_HOUR, HALF_HOURS, SLOTS_A_DAY } from './silence.ts'
import { HOUR, QUARTER, offsetSpan } from './time.ts'

/** What a curve is made of. */
export type Habits = Goings & Pick<Rhythm, 'weekday' | 'rest' | 'least'>

/** The age in half hours from which on a silence is news. */
export const FIRST = HOUR / HALF_HOUR
/** The cells of half hours of the day by ages. */
export const GRID = HALF_HOURS * HALF_HOURS

/** The cell of a half hour of the day and an age in half hours. */
export function cellOf(half: number, age: number): number {
  return half * HALF_HOURS + age
}

/** Where past silences spent their half hours, and where they ended; by age, what the time of day alone foretold. */
export type Tally = {
  readonly ends: Float64Array
  readonly spent: Float64Array
  readonly endsByAge: Float64Array
  readonly foretoldByAge: Float64Array
  readonly spentByAge: Float64Array
}

// In half hours: 1 to 1.5 h, to 2, 3, 4.5, 7, 10, and beyond.
const STRATA = [3, 4, 6, 9, 14, 20]
/** How many strata of ages there are. */
export const STRATA_COUNT = STRATA.length + 1
const HALF_LIFE = 30

/** The stratum of each age in half hours. */
export const STRATUM = Uint8Array.from({ length: HALF_HOURS }, (_, age) => {
  const found = STRATA.findIndex((end) => age < end)
  return found === -1 ? STRATA.length : found
})

// Made once: a curve is blurred from them at once.
const endsOnce = new Float64Array(GRID)
const spentOnce = new Float64Array(GRID)

/** Counts where past silences spent their half hours and where they ended, beside what the time of day foretells. */
export function tallyOf(habits: Habits, usual: Float64Array, place: Days): Tally {
  const tally = {
    ends: endsOnce.fill(0),
    spent: spentOnce.fill(0),
    endsByAge: new Float64Array(STRATA_COUNT),
    foretoldByAge: new Float64Array(STRATA_COUNT),
    spentByAge: new Float64Array(STRATA_COUNT),
  }
  // Silences of one day have much in common.
  let day = NaN
  let begun: Begun = { first: 0, weight: 0, kinds: [0, 0] }
  for (const [start, length] of habits.silences) {
    const local = start + offsetSpan(start * QUARTER, place.timeZone).offset / QUARTER
    const today = Math.floor(local / SLOTS_A_DAY)
    if (today !== day) {
      day = today
      const weight = 2 ** ((day - habits.day) / HALF_LIFE)
      const kinds = [kindOf(place, day), kindOf(place, day + 1)] as const
      begun = { first: habits.least - 1, weight, kinds }
    }
    // As an integer: its remainder costs a tenth.
    spend(tally, usual, begun, (local - day * SLOTS_A_DAY) | 0, length)
  }
  return tally
}

/**
 * What silences that began on one day have in common: the quarter hour from which on they are news, how much they
 * count, and where the chances of that day and of the next one begin.
 */
type Begun = {
  readonly first: number
  readonly weight: number
  readonly kinds: readonly [number, number]
}

function kindOf({ isRest }: Days, day: number): number {
  return isRest(day) ? HALF_HOURS : 0
}

function spend(
  tally: Tally,
  usual: Float64Array,
  { first, weight, kinds: [today, next] }: Begun,
  from: number,
  length: number,
): void {
  const { spent, foretoldByAge, spentByAge } = tally
  const half = weight / 2
  for (let quarter = first; quarter < length;) {
    const stratum = STRATUM[Math.min(HALF_HOURS - 1, quarter >> 1)] ?? 0
    const end = Math.min(length, 2 * (STRATA[stratum] ?? length))
    add(spentByAge, stratum, half * (end - quarter))
    let foretold = 0
    for (; quarter < end; quarter++) {
      const inDay = from + quarter
      const at = (inDay % SLOTS_A_DAY) >> 1
      foretold += usual[(inDay < SLOTS_A_DAY ? today : next) + at] ?? 0
      add(spent, cellOf(at, Math.min(HALF_HOURS - 1, quarter >> 1)), half)
    }
    add(foretoldByAge, stratum, weight * foretold)
  }
  if (length > first) endAt(tally, from + length - 1, length - 1, weight)
}

function endAt({ ends, endsByAge }: Tally, inDay: number, quarter: number, weight: number): void {
  const age = Math.min(HALF_HOURS - 1, quarter >> 1)
  add(ends, cellOf((inDay % SLOTS_A_DAY) >> 1, age), weight)
  add(endsByAge, STRATUM[age] ?? 0, weight)
}

/** Adds to a cell. */
export function add(into: Float64Array, place: number, value: number): void {
  into[place] = (into[place] ?? 0) + value
}
