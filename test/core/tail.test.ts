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
    // The cohort of 5 silences a day: ln(5 x 4) - 1.79 = 1.2057. (8 x 6 + 60 x 1.2057) / 68 = 1.7698
    expect(tail.level).toBeCloseTo(1.7698, 4)
    // (4 + 6 + 150 x 2.1) / (2 + 150) = 2.1382
    expect(tail.scale).toBeCloseTo(2.1382, 4)
  })

  test('of a home with more silences a day begins higher', () => {
    // After a week its own number weighs as much as the cohort's: (7 x 15 + 7 x 5) / 14 = 10 a day.
    const week = Array.from({ length: 7 }, () => 0)
    // ln(10 x 4) - 1.79 = 1.8989, and seven days of nothing: 60 x 1.8989 / 67 = 1.7005
    expect(fitTail(week, 15).level).toBeCloseTo(1.7005, 4)
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

  test('is exceeded as often as the budget says in homes like the cohort', () => {
    let seed = 7
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    // One day in four exceeds 1.2057, and the excess is exponential with mean 2.1.
    const day = () => Math.max(0, 1.2057 - 2.1 * Math.log(4 * random()))
    const exceeded = Array.from({ length: 300 }, () => {
      const limit = threshold(fitTail(Array.from({ length: 60 }, day), 5), 0.3)
      // Two years of days to come.
      return Array.from({ length: 730 }, day).filter((each) => each >= limit).length / 24
    })
    const perMonth = exceeded.reduce((sum, each) => sum + each, 0) / exceeded.length
    // Fitting to 60 days costs a little; the budget is 0.3.
    expect(perMonth).toBeGreaterThan(0.25)
    expect(perMonth).toBeLessThan(0.4)
  })
})
