import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stretch } from '../../schemas/rhythm.ts'
import { type Goings, STAYS, leavingOf } from '../../services/core/journey.ts'

const TODAY = 20_500
const NOBODY: Goings = { day: TODAY, journeys: [], door: null, peaks: [], silences: [] }

const anyStretches = fc.array(
  fc.tuple(
    fc.integer({ min: (TODAY - 60) * 96, max: TODAY * 96 }),
    fc.integer({ min: 5, max: 95 }),
  ),
  { maxLength: 20 },
)

describe('a journey that nobody sees begin', () => {
  test('is as likely as homes are like, while nothing is known', () => {
    // 0.4 / 30.44 a day. The weights of the hours: 11 of 1, 5 of 0.5, 8 of 0.05, twice: 27.8 in all; at noon 1 / 27.8.
    // Five silences a day over 48 half hours: 0.0131406 / 27.8 / (5 / 48) = 0.0045377
    expect(leavingOf(NOBODY, 'UTC')[24]).toBeCloseTo(0.0045377, 6)
    // At six in the morning half of that, and at night a twentieth.
    expect(leavingOf(NOBODY, 'UTC')[12]).toBeCloseTo(0.0022688, 6)
    expect(leavingOf(NOBODY, 'UTC')[0]).toBeCloseTo(0.0002269, 6)
  })

  test('is unlikely while a contact on the exit door is used, and for two weeks after', () => {
    const [used, unused] = [0, 1].map(
      (before) => leavingOf({ ...NOBODY, door: (TODAY - 14) * 96 - before }, 'UTC')[24],
    )
    expect(used).toBeCloseTo(0.0045377 / 20, 6)
    expect(unused).toBeCloseTo(0.0045377, 6)
  })

  test('is likelier in a home that shows journeys', () => {
    const peaks = Array<number>(60).fill(1)
    const journeys: Stretch[] = [[(TODAY - 9) * 96, 100]]
    // (1 + 40 x 0.0131406) / (60 + 40) = 0.0152562 a day, and without one 0.0052562.
    const [one = 0, none = 0] = [journeys, []].map(
      (known) => leavingOf({ ...NOBODY, peaks, journeys: known }, 'UTC')[24],
    )
    expect(one / none).toBeCloseTo(0.0152562 / 0.0052562, 3)
  })

  test('is a smaller part of the silences at an hour at which many begin', () => {
    const silences = Array.from({ length: 30 }, (_, i): Stretch => [(TODAY - 30 + i) * 96 + 48, 6])
    const [noon = 0, nine = 0] = [24, 18].map(
      (half) => leavingOf({ ...NOBODY, silences }, 'UTC')[half],
    )
    expect(noon).toBeLessThan(nine / 3)
    // On the clock of Seoul it is nine hours later.
    expect(leavingOf({ ...NOBODY, silences }, 'Asia/Seoul')[42]).toBeLessThan(nine / 3)
  })

  test('has a chance, whatever is known', () => {
    fc.assert(
      fc.property(anyStretches, anyStretches, (silences, journeys) => {
        const leaving = leavingOf(
          { ...NOBODY, silences: silences.toSorted((a, b) => a[0] - b[0]), journeys },
          'UTC',
        )
        expect(leaving.every((chance) => chance > 0 && chance <= 0.5)).toBe(true)
      }),
    )
  })

  test('ends by day', () => {
    // Half an hour of twenty: e^-0.025.
    expect(STAYS[18]).toBeCloseTo(0.97531, 5)
    expect([STAYS[17], STAYS[44], STAYS[0]]).toEqual([1, 1, 1])
  })
})
