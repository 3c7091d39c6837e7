import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AlertEvent, AlertState } from '../../schemas/alert.ts'
import { advance, graver, isClosed, open, wakeAt } from '../../services/core/escalation.ts'
import { type Case, ownerOf } from '../../services/core/rungs.ts'
import { MINUTE } from '../../services/core/time.ts'
import {
  NINE,
  someone,
  ladder,
  anyWay,
  anyAbsence,
  anyEvent,
  withoutEnd,
  anyStory,
  live,
  course,
  tells,
} from './case.ts'

function isCall(event: AlertEvent): boolean {
  return event.type === 'resident' && event.answer === 'help'
}

describe('whatever happens', () => {
  test('every state parses by its schema, and no generation or count goes back', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), anyAbsence, (way, story, absence) => {
        for (const { before, event, decision } of live(way, story, absence)) {
          expect(AlertEvent.parse(event)).toEqual(event)
          expect(AlertState.parse(decision.alert.state)).toEqual(decision.alert.state)
          expect(decision.alert.generation).toBeGreaterThanOrEqual(before.generation)
          expect(decision.alert.signals).toBeGreaterThanOrEqual(before.signals)
          expect(graver(decision.alert.grade, before.grade)).toBe(decision.alert.grade)
        }
      }),
    )
  })

  test('I1 durable: an open alert that is not only listed has a timer ahead', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), anyAbsence, (way, story, absence) => {
        for (const { event, decision, now } of live(way, story, absence)) {
          const { state } = decision.alert
          if (state.state === 'listed' || isClosed(state)) continue
          if (event.type === 'tick') expect(wakeAt(decision.alert)).toBeGreaterThan(now)
          else expect(wakeAt(decision.alert)).not.toBeNull()
        }
      }),
    )
  })

  test('I4 no stale page: what makes planned messages stale raises the generation, and says so', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), anyAbsence, (way, story, absence) => {
        for (const { before, decision } of live(way, story, absence)) {
          const raised = decision.alert.generation > before.generation
          expect(decision.effects.some(({ type }) => type === 'cancel')).toBe(raised)
          const was = ownerOf(before.state)
          const is = ownerOf(decision.alert.state)
          // Whoever takes it or closes it, or moves again: what others were still to be told is stale.
          const confirms = before.state.state === 'recovered' && was === null
          if (is !== was && is !== null && !confirms) expect(raised).toBe(true)
          if (isClosed(decision.alert.state)) expect(tells(decision)).toEqual([])
        }
      }),
    )
  })

  test('I5 idempotent: the same event a second time at the same moment tells nobody again', () => {
    // A signal counts, two offers are two, and who calls or goes for help twice has the shell's key for it.
    const counted = [
      'signal',
      'offer',
      'reassign',
      'replan',
      'escalate',
      'defer',
      'decline',
      'unavailable',
    ]
    const repeatable = anyEvent.filter((event) => !counted.includes(event.type) && !isCall(event))
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), repeatable, (way, story, event) => {
        const last = live(way, story).at(-1)
        const now = last?.now ?? NINE
        const start =
          last?.decision.alert ?? open('caution', false, course(way.ladder, way.reach, now)).alert
        const once = advance(start, event, course(way.ladder, way.reach, now)).alert
        // Of two timers that are due a tick runs one: the other's turn is no repeat.
        fc.pre(event.type !== 'tick' || (wakeAt(once) ?? Infinity) > now)
        const twice = advance(once, event, course(way.ladder, way.reach, now))
        expect(tells(twice)).toEqual([])
        expect(twice.alert.state.state).toBe(once.state.state)
      }),
    )
  })

  test('I6 terminal: nothing changes what is closed, and nobody is told', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), anyAbsence, (way, story, absence) => {
        for (const { before, decision } of live(way, story, absence))
          if (isClosed(before.state)) {
            expect(decision.alert).toEqual(before)
            // But whoever is still at the door reports, and leaves.
            expect(decision.effects.filter(({ type }) => type !== 'visit')).toEqual([])
          }
      }),
    )
  })

  test('only the word of a person closes', () => {
    fc.assert(
      fc.property(anyWay, anyStory(withoutEnd), anyAbsence, (way, story, absence) => {
        for (const { decision } of live(way, story, absence))
          expect(isClosed(decision.alert.state)).toBe(false)
      }),
    )
  })

  test('I19 fair ack: whoever is first has it, until the lease lapses or somebody closes', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), anyAbsence, (way, story, absence) => {
        for (const { before, event, decision } of live(way, story, absence)) {
          const owner = ownerOf(before.state)
          if (event.type !== 'acknowledge' || isClosed(before.state)) continue
          expect(ownerOf(decision.alert.state)).toBe(owner ?? event.by)
          if (owner !== null && owner !== event.by) expect(decision.alert).toEqual(before)
        }
      }),
    )
  })

  test('I9 order and count: steps are told in order within a generation, none twice, none that reaches nobody', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), (way, story) => {
        let last: [number, number] = [0, -1]
        const { decision } = {
          decision: open('caution', false, course(way.ladder, way.reach, NINE)),
        }
        const all = [
          { generation: 0, decision },
          ...live(way, story).map((m) => ({
            generation: m.decision.alert.generation,
            decision: m.decision,
          })),
        ]
        for (const { generation, decision: each } of all)
          for (const { loop, step, times, people, purpose } of tells(each)) {
            expect(people.length).toBeGreaterThan(0)
            if (!['page', 'lost', 'raised'].includes(purpose)) continue
            const place = (loop * 10 + step) * 1000 + times
            if (generation === last[0]) expect(place).toBeGreaterThan(last[1])
            last = [generation, place]
          }
      }),
    )
  })

  test('an early tick changes nothing', () => {
    fc.assert(
      fc.property(anyWay, anyStory(anyEvent), fc.nat(), (way, story, early) => {
        for (const { decision } of live(way, story)) {
          const due = wakeAt(decision.alert)
          const now = due === null ? NINE : Math.max(0, due - 1 - early)
          expect(
            advance(decision.alert, { type: 'tick' }, course(way.ladder, way.reach, now)),
          ).toEqual({
            alert: decision.alert,
            effects: [],
            refused: null,
          })
        }
      }),
    )
  })
})

