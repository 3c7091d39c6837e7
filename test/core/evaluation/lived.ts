import { type Life, lifeOf } from '../../../services/core/evaluation/life.ts'
import { HOUR } from '../../../services/core/time.ts'

/** A Monday, in a zone without summer time. */
export const MONDAY = Date.UTC(2026, 2, 2)

/** Two days of one sensor, with a sign of life at each of these hours since Monday; at `exits` it is the door's. */
export function lived(hours: readonly number[], more: Partial<Life> & { exits?: number[] } = {}) {
  const { exits = [], ...rest } = more
  const head = {
    household: 'home',
    timeZone: 'UTC',
    tier: 'mid' as const,
    from: MONDAY,
    to: MONDAY + 48 * HOUR,
    unseen: [],
    out: [],
    readings: hours.length,
    ...rest,
  }
  return lifeOf(
    head,
    hours.map((hour) => ({ at: MONDAY + hour * HOUR, exit: exits.includes(hour), sensor: 0 })),
  )
}
