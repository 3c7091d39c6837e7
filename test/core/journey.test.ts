import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stretch } from '../../schemas/rhythm.ts'
import {
  type Goings,
  STAYS,
  isTrip,
  leavingOf,
  leavingRunning,
} from '../../services/core/journey.ts'

const TODAY = 20_500
const NONE = { journeys: 0, trips: 0 }
const NEVER = { days: 0, ...NONE, running: NONE }
const NOBODY: Goings = { day: TODAY, gone: NEVER, door: null, silences: [] }

const anyStretches = fc.array(
  fc.tuple(
    fc.integer({ min: (TODAY - 60) * 96, max: TODAY * 96 }),
    fc.integer({ min: 5, max: 95 }),
  ),
  { maxLength: 20 },
)

const anyGone = fc.integer({ min: 0, max: 500 }).chain((days) =>
  fc.record({
    days: fc.constant(days),
    journeys: fc.integer({ min: 0, max: days }),
    trips: fc.integer({ min: 0, max: days }),
    running: fc.constant(NONE),
  }),
)

describe('a journey that nobody sees begin', () => {
  test('is as likely as homes are like, while nothing is known', () => {
    // 0.4 / 30.44 a day. The weights of the hours: 11 of 1, 5 of 0.5, 8 of 0.05, twice: 27.8 in all; at noon 1 / 27.8.
    // Five silences a day over 48 half hours: 0.0131406 / 27.8 / (5 / 48) = 0.0045377
    expect(leavingOf(NOBODY, 'UTC').journeys[24]).toBeCloseTo(0.0045377, 6)
    // At six in the morning half of that, and at night a twentieth.
    expect(leavingOf(NOBODY, 'UTC').journeys[12]).toBeCloseTo(0.0022688, 6)
    expect(leavingOf(NOBODY, 'UTC').journeys[0]).toBeCloseTo(0.0002269, 6)
  })

  test('is unlikely while a contact on the exit door is used, and for two weeks after', () => {
    const [used, unused] = [0, 1].map(
      (before) => leavingOf({ ...NOBODY, door: (TODAY - 14) * 96 - before }, 'UTC').journeys[24],
    )
    expect(used).toBeCloseTo(0.0045377 / 20, 6)
    expect(unused).toBeCloseTo(0.0045377, 6)
  })

  test('is likelier in a home that shows journeys', () => {
    // (1 + 40 x 0.0131406) / (60 + 40) = 0.0152562 a day, and without one 0.0052562.
    const [one = 0, none = 0] = [1, 0].map(
      (journeys) =>
        leavingOf({ ...NOBODY, gone: { ...NEVER, days: 60, journeys } }, 'UTC').journeys[24],
    )
    expect(one / none).toBeCloseTo(0.0152562 / 0.0052562, 3)
  })

  test('is a smaller part of the silences at an hour at which many begin', () => {
    const silences = Array.from({ length: 30 }, (_, i): Stretch => [(TODAY - 30 + i) * 96 + 48, 6])
    const [noon = 0, nine = 0] = [24, 18].map(
      (half) => leavingOf({ ...NOBODY, silences }, 'UTC').journeys[half],
    )
    expect(noon).toBeLessThan(nine / 3)
    // On the clock of Seoul it is nine hours later.
    expect(leavingOf({ ...NOBODY, silences }, 'Asia/Seoul').journeys[42]).toBeLessThan(nine / 3)
  })

  test('has a chance, whatever is known', () => {
    fc.assert(
      fc.property(anyStretches, anyGone, (silences, gone) => {
        const { journeys, trips } = leavingOf(
          { ...NOBODY, silences: silences.toSorted((a, b) => a[0] - b[0]), gone },
          'UTC',
        )
        expect(
          journeys.every((chance, half) => chance > 0 && chance + (trips[half] ?? 1) < 0.99),
        ).toBe(true)
      }),
    )
  })

  test('ends by day', () => {
    // Half an hour of twenty: e^-0.025.
    expect(STAYS.journeys[18]).toBeCloseTo(0.97531, 5)
    expect([17, 44, 0].map((half) => STAYS.journeys[half])).toEqual([1, 1, 1])
  })
})

function at(hour: number, hours: number): Stretch {
  return [TODAY * 96 + hour * 4, hours * 4]
}

