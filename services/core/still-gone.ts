import { AGES, FIRST } from './hull.ts'
import type { Gone } from './silence.ts'

// The ages are the half hours of four days, and one more.
const HALF_HOURS = (AGES - 1) / 4
// For each half hour of the day at which a silence may begin, and then for the one that is interrupted.
const ROWS = HALF_HOURS + 1
const INTERRUPTED = HALF_HOURS * AGES

/** At each age of a silence, row by row, which share of those who left for a night and more are still gone. */
export const stillOnJourneys = new Float64Array(ROWS * AGES)
/** The same of those who left for the day. */
export const stillOnTrips = new Float64Array(ROWS * AGES)

// Where people come home at other hours the rows are others; but they are one table, for all homes.
let told: Gone | null = null

/** The row of a silence that begins in a half hour of the day. */
export function rowFrom(stays: Gone, begun: number): number {
  if (told !== stays)
    for (let half = 0; half < HALF_HOURS; half++)
      tell(stays, half * AGES, (age) => (half + age) % HALF_HOURS)
  told = stays
  return begun * AGES
}

/** The row of one that is interrupted, and so comes to its ages in these half hours of the day. */
export function rowThrough(stays: Gone, clock: Uint8Array): number {
  tell(stays, INTERRUPTED, (age) => clock[age] ?? 0)
  return INTERRUPTED
}

// The age in half hours from which on a journey may end: before, it is an errand like any other.
const OVERNIGHT = 28

function tell({ journeys, trips }: Gone, row: number, halfAt: (age: number) => number): void {
  let [away, out] = [1, 1]
  for (let age = FIRST; age < AGES; age++) {
    stillOnJourneys[row + age] = away
    stillOnTrips[row + age] = out
    const half = halfAt(age)
    if (age >= OVERNIGHT) away *= journeys[half] ?? 1
    out *= trips[half] ?? 1
  }
}
