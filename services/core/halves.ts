import type { Rhythm } from '../../schemas/rhythm.ts'
import { HALF_HOURS } from './silence.ts'

/** The same as a rhythm keeps it. */
export function countsOf({
  active,
  days,
}: {
  readonly active: readonly number[]
  readonly days: readonly number[]
}): Pick<Rhythm, 'weekday' | 'rest'> {
  return {
    weekday: { active: active.slice(0, HALF_HOURS), days: days.slice(0, HALF_HOURS) },
    rest: { active: active.slice(HALF_HOURS), days: days.slice(HALF_HOURS) },
  }
}

/** The half hours of weekdays and of days of rest, one after the other. */
export function halvesOf(weekday: readonly number[], rest: readonly number[]): number[] {
  return weekday.concat(rest)
}

/** Two digits keep the row small; rounding each day as well makes a month learnt at once equal one by days. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
