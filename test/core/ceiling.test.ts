import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tier } from '../../schemas/household.ts'
import { POLICIES, judge, outlook } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { MINUTE } from '../../services/core/time.ts'
import { TEN, anyHome, anyLength, home } from './quiet-home.ts'

describe('the ceiling of the tier', () => {
  test.each(Tier.options)('always fires, %s, however dark or still the home is', (tier) => {
    const dark = [{ since: TEN + MINUTE, until: null }]
    const still = { ...EMPTY_RHYTHM, tail: { level: 500, scale: 1 } }
    const policy = POLICIES[tier]
    const hidden = [home({ policy, unseen: dark }), home({ policy, rhythm: still })]
    for (const each of hidden) {
      const found = judge(each, TEN + policy.ceiling)
      expect(found).toMatchObject({
        kind: 'unusual',
        grade: 'caution',
        reason: { rule: 'ceiling' },
      })
      expect(judge(each, TEN + policy.ceiling - 1).kind).toBe('calm')
    }
    const blind = home({ policy, unseen: dark })
    expect(judge(blind, TEN + 2 * policy.ceiling)).toMatchObject({ grade: 'warning' })
    expect(judge(blind, TEN + 4 * policy.ceiling - 1)).toMatchObject({ grade: 'warning' })
    expect(judge(blind, TEN + 4 * policy.ceiling)).toMatchObject({ grade: 'danger' })
  })

  test('holds for every home and grade', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const now = quiet.lastActivity + length
        const due = outlook(quiet, now)
        const ceiling = quiet.policy.ceiling
        const isAway = judge(quiet, now).where.presence === 'away'
        expect(due.watch - quiet.lastActivity).toBeLessThanOrEqual(ceiling)
        expect(due.caution - quiet.lastActivity).toBeLessThanOrEqual(isAway ? 2 * ceiling : ceiling)
        expect(due.danger - quiet.lastActivity).toBeLessThanOrEqual(4 * ceiling)
      }),
    )
  })
})
