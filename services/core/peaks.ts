import type { Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { round } from './halves.ts'
import { type Curve, surprise } from './silence.ts'
import { QUARTER, localDay } from './time.ts'

/** Of how many of the last days with a sign of life a rhythm holds how surprising their silences became. */
export const PEAKS = 60

/**
 * From which local day on the peaks are still held once all of this is learnt. What comes before need not be worked out: that
 * was a quarter of what it took to learn 104 days anew.
 */
export function heldFrom(lived: readonly { readonly quarter: Millis }[], timeZone: string): number {
  // Whoever learns day by day asks every day.
  if (lived.length < PEAKS) return -Infinity
  const days = new Set(lived.map(({ quarter }) => localDay(quarter, timeZone)))
  return [...days].at(-PEAKS) ?? -Infinity
}

/** How surprising a silence became by what was known that morning. */
export function peakOf(curve: Curve, [from, length]: Stretch, isRunning: boolean): number {
  // Somewhere in its first quarter hour it began, and somewhere in the one after it ended: take the middles.
  const since = (from + 0.5) * QUARTER
  const known = isRunning ? (curve.running ?? curve) : curve
  return round(surprise(known, [], since, since + length * QUARTER))
}
