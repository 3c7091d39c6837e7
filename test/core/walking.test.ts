import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'
import {
  beyondChance,
  gaitOf,
  isWalk,
  pauseLimit,
  turnWalking,
} from '../../services/core/walking.ts'

/** The chance that so many independent events or more come, of `mean` on average. */
function tailOf(mean: number, count: number): number {
  let term = Math.exp(-mean)
  let tail = 1
  for (let each = 0; each < count; each++) {
    tail -= term
    term *= mean / (each + 1)
  }
  return tail
}

const hours = (...some: number[]) => some.map((each) => (each * HOUR) / QUARTER)
const limitOf = (...some: number[]) => pauseLimit({ pauses: hours(...some) }, 36 * HOUR) / HOUR

test('so many as chance does not bring are reached with less than the chance, and one less with no less', () => {
  const anyMean = fc.double({ min: 0.001, max: 30, noNaN: true })
  const anyChance = fc.double({ min: 0.0001, max: 0.5, noNaN: true })
  fc.assert(
    fc.property(anyMean, anyChance, (mean, chance) => {
      const count = beyondChance(mean, chance)
      expect(tailOf(mean, count)).toBeLessThan(chance)
      expect(tailOf(mean, count - 1)).toBeGreaterThanOrEqual(chance)
    }),
  )
})

test('however many come on average, more than so many are told at once', () => {
  for (const mean of [499, 500, 746, 1e6]) {
    const count = beyondChance(mean, 0.001)
    expect(count).toBeGreaterThan(mean + 3 * Math.sqrt(mean))
    expect(count).toBeLessThan(mean + 5 * Math.sqrt(mean))
  }
})

const NO_TOTALS = { today: 0, totals: [] }

test('a day out of sight says nothing of how people pause', () => {
  const gait = { least: 5, back: 4, few: null }
  const before = { signs: 3000, days: 10, byDoor: 20, inside: 6, ...gait, ...NO_TOTALS }
  const pauses = hours(8, 9)
  const turned = (isHidden: boolean) => turnWalking({ ...before, pauses }, 20, isHidden).pauses
  expect(turned(false)).toEqual([...pauses, 0])
  expect(turned(true)).toEqual(pauses)
})

test('the livelier a home, the more signs tell of a walk and of a return', () => {
  const pauses = Array<number>(20).fill(8)
  const anyDays = { days: 20, byDoor: 9, inside: 9, pauses, ...NO_TOTALS }
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(20_000), (some, more) => {
      const calm = gaitOf({ ...anyDays, signs: some }, 20)
      const lively = gaitOf({ ...anyDays, signs: some + more }, 20)
      expect(lively.least).toBeGreaterThanOrEqual(calm.least ?? 0)
      expect(lively.back).toBeGreaterThanOrEqual(calm.back ?? 0)
      expect(calm.least).toBeGreaterThanOrEqual(3)
    }),
  )
})

test('300 signs a day: five in a quarter hour are a walk, four in two bring back', () => {
  // A fifth of 300 are 0.625 a quarter hour. Four or more: 1 - 0.53526 (1 + 0.625 + 0.19531 + 0.04069) = 0.00388; five: 0.00047.
  // 1.25 in two: three or more: 1 - 0.28650 (1 + 1.25 + 0.78125) = 0.1315; four: less 0.28650 x 0.32552 = 0.0383.
  const known = {
    signs: 3000,
    days: 10,
    byDoor: 20,
    inside: 6,
    pauses: hours(...Array<number>(10).fill(8)),
    ...NO_TOTALS,
  }
  expect(gaitOf(known, 10)).toEqual({ least: 5, back: 4, few: null })
  // 12 a day: 0.025 and 0.05; one or more in two: 0.0488.
  expect(gaitOf({ ...known, signs: 120 }, 10)).toEqual({ least: 3, back: 1, few: null })
  // Nothing is told of it in the first week.
  expect(gaitOf({ ...known, pauses: [] }, 6)).toEqual({ least: null, back: null, few: null })
  // Nor of returns in the week in which it begins to show how people walk about.
  expect(gaitOf({ ...known, pauses: known.pauses.slice(4) }, 13)).toMatchObject({
    least: 5,
    back: null,
  })
})

test('where people are hardly seen to walk about one sign brings back, however lively the home', () => {
  const lively = { signs: 3000, days: 10, byDoor: 20, inside: 6, ...NO_TOTALS }
  // On four days of ten only.
  const seldom = hours(0, 0, 3, 0, 3, 0, 3, 0, 0, 3)
  expect(gaitOf({ ...lively, pauses: seldom }, 10).back).toBeNull()
  expect(gaitOf({ ...lively, pauses: [...seldom.slice(1), 12] }, 10).back).toBe(4)
  // Four pauses of 20 hours.
  const long = hours(...Array<number>(6).fill(8), 20, 20, 20, 20)
  expect(gaitOf({ ...lively, pauses: long }, 10).back).toBeNull()
  expect(gaitOf({ ...lively, pauses: [...long.slice(0, 9), 8] }, 10).back).toBe(4)
})