describe('left alone', () => {
  test('each step that reaches anybody is told repeats + 1 times in order, then the last for ever', () => {
    fc.assert(
      fc.property(anyWay, ({ ladder: steps, reach }) => {
        const reached = [...steps.steps.keys()].filter((step) => (reach[step] ?? []).length > 0)
        fc.pre(reached.length > 0)
        const rounds = Array.from({ length: steps.repeats + 1 }, () => reached).flat()
        const last = reached.at(-1)
        const told: number[] = []
        let { alert, effects } = open('danger', false, course(steps, reach, NINE))
        for (let ticks = 0; told.length < rounds.length + 3; ticks++) {
          for (const effect of effects) if (effect.type === 'tell') told.push(effect.step)
          const now = wakeAt(alert) ?? NINE
          ;({ alert, effects } = advance(alert, { type: 'tick' }, course(steps, reach, now)))
          expect(ticks).toBeLessThan(60)
        }
        expect(told.slice(0, rounds.length + 3)).toEqual([...rounds, last, last, last])
        expect(alert.state.state).toBe('exhausted')
      }),
    )
  })

  test('on time, the ladder keeps its hours', () => {
    // 3 + 5 minutes to the second and third telling, then every 5 (again).
    const steps = ladder([3 * MINUTE, 5 * MINUTE])
    const reach = [[someone('kim')], [someone('park')]]
    let { alert } = open('danger', false, course(steps, reach, NINE))
    const dues = [0, 1, 2, 3].map(() => {
      const due = wakeAt(alert) ?? 0
      // Each sweep is 4 s late, and the lateness does not add up.
      alert = advance(alert, { type: 'tick' }, course(steps, reach, due + 4000)).alert
      return (due - NINE) / MINUTE
    })
    expect(dues).toEqual([3, 8, 13, 18])
  })

  test('after an outage one step is told and not all that were missed, with half its time to answer', () => {
    const steps = ladder([3 * MINUTE, 3 * MINUTE, 3 * MINUTE])
    const reach = [[someone('kim')], [someone('park')], [someone('oh')]]
    const opened = open('danger', false, course(steps, reach, NINE)).alert
    const late = NINE + 60 * MINUTE
    const { alert, effects } = advance(opened, { type: 'tick' }, course(steps, reach, late))
    expect(effects).toEqual([
      { type: 'tell', purpose: 'page', loop: 0, step: 1, times: 0, people: [someone('park')] },
    ])
    expect(alert.state).toMatchObject({
      state: 'notifying',
      loop: 0,
      step: 1,
      until: late + 1.5 * MINUTE,
    })
  })
})

const PLANNER = { band: 'office', targets: [{ type: 'planner' }] }

