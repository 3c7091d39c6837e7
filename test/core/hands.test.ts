import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertEvent } from '../../schemas/alert.ts'
import type { Ladder } from '../../schemas/plan.ts'
import { advance, isClosed, OFFER_GRACE, open, wakeAt } from '../../services/core/escalation.ts'
import { LONGEST_DEFERRAL, MOST_DEFERRALS } from '../../services/core/hands.ts'
import { type Case, type Course, ownerOf } from '../../services/core/rungs.ts'
import { LONGEST_VISIT } from '../../services/core/visiting.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import {
  anyEvent,
  anyPerson,
  anyStory,
  anyWay,
  course,
  ladder,
  live,
  NINE,
  someone,
  tells,
} from './case.ts'

const STEPS = ladder([3 * MINUTE, 3 * MINUTE, 3 * MINUTE])
const REACH = [[someone('kim')], [someone('park')], [someone('oh')]]

const find = (person: string) => (person === 'nobody' ? null : someone(person))

function at(now: number, rest: Partial<Course> = {}, steps: Ladder = STEPS): Course {
  return course(steps, REACH, now, { find, supervisors: [someone('oh')], ...rest })
}

const opened = open('warning', false, at(NINE)).alert
const go = (alert: Case, event: AlertEvent, now: number) => advance(alert, event, at(now))
const held = go(opened, { type: 'acknowledge', by: 'kim' }, NINE + MINUTE).alert
const people = (decision: ReturnType<typeof go>) =>
  tells(decision).map((tell) => [tell.purpose, ...tell.people.map(({ person }) => person)])

/** Whether an alert still stands where somebody saw it. */
function isSeen(
  { generation, state }: Case,
  seen: { readonly generation: number; readonly loop: number; readonly step: number },
): boolean {
  if (seen.generation !== generation) return false
  if (state.state === 'pending') return true
  if (state.state === 'acknowledged') return state.level === seen.step
  return state.state === 'notifying' && state.loop === seen.loop && state.step === seen.step
}

describe('I7 as-of: escalate now', () => {
  const now = NINE + MINUTE
  const asOf = { generation: 0, loop: 0, step: 0 }

  test('tells the next step at once, and only once however often it is pressed', () => {
    const first = go(opened, { type: 'escalate', by: 'kim', asOf }, now)
    expect(people(first)).toEqual([['page', 'park']])
    const second = go(first.alert, { type: 'escalate', by: 'oh', asOf }, now)
    expect(second).toEqual({ alert: first.alert, effects: [], refused: 'moved-on' })
  })

  test('has no effect on an alert that is beyond what its sender saw, whatever happened', () => {
    const seen = fc.record({ generation: fc.nat(3), loop: fc.nat(2), step: fc.nat(4) })
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), seen, (way, story, place) => {
        const last = live(way, story).at(-1)
        const alert = last?.decision.alert ?? opened
        fc.pre(!isSeen(alert, place))
        const on = course(way.ladder, way.reach, last?.now ?? NINE)
        const decision = advance(alert, { type: 'escalate', by: 'kim', asOf: place }, on)
        expect(decision.alert).toEqual(alert)
        expect(decision.effects).toEqual([])
      }),
    )
  })

  test('by whoever has it keeps it with them, and asks the level above for help', () => {
    const help = go(
      held,
      { type: 'escalate', by: 'kim', asOf: { generation: 1, loop: 0, step: 0 } },
      now,
    )
    expect(people(help)).toEqual([['help', 'park']])
    expect(help.alert.state).toMatchObject({ state: 'acknowledged', by: 'kim', level: 1 })
  })
})

