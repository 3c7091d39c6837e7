import type { Band, Ladder } from '../../schemas/plan.ts'
import type { Office } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { isRestDay } from './holidays.ts'
import { DAY, HOUR, firstInstant, localClock, localDay } from './time.ts'

/** The hours of an office that has not said its own. */
export const USUAL_HOURS = { opens: 9 * HOUR, closes: 18 * HOUR } as const

/**
 * When the residents of an office that has not said its own are not to be called by a machine: the hours in which
 * advertising may not be sent in Korea (정보통신망법 제50조 제3항).
 */
export const USUAL_QUIET = { begins: 21 * HOUR, ends: 8 * HOUR } as const

/** Hours of the local clock, from `begins` on until `ends`, over midnight if need be; the same twice: none. */
export type QuietHours = { readonly begins: Millis; readonly ends: Millis }

/** Whether the clock of `timeZone` is in those hours at `at`. */
export function isQuiet(at: Millis, { begins, ends }: QuietHours, timeZone: string): boolean {
  const clock = ((localClock(at, timeZone) % DAY) + DAY) % DAY
  return begins <= ends ? clock >= begins && clock < ends : clock >= begins || clock < ends
}

/** Whether a ladder asks the resident at `at`: not in quiet hours, unless it says so. */
export function mayAsk(
  { askQuiet }: Ladder,
  quiet: QuietHours,
  timeZone: string,
  at: Millis,
): boolean {
  return (askQuiet ?? false) || !isQuiet(at, quiet, timeZone)
}

/**
 * Whether an office works at `at`, and if not, why: a day of rest (weekend, public holiday, one of its own) is one from
 * midnight to midnight of its zone; any other time outside its hours is night.
 */
export function bandAt(at: Millis, office: Office): Band {
  if (rests(localDay(at, office.timeZone), office)) return 'holiday'
  const clock = ((localClock(at, office.timeZone) % DAY) + DAY) % DAY
  return clock >= office.opens && clock < office.closes ? 'office' : 'night'
}

/** The instants after `from` and before `until` at which the band of an office can change. */
export function bandChanges(from: Millis, until: Millis, office: Office): Millis[] {
  const { timeZone, opens, closes } = office
  const found: Millis[] = []
  const last = localDay(until, timeZone)
  for (let day = localDay(from, timeZone); day <= last; day++)
    for (const clock of [0, opens, closes]) found.push(firstInstant(day * DAY + clock, timeZone))
  return found.filter((at) => at > from && at < until)
}

/** Whether an office rests on a local day: what it said itself goes before the calendar. */
export function rests(day: number, office: Office): boolean {
  return office.days.find((one) => one.day === day)?.rest ?? isRestDay(day)
}
