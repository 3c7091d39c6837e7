import fc from 'fast-check'
import { expect, test } from 'vitest'
import { POLICIES } from '../../services/core/inactivity.ts'
import { type Trial, readTrial, tried } from '../../services/core/settings.ts'
import { HOUR } from '../../services/core/time.ts'

const trial = (text: string): Trial => {
  const read = readTrial(text)
  if ('wrong' in read) throw new Error(read.wrong)
  return read
}

test('a setting is read, or it is said what is wrong with it', () => {
  expect(readTrial('budget=0.1')).toEqual({ tier: null, name: 'budget', value: 0.1 })
  expect(readTrial('tier.high.ceiling=18h')).toEqual({ tier: 'high', name: 'ceiling', value: 18 })
  expect(readTrial('floor=90m')).toEqual({ tier: null, name: 'floor', value: 1.5 })
  expect(readTrial('tier.low.budget.danger=0.01')).toEqual({
    tier: 'low',
    name: 'budget-danger',
    value: 0.01,
  })
  expect(readTrial('ceiling=18')).toEqual({ wrong: 'ceiling=18: say h or m' })
  expect(readTrial('budget=2h')).toEqual({ wrong: 'budget=2h: a budget has no unit' })
  expect(readTrial('ceiling=100h')).toEqual({ wrong: 'ceiling=100h: it is 4 to 72 hours' })
  expect(readTrial('tier.highest.floor=1h')).toMatchObject({ wrong: /is no setting/ })
})

test('the budget is that of caution, and the other grades keep their proportion to it', () => {
  // 0.1 is a third of 0.3; watch is 1, warning 0.1, danger 0.02.
  const { budgets, ceiling } = tried(POLICIES.high, 'high', [trial('budget=0.1')])
  expect(budgets.watch).toBeCloseTo(1 / 3, 10)
  expect(budgets.caution).toBe(0.1)
  expect(budgets.warning).toBeCloseTo(0.1 / 3, 10)
  expect(budgets.danger).toBeCloseTo(0.02 / 3, 10)
  expect(ceiling).toBe(24 * HOUR)
})

test('a setting for a tier leaves the others as they are, and the later one holds', () => {
  const trials = [trial('ceiling=20h'), trial('tier.high.ceiling=18h')]
  expect(tried(POLICIES.high, 'high', trials).ceiling).toBe(18 * HOUR)
  expect(tried(POLICIES.mid, 'mid', trials).ceiling).toBe(20 * HOUR)
  expect(tried(POLICIES.low, 'low', [])).toEqual(POLICIES.low)
})

test('whatever is tried, a graver grade has no larger budget, and no floor lies above the ceiling', () => {
  const anyTrial = fc.oneof(
    fc.record({
      tier: fc.constant(null),
      name: fc.constantFrom('budget' as const, 'budget-watch' as const, 'budget-danger' as const),
      value: fc.double({ min: 0.001, max: 30, noNaN: true }),
    }),
    fc.record({
      tier: fc.constant(null),
      name: fc.constantFrom('ceiling' as const, 'floor' as const),
      value: fc.double({ min: 4, max: 12, noNaN: true }),
    }),
  )
  fc.assert(
    fc.property(fc.array(anyTrial, { maxLength: 5 }), (trials) => {
      const { budgets, ceiling, floor } = tried(POLICIES.mid, 'mid', trials)
      expect(budgets.watch).toBeGreaterThanOrEqual(budgets.caution)
      expect(budgets.caution).toBeGreaterThanOrEqual(budgets.warning)
      expect(budgets.warning).toBeGreaterThanOrEqual(budgets.danger)
      expect(floor).toBeLessThanOrEqual(ceiling)
    }),
  )
})
