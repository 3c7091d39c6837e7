import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stretch } from '../../schemas/rhythm.ts'
import { type Grade, Reason } from '../../schemas/signal.ts'
import { POLICIES, judge, outlook } from '../../services/core/inactivity.ts'
import { settlesAt } from '../../services/core/presence.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { LIVELY, METERED, MONDAY, TEN, anyHome, anyLength, home } from './quiet-home.ts'

describe('a silence', () => {
  test('of a home that nobody knows is unusual after some hours by day, on the first day', () => {
    const { watch, danger } = outlook(home(), TEN)
    expect(watch).toBeGreaterThan(TEN + 4 * HOUR)
    expect(watch).toBeLessThan(TEN + 9 * HOUR)
    expect(danger).toBeLessThanOrEqual(TEN + 96 * HOUR)
  })

  test('of somebody lively is unusual sooner, and by night later than by day', () => {
    const day = outlook(home({ rhythm: LIVELY }), TEN).watch - TEN
    expect(day).toBeLessThan(outlook(home(), TEN).watch - TEN)
    const late = MONDAY + 21 * HOUR
    expect(
      outlook(home({ rhythm: LIVELY, lastActivity: late }), late).watch - late,
    ).toBeGreaterThan(2 * day)
  })

  test('turns unusual when it is due and not a moment before', () => {
    const { watch: due } = outlook(home(), TEN)
    expect(judge(home(), due - 1).kind).toBe('calm')
    const found = judge(home(), due)
    expect(found).toMatchObject({ kind: 'unusual', grade: 'watch', due })
    // The threshold of the cohort for one false alarm a month: ln(5 x 4) - 1.79 + 2.1 ln 7.61 = 5.47.
    const reason = { rule: 'surprise', threshold: 5.47, budget: 1 }
    expect(found).toMatchObject({ reason: { ...reason, lastRoom: '거실', silentFor: due - TEN } })
    const { surprise = 0 } =
      found.kind === 'unusual' && found.reason.rule === 'surprise' ? found.reason : {}
    expect(surprise).toBeGreaterThanOrEqual(5.47)
    expect(surprise).toBeLessThan(6.5)
  })

  test('of a graver grade names the budget that its threshold came from', () => {
    const quiet = home({ policy: POLICIES.low })
    // Nothing sees the exit: half of 0.1. By this cohort that is 11.76 nats (test/core/budget.test.ts).
    const reason = { rule: 'surprise', budget: 0.05, threshold: 11.76 }
    expect(judge(quiet, outlook(quiet, TEN).warning)).toMatchObject({ grade: 'warning', reason })
  })

  test('rises through the grades, each at its own time', () => {
    const seen: [Grade, number][] = []
    let raised: Grade | null = null
    for (let at = judge(home(), TEN).deadline; at !== null;) {
      const found = judge(home({ raised }), at)
      at = found.deadline
      if (found.kind === 'calm') continue
      seen.push([found.grade, found.due])
      raised = found.grade
    }
    expect(seen).toEqual(Object.entries(outlook(home(), TEN)))
    expect(judge(home({ raised }), TEN + 9 * DAY)).toMatchObject({ kind: 'calm', deadline: null })
  })

  test('that was looked at late is of the highest grade that is due', () => {
    expect(judge(home(), TEN + 4 * DAY)).toMatchObject({ kind: 'unusual', grade: 'danger' })
  })

  test('that a person has confirmed counts from then, and its last sign of life stays what it was', () => {
    const at = TEN + 2 * HOUR
    const asIfSeen = outlook(home({ lastActivity: at }), at)
    expect(outlook(home({ confirmed: at }), at)).toEqual(asIfSeen)
    const found = judge(home({ confirmed: at }), asIfSeen.watch)
    const reason = { since: TEN, silentFor: asIfSeen.watch - TEN, threshold: 5.47 }
    expect(found).toMatchObject({ kind: 'unusual', grade: 'watch', reason })
  })

  test('is never unusual within the first hour', () => {
    const nervous = { ...LIVELY, tail: { level: -9, scale: 0.1 } }
    expect(outlook(home({ rhythm: nervous }), TEN).watch).toBe(TEN + POLICIES.high.floor)
  })

  test('never grows a higher grade before a lower one', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const due = outlook(quiet, quiet.lastActivity + length)
        expect(due.caution).toBeLessThanOrEqual(due.warning)
        expect(due.warning).toBeLessThanOrEqual(due.danger)
        expect(due.watch).toBeLessThanOrEqual(due.caution)
      }),
    )
  })

  test('that begins later is looked at half an hour after it is due, at the latest', () => {
    const cases = fc.tuple(
      anyHome,
      fc.integer({ min: 0, max: DAY }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(cases, ([each, gone, share]) => {
        const quiet = { ...each, lastExit: null, lastInner: each.lastActivity }
        const now = quiet.lastActivity + gone
        const { deadline, kind } = judge(quiet, now)
        if (deadline === null || kind === 'unusual') return
        const at = now + Math.floor(share * (deadline - now))
        const later = { ...quiet, lastActivity: at, lastInner: at }
        expect(outlook(later, at).watch).toBeGreaterThan(deadline - 30 * MINUTE)
      }),
      { numRuns: 300 },
    )
  })

  test('is looked at again no sooner than the floor, but to see whether somebody has left', () => {
    fc.assert(
      fc.property(anyHome, fc.integer({ min: 0, max: DAY }), (quiet, gone) => {
        const now = quiet.lastActivity + gone
        const { deadline, kind } = judge(quiet, now)
        const due = outlook(quiet, now)
        const settles = settlesAt(quiet, now) ?? Infinity
        const least = Math.min(now + quiet.policy.floor, due.watch, due.caution, settles)
        if (kind === 'calm') expect(deadline).toBeGreaterThanOrEqual(least)
      }),
    )
  })

  test('has a reason that can be stored', () => {
    fc.assert(
      fc.property(anyHome, anyLength, (quiet, length) => {
        const found = judge(quiet, quiet.lastActivity + length)
        if (found.kind === 'unusual') expect(Reason.parse(found.reason)).toEqual(found.reason)
      }),
    )
  })
})

