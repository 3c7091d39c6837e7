import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heldFrom } from '../../services/core/peaks.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, QUARTER, localDay } from '../../services/core/time.ts'
import { MONDAY } from './quiet-home.ts'

const timeZone = 'Asia/Seoul'
const FIRST = localDay(MONDAY, timeZone)

// Months of somebody who is up from seven on, in every so manieth quarter hour, and is elsewhere on some days.
const anyMonths = fc
  .record({
    days: fc.integer({ min: 1, max: 110 }),
    gone: fc.array(fc.nat(109)),
    every: fc.integer({ min: 3, max: 9 }),
  })
  .map(({ days, gone, every }) =>
    Array.from({ length: days }, (_, day) => day)
      .filter((day) => !gone.includes(day))
      .flatMap((day) => dayOf(day, every)),
  )

function dayOf(day: number, every: number) {
  return Array.from({ length: 56 }, (_, n) => n)
    .filter((n) => (n * 7 + day * 5) % every === 0)
    .map((n) => ({ quarter: MONDAY + day * DAY + 7 * HOUR + n * QUARTER, exit: false, sensors: 1 }))
}

function daysOf(count: number) {
  return Array.from({ length: count }, (_, day) => dayOf(day, 3)).flat()
}

test('months learnt at once are those learnt by the week, though not all of their peaks are worked out', () => {
  fc.assert(
    fc.property(anyMonths, (activity) => {
      const past = { activity, unseen: [], timeZone }
      let byWeeks = EMPTY_RHYTHM
      for (let until = MONDAY; until <= MONDAY + 112 * DAY; until += 7 * DAY)
        byWeeks = learn(byWeeks, past, until)
      expect(learn(EMPTY_RHYTHM, past, MONDAY + 112 * DAY)).toEqual(byWeeks)
    }),
    { numRuns: 30 },
  )
})

test('held are those of the last 60 days with a sign of life', () => {
  expect(heldFrom(daysOf(59), timeZone)).toBe(-Infinity)
  expect(heldFrom(daysOf(60), timeZone)).toBe(FIRST)
  expect(heldFrom(daysOf(61), timeZone)).toBe(FIRST + 1)
  // Of a month elsewhere there is no peak: of 90 days 60 had a sign of life.
  const elsewhere = daysOf(90).filter(({ quarter }) => {
    const day = localDay(quarter, timeZone) - FIRST
    return day < 20 || day >= 50
  })
  expect(heldFrom(elsewhere, timeZone)).toBe(FIRST)
})
