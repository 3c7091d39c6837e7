import type { Person } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { officeSeenBy } from '../core/permission.ts'
import { type Lang, duration } from '../core/sentence.ts'
import { wallClock } from '../clock.ts'
import { type Clock, MINUTE, localDay } from '../core/time.ts'
import { type Words, WORDS } from './words.ts'

/** What every page is rendered for: a reader, a language, a moment, a time zone. */
export type View = {
  readonly lang: Lang
  readonly t: Words
  readonly person: Person
  /** The office all of whose homes its reader sees, or null. */
  readonly office: string | null
  readonly now: Millis
  /** How many times as fast as the wall's the clock runs: 1 in service. */
  readonly speed: number
  /** Whether that clock shows another time than the wall's: a replay. */
  readonly simulated: boolean
  /** The office's time zone, for what belongs to no home. */
  readonly zone: string
}

/** What a page is rendered for. */
export function viewFor(
  lang: Lang,
  person: Person,
  { clock, timeZone }: { readonly clock: Clock; readonly timeZone: string },
): View {
  const now = clock.now()
  const { speed } = clock
  // A wall clock asked twice differs by a breath.
  const simulated = speed !== 1 || Math.abs(now - wallClock.now()) > MINUTE
  const office = officeSeenBy(person)
  return { lang, t: WORDS[lang], person, office, now, speed, simulated, zone: timeZone }
}

/** A time of day in a zone, such as "02:13". */
export function clockTime(at: Millis, zone: string): string {
  return formatter(`time ${zone}`, () => ({
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })).format(at)
}

/** A date and a time of day, such as "11월 23일 (월) 02:13". */
export function dateTime(at: Millis, lang: Lang, zone: string): string {
  return `${shortDate(at, lang, zone)} ${clockTime(at, zone)}`
}

/** The year in a zone. */
export function localYear(at: Millis, zone: string): string {
  return formatter(`year ${zone}`, () => ({ timeZone: zone, year: 'numeric' })).format(at)
}

/** A moment as staff say it: "오늘 02:13", "어제 22:10", else with its date. */
export function moment(at: Millis, view: View, zone: string): string {
  const time = clockTime(at, zone)
  const days = localDay(at, zone) - localDay(view.now, zone)
  if (days === 0) return view.t.time.today(time)
  if (days === -1) return view.t.time.yesterday(time)
  if (days === 1) return view.t.time.tomorrow(time)
  return dateTime(at, view.lang, zone)
}

/** A date without its year, such as "11월 20일 (금)" or "Fri 20 Nov". */
export function shortDate(at: Millis, lang: Lang, zone: string): string {
  const locale = lang === 'ko' ? 'ko-KR' : 'en-GB'
  return formatter(
    `short ${locale} ${zone}`,
    () => ({
      timeZone: zone,
      month: 'short',
      day: 'numeric',
      weekday: 'short',
    }),
    locale,
  ).format(at)
}

/** How long ago something was, in words. */
export function ago(at: Millis, view: View): string {
  return view.now - at < MINUTE ? view.t.time.justNow : view.t.time.ago(since(at, view))
}

/** How long something has lasted: never less than nothing, should two clocks disagree. */
export function since(at: Millis, view: View): string {
  return duration(Math.max(0, view.now - at), view.lang)
}

// Making a formatter takes some 50 times as long as using it.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(
  key: string,
  options: () => Intl.DateTimeFormatOptions,
  locale = 'sv-SE',
): Intl.DateTimeFormat {
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options())
  formatters.set(key, made)
  return made
}
