import type { Rhythm } from '../../schemas/rhythm.ts'
import { HALF_HOURS } from './silence.ts'

/** The same as a rhythm keeps it. */
export function countsOf({
  active,
  days,
}: {
  readonly active: Float64Array
  readonly days: Float64Array
}): Pick<Rhythm, 'weekday' | 'rest'> {
  return {
    weekday: { active: halvesFrom(active, 0), days: halvesFrom(days, 0) },
    rest: { active: halvesFrom(active, HALF_HOURS), days: halvesFrom(days, HALF_HOURS) },
  }
}

/** The half hours of weekdays and of days of rest, one after the other. */
export function halvesOf(weekday: readonly number[], rest: readonly number[]): Float64Array {
  const halves = new Float64Array(2 * HALF_HOURS)
  halves.set(weekday)
  halves.set(rest, HALF_HOURS)
  return halves
}

// Twice as fast as `Array.from`.
function halvesFrom(halves: Float64Array, from: number): number[] {
  const some = Array<number>(HALF_HOURS).fill(0)
  for (let half = 0; half < HALF_HOURS; half++) some[half] = halves[from + half] ?? 0
  return some
}

/** Two digits keep the row small; rounding each day as well makes a month learnt at once equal one by days. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