describe('"I cannot go"', () => {
  test('of whoever was told now leads to the next step at once', () => {
    const asOf = { generation: 0, loop: 0, step: 0 }
    expect(people(go(opened, { type: 'decline', by: 'kim', asOf }, NINE + 1))).toEqual([
      ['page', 'park'],
    ])
  })

  test('of whoever was told before, or never, skips nobody', () => {
    const later = go(opened, { type: 'tick' }, NINE + 3 * MINUTE).alert
    const asOf = { generation: 0, loop: 0, step: 0 }
    for (const event of [
      { type: 'decline', by: 'kim', asOf },
      { type: 'decline', by: 'seo' },
    ] as const)
      expect(go(later, event, NINE + 4 * MINUTE)).toMatchObject({ alert: later, effects: [] })
  })

  test('of whoever has it gives it to the next', () => {
    const given = go(held, { type: 'decline', by: 'kim' }, NINE + 2 * MINUTE)
    expect(people(given)).toEqual([['page', 'park']])
    expect(given.alert.generation).toBe(held.generation + 1)
  })

  test('of whoever was to go there ends their visit', () => {
    const until = NINE + 20 * MINUTE
    const visit = { type: 'start-visit', by: 'kim', companion: null, until } as const
    const there = go(opened, visit, NINE + 1).alert
    const given = go(there, { type: 'decline', by: 'kim' }, NINE + 2 * MINUTE)
    expect(people(given)).toEqual([['page', 'park']])
    expect(given.effects).toContainEqual(expect.objectContaining({ act: 'end', by: 'kim' }))
    const gone = go(there, { type: 'unavailable', person: 'kim' }, NINE + 2 * MINUTE)
    // That their leave begins does not bring them home.
    expect(gone.effects.filter(({ type }) => type === 'visit')).toEqual([])
  })
})

describe('a hand-over', () => {
  const until = NINE + HOUR
  const offered = go(held, { type: 'offer', by: 'kim', to: 'park', until }, NINE + 2 * MINUTE)

  test('changes hands only when it is accepted', () => {
    expect(ownerOf(offered.alert.state)).toBe('kim')
    expect(people(offered)).toEqual([['offered', 'park']])
    const accepted = go(offered.alert, { type: 'accept', by: 'park' }, NINE + 3 * MINUTE).alert
    expect([ownerOf(accepted.state), accepted.offer]).toEqual(['park', null])
    const refused = go(offered.alert, { type: 'refuse', by: 'park' }, NINE + 3 * MINUTE)
    expect([ownerOf(refused.alert.state), refused.alert.offer]).toEqual(['kim', null])
    expect(people(refused)).toEqual([['returned', 'kim']])
    expect(go(offered.alert, { type: 'accept', by: 'oh' }, NINE + 3 * MINUTE).refused).toBe(
      'nothing-offered',
    )
  })

  test('that nobody accepts stays with the giver, and the supervisor hears of it 5 minutes after the shift', () => {
    // The lease is renewed meanwhile, so that it is the offer alone that wakes us.
    const renewed = { ...offered.alert, state: { ...held.state, until: NINE + 9 * HOUR } } as Case
    expect(wakeAt(renewed)).toBe(until + OFFER_GRACE)
    expect(go(renewed, { type: 'tick' }, until + OFFER_GRACE - 1).effects).toEqual([])
    const late = go(renewed, { type: 'tick' }, until + OFFER_GRACE)
    expect(people(late)).toEqual([['late', 'oh']])
    expect(ownerOf(late.alert.state)).toBe('kim')
    expect(go(late.alert, { type: 'tick' }, until + 9 * MINUTE).effects).toEqual([])
    expect(ownerOf(go(late.alert, { type: 'accept', by: 'park' }, until + HOUR).alert.state)).toBe(
      'park',
    )
  })

  test('is told anew each time, under a place of its own', () => {
    const offer = { type: 'offer', by: 'kim', to: 'park', until } as const
    const places = new Set<number>()
    let { alert } = offered
    places.add(tells(offered)[0]?.times ?? -1)
    for (const now of [3, 4]) {
      alert = go(alert, { type: 'refuse', by: 'park' }, NINE + now * MINUTE).alert
      const again = go(alert, offer, NINE + now * MINUTE)
      expect(people(again)).toEqual([['offered', 'park']])
      places.add(tells(again)[0]?.times ?? -1)
      alert = again.alert
    }
    expect(places).toEqual(new Set([0, 1, 2]))
  })

  test('to somebody on leave goes to whoever stands in, and where nobody does the giver learns so', () => {
    const standsIn = { find: (one: string) => someone(one === 'park' ? 'han' : one) }
    const gone = { type: 'unavailable', person: 'park' } as const
    const passed = advance(offered.alert, gone, at(NINE + 3 * MINUTE, standsIn))
    expect(people(passed)).toEqual([['offered', 'han']])
    expect(passed.alert.offer).toEqual({ to: 'han', by: 'kim', until, late: false })
    const nobody = { find: (one: string) => (one === 'park' ? null : someone(one)) }
    const returned = advance(offered.alert, gone, at(NINE + 3 * MINUTE, nobody))
    expect(people(returned)).toEqual([['returned', 'kim']])
    expect([ownerOf(returned.alert.state), returned.alert.offer]).toEqual(['kim', null])
    // Whom the deputy stands in for is known when it is offered too: only the deputy can accept it.
    const offer = { type: 'offer', by: 'kim', to: 'park', until } as const
    const given = advance(held, offer, at(NINE + 3 * MINUTE, standsIn)).alert
    expect(given.offer?.to).toBe('han')
    expect(ownerOf(go(given, { type: 'accept', by: 'han' }, NINE + 4 * MINUTE).alert.state)).toBe(
      'han',
    )
  })

  test('to somebody whom nothing reaches is refused', () => {
    const event = { type: 'offer', by: 'kim', to: 'nobody', until } as const
    expect(go(held, event, NINE + 2 * MINUTE).refused).toBe('unknown-person')
  })
})

