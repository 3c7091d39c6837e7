import * as years from '@hyunbinseo/holidays-kr/all'
import { DAY, isWeekend } from './time.ts'

/**
 * The names of the public holidays (공휴일) of a local day in Korea, as `localDay` counts days: substitute
 * (대체공휴일) and one-off ones too; null on any other day, and in years of which the gazette's list (월력요항, as
 * the package carries it) is not known: `LISTED` says which are.
 */
export function holidayNames(day: number): readonly string[] | null {
  return NAMES.get(day) ?? null
}

/** Whether a local day in Korea is one of rest: a weekend or a public holiday. */
export function isRestDay(day: number): boolean {
  return isWeekend(day) || NAMES.has(day)
}

const PRESETS: readonly Readonly<Record<string, readonly string[]>>[] = Object.values(years)

const NAMES: ReadonlyMap<number, readonly string[]> = new Map(
  PRESETS.flatMap((preset) =>
    Object.entries(preset).map(([date, names]) => [dayOf(date), names] as const),
  ),
)

/** The first and the last year whose holidays are known. */
export const LISTED: readonly [first: number, last: number] = [
  yearOf(Math.min(...NAMES.keys())),
  yearOf(Math.max(...NAMES.keys())),
]

function dayOf(date: string): number {
  // ECMA-262 reads a date alone as UTC, so this asks no clock and no zone.
  // oxlint-disable-next-line no-restricted-globals
  return Date.parse(date) / DAY
}

function yearOf(day: number): number {
  return Math.floor(1970 + day / 365.2425)
}
