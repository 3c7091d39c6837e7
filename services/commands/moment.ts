import type { Millis } from '../../schemas/time.ts'
import { HOUR, fromLocal } from '../core/time.ts'
import { UsageError } from './context.ts'

// A date alone is the end of that day's work: whoever is expected back on it should be, and staff are still there.
const END_OF_WORK = 18 * HOUR

/**
 * Reads a moment from the command line: with its offset (2026-12-01T09:00:00+09:00), on the office's clock
 * (2026-12-01T09:00 or "2026-12-01 09:00"), or a date alone, which is 18:00 of that day.
 */
export function readMoment(text: string, timeZone: string): Millis {
  const [, date, time, rest = ''] = MOMENT.exec(text) ?? []
  const local = Date.parse(`${date}T${time ?? '00:00'}Z`)
  if (date === undefined || Number.isNaN(local))
    throw new UsageError(
      `"${text}" is no moment; write 2026-12-01, "2026-12-01 09:00" or 2026-12-01T09:00:00+09:00`,
    )
  if (rest !== '') return Date.parse(`${date}T${time}${rest}`)
  return fromLocal(local + (time === undefined ? END_OF_WORK : 0), timeZone)
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/

/** An instant as the office's clock shows it, such as "2026-12-01 18:00"; `medium` has the seconds too. */
export function localMoment(
  at: Millis,
  timeZone: string,
  timeStyle: 'short' | 'medium' = 'short',
): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle }).format(at)
}