const defer = (minutes: number, now: number) =>
  ({ type: 'defer', by: 'kim', until: now + minutes * MINUTE, reason: '따님이 가는 중' }) as const

describe('an alert is put off', () => {
  const now = NINE + 2 * MINUTE

  test('twice at most, for an hour at most, and never in danger', () => {
    expect([LONGEST_DEFERRAL, MOST_DEFERRALS]).toEqual([HOUR, 2])
    let alert = held
    for (let times = 0; times < 2; times++) {
      alert = go(alert, defer(60, now), now).alert
      expect(alert.state.state).toBe('deferred')
      alert = go(alert, { type: 'acknowledge', by: 'kim' }, now).alert
    }
    expect(go(alert, defer(20, now), now).refused).toBe('too-often')
    expect(go(held, defer(61, now), now).refused).toBe('too-long')
    expect(go({ ...held, grade: 'danger' }, defer(20, now), now).refused).toBe('danger')
    expect(go(opened, defer(20, now), now).refused).toBe('not-yours')
  })

  test('and comes back by itself', () => {
    const { alert } = go(held, defer(20, now), now)
    expect(people(go(alert, { type: 'tick' }, now + 20 * MINUTE))).toEqual([['page', 'kim']])
  })
})

describe('a visit', () => {
  const now = NINE + 2 * MINUTE
  const until = now + 20 * MINUTE
  const away = go(held, { type: 'start-visit', by: 'kim', companion: 'han', until }, now)

  test('pauses the lease, and is reported on by either of two', () => {
    expect(away.effects).toContainEqual({
      type: 'visit',
      act: 'begin',
      by: 'kim',
      companion: 'han',
      due: until,
    })
    // 20 minutes to report, and then a lease of 10 before nobody answers for the resident.
    expect(wakeAt(away.alert)).toBe(until + 10 * MINUTE)
    const next = until + 20 * MINUTE
    const report = go(away.alert, { type: 'check-in', by: 'han', until: next }, until).alert
    expect(wakeAt(report)).toBe(next + 10 * MINUTE)
  })

  test('that is not heard of brings the case back, with the supervisor', () => {
    const lost = go(away.alert, { type: 'tick' }, until + 10 * MINUTE)
    expect(people(lost)).toEqual([['lost', 'kim', 'oh']])
  })

  test('of four hours at most; movement is no recovery then, and an outcome of another ends only theirs', () => {
    const long = {
      type: 'start-visit',
      by: 'kim',
      companion: null,
      until: now + LONGEST_VISIT + 1,
    } as const
    expect(go(held, long, now).refused).toBe('too-long')
    expect(go(away.alert, { type: 'activity', at: now }, now + 1).alert).toEqual(away.alert)
    const outcome = { type: 'outcome', by: 'park', outcome: 'safe', note: '' } as const
    expect(go(away.alert, outcome, now).effects).toContainEqual(
      expect.objectContaining({ type: 'visit', act: 'end', by: 'park' }),
    )
  })
})

