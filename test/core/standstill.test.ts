import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertEvent } from '../../schemas/alert.ts'
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

const isLeft = ({ type }: AlertEvent) => !WISHES.includes(type)

test('I24 absence: while it holds nobody is told, but by the wish of somebody or a call for help; who is at the door hears that it is graver', () => {
  fc.assert(
    fc.property(anyWay, anyStory(anyEvent.filter(isLeft)), (way, story) => {
      const absence = { ...ABSENT, since: NINE, ended: UNTIL }
      for (const { before, decision } of live(way, story, absence)) {
        const people = tells(decision).flatMap((tell) => tell.people)
        const there = before.state.state === 'visiting' ? [someone(before.state.by)] : []
        expect(there).toEqual(expect.arrayContaining([...people]))
      }
    }),
  )
})

test('a case that is told of an absence is told again once that is over or was ended, whatever has happened', () => {
  const said = { type: 'absent', by: 'oh', reason: '여행' } as const
  const late = { type: 'signal', grade: 'danger', signal: 2 } as const
  const stories = fc.tuple(anyStory(anyEvent.filter(isLeft)), anyStory(anyEvent.filter(isLeft)))
  fc.assert(
    fc.property(stories, fc.boolean(), fc.nat(DAY), ([first, rest], grouped, length) => {
      const way = { ladder: STEPS, reach: REACH }
      const since = NINE + first.reduce((sum, [, pause]) => sum + pause, 0)
      // It was to last for long, and is ended.
      const absence = { ...ABSENT, since, ended: since + length }
      const story = [...first, [said, 0], [late, 0], ...rest] as typeof first
      const lived = live(way, story, absence, grouped)
      const after = lived.filter(({ now }) => now >= absence.ended)
      const told = after.flatMap(({ decision }) => tells(decision))
      const last = lived.at(-1)
      let alert: Case | undefined = last?.decision.alert
      let now = Math.max(last?.now ?? NINE, absence.ended)
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

describe('a signal that was on its way when staff told of an absence', () => {
  const late = { type: 'signal', grade: 'danger', signal: 2 } as const
  const absent = (now: number) => course(STEPS, REACH, now, { absent: ABSENT })
  const opened = open('caution', false, course(STEPS, REACH, NINE)).alert
  const said = { type: 'absent', by: 'oh', reason: '여행' } as const

  test('has what was on the board only wait for its end, and be told then', () => {
    const listed = open('watch', false, course(ladder([]), [], NINE)).alert
    expect(listed.state).toEqual({ state: 'listed' })
    const told = advance(listed, said, course(ladder([]), [], NINE, { absent: ABSENT })).alert
    expect(told.state).toEqual({ state: 'listed' })
    const waits = advance(told, late, absent(NINE)).alert
    expect(waits).toMatchObject({ grade: 'danger', state: { state: 'away', ...ABSENT } })
    const over = advance(waits, { type: 'tick' }, course(STEPS, REACH, NINE + MINUTE))
    expect(tells(over)).toMatchObject([{ purpose: 'overdue', people: [someone('kim')] }])
    // And what its ladder tells nobody of stays where it was.
    const same = { ...late, grade: 'watch' } as const
    expect(
      advance(told, same, course(ladder([]), [], NINE, { absent: ABSENT })).alert.state,
    ).toEqual({ state: 'listed' })
  })

  test('takes it that somebody had moved: the quiet is back', () => {
    const moved = advance(opened, { type: 'activity', at: NINE }, course(STEPS, REACH, NINE)).alert
    for (const grade of ['caution', 'danger'] as const)
      expect(advance(moved, { ...late, grade }, absent(NINE)).alert.state).toMatchObject({
        state: 'away',
      })
    const less = advance(moved, { ...late, grade: 'watch' }, absent(NINE)).alert
    expect(less).toEqual({ ...moved, signals: 2 })
  })

  test('is no longer what one of two wanted to take back', () => {
    const wanted = { by: 'kim', reason: '시험', at: NINE }
    const { alert } = advance({ ...opened, cancelling: wanted }, late, absent(NINE))
    expect(alert).toMatchObject({ grade: 'danger', cancelling: null, state: { state: 'away' } })
  })

  test('is told to who is at the door, and to nobody else', () => {
    const until = NINE + 20 * MINUTE
    const visit = { type: 'start-visit', by: 'kim', companion: null, until } as const
    const there = advance(opened, visit, course(STEPS, REACH, NINE)).alert
    const graver = advance(there, late, absent(NINE))
    expect(graver.alert).toMatchObject({ grade: 'danger', state: there.state })
    expect(tells(graver)).toMatchObject([{ purpose: 'raised', people: [someone('kim')] }])
  })
})

test('movement is confirmed when it is due, an absence or not, but while one holds nobody is asked for it', () => {
  const absent = (now: number) => course(STEPS, REACH, now, { absent: ABSENT })
  const opened = open('caution', false, course(STEPS, REACH, NINE)).alert
  const moved = advance(opened, { type: 'activity', at: NINE }, course(STEPS, REACH, NINE)).alert
  const half = NINE + 30 * MINUTE
  expect(moved.state).toEqual({ state: 'recovered', by: null, until: half })
  const told = advance(moved, { type: 'absent', by: 'oh', reason: '여행' }, absent(NINE + MINUTE))
  expect(told).toMatchObject({ alert: moved, effects: [] })
  const lapsed = advance(told.alert, { type: 'tick' }, absent(half))
  const waits = { ...moved.state, until: ABSENT.until, absent: true }
  expect(lapsed).toMatchObject({ alert: { state: waits }, effects: [] })
  // Until the absence is over nothing more happens, however often it is looked at.
  expect(advance(lapsed.alert, { type: 'tick' }, absent(half + MINUTE)).alert).toBe(lapsed.alert)
  // Ended early: from then on there is as much time as ever.
  const ended = half + 60 * MINUTE
  const again = advance(lapsed.alert, { type: 'tick' }, course(STEPS, REACH, ended))
  const until = ended + 30 * MINUTE
  expect(again.alert.state).toEqual({ state: 'recovered', by: null, until })
  expect(again.effects).toEqual([])
  const asked = advance(again.alert, { type: 'tick' }, course(STEPS, REACH, until))
  expect(tells(asked)).toMatchObject([{ purpose: 'page', people: [someone('kim')] }])
  // Ended by itself, and looked at late: nobody waits twice.
  const late = course(STEPS, REACH, ABSENT.until + 30 * MINUTE)
  expect(tells(advance(lapsed.alert, { type: 'tick' }, late))).toMatchObject([{ purpose: 'page' }])
  // Who takes it meanwhile is asked when it is over too.
  const taken = advance(lapsed.alert, { type: 'acknowledge', by: 'kim' }, absent(half)).alert
  expect(taken.state).toEqual({ state: 'recovered', by: 'kim', until: half + 30 * MINUTE })
})

test('while an absence holds, who was to go and cannot, or is gone, has it no more, and nobody is told', () => {
  const absent = course(STEPS, REACH, NINE + MINUTE, { absent: ABSENT })
  const opened = open('caution', false, course(STEPS, REACH, NINE)).alert
  const until = NINE + 20 * MINUTE
  const takes = [
    (by: string) => ({ type: 'start-visit', by, companion: null, until }) as const,
    (by: string) => ({ type: 'acknowledge', by }) as const,
    (to: string) => ({ type: 'reassign', by: 'oh', to }) as const,
  ]
  const ends = [
    { type: 'decline', by: 'kim' },
    { type: 'unavailable', person: 'kim' },
  ] as const
  for (const take of takes)
    for (const end of ends) {
      const of = (one: string) => advance(opened, take(one), course(STEPS, REACH, NINE)).alert
      const decision = advance(of('kim'), end, absent)
      expect(decision.alert.state).toEqual({ state: 'away', ...ABSENT })
      expect(tells(decision)).toEqual([])
      // But nobody takes from another what that one has, by being unable to go themselves.
      expect(advance(of('park'), end, absent).alert).toEqual(of('park'))
    }
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
