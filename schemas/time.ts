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
