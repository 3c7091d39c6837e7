import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIRST_DAYS, nextLearning, progressOf } from '../../services/core/learning.ts'
import { DAY, HOUR, dayStart } from '../../services/core/time.ts'

const anyInstant = fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2037, 0, 1) })
const anyZone = fc.constantFrom('Asia/Seoul', 'America/New_York', 'Asia/Kolkata', 'UTC')
const SHARE = { min: 0, max: 0.999, noNaN: true }
const anyKnown = fc.nat(2 * FIRST_DAYS)

// A quarter past ten in Seoul, on Monday, 7 September 2026.
const TEN = Date.parse('2026-09-07T10:15:00+09:00')

describe('a home is learnt', () => {
  test('next at one and the same instant, whenever between two of them that is asked', () => {
    fc.assert(
      fc.property(anyKnown, anyInstant, anyZone, fc.double(SHARE), (known, at, zone, share) => {
        const next = nextLearning(known, at, zone)
        const between = at + Math.floor(share * (next - at))
        expect(next).toBeGreaterThan(at)
        expect(nextLearning(known, between, zone)).toBe(next)
      }),
    )
  })

  test('soon after each midnight in its first week, and once a day from then on', () => {
    fc.assert(
      fc.property(anyKnown, anyInstant, anyZone, (known, at, zone) => {
        const midnight = dayStart(at, zone)
        const after = nextLearning(known, midnight, zone) - midnight
        expect(after).toBeLessThanOrEqual(known < FIRST_DAYS ? HOUR : 4 * HOUR)
        if (known >= FIRST_DAYS) expect(nextLearning(known, at, zone) - at).toBeLessThan(26 * HOUR)
      }),
    )
  })

  test('a quarter past each hour, then at three in the morning', () => {
    expect(nextLearning(0, TEN - 1, 'Asia/Seoul')).toBe(TEN)
    expect(nextLearning(6, TEN, 'Asia/Seoul')).toBe(TEN + HOUR)
    expect(nextLearning(7, TEN, 'Asia/Seoul')).toBe(Date.parse('2026-09-08T03:00:00+09:00'))
    expect(nextLearning(7, TEN - 8 * HOUR, 'Asia/Seoul')).toBe(TEN - 7.25 * HOUR)
    expect(nextLearning(300, TEN + DAY, 'UTC')).toBe(Date.parse('2026-09-08T03:00:00Z'))
  })
})

describe('learning anew', () => {
  test('takes as long for the rest as it took for what is done, and is never beyond its end', () => {
    // A quarter took two hours: three quarters take six.
    expect(progressOf({ since: TEN - 2 * HOUR, homes: 1000, done: 250 }, TEN)).toEqual({
      percent: 25,
      left: 6 * HOUR,
    })
    expect(progressOf({ since: TEN - 2 * HOUR, homes: 3, done: 0 }, TEN).left).toBeNull()
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), fc.nat(30 * DAY), (homes, done, passed) => {
        const { percent, left } = progressOf({ since: TEN - passed, homes, done }, TEN)
        expect(percent).toBeLessThan(100)
        expect(left ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
