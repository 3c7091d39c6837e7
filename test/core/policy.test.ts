import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tier } from '../../schemas/household.ts'
import { BOUNDS, type Choice, NewChoice, Setting } from '../../schemas/policy.ts'
import { GRADES } from '../../schemas/signal.ts'
import { POLICIES } from '../../services/core/inactivity.ts'
import { resolvePolicy } from '../../services/core/policy.ts'
import { HOUR } from '../../services/core/time.ts'

const HOME = { household: 'made-up-1', office: 'gasang', tier: 'mid' } as const
const NOW = 1000 * HOUR

function choice(rest: Partial<Choice>): Choice {
  return {
    id: 1,
    household: null,
    office: null,
    tier: null,
    name: 'ceiling',
    value: 20,
    since: NOW - HOUR,
    until: null,
    author: 'kim',
    reason: 'made up',
    ...rest,
  }
}

const anyChoice = fc
  .record({
    id: fc.nat(),
    household: fc.constantFrom(null, 'made-up-1', 'made-up-2'),
    office: fc.constantFrom(null, 'gasang', 'other'),
    tier: fc.constantFrom(null, ...Tier.options),
    name: fc.constantFrom(...Setting.options),
    value: fc.double({ min: 0.01, max: 72, noNaN: true }),
    since: fc.integer({ min: NOW - 5 * HOUR, max: NOW + 5 * HOUR }),
    until: fc.option(fc.integer({ min: NOW - 5 * HOUR, max: NOW + 5 * HOUR })),
  })
  .map((each) => choice(each.household === null ? each : { ...each, office: null, tier: null }))

describe('what holds for a home', () => {
  test('never has a graver grade with more false alarms, nor a floor above the ceiling', () => {
    fc.assert(
      fc.property(fc.array(anyChoice), (choices) => {
        const { policy } = resolvePolicy(HOME, choices, NOW)
        const budgets = GRADES.map((grade) => policy.budgets[grade])
        expect(budgets).toEqual(budgets.toSorted((a, b) => b - a))
        expect(policy.floor).toBeLessThanOrEqual(policy.ceiling)
      }),
    )
  })

  test('is the same whatever the order in which it was chosen', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyChoice, { selector: ({ id }) => id }), (choices) => {
        expect(resolvePolicy(HOME, choices.toReversed(), NOW)).toEqual(
          resolvePolicy(HOME, choices, NOW),
        )
      }),
    )
  })

  test('does not change before it says so', () => {
    fc.assert(
      fc.property(fc.array(anyChoice), fc.integer({ min: NOW, max: NOW + 6 * HOUR }), (all, at) => {
        const { policy, changesAt } = resolvePolicy(HOME, all, NOW)
        fc.pre(changesAt === null || at < changesAt)
        expect(resolvePolicy(HOME, all, at).policy).toEqual(policy)
      }),
    )
  })

  test('is the tier’s default where nobody chose anything', () => {
    expect(resolvePolicy(HOME, [], NOW)).toMatchObject({ policy: POLICIES.mid, changesAt: null })
  })

  test('is the most specific choice, whichever came last', () => {
    const all = [
      choice({ id: 1, value: 21 }),
      choice({ id: 2, value: 22, tier: 'mid' }),
      choice({ id: 3, value: 23, office: 'gasang' }),
      choice({ id: 4, value: 24, office: 'gasang', tier: 'mid' }),
      choice({ id: 5, value: 25, household: 'made-up-1', since: NOW - 9 * HOUR }),
    ]
    for (let known = 1; known <= all.length; known++) {
      const { policy, from } = resolvePolicy(HOME, all.slice(0, known), NOW)
      expect(policy.ceiling).toBe((20 + known) * HOUR)
      expect(from.ceiling?.id).toBe(known)
    }
  })

  test('is, among equals, what began last, and what it replaced again once that is over', () => {
    const usual = choice({ id: 1, value: 20, since: NOW - 9 * HOUR })
    const holiday = choice({ id: 2, value: 30, since: NOW - HOUR, until: NOW + HOUR })
    const before = resolvePolicy(HOME, [usual, holiday], NOW)
    expect(before).toMatchObject({ policy: { ceiling: 30 * HOUR }, changesAt: NOW + HOUR })
    const after = resolvePolicy(HOME, [usual, holiday], NOW + HOUR)
    expect(after).toMatchObject({ policy: { ceiling: 20 * HOUR }, changesAt: null })
  })

  test('is nothing of other homes, offices and tiers', () => {
    const others = [
      choice({ household: 'made-up-2' }),
      choice({ office: 'other' }),
      choice({ office: 'gasang', tier: 'high' }),
      choice({ since: NOW + HOUR, household: 'made-up-2' }),
    ]
    expect(resolvePolicy(HOME, others, NOW)).toMatchObject({
      policy: POLICIES.mid,
      changesAt: null,
    })
  })
})

test('a choice outside its bounds, without a reason or for a home and an office is none', () => {
  const good = choice({})
  expect(NewChoice.safeParse(good).success).toBe(true)
  for (const name of Setting.options) {
    const { least, most } = BOUNDS[name]
    for (const value of [least * 0.99, most * 1.01])
      expect(NewChoice.safeParse({ ...good, name, value }).success).toBe(false)
  }
  expect(NewChoice.safeParse({ ...good, reason: '' }).success).toBe(false)
  expect(NewChoice.safeParse({ ...good, household: 'made-up-1', office: 'gasang' }).success).toBe(
    false,
  )
  expect(NewChoice.safeParse({ ...good, until: good.since }).success).toBe(false)
})
