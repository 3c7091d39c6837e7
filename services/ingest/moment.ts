import { DAY, MINUTE } from '../core/time.ts'
import type { Millis } from '../../schemas/time.ts'

/**
 * When a reading was made by what its gateway says, or the time of arrival where that cannot be believed. Given
 * may be ISO 8601 with an offset, or seconds or milliseconds since 1970 as a number or in digits. Local time
 * without an offset is not believed: it does not say which local time. Nor are clocks that stand at 1970, count
 * from their last start, or run more than two minutes ahead.
 */
export function moment(given: unknown, receivedAt: Millis): Millis {
  const said = Math.round(millis(given))
  const credible = said >= receivedAt - OLDEST && said <= receivedAt + AHEAD
  return credible ? said : receivedAt
}

const OLDEST = 7 * DAY
const AHEAD = 2 * MINUTE

const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/
const DIGITS = /^\d{9,14}(\.\d{1,9})?$/

// Seconds reach 10^11 in the year 5138, milliseconds passed it in 1973.
const LARGEST_SECONDS = 1e11

function millis(given: unknown): number {
  if (typeof given === 'number') return given < LARGEST_SECONDS ? given * 1000 : given
  if (typeof given !== 'string') return Number.NaN
  if (DIGITS.test(given)) return millis(Number(given))
  return ISO.test(given) ? Date.parse(given) : Number.NaN
}