const cancelled = (person: string) => ({ type: 'cancel', by: person, reason: '시험' }) as const

describe('a cancellation', () => {
  test('of danger needs two, and pressing twice is no second', () => {
    const danger = { ...held, grade: 'danger' } as const
    const once = go(danger, cancelled('oh'), NINE).alert
    expect(once.state).toEqual(danger.state)
    expect(go(once, cancelled('oh'), NINE).alert.state).toEqual(danger.state)
    expect(go(once, cancelled('seo'), NINE).alert.state).toEqual({
      state: 'cancelled',
      by: 'oh',
      second: 'seo',
      reason: '시험',
      at: NINE,
    })
  })

  test('of anything else needs one', () => {
    expect(go(held, cancelled('oh'), NINE).alert.state).toMatchObject({
      state: 'cancelled',
      second: null,
    })
  })
})

describe('the resident is asked first', () => {
  const asked = { ...STEPS, ask: 15 * MINUTE }
  const pending = open('caution', false, at(NINE, { asks: true }, asked))

  test('where there is a way to ask: staff hear of it when there is no answer', () => {
    expect(pending.effects).toEqual([{ type: 'ask', until: NINE + 15 * MINUTE }])
    const told = advance(pending.alert, { type: 'tick' }, at(NINE + 15 * MINUTE, {}, asked))
    expect(people(told)).toEqual([['page', 'kim']])
    expect(people(open('caution', false, at(NINE, {}, asked)))).toEqual([['page', 'kim']])
  })

  test('and says that all is well: nobody is told. Or asks for help: staff are, at once', () => {
    const fine = go(pending.alert, { type: 'resident', answer: 'fine' }, NINE + 1)
    expect(fine.alert.state).toMatchObject({ state: 'resolved', by: 'resident', outcome: 'self' })
    expect(tells(fine)).toEqual([])
    const help = go(pending.alert, { type: 'resident', answer: 'help' }, NINE + 1)
    expect(people(help)).toEqual([['called', 'kim']])
    expect(help.alert.grade).toBe('danger')
  })

  test('and a call for help is heard also after movement, and while somebody has put it off', () => {
    const moved = go(pending.alert, { type: 'activity', at: NINE }, NINE + MINUTE)
    expect(moved.alert.state.state).toBe('recovered')
    expect(
      people(go(moved.alert, { type: 'resident', answer: 'help' }, NINE + 2 * MINUTE)),
    ).toEqual([['called', 'kim']])
    const until = NINE + 30 * MINUTE
    const put = go(held, { type: 'defer', by: 'kim', until, reason: '통화' }, NINE + MINUTE)
    expect(put.alert.state.state).toBe('deferred')
    const help = go(put.alert, { type: 'resident', answer: 'help' }, NINE + 2 * MINUTE)
    expect(people(help)).toEqual([['called', 'kim', 'park']])
    expect(help.alert.state).toMatchObject({ state: 'acknowledged', by: 'kim' })
  })

  test('and a call for help is danger, and is told to whoever has it and to the next, at the door too', () => {
    const help = { type: 'resident', answer: 'help' } as const
    const until = NINE + 20 * MINUTE
    const there = { type: 'start-visit', by: 'kim', companion: null, until } as const
    for (const had of [held, go(held, there, NINE + 2 * MINUTE).alert]) {
      const heard = go(had, help, NINE + 3 * MINUTE)
      expect(people(heard)).toEqual([['called', 'kim', 'park']])
      expect(heard.alert).toMatchObject({ grade: 'danger', generation: had.generation + 1 })
      expect(ownerOf(heard.alert.state)).toBe('kim')
    }
    // While staff are being told already they are told anew, and why.
    expect(people(go(opened, help, NINE + MINUTE))).toEqual([['called', 'kim']])
  })

  test('and a call for help leaves nobody at rest, whatever has happened', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), (way, story) => {
        const last = live(way, story).at(-1)
        const alert = last?.decision.alert ?? opened
        const on = course(way.ladder, way.reach, last?.now ?? NINE)
        fc.pre(!isClosed(alert.state) && way.reach.some((each) => each.length > 0))
        const heard = advance(alert, { type: 'resident', answer: 'help' }, on)
        expect(heard.alert.grade).toBe('danger')
        const owner = ownerOf(alert.state)
        // Alone with an owner whom nothing reaches there is nobody to tell: the ladder itself looks for somebody.
        if (owner === null || on.find(owner)) expect(tells(heard)).toHaveLength(1)
      }),
    )
  })

  test('but once staff were told, "fine" is only movement: a person makes sure', () => {
    const late = go(opened, { type: 'resident', answer: 'fine' }, NINE + 1)
    expect(late.alert.state).toMatchObject({ state: 'recovered', by: null })
  })
})

