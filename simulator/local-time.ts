import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR, dayStart, offsetSpan } from '../services/core/time.ts'

/** What a local wall clock shows, as the milliseconds that it would be in UTC. It is not an instant. */
export type LocalTime = number

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/

/** Reads `2016-07-12 00:00:30.600670`, cut to milliseconds; null when there is no such date or time. */
export function readLocalTime(text: string): LocalTime | null {
  const [, year, month, day, ...time] = WRITTEN.exec(text) ?? []
  if (year === undefined) return null
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // 30 February would roll over into March.
  if (new Date(date).getUTCDate() !== Number(day)) return null
  const [hour, minute, second, fraction = '0'] = time
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return date + seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

/**
 * The first and the last instant at which clocks in `timeZone` show `local`. They differ only where clocks
 * went back. A time that clocks skipped is read by the offset before the gap, so 02:30 of a spring night
 * means 03:30: as `compatible` in Temporal (tc39.es/proposal-temporal, DisambiguatePossibleEpochNanoseconds).
 */
export function instantsOf(local: LocalTime, timeZone: string): readonly [Millis, Millis] {
  // Zones lie within 14 hours of UTC, and none changes twice within two days.
  const before = local - offsetSpan(local - DAY, timeZone).offset
  const after = local - offsetSpan(local + DAY, timeZone).offset
  if (before === after) return [before, before]
  const [first, last] = [before, after].filter(
    (at) => at + offsetSpan(at, timeZone).offset === local,
  )
  return [first ?? before, last ?? first ?? before]
}

/** The instant at which the local day `days` after the one that holds `at` begins. */
export function startOfDay(at: Millis, timeZone: string, days = 0): Millis {
  // By way of its noon, for a day may have 23 or 25 hours.
  return dayStart(dayStart(at, timeZone) + days * DAY + 12 * HOUR, timeZone)
}
