import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SignalKind } from '../../schemas/signal.ts'
import { advance, open } from '../../services/core/escalation.ts'
import type { Case } from '../../services/core/rungs.ts'
import { isHeldBack } from '../../services/core/standstill.ts'
import { DAY, MINUTE } from '../../services/core/time.ts'
import { anyEvent, anyStory, anyWay, course, ladder, live, NINE, someone, tells } from './case.ts'

const UNTIL = NINE + 1000 * DAY
const ABSENT = { author: 'oh', cause: 'hospital', until: UNTIL } as const
const STEPS = ladder([15 * MINUTE, 15 * MINUTE])
const REACH = [[someone('kim')], [someone('park')]]

// Somebody wants somebody told, or the resident calls.
const WISHES = [
  'reassign',
  'escalate',
  'offer',
  'refuse',
  'resident',
  'replan',
  'cancel',
  'outcome',
]

test('I24 absence: while it holds nobody is told, but by the wish of somebody or a call for help', () => {
  const left = anyEvent.filter(({ type }) => !WISHES.includes(type))
  fc.assert(
    fc.property(anyWay, anyStory(left), (way, story) => {
      for (const { decision } of live(way, story, { ...ABSENT, since: NINE }))
        expect(tells(decision)).toEqual([])
    }),
  )
})

test('a case that is told of an absence is told again once that is over, whatever has happened', () => {
  const until = NINE + 300 * MINUTE
  const left = anyEvent.filter(({ type }) => !WISHES.includes(type))
  fc.assert(
    fc.property(anyStory(left), (story) => {
      const way = { ladder: STEPS, reach: REACH }
      const said = { type: 'absent', by: 'oh', reason: '여행' } as const
      const lived = live(way, [[said, 0], ...story], { ...ABSENT, since: NINE, until })
      const told = lived.flatMap(({ decision }) => tells(decision))
      const last = lived.at(-1)
      let alert: Case | undefined = last?.decision.alert
      let now = Math.max(last?.now ?? NINE, until)
      // A lease, a visit or a confirmation may be on: none is longer than a day.
      for (let tick = 0; alert && tick < 100; tick++, now += 15 * MINUTE) {
        const decision = advance(alert, { type: 'tick' }, course(STEPS, REACH, now))
        told.push(...tells(decision))
        alert = decision.alert
      }
      expect(told.length).toBeGreaterThan(0)
    }),
  )
})

test('an absence over before its time wakes what stands still for it, one that was made longer does not', () => {
  const absent = course(STEPS, REACH, NINE, { absent: ABSENT })
  const { alert } = advance(
    open('danger', false, course(STEPS, REACH, NINE)).alert,
    { type: 'absent', by: 'oh', reason: '여행' },
    absent,
  )
  expect(alert.state).toEqual({ state: 'away', ...ABSENT })
  const early = advance(alert, { type: 'tick' }, course(STEPS, REACH, NINE + MINUTE))
  expect(tells(early)).toMatchObject([{ purpose: 'overdue', step: 0, people: [someone('kim')] }])
  const longer = { ...ABSENT, until: UNTIL + DAY }
  const late = advance(alert, { type: 'tick' }, course(STEPS, REACH, UNTIL, { absent: longer }))
  expect(late).toMatchObject({
    alert: { state: longer, generation: alert.generation },
    effects: [],
  })
})

test('holds back what the detector raises of a home, and nothing else: no call for help, no staff, no set-up, no outage', () => {
  const held = SignalKind.options.filter((kind) =>
    isHeldBack({ kind, called: false, outage: null }),
  )
  expect(held.toSorted()).toEqual(['blind', 'door', 'inactivity', 'sensor'])
  for (const kind of SignalKind.options) {
    expect(isHeldBack({ kind, called: true, outage: null })).toBe(false)
    expect(isHeldBack({ kind, called: false, outage: 1 })).toBe(false)
  }
})
