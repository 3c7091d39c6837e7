import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Agreement } from '../../schemas/agreement.ts'
import {
  type Agreeing,
  LEAST_TRUST,
  learnAgreement,
  trustOf,
} from '../../services/core/agreement.ts'
import type { ActiveQuarter } from '../../services/core/rhythm.ts'
import { DAY, HOUR } from '../../services/core/time.ts'

// In a zone without summer time, from local day 1000 on.
const FROM = 1000
const at = (day: number, hour: number) => (FROM + day) * DAY + hour * HOUR

const begun = (slot: number): Agreeing => ({ slot, agreement: { ...NONE, day: FROM } })
const NONE: Agreement = { day: 0, near: 0, nearSpoke: 0, far: 0, farSpoke: 0, all: 0, spoke: 0 }

/** What is thought of the sensors of these slots after `days`, in which the sensors of a quarter hour are `speaks`. */
function learnt(
  slots: readonly number[],
  days: number,
  speaks: (hour: number, day: number) => number,
): number[] {
  const activity = Array.from({ length: days * 96 }, (_, i): ActiveQuarter => {
    const sensors = speaks((i % 96) / 4, Math.floor(i / 96))
    return { quarter: at(0, i / 4), exit: false, sensors }
  }).filter(({ sensors }) => sensors !== 0)
  const lived = { activity, unseen: [], timeZone: 'UTC' }
  const sensors = learnAgreement(slots.map(begun), lived, FROM + days)
  return sensors.map(({ agreement }) => trustOf(agreement))
}

const KITCHEN = 1
const LIVING = 2
// At home from 7 to 22, two hours of it out; the kitchen at each full hour, the living room in between.
const isOut = (hour: number) => hour >= 9 && hour < 15
const lives = (hour: number) => {
  if (hour < 7 || hour >= 22 || isOut(hour)) return 0
  return hour % 1 === 0 ? KITCHEN : LIVING
}
// Who stays, and goes from one to the other.
const stays = (hour: number) => ((4 * hour) % 2 === 0 ? KITCHEN : LIVING)

const anyMasks = fc.array(fc.nat(15), { minLength: 96, maxLength: 5 * 96 })

describe('how far a sensor is believed', () => {
  test('is never less than a fifth, nor more than wholly, whatever it and the others say', () => {
    fc.assert(
      fc.property(anyMasks, fc.double({ min: 0, max: 20, noNaN: true }), (masks, faults) => {
        const days = Math.floor(masks.length / 96)
        for (const trust of learnt(
          [0, 1, 2, 3],
          days,
          (hour, day) => masks[day * 96 + 4 * hour] ?? 0,
        )) {
          expect(trust).toBeGreaterThanOrEqual(LEAST_TRUST)
          expect(trust).toBeLessThanOrEqual(1)
        }
        expect(trustOf({ ...NONE, near: 60, nearSpoke: 20 }, faults)).toBeGreaterThanOrEqual(
          LEAST_TRUST,
        )
      }),
    )
  })

  test('stays whole for those that see one person live, and falls for one that flaps', () => {
    expect(learnt([0, 1], 7, lives)).toEqual([1, 1])
    const [kitchen, living] = learnt([0, 1], 7, (hour) => lives(hour) | KITCHEN)
    expect(kitchen).toBe(LEAST_TRUST)
    expect(living).toBe(1)
  })

  test('falls for one that is never still, in a home that nobody ever leaves', () => {
    expect(learnt([0, 1], 14, stays)).toEqual([1, 1])
    const [kitchen] = learnt([0, 1], 14, (hour) => stays(hour) | KITCHEN)
    expect(kitchen).toBeLessThan(0.3)
  })

  test('falls no further for more faults than to a fifth, and each halves it', () => {
    const good = { ...NONE, near: 60, nearSpoke: 20 }
    expect([0, 1, 2, 9].map((faults) => trustOf(good, faults))).toEqual([1, 0.5, 0.25, LEAST_TRUST])
    expect(trustOf(null)).toBe(1)
  })

  test('is not told from a day on which no other sensor spoke', () => {
    expect(learnt([0, 1], 7, (hour) => lives(hour) & LIVING)).toEqual([1, 1])
  })

  test('is not told from the time in which the home was out of sight', () => {
    const activity = Array.from({ length: 96 }, (_, i) => ({
      quarter: at(0, i / 4),
      exit: false,
      sensors: lives(i / 4) | KITCHEN,
    }))
    const unseen = [{ since: at(0, 9), until: at(0, 15) }]
    const [sensor] = learnAgreement([begun(0)], { activity, unseen, timeZone: 'UTC' }, FROM + 1)
    expect(sensor?.agreement).toMatchObject({ far: 0, all: 96 - 24 })
  })

  test('learns the same day by day as all at once, and twice the same', () => {
    fc.assert(
      fc.property(anyMasks, (masks) => {
        const days = Math.floor(masks.length / 96)
        const activity = masks.map((sensors, i) => ({
          quarter: at(0, i / 4),
          exit: false,
          sensors,
        }))
        const lived = { activity, unseen: [], timeZone: 'UTC' }
        const once = learnAgreement([0, 1].map(begun), lived, FROM + days)
        let daily: readonly Agreeing[] = [0, 1].map(begun)
        for (let day = 1; day <= days; day++) daily = learnAgreement(daily, lived, FROM + day)
        expect(daily).toEqual(once)
        expect(learnAgreement(once, lived, FROM + days)).toEqual(once)
      }),
    )
  })

  test('counts as worked out by hand', () => {
    // By day 60 quarter hours. The kitchen speaks at 7:00 and 13:00, the living room at 8:00 alone.
    const activity = [
      { quarter: at(0, 7), exit: false, sensors: KITCHEN },
      { quarter: at(0, 8), exit: false, sensors: LIVING },
      { quarter: at(0, 13), exit: false, sensors: KITCHEN },
    ]
    const [kitchen] = learnAgreement(
      [begun(0)],
      { activity, unseen: [], timeZone: 'UTC' },
      FROM + 1,
    )
    // From 7:00 to 10:00 the living room spoke within two hours: 13 quarter hours. The other 47 are far, in one it spoke.
    expect(kitchen?.agreement).toEqual({
      day: FROM + 1,
      near: 13,
      nearSpoke: 1,
      far: 47,
      farSpoke: 1,
      all: 96,
      spoke: 2,
    })
    // Usual is 0.2, for 1 in 13 is less; alone 1 in 47 + 96: 1 - (1 / 143) / 0.2 = 0.965.
    expect(trustOf(kitchen?.agreement ?? null)).toBe(0.97)
  })
})
