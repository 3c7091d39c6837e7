import { expect, test } from 'vitest'
import type { Ladder } from '../../schemas/plan.ts'
import { advance, open } from '../../services/core/escalation.ts'
import type { Course } from '../../services/core/rungs.ts'
import { MINUTE } from '../../services/core/time.ts'
import { course, ladder, NINE, someone, tells } from './case.ts'

const STEPS = ladder([3 * MINUTE, 3 * MINUTE, 3 * MINUTE])
const REACH = [[someone('kim')], [someone('park')], [someone('oh')]]

function at(now: number, rest: Partial<Course> = {}, steps: Ladder = STEPS): Course {
  return course(steps, REACH, now, rest)
}

const people = (decision: ReturnType<typeof advance>) =>
  tells(decision).map((tell) => [tell.purpose, ...tell.people.map(({ person }) => person)])

test('a step is told again before the next one as often as it says', () => {
  const steps = {
    ...STEPS,
    steps: STEPS.steps.map((step) => ({ ...step, repeats: 2, every: MINUTE })),
  }
  let { alert } = open('danger', false, at(NINE, {}, steps))
  const told: string[] = []
  for (let now = NINE; now < NINE + 12 * MINUTE; now += MINUTE) {
    const decision = advance(alert, { type: 'tick' }, at(now, {}, steps))
    for (const tell of tells(decision))
      told.push(`${(now - NINE) / MINUTE} ${tell.step}.${tell.times}`)
    alert = decision.alert
  }
  // At 0, 1 and 2 minutes; 3 more without an answer, then the next step.
  expect(told).toEqual(['1 0.1', '2 0.2', '5 1.0', '6 1.1', '7 1.2', '10 2.0', '11 2.1'])
})

test('when the office closes, whoever answers by night is told from their first step on', () => {
  const steps = { ...STEPS, night: [...STEPS.steps].slice(0, 1) }
  const { alert } = open('warning', false, at(NINE, {}, steps))
  const night = at(NINE + 3 * MINUTE, { band: 'night', reach: [[someone('seo')]] }, steps)
  const decision = advance(alert, { type: 'tick' }, night)
  expect(people(decision)).toEqual([['page', 'seo']])
  expect(decision.alert).toMatchObject({ generation: 1, state: { step: 0, band: 'night' } })
})

test('when a night becomes a day of rest, the ladder that is the same for both goes on', () => {
  const night = STEPS.steps.map((step) => ({ ...step }))
  const steps = { ...STEPS, night, holiday: night.map((step) => ({ ...step })) }
  const { alert } = open('warning', false, at(NINE, { band: 'night' }, steps))
  const decision = advance(
    alert,
    { type: 'tick' },
    at(NINE + 3 * MINUTE, { band: 'holiday' }, steps),
  )
  expect(people(decision)).toEqual([['page', 'park']])
  expect(decision.alert.generation).toBe(0)
})

test('a night for which the plan names nobody is answered by the steps of the day, and not by silence', () => {
  const steps = { ...STEPS, night: [], holiday: [] }
  for (const band of ['night', 'holiday'] as const)
    expect(people(open('warning', false, at(NINE, { band }, steps)))).toEqual([['page', 'kim']])
})