describe('a day spent outside that nobody sees begin', () => {
  test('is twice as likely as a journey, while nothing is known', () => {
    // 0.8 / 30.44 a day, at noon 1 / 27.8 of it, among 5 / 48 silences.
    expect(leavingOf(NOBODY, 'UTC').trips[24]).toBeCloseTo(0.0090754, 6)
  })

  test('is as likely as the home has shown, where a contact on the exit door is used', () => {
    const door = TODAY * 96
    // 3 / (60 + 40) = 0.03 a day: 0.03 / 27.8 / (5 / 48).
    const [none, three] = [0, 3].map(
      (trips) =>
        leavingOf({ ...NOBODY, door, gone: { ...NEVER, days: 60, trips } }, 'UTC').trips[24],
    )
    expect(none).toBe(0)
    expect(three).toBeCloseTo(0.0103597, 6)
  })

  test('is six hours and more, begun by day and ended in the evening', () => {
    const trips = [at(4, 13), at(9, 8), at(17.75, 6), at(17, 8.75), at(10, 15.75)]
    expect(trips.map((each) => isTrip(each, 'UTC'))).toEqual(trips.map(() => true))
    const others = [at(3.75, 14), at(18, 7), at(9, 7.75), at(17, 9), at(12, 5.75), at(9, 16)]
    expect(others.map((each) => isTrip(each, 'UTC'))).toEqual(others.map(() => false))
    // From nine to five in Seoul.
    expect(isTrip(at(0, 8), 'Asia/Seoul')).toBe(true)
  })

  test('ends in the evening', () => {
    // Half an hour of two: e^-0.25.
    expect(STAYS.trips[36]).toBeCloseTo(0.7788, 5)
    expect(STAYS.trips[2]).toBeCloseTo(0.7788, 5)
    expect([35, 3, 20].map((half) => STAYS.trips[half])).toEqual([1, 1, 1])
  })
})

const noon = (gone: { readonly journeys: readonly number[] }) => gone.journeys[24] ?? 0

describe('a home whose meters tell what runs', () => {
  const meters: Goings = { ...NOBODY, running: new Set() }

  test('is hardly ever left while something does', () => {
    // Half of the five silences a day are begun so: 0.02 / 30.44 / 27.8 / (2.5 / 48) a journey, twice as many trips.
    const running = leavingRunning(meters, 'UTC')
    expect(running.journeys[24]).toBeCloseTo(0.00045377, 7)
    expect(running.trips[24]).toBeCloseTo(0.00090754, 7)
    // All others begin among the other half.
    expect(leavingOf(meters, 'UTC').journeys[24]).toBeCloseTo(2 * 0.0045377, 6)
  })

  test('shows whether people leave so there', () => {
    const gone = { ...NEVER, days: 60, journeys: 3, running: { journeys: 2, trips: 0 } }
    // (2 + 40 x 0.02 / 30.44) / 100 = 0.0202628 a day for 0.000657: of the three, one is left.
    const shown = leavingRunning({ ...meters, gone }, 'UTC').journeys[24] ?? 0
    expect(shown / 0.00045377).toBeCloseTo(0.0202628 / 0.00065703, 1)
    const one = { ...NEVER, days: 60, journeys: 1 }
    expect(leavingOf({ ...meters, gone }, 'UTC')).toEqual(
      leavingOf({ ...meters, gone: one }, 'UTC'),
    )
  })

  test('with a contact at the exit knows of every trip, whatever runs', () => {
    const running = leavingRunning({ ...meters, door: TODAY * 96 }, 'UTC')
    expect(running.trips[24]).toBe(0)
    expect(running.journeys[24]).toBeCloseTo(0.00045377, 7)
  })

  test('counts apart the silences that something runs through', () => {
    const silences = Array.from({ length: 30 }, (_, i): Stretch => [(TODAY - 30 + i) * 96 + 48, 6])
    const all = new Set(silences.map(([start]) => start))
    const evenings = { ...NOBODY, silences, running: all }
    // All of them begin with something running: none of them stands beside a journey that begins without.
    expect(noon(leavingOf(evenings, 'UTC'))).toBeGreaterThan(
      3 * noon(leavingOf({ ...evenings, running: new Set() }, 'UTC')),
    )
    expect(noon(leavingRunning(evenings, 'UTC'))).toBeLessThan(
      noon(leavingRunning({ ...evenings, running: new Set() }, 'UTC')) / 3,
    )
  })
})
