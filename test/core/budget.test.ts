import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GRADES } from '../../schemas/signal.ts'
import { limitOf } from '../../services/core/budget.ts'
import { POLICIES } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'

const limitsOf = (door: number | null, budgets = POLICIES.mid.budgets) =>
  GRADES.map((grade) => limitOf({ rhythm: { ...EMPTY_RHYTHM, door }, policy: { budgets } }, grade))

describe('the surprise from which on a silence is of a grade', () => {
  test('spends half the budget of a graver grade where nothing sees the exit', () => {
    // The level of the cohort is ln(5 x 4) - 1.79 = 1.2057, and 7.61 days a month lie above it. The door was used today: 1.2057 +
    // 2.1 ln(7.61 / budget) for 1, 0.3, 0.1 and 0.02.
    expect(limitsOf(0).map((each) => each.toFixed(2))).toEqual(['5.47', '8.00', '10.30', '13.68'])
    // Else 2.1 ln 2 = 1.4556 more for 0.1 and 0.02.
    expect(limitsOf(null).map((each) => each.toFixed(2))).toEqual([
      '5.47',
      '8.00',
      '11.76',
      '15.14',
    ])
  })

  test('never falls from grade to grade, whatever staff have chosen', () => {
    const anyBudget = fc.double({ min: 0.001, max: 30, noNaN: true })
    fc.assert(
      fc.property(
        fc.tuple(anyBudget, anyBudget, anyBudget, anyBudget),
        fc.boolean(),
        (all, seen) => {
          const [watch = 0, caution = 0, warning = 0, danger = 0] = all.toSorted((a, b) => b - a)
          const limits = limitsOf(seen ? 0 : null, { watch, caution, warning, danger })
          expect(limits).toEqual(limits.toSorted((a, b) => a - b))
        },
      ),
    )
  })
})