test('when a lease and an offer have both run out, one look sees to both', () => {
  const offered = go(held, { type: 'offer', by: 'kim', to: 'park', until: NINE }, NINE + MINUTE)
  const now = NINE + HOUR
  const once = go(offered.alert, { type: 'tick' }, now)
  expect(once.alert).toMatchObject({ state: { state: 'notifying' }, offer: null })
  expect(go(once.alert, { type: 'tick' }, now).effects).toEqual([])
})

test('whoever is not there any more is not waited for', () => {
  fc.assert(
    fc.property(anyPerson, (gone) => {
      const now = NINE + 2 * MINUTE
      const next = go(held, { type: 'unavailable', person: gone }, now)
      expect(people(next)).toEqual(gone === 'kim' ? [['lost', 'park', 'oh']] : [])
    }),
  )
  // Of the step that is on only they were meant: it reaches nobody any more.
  const empty = { ...at(NINE + MINUTE), reach: [[], ...REACH.slice(1)] }
  expect(people(advance(opened, { type: 'unavailable', person: 'kim' }, empty))).toEqual([
    ['page', 'park'],
  ])
})

describe('after the office has closed, who answers by night is told from their first step on', () => {
  const now = NINE + MINUTE
  const night = ladder([3 * MINUTE, 3 * MINUTE]).steps.map((step) => ({ ...step, wait: MINUTE }))
  const dark = (reach = [[someone('park')], [someone('oh')]]) =>
    course({ ...STEPS, night }, reach, now, { find, band: 'night', supervisors: [someone('oh')] })
  const asOf = { generation: 0, loop: 0, step: 0 }

  test('when whoever was told by day cannot go', () => {
    const next = advance(opened, { type: 'decline', by: 'kim', asOf }, dark())
    expect(people(next)).toEqual([['page', 'park']])
    expect(next.alert.state).toMatchObject({ step: 0, band: 'night' })
  })

  test('when whoever was told by day cannot go, and would answer first by night: the next one', () => {
    const next = advance(
      opened,
      { type: 'decline', by: 'kim', asOf },
      dark([[someone('kim')], [someone('oh')]]),
    )
    expect(people(next)).toEqual([['page', 'oh']])
  })

  test('when somebody asks for the next step', () => {
    expect(people(advance(opened, { type: 'escalate', by: 'kim', asOf }, dark()))).toEqual([
      ['page', 'park'],
    ])
  })

  test('when whoever was told by day is not there any more', () => {
    expect(people(advance(opened, { type: 'unavailable', person: 'kim' }, dark()))).toEqual([
      ['page', 'park'],
    ])
  })
})

test('a home of an outage that is told of already is listed, until a signal comes for it alone', () => {
  const { alert } = open('caution', true, at(NINE))
  expect(alert.state).toEqual({ state: 'listed' })
  const signal = { type: 'signal', grade: 'caution', signal: 2 } as const
  expect(go(alert, { ...signal, grouped: true }, NINE).effects).toEqual([])
  expect(people(go(alert, signal, NINE))).toEqual([['page', 'kim']])
  // It is seen again: the case that tells of the outage is confirmed, not each of its thousands of homes.
  const seen = go(alert, { type: 'activity', at: NINE }, NINE + MINUTE)
  expect(seen.alert.state).toEqual({ state: 'listed' })
  expect(people(go(seen.alert, signal, NINE + 2 * MINUTE))).toEqual([['page', 'kim']])
})
