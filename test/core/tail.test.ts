import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COHORT_TAIL, fitTail, threshold } from '../../services/core/tail.ts'

const anySurprises = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 61 })

describe('the tail of a home', () => {
  test('is the cohort’s while nothing is known', () => {
    expect(fitTail([], 5)).toEqual(COHORT_TAIL)
  })

  test('is fitted to the upper quarter of the days, and shrunk', () => {
    // Of 8 days the upper 2 are 10 and 12, over 6: excesses 4 and 6.
    const tail = fitTail([1, 10, 6, 5, 12, 3, 2, 4], 5)
    // The cohort of 5 silences a day: ln(5 x 4) + 1.9 = 4.8957. (8 x 6 + 15 x 4.8957) / 23 = 5.2798
    expect(tail.level).toBeCloseTo(5.2798, 4)
    // (4 + 6 + 6 x 1.3) / (2 + 6) = 2.225
    expect(tail.scale).toBeCloseTo(2.225, 4)
  })

  test('of a home with more silences a day begins higher', () => {
    // After a week its own number weighs as much as the cohort's: (7 x 15 + 7 x 5) / 14 = 10 a day.
    const week = Array.from({ length: 7 }, () => 0)
    // ln(10 x 4) + 1.9 = 5.5889, and seven days of nothing: 15 x 5.5889 / 22 = 3.8106
    expect(fitTail(week, 15).level).toBeCloseTo(3.8106, 4)
    expect(fitTail(week, 1).level).toBeLessThan(fitTail(week, 5).level)
  })

  test('does not mind the order of the days', () => {
    fc.assert(
      fc.property(anySurprises, (days) => {
        expect(fitTail(days.toReversed(), 5)).toEqual(fitTail(days, 5))
      }),
    )
  })
})

describe('the threshold', () => {
  test('of a smaller budget is higher', () => {
    const anyBudget = fc.double({ min: 0.001, max: 30, noNaN: true })
    fc.assert(
      fc.property(anySurprises, anyBudget, anyBudget, (days, a, b) => {
        const tail = fitTail(days, 5)
        expect(threshold(tail, Math.min(a, b))).toBeGreaterThanOrEqual(
          threshold(tail, Math.max(a, b)),
        )
      }),
    )
  })

  test('is the level for as many false alarms as there are days above it', () => {
    // One day in four: 30.44 / 4 = 7.61 a month.
    expect(threshold({ level: 6, scale: 2.5 }, 7.61)).toBeCloseTo(6, 10)
    // 6 + 2.5 ln(7.61 / 0.3) = 14.0836
    expect(threshold({ level: 6, scale: 2.5 }, 0.3)).toBeCloseTo(14.0836, 4)
  })

  test('is exceeded as often as the budget says, when the tail is exponential', () => {
    let seed = 7
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const day = () => 3.5 - 1.5 * Math.log(random())
    const exceeded = Array.from({ length: 300 }, () => {
      const limit = threshold(fitTail(Array.from({ length: 60 }, day), 5), 0.3)
      // Two years of days to come.
      return Array.from({ length: 730 }, day).filter((each) => each >= limit).length / 24
    })
    const perMonth = exceeded.reduce((sum, each) => sum + each, 0) / exceeded.length
    // Fitting to 60 days costs a little; the budget is 0.3.
    expect(perMonth).toBeGreaterThan(0.2)
    expect(perMonth).toBeLessThan(0.55)
  })
})
