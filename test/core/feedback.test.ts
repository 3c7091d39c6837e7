import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OUTCOMES } from '../../schemas/alert.ts'
import { Rhythm } from '../../schemas/rhythm.ts'
import { GRADES } from '../../schemas/signal.ts'
import {
  type Closed,
  LEAST_BUDGET,
  MOST_BUDGET,
  faultsFound,
  learnFeedback,
  tune,
  withAbsences,
} from '../../services/core/feedback.ts'
import { POLICIES } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'

const NOW = 1000 * DAY

const anyClosed = fc.array(
  fc
    .record({
      outcome: fc.constantFrom(...OUTCOMES),
      at: fc.integer({ min: NOW - 200 * DAY, max: NOW }),
      silent: fc.option(fc.integer({ min: QUARTER, max: 4 * DAY })),
    })
    .map(({ silent, ...rest }): Closed => ({
      ...rest,
      since: silent === null ? null : rest.at - silent,
    })),
  { maxLength: 60 },
)

function closed(outcome: Closed['outcome'], before = 0, silent: number | null = null): Closed {
  const at = NOW - before
  return { outcome, at, since: silent === null ? null : at - silent }
}

const budget = (...all: Closed[]) => learnFeedback(all, NOW).budget

describe('what outcomes teach', () => {
  test('is bounded, whatever they were, and never touches ceiling and floor', () => {
    fc.assert(
      fc.property(anyClosed, (outcomes) => {
        const feedback = learnFeedback(outcomes, NOW)
        const policy = tune(POLICIES.mid, feedback)
        expect(policy).toMatchObject({ ceiling: POLICIES.mid.ceiling, floor: POLICIES.mid.floor })
        for (const grade of GRADES) {
          const ratio = policy.budgets[grade] / POLICIES.mid.budgets[grade]
          expect(ratio).toBeGreaterThanOrEqual(LEAST_BUDGET - 1e-9)
          expect(ratio).toBeLessThanOrEqual(MOST_BUDGET + 1e-9)
        }
      }),
    )
  })

  test('is the same in any order, and twice', () => {
    fc.assert(
      fc.property(anyClosed, (outcomes) => {
        expect(learnFeedback(outcomes.toReversed(), NOW)).toEqual(learnFeedback(outcomes, NOW))
      }),
    )
  })

  test('leaves a rhythm that can be read, and forgets none of its absences', () => {
    fc.assert(
      fc.property(anyClosed, (outcomes) => {
        const own: Rhythm = { ...EMPTY_RHYTHM, absences: [[(NOW - 9 * DAY) / QUARTER, 20]] }
        const { absences } = withAbsences(own, learnFeedback(outcomes, NOW))
        const lengths = absences.map(([, length]) => length)
        expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
        expect(Math.max(...lengths)).toBeGreaterThanOrEqual(20)
        expect(Rhythm.safeParse({ ...own, absences }).success).toBe(true)
      }),
    )
  })

  test('is less for false alarms and more for emergencies', () => {
    // 0.85 and 0.85^2 = 0.7225; a false alarm of 60 days ago is half a one: 0.85^0.5 = 0.922. 1.3 for an emergency.
    expect(budget(closed('safe'))).toBe(0.85)
    expect(budget(closed('safe'), closed('safe'))).toBe(0.72)
    expect(budget(closed('safe', 60 * DAY))).toBe(0.92)
    expect(budget(closed('transported'))).toBe(1.3)
    expect(budget(closed('refused'), closed('fault'))).toBe(1)
    expect(budget(...Array.from({ length: 9 }, () => closed('safe')))).toBe(LEAST_BUDGET)
    expect(budget(...Array.from({ length: 9 }, () => closed('transported')))).toBe(MOST_BUDGET)
    expect(budget()).toBe(1)
  })

  test('is half a false alarm for a visitor, and for a sensor that went on alone and was wrong twice one that failed', () => {
    // 0.85^0.5 = 0.92.
    expect(budget(closed('visitor'))).toBe(0.92)
    expect(learnFeedback([closed('visitor')], NOW).visitors).toBe(1)
    const faults = [
      { at: NOW, lone: true },
      { at: NOW - 60 * DAY, lone: true },
      { at: NOW, lone: false },
    ]
    // 1 + 1/2 + 1/2.
    expect(faultsFound(faults, NOW)).toBe(2)
    expect(faultsFound(faults, NOW - DAY)).toBeCloseTo(0.506, 3)
  })

  test('is, of an absence that nobody noticed, how long this person may be out', () => {
    const feedback = learnFeedback(
      [closed('away', DAY, 30 * HOUR), closed('away', 70 * DAY, 99 * HOUR)],
      NOW,
    )
    expect(feedback.absences).toEqual([[NOW - DAY - 30 * HOUR, 30 * HOUR]])
    const { absences } = withAbsences(EMPTY_RHYTHM, feedback)
    expect(absences).toEqual([[(NOW - DAY - 30 * HOUR) / QUARTER, 120]])
  })
})