describe('a silence that something runs through', () => {
  const television = { since: TEN, room: '거실', role: 'plug' } as const
  const idle = home({ rhythm: METERED, policy: POLICIES.low })
  const running = { ...idle, running: television }
  const begun = (minutes: number) => ({ ...television, since: TEN + minutes * MINUTE })
  const off = (hours: number) => ({ ...television, since: TEN - HOUR, until: TEN + hours * HOUR })

  test('is due sooner than one that may be a journey', () => {
    expect(outlook(running, TEN).caution).toBeLessThan(outlook(idle, TEN).caution - HOUR)
  })

  test('is one of those that it has run through from an hour and a half on', () => {
    const due = (minutes: number) => outlook({ ...idle, running: begun(minutes) }, TEN).caution
    expect(due(90)).toBe(outlook(running, TEN).caution)
    expect(due(91)).toBe(outlook(idle, TEN).caution)
  })

  test('stays one when that goes off by itself', () => {
    const due = (hours: number) => outlook({ ...idle, running: off(hours) }, TEN).caution
    expect(due(3)).toBe(outlook(running, TEN).caution)
    // Who switched it off may have left, and what went off with the last sign of life runs through nothing.
    expect([due(2), due(0)]).toEqual(Array(2).fill(outlook(idle, TEN).caution))
  })

  test('is told with what runs', () => {
    const due = outlook(running, TEN).caution
    expect(judge(running, due)).toMatchObject({ reason: { running: television } })
    const calm = judge(idle, outlook(idle, TEN).caution)
    expect(calm.kind === 'unusual' && 'running' in calm.reason).toBe(false)
  })

  test('is looked at when it is due, though it was not known at first that something runs', () => {
    const due = Math.max(outlook(running, TEN).watch, TEN + 2.5 * HOUR)
    expect(judge(idle, TEN + 2 * HOUR).deadline).toBe(due)
    // From two and a half hours on it is known.
    expect(judge(idle, TEN + 2.5 * HOUR).deadline).toBeGreaterThan(due)
  })

  test('that begins later is looked at half an hour after it is due, at the latest', () => {
    // Of grades that wait for longer than a journey is rare.
    const budgets = { watch: 0.1, caution: 0.05, warning: 0.02, danger: 0.01 }
    // Nor is it looked at within 23 hours because of a sensor that may not rest: here one once did not for so long.
    const stretch = { going: [], longest: [[TEN / QUARTER - 200, 92]] satisfies Stretch[] }
    const tireless = { rest: 1 as const, half: stretch, slow: stretch }
    const rhythm = { ...METERED, tireless }
    const patient = { ...idle, rhythm, policy: { ...POLICIES.low, budgets } }
    const { deadline } = judge(patient, TEN + 2.5 * HOUR)
    const dues = Array.from({ length: 12 }, (_, half) => {
      const at = TEN + 2.5 * HOUR + half * 30 * MINUTE
      const since = { ...television, since: at }
      return outlook({ ...patient, lastActivity: at, lastInner: at, running: since }, at).watch
    })
    expect(deadline).toBeLessThan(Math.min(...dues) + 30 * MINUTE)
    expect(outlook(patient, TEN).watch).toBeGreaterThan(Math.min(...dues) + 30 * MINUTE)
  })
})
