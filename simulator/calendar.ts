import { holidayNames, isRestDay } from '../services/core/holidays.ts'
import { isWeekend } from '../services/core/time.ts'

/** Whether a local day is one of rest where clocks show this zone: a weekend, and in Korea a public holiday too. */
export function restsOn(day: number, timeZone: string): boolean {
  return timeZone === KOREA ? isRestDay(day) : isWeekend(day)
}

const KOREA = 'Asia/Seoul'

/** The day of 설날 or 추석 that is no more than `reach` days before or after, or null. */
export function festivalNear(day: number, timeZone: string, reach: number): number | null {
  if (timeZone !== KOREA) return null
  for (let each = day - reach; each <= day + reach; each++)
    if (holidayNames(each)?.some((name) => name === '설날' || name === '추석')) return each
  return null
}

// Sunrise and sunset at Seoul (37.57 N, 126.98 E) in the middle of each month, in minutes after local midnight.
const SUN: readonly (readonly [rise: number, set: number])[] = [
  [466, 1055],
  [446, 1088],
  [410, 1116],
  [363, 1144],
  [325, 1171],
  [310, 1193],
  [321, 1193],
  [346, 1166],
  [372, 1122],
  [398, 1077],
  [429, 1042],
  [457, 1034],
]

/** When the sun rises and sets on a local day, in minutes after midnight: at Seoul, to a few minutes. */
export function sunOf(day: number): readonly [rise: number, set: number] {
  const months = ((day % YEAR) / YEAR) * 12 + 11.5
  const before = SUN[Math.floor(months) % 12] ?? [0, 0]
  const after = SUN[Math.ceil(months) % 12] ?? before
  const share = months - Math.floor(months)
  return [mix(before[0], after[0], share), mix(before[1], after[1], share)]
}

const YEAR = 365.2425

const mix = (a: number, b: number, share: number): number => a + (b - a) * share

/** How much of winter there is on a local day: 1 in the middle of January, 0 in the middle of June. */
export function winterOf(day: number): number {
  const [rise, set] = sunOf(day)
  return (LONGEST - (set - rise)) / (LONGEST - SHORTEST)
}

const LONGEST = 883
const SHORTEST = 577
