import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TOGETHER, fewestTogether, isOver, outages } from '../../services/core/outage.ts'
import { MINUTE } from '../../services/core/time.ts'

const at = (home: number, minute: number) => ({ home, since: minute * MINUTE })

const anyLate = fc.uniqueArray(
  fc.record({ home: fc.nat(500), since: fc.nat(300).map((n) => n * MINUTE) }),
  { selector: ({ home }) => home, maxLength: 60 },
)

describe('homes that go dark together', () => {
  test('are in one outage at most, and in one with all that are near in time', () => {
    fc.assert(
      fc.property(anyLate, fc.integer({ min: 1, max: 4000 }), (late, watched) => {
        const found = outages(late, watched)
        const homes = found.flatMap((each) => each.homes)
        expect(new Set(homes).size).toBe(homes.length)
        for (const each of found) {
          expect(each.homes.length).toBeGreaterThanOrEqual(fewestTogether(watched))
          const apart = late.filter(({ home }) => !each.homes.includes(home))
          for (const { since } of apart)
            expect(since < each.since - TOGETHER || since > each.last + TOGETHER).toBe(true)
        }
      }),
    )
  })

  test('are the same whatever the order in which they are found', () => {
    fc.assert(
      fc.property(anyLate, (late) => {
        expect(outages(late.toReversed(), 100)).toEqual(outages(late, 100))
      }),
    )
  })

  test('must be more where more are watched, and three at least', () => {
    // 100 homes: 100 * 10 min / 60 days = 0.0116 expected. P(3 or more) = 0.0116^3 / 6 = 2.6e-7, below one in a million.
    expect(fewestTogether(100)).toBe(3)
    expect(fewestTogether(1)).toBe(3)
    // 3,800 homes: 0.44 expected. P(7 or more) = e^-0.44 * 0.44^7 / 7! * 1.06 = 4.3e-7; P(6 or more) = 6.9e-6.
    expect(fewestTogether(3800)).toBe(7)
    fc.assert(
      fc.property(fc.nat(50_000), fc.nat(50_000), (a, b) => {
        expect(fewestTogether(Math.max(a, b))).toBeGreaterThanOrEqual(
          fewestTogether(Math.min(a, b)),
        )
      }),
    )
  })

  test('are two outages when a quarter of an hour lies between them', () => {
    const late = [at(1, 0), at(2, 4), at(3, 9), at(4, 25), at(5, 30), at(6, 31), at(7, 60)]
    expect(outages(late, 100)).toEqual([
      { homes: [1, 2, 3], since: 0, last: 9 * MINUTE },
      { homes: [4, 5, 6], since: 25 * MINUTE, last: 31 * MINUTE },
    ])
  })
})

test('an outage is over when four in five are heard again', () => {
  expect(isOver(10, 3)).toBe(false)
  expect(isOver(10, 2)).toBe(true)
  expect(isOver(9, 2)).toBe(false)
  expect(isOver(3, 1)).toBe(false)
  expect(isOver(3, 0)).toBe(true)
})