describe('a step that reaches nobody', () => {
  test('is passed over in the same breath, and reported', () => {
    const steps = ladder([MINUTE, MINUTE, MINUTE])
    const { alert, effects } = open(
      'warning',
      false,
      course(steps, [[], [], [someone('oh')]], NINE),
    )
    expect(effects).toEqual([
      { type: 'fault', step: 0, ...PLANNER },
      { type: 'fault', step: 1, ...PLANNER },
      { type: 'tell', purpose: 'page', loop: 0, step: 2, times: 0, people: [someone('oh')] },
    ])
    expect(alert.state).toMatchObject({
      state: 'notifying',
      loop: 0,
      step: 2,
      until: NINE + MINUTE,
    })
  })

  test('at the end of a round leads to the next round at once', () => {
    const steps = ladder([MINUTE, MINUTE], { repeats: 1 })
    const reach = [[someone('kim')], []]
    const opened = open('warning', false, course(steps, reach, NINE)).alert
    const { effects } = advance(opened, { type: 'tick' }, course(steps, reach, NINE + MINUTE))
    expect(effects).toEqual([
      { type: 'fault', step: 1, ...PLANNER },
      { type: 'tell', purpose: 'page', loop: 1, step: 0, times: 0, people: [someone('kim')] },
    ])
  })

  test('in every place exhausts the ladder at once, and it keeps looking for somebody', () => {
    const steps = ladder([MINUTE, MINUTE], { repeats: 2 })
    const { alert, effects } = open('danger', false, course(steps, [[], []], NINE))
    expect(effects).toEqual([
      { type: 'fault', step: 0, ...PLANNER },
      { type: 'fault', step: 1, ...PLANNER },
    ])
    expect(alert.state).toEqual({ state: 'exhausted', times: 1, until: NINE + 5 * MINUTE })
    const reach = [[someone('kim')], []]
    expect(
      advance(alert, { type: 'tick' }, course(steps, reach, NINE + 5 * MINUTE)).effects,
    ).toEqual([
      { type: 'tell', purpose: 'page', loop: 2, step: 0, times: 2, people: [someone('kim')] },
    ])
  })

  test('is no matter for a ladder without steps: its alert is on the board only', () => {
    expect(open('watch', false, course(ladder([]), [], NINE))).toMatchObject({
      alert: { grade: 'watch', generation: 0, signals: 1, state: { state: 'listed' } },
      effects: [],
      refused: null,
    })
  })
})

describe('what people and homes do', () => {
  const steps = ladder([3 * MINUTE, 3 * MINUTE])
  const reach = [[someone('kim')], [someone('park')]]
  const opened = open('caution', false, course(steps, reach, NINE)).alert
  const go = (alert: Case, event: AlertEvent, now: number) =>
    advance(alert, event, course(steps, reach, now))
  const held = go(opened, { type: 'acknowledge', by: 'kim' }, NINE + MINUTE).alert

  test('an acknowledgement holds for the lease, and its owner may renew it', () => {
    expect(held).toMatchObject({
      generation: 1,
      state: { state: 'acknowledged', by: 'kim', until: NINE + 11 * MINUTE },
    })
    expect(
      go(held, { type: 'acknowledge', by: 'kim' }, NINE + 9 * MINUTE).alert.state,
    ).toMatchObject({ by: 'kim', until: NINE + 19 * MINUTE })
  })

  test('an acknowledgement that lapses starts the ladder again', () => {
    const lapsed = go(held, { type: 'tick' }, NINE + 11 * MINUTE)
    expect(lapsed.alert).toMatchObject({ generation: 2, state: { state: 'notifying', step: 0 } })
    expect(tells(lapsed)).toMatchObject([{ loop: 0, step: 0, people: [{ person: 'kim' }] }])
  })

  test('a graver signal tells again, even when somebody has it; others only count', () => {
    const same = go(held, { type: 'signal', grade: 'caution', signal: 2 }, NINE + 2 * MINUTE)
    expect(same).toEqual({ alert: { ...held, signals: 2 }, effects: [], refused: null })
    const graverOne = go(held, { type: 'signal', grade: 'danger', signal: 2 }, NINE + 2 * MINUTE)
    // kim keeps it for no longer than before, and the next level is told too.
    expect(graverOne.alert).toMatchObject({
      grade: 'danger',
      generation: 2,
      signals: 2,
      state: { state: 'acknowledged', by: 'kim', until: NINE + 11 * MINUTE, level: 1 },
    })
    expect(tells(graverOne)).toMatchObject([
      { purpose: 'raised', step: 1, people: [{ person: 'kim' }, { person: 'park' }] },
    ])
  })

  test('movement stops the ladder, keeps the owner, and asks again when nobody confirms', () => {
    const moved = go(held, { type: 'activity', at: NINE }, NINE + 2 * MINUTE).alert
    expect(moved).toMatchObject({
      generation: 2,
      state: { state: 'recovered', by: 'kim', until: NINE + 32 * MINUTE },
    })
    expect(tells(go(moved, { type: 'tick' }, NINE + 32 * MINUTE))).toHaveLength(1)
  })

  test('quiet after movement tells at once, unless it is less grave than before', () => {
    const moved = go(opened, { type: 'activity', at: NINE }, NINE + MINUTE).alert
    const quiet = { type: 'signal', signal: 2 } as const
    expect(tells(go(moved, { ...quiet, grade: 'watch' }, NINE + 2 * MINUTE))).toEqual([])
    expect(tells(go(moved, { ...quiet, grade: 'caution' }, NINE + 2 * MINUTE))).toHaveLength(1)
  })

  test('an outcome closes in the name of who gave it', () => {
    const outcome = { type: 'outcome', by: 'park', outcome: 'safe', note: 'spoke to her' } as const
    expect(go(held, outcome, NINE + 5 * MINUTE)).toMatchObject({
      alert: {
        ...held,
        generation: 2,
        state: { state: 'resolved', by: 'park', outcome: 'safe', at: NINE + 5 * MINUTE },
      },
      // And kim, who had it, hears so.
      effects: [
        { type: 'cancel' },
        { type: 'visit', act: 'end', by: 'park' },
        { type: 'inform', news: 'closed', by: 'park', also: [{ person: 'kim' }] },
      ],
    })
  })
})
