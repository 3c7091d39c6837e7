import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Interval, UNLEARNT, learnInterval, limitOf } from '../../services/core/interval.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { seeded } from '../../simulator/random.ts'

const NEW: Interval = { usual: null, days: 0 }

function after(ages: readonly number[], from = NEW): Interval {
  return ages.reduce(learnInterval, from)
}

const ages = fc.array(fc.integer({ min: 0, max: 30 * DAY }), { minLength: 7, maxLength: 200 })

describe('how long a sensor is usually silent', () => {
  test('is never beyond what was seen, and its limit never below two hours or above seven days', () => {
    fc.assert(
      fc.property(ages, (seen) => {
        const interval = after(seen)
        expect(interval.usual).toBeLessThanOrEqual(Math.max(MINUTE, ...seen))
        const limit = limitOf(interval) ?? 0
        expect(limit).toBeGreaterThanOrEqual(2 * HOUR)
        expect(limit).toBeLessThanOrEqual(7 * DAY)
      }),
    )
  })

  test('is moved little by one odd day', () => {
    fc.assert(
      fc.property(ages, fc.integer({ min: 0, max: 30 * DAY }), (seen, odd) => {
        const before = after(seen).usual ?? 0
        const moved = (learnInterval({ usual: before, days: seen.length }, odd).usual ?? 0) / before
        // e^0.475 = 1.608 and e^-0.025 = 0.975
        expect(moved).toBeLessThan(1.609)
        expect(moved).toBeGreaterThan(0.974)
      }),
    )
  })

  test('is its longest silence in the first week, and nothing is concluded before', () => {
    expect(limitOf(after([3, 1, 9, 2, 5, 4].map((n) => n * MINUTE)))).toBeNull()
    const week = after([3, 1, 9, 2, 5, 4, 1].map((n) => n * MINUTE))
    expect(week.usual).toBe(9 * MINUTE)
    // Three times nine minutes would be too soon for anything: two hours.
    expect(limitOf(week)).toBe(2 * HOUR)
  })

  test('comes near the reporting interval of one that reports by itself', () => {
    const random = seeded('interval')
    for (const interval of [10 * MINUTE, 50 * MINUTE]) {
      const usual = after(Array.from({ length: 120 }, () => random() * interval)).usual ?? 0
      expect(usual / interval).toBeGreaterThan(0.75)
      expect(usual / interval).toBeLessThanOrEqual(1)
    }
  })

  test('makes a sensor that reports every hour missed within hours, and one that speaks of movement only after a day', () => {
    const hourly = Array.from({ length: 14 }, (_, n) => (n % 4) * 20 * MINUTE)
    expect(limitOf(after(hourly))).toBeLessThanOrEqual(3 * HOUR)
    const asleep = Array.from({ length: 14 }, (_, n) => (3 + (n % 4)) * HOUR)
    expect(limitOf(after(asleep))).toBe(UNLEARNT)
    // A door that is used every other day: 2 * 40 h and two hours, about.
    const door = Array.from({ length: 14 }, (_, n) => 14 * HOUR + (n % 2) * DAY)
    expect(limitOf(after(door))).toBeGreaterThan(70 * HOUR)
  })

  test('follows a sensor that reports less often, in days and not at once', () => {
    const hourly = after(Array.from({ length: 30 }, () => 50 * MINUTE))
    const slower = Array.from({ length: 5 }, () => 10 * HOUR)
    // 50 min * 1.608^5 = 537 min, below the 600 of ten hours.
    expect(after(slower, hourly).usual).toBeCloseTo(50 * MINUTE * Math.exp(0.475 * 5), -3)
  })
})
