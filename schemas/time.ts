import { z } from 'zod'

/** Milliseconds since the Unix epoch, UTC: the one form an instant has inside the house. */
export const Millis = z.int().nonnegative()
export type Millis = z.infer<typeof Millis>

/** An instant on the wire: ISO 8601 / RFC 3339 with an offset, read into `Millis`. */
export const Instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** An IANA time zone name that this machine knows. */
export const TimeZone = z.string().refine(isTimeZone, 'not an IANA time zone, such as Asia/Seoul')
export type TimeZone = z.infer<typeof TimeZone>

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const DAY = 86_400_000
const MINUTE = 60_000

/** A local day, such as 2026-12-01, as the number of days since 1970-01-01. */
export const LocalDay = z.iso.date().transform((text) => Date.parse(text) / DAY)

/** A time of the local clock, such as 18:00, in milliseconds after midnight; 24:00 ends the day. */
export const LocalTime = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a time of day, such as 18:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 * MINUTE + Number(text.slice(3)) * MINUTE)

const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/

/**
 * What a local clock shows, such as 2026-12-01 or 2026-12-01T13:30, as milliseconds since 1970 without any offset. Its
 * zone says which instant that is.
 */
export const LocalMoment = localMoment(0)

/** The same as an end: a day alone is meant to its last moment. */
export const LocalEnd = localMoment(DAY)

function localMoment(dayAlone: number) {
  return z.string().transform((text, context) => {
    const [, date, time] = LOCAL.exec(text) ?? []
    const day = LocalDay.safeParse(date)
    const clock = time === undefined ? null : LocalTime.safeParse(time)
    if (day.success && clock === null) return day.data * DAY + dayAlone
    if (day.success && clock?.success) return day.data * DAY + clock.data
    context.addIssue('a local date or time, such as 2026-12-01 or 2026-12-01T13:30')
    return z.NEVER
  })
}
