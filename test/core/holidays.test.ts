import { expect, test } from 'vitest'
import { LISTED, holidayNames, isRestDay } from '../../services/core/holidays.ts'

// Days since 1970-01-01: 2026-01-01 is 56 years and 14 leap days later, 56 * 365 + 14 = 20454.
const NEW_YEAR_2026 = 20454

test('a public holiday is a day of rest, and has its Korean name', () => {
  // 2026-02-17 is 47 days after New Year: 31 of January and 16 of February.
  expect(holidayNames(NEW_YEAR_2026 + 47)).toEqual(['설날'])
  expect(isRestDay(NEW_YEAR_2026 + 47)).toBe(true)
})

test('a substitute holiday counts like the one it stands for', () => {
  // 3.1절 2026 fell on a Sunday (day 59), so Monday 2 March is its substitute.
  expect(holidayNames(NEW_YEAR_2026 + 60)).toEqual([expect.stringContaining('대체공휴일')])
  expect(isRestDay(NEW_YEAR_2026 + 60)).toBe(true)
})

test('an ordinary weekday is none, and a Saturday is one without a name', () => {
  expect(isRestDay(NEW_YEAR_2026 + 61)).toBe(false) // Tuesday, 3 March
  expect(holidayNames(NEW_YEAR_2026 + 65)).toBeNull() // Saturday, 7 March
  expect(isRestDay(NEW_YEAR_2026 + 65)).toBe(true)
})

test('it says which years it knows, and knows no holiday beyond them', () => {
  expect(LISTED[0]).toBeLessThanOrEqual(2018)
  expect(LISTED[1]).toBeGreaterThanOrEqual(2027)
  expect(holidayNames(NEW_YEAR_2026 + 40 * 366)).toBeNull()
})
