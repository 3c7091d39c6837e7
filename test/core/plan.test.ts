import { describe, expect, test } from 'vitest'
import { Plan } from '../../schemas/plan.ts'
import { GRADES } from '../../schemas/signal.ts'
import { laddersOf } from '../../services/core/coverage.ts'
import { ladderFor, STANDARD_PLAN, stepsIn } from '../../services/core/plan.ts'
import { MINUTE } from '../../services/core/time.ts'

describe('the standard plan', () => {
  test('is a plan', () => {
    expect(Plan.parse(STANDARD_PLAN)).toEqual(STANDARD_PLAN)
  })

  test('tells nobody of what is only to be watched, and somebody of all the rest', () => {
    const lengths = GRADES.map((grade) => STANDARD_PLAN.inactivity[grade].steps.length)
    expect(lengths).toEqual([0, 3, 3, 3])
    for (const kind of ['blind', 'sensor', 'configuration'] as const)
      expect(STANDARD_PLAN[kind].steps.length).toBeGreaterThan(0)
  })

  test('begins with the planner in working hours, and with the duty desk by night and on days of rest', () => {
    for (const way of [
      ...GRADES.slice(1).map((grade) => STANDARD_PLAN.inactivity[grade]),
      STANDARD_PLAN.sos,
    ]) {
      const first = (['office', 'night', 'holiday'] as const).map((band) =>
        way ? stepsIn(way, band)[0]?.targets : null,
      )
      expect(first).toEqual([[{ type: 'planner' }], [{ type: 'duty' }], [{ type: 'duty' }]])
    }
  })

  test('tells whoever is near of what is grave only, and never before the office', () => {
    for (const [matter, way] of laddersOf(STANDARD_PLAN))
      for (const band of ['office', 'night', 'holiday'] as const) {
        const near = stepsIn(way, band).flatMap(({ targets }, at) =>
          targets.some(({ type }) => type === 'care' || type === 'neighbour') ? [at] : [],
        )
        const grave = ['inactivity warning', 'inactivity danger', 'sos'].includes(matter)
        expect([matter, band, near]).toEqual([matter, band, grave ? [1] : []])
      }
  })

  test('asks the resident first, but not in danger, and longer where it is less grave', () => {
    expect(GRADES.map((grade) => STANDARD_PLAN.inactivity[grade].ask)).toEqual([
      null,
      15 * MINUTE,
      3 * MINUTE,
      null,
    ])
    expect(STANDARD_PLAN.sos?.ask).toBeNull()
  })

  test('wakes nobody by telephone for a fault who has another way', () => {
    for (const kind of ['sensor', 'configuration'] as const)
      for (const { channels } of STANDARD_PLAN[kind].steps)
        expect(channels.slice(0, 2)).toEqual(['webhook', 'email'])
  })

  test('is never slower for the graver', () => {
    for (const time of ['lease', 'again', 'confirm'] as const) {
      const times = GRADES.map((grade) => STANDARD_PLAN.inactivity[grade][time])
      expect(times).toEqual(times.toSorted((a, b) => b - a))
    }
  })

  test('has told everybody of danger after 6 minutes, so that a visit within 45 is possible', () => {
    // 3 minutes for the planner, 3 for the duty desk; the supervisor is told at the sixth.
    const waits = STANDARD_PLAN.inactivity.danger.steps.slice(0, -1).map(({ wait }) => wait)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(6 * MINUTE)
  })

  test('grades only silence', () => {
    expect(ladderFor(STANDARD_PLAN, 'inactivity', 'danger')).toBe(STANDARD_PLAN.inactivity.danger)
    expect(ladderFor(STANDARD_PLAN, 'blind', 'danger')).toBe(STANDARD_PLAN.blind)
  })

  test('that is older than a kind climbs the standard ladder of it', () => {
    const { sos: _, ...older } = STANDARD_PLAN
    expect(ladderFor({ ...older, version: 9 }, 'sos', 'danger')).toBe(STANDARD_PLAN.sos)
  })
})

test('a ladder has other steps by night and on a day of rest only where it says so', () => {
  const { danger } = STANDARD_PLAN.inactivity
  const night = danger.steps.slice(1)
  const ladder = { steps: danger.steps, ask: null, repeats: 0, lease: 1, again: 1, confirm: 1 }
  expect(stepsIn({ ...ladder, night }, 'office')).toBe(danger.steps)
  expect(stepsIn({ ...ladder, night }, 'night')).toBe(night)
  expect(stepsIn({ ...ladder, night }, 'holiday')).toBe(danger.steps)
})