test('two weeks of walks daily are believed, whatever the month before was like', () => {
  const anyPause = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4000 }))
  const anyMonth = fc.array(anyPause, { maxLength: 46 })
  const lively = { signs: 3000, days: 10, byDoor: 20, inside: 6, ...NO_TOTALS }
  fc.assert(
    fc.property(
      anyMonth,
      fc.array(fc.integer({ min: 1, max: 79 }), { minLength: 14, maxLength: 14 }),
      (month, lately) => {
        const pauses = [...month, ...lately]
        expect(pauseLimit({ pauses }, 36 * HOUR)).toBeLessThanOrEqual(23 * HOUR)
        expect(gaitOf({ ...lively, pauses }, 20).back).toBe(4)
      },
    ),
  )
  // A cat stirred for 46 days; nobody walked about, or now and then it seemed so. After a week, and two, its owner is back.
  const away = Array<number>(46).fill(0)
  expect(limitOf(...away, 8, 8, 8)).toBe(Infinity)
  expect(limitOf(...away, 8, 8, 8, 8)).toBe(12)
  expect(limitOf(...away, 240, 240, 240, 240, ...Array<number>(13).fill(8))).toBe(480)
  expect(limitOf(...away, 240, 240, 240, 240, ...Array<number>(14).fill(8))).toBe(23)
})

test('one sign brings back where who left comes back by the door', () => {
  const pauses = hours(...Array<number>(10).fill(8))
  const known = { signs: 3000, days: 10, pauses, ...NO_TOTALS }
  const backOf = (byDoor: number, inside: number) => gaitOf({ ...known, byDoor, inside }, 10).back
  expect([backOf(20, 6), backOf(20, 5), backOf(0, 2), backOf(0, 1.5)]).toEqual([4, null, 4, null])
})

test('a walk is so many signs of two sensors; of three sensors, before it is known how many', () => {
  expect(isWalk({ least: 5 }, { sensors: 0b11, signs: 5 })).toBe(true)
  expect(isWalk({ least: 5 }, { sensors: 0b111, signs: 4 })).toBe(false)
  // One sensor flaps.
  expect(isWalk({ least: 5 }, { sensors: 0b100, signs: 90 })).toBe(false)
  expect(
    [0b111, 0b1000011, (1 << 30) | 0b11, 0b11, 1, 0].map((sensors) =>
      isWalk({ least: null }, { sensors, signs: 1 }),
    ),
  ).toEqual([true, true, true, false, false, false])
})

test('single signs are believed for half as long again as people pause, and never for long where they walk about daily', () => {
  const anyPauses = fc.array(fc.integer({ min: 1, max: 79 }), { maxLength: 60 })
  fc.assert(
    fc.property(anyPauses, fc.integer({ min: 20, max: 50 }), (pauses, ceiling) => {
      const limit = pauseLimit({ pauses }, ceiling * HOUR)
      expect(limit).toBeGreaterThanOrEqual(8 * HOUR)
      expect(limit).toBeLessThanOrEqual(Math.min(ceiling, 23) * HOUR)
      // Longer pauses make nobody asked about sooner.
      const longer = pauses.map((pause) => Math.min(79, pause + 4))
      expect(pauseLimit({ pauses: longer }, ceiling * HOUR)).toBeGreaterThanOrEqual(limit)
    }),
  )
  const nights = Array<number>(40).fill(8)
  expect(limitOf(...nights)).toBe(12)
  // Of three longer ones nobody takes note, of a fourth they do; and while few are known, of one in ten.
  expect(limitOf(...nights.slice(0, 8), 10)).toBe(15)
  expect(limitOf(...nights.slice(0, 9), 10)).toBe(12)
  expect(limitOf(...nights.slice(0, 17), 10, 10)).toBe(15)
  expect(limitOf(...nights.slice(0, 18), 10, 10)).toBe(12)
  expect(limitOf(...nights, 40, 12, 12)).toBe(12)
  expect(limitOf(...nights, 40, 12, 12, 10)).toBe(15)
  expect(limitOf(...nights, 19, 19, 19, 18)).toBe(23)
  expect(limitOf(...Array<number>(20).fill(2))).toBe(8)
  expect(pauseLimit({ pauses: hours(...nights) }, 10 * HOUR)).toBe(10 * HOUR)
  // Until a week of them is known.
  expect(limitOf(8, 8, 8, 8, 8, 8)).toBe(23)
})

test('where people hardly walk about, single signs are believed for twice as long as ever', () => {
  expect(limitOf(8, 8, 8, 8, 20, 21, 20, 22)).toBe(44)
  // On two days of five, as long apart.
  expect(limitOf(0, 0, 0, 0, 0, 20, 21, 20, 22)).toBe(44)
  // On fewer than half of the days they are seen to at all: there are no walks to wait for.
  expect(limitOf(0, 0, 0, 0, 0, 30, 8, 8)).toBe(Infinity)
  expect(limitOf(0, 0, 0, 0, 30, 8, 8, 8)).toBe(23)
  const anyPauses = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 })
  fc.assert(
    fc.property(anyPauses, (pauses) => {
      const most = Math.max(DAY, 2 * Math.max(...pauses) * QUARTER)
      expect(pauseLimit({ pauses }, 36 * HOUR)).toBeLessThanOrEqual(most)
    }),
  )
})

test('the pauses of a home count by their length, in whatever order they came', () => {
  const anyPauses = fc.array(fc.integer({ min: 1, max: 61 }), {
    minLength: 7,
    maxLength: 60,
    size: 'max',
  })
  fc.assert(
    fc.property(anyPauses, (pauses) => {
      const exceptions = Math.min(3, Math.floor(pauses.length / 10))
      const usual = pauses.toSorted((a, b) => b - a)[exceptions] ?? 0
      const limit = Math.min(23 * HOUR, Math.max(8 * HOUR, 1.5 * usual * QUARTER))
      expect(pauseLimit({ pauses }, 36 * HOUR)).toBe(limit)
    }),
  )
})
