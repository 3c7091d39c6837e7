import fc from 'fast-check'
import { type AlertEvent, OUTCOMES } from '../../schemas/alert.ts'
import type { Ladder } from '../../schemas/plan.ts'
import { GRADES } from '../../schemas/signal.ts'
import { advance, open } from '../../services/core/escalation.ts'
import type { Recipient } from '../../services/core/roster.ts'
import type { Case, Course, Decision, Reach, Standstill } from '../../services/core/rungs.ts'
import { DAY, MINUTE } from '../../services/core/time.ts'

/** Nine in the morning of a day in Seoul. */
export const NINE = Date.parse('2026-03-02T09:00:00+09:00')

/** Somebody who is reached by mail. */
export const someone = (person: string): Recipient => ({ person, channels: ['email'] })

/** A ladder of one step for each wait. */
export function ladder(waits: readonly number[], rest: Partial<Ladder> = {}): Ladder {
  return {
    steps: waits.map((wait) => ({
      targets: [{ type: 'planner' }],
      channels: ['email'],
      wait,
      repeats: 0,
      every: MINUTE,
    })),
    ask: null,
    repeats: 0,
    lease: 10 * MINUTE,
    again: 5 * MINUTE,
    confirm: 30 * MINUTE,
    ...rest,
  }
}

/** One of three. */
export const anyPerson = fc.constantFrom('kim', 'park', 'oh')
const anySpan = fc.integer({ min: 1, max: 300 * MINUTE })

/** Any ladder, and whom each of its steps reaches. */
export const anyWay = fc
  .record({
    steps: fc.array(fc.tuple(anySpan, fc.uniqueArray(anyPerson)), { maxLength: 5 }),
    repeats: fc.nat(3),
    lease: anySpan,
    again: anySpan,
    confirm: anySpan,
  })
  .map(({ steps, ...rest }) => ({
    ladder: ladder(
      steps.map(([wait]) => wait),
      rest,
    ),
    reach: steps.map(([, people]) => people.map(someone)),
  }))
/** A ladder and whom it reaches. */
export type Way = { ladder: Ladder; reach: Reach }

const anyOf = <Type extends string>(type: Type) => fc.constant(type)
const anyLater = fc.nat(90 * MINUTE).map((wait) => NINE + wait)
const anyPlace = fc.record({
  generation: fc.nat(6),
  loop: fc.nat(1),
  step: fc.integer({ min: -1, max: 3 }),
})
/** Anything that can happen to an alert. */
export const anyEvent: fc.Arbitrary<AlertEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ type: 'tick' } as const) },
  fc.record({
    type: anyOf('signal'),
    grade: fc.constantFrom(...GRADES),
    signal: fc.nat(),
    grouped: fc.boolean(),
  }),
  { weight: 3, arbitrary: fc.record({ type: anyOf('acknowledge'), by: anyPerson }) },
  fc.record({ type: anyOf('activity'), at: fc.constant(NINE) }),
  fc.record({ type: anyOf('resident'), answer: fc.constantFrom('fine' as const, 'help' as const) }),
  fc.record({ type: anyOf('unavailable'), person: anyPerson }),
  fc.record({ type: anyOf('absent'), by: anyPerson, reason: fc.constant('무릎 수술') }),
  fc.record({ type: anyOf('denied'), by: anyPerson, command: fc.constant('cancel') }),
  fc.record({ type: anyOf('take-over'), by: anyPerson }),
  fc.record({ type: anyOf('decline'), by: anyPerson, asOf: anyPlace }),
  fc.record({ type: anyOf('offer'), by: anyPerson, to: anyPerson, until: anyLater }),
  fc.record({ type: fc.constantFrom('accept' as const, 'refuse' as const), by: anyPerson }),
  fc.record({ type: anyOf('replan'), by: anyPerson }),
  fc.record({ type: anyOf('reassign'), by: anyPerson, to: anyPerson }),
  fc.record({
    type: anyOf('escalate'),
    by: anyPerson,
    asOf: anyPlace,
  }),
  fc.record({
    type: anyOf('defer'),
    by: anyPerson,
    until: anyLater,
    reason: fc.constant('말씀 나눔'),
  }),
  fc.record({
    type: anyOf('start-visit'),
    by: anyPerson,
    companion: fc.option(anyPerson),
    until: anyLater,
  }),
  fc.record({ type: anyOf('check-in'), by: anyPerson, until: anyLater }),
  fc.record({ type: fc.constantFrom('arrive' as const, 'leave' as const), by: anyPerson }),
  fc.record({ type: anyOf('note'), by: anyPerson, text: fc.constant('전화함') }),
  fc.record({ type: anyOf('cancel'), by: anyPerson, reason: fc.constant('시험') }),
  fc.record({
    type: anyOf('outcome'),
    by: anyPerson,
    outcome: fc.constantFrom(...OUTCOMES),
    note: fc.constant(''),
  }),
)
const ENDING = ['outcome', 'cancel', 'resident']
/** Anything but what ends it. */
export const withoutEnd = anyEvent.filter(({ type }) => !ENDING.includes(type))
/** What happens, each with the pause before it. */
export const anyStory = (event: fc.Arbitrary<AlertEvent>) =>
  fc.array(fc.tuple(event, fc.nat(400 * MINUTE)), { maxLength: 40 })

/** One event and what it came to. */
export type Moment = { before: Case; event: AlertEvent; decision: Decision; now: number }

/** An absence from `since` on that is over at `ended`, be that before its time. */
export type Absence = Standstill & { readonly since: number; readonly ended: number }

/** Any absence, one that is over before it has begun too: none. */
export const anyAbsence: fc.Arbitrary<Absence> = fc
  .tuple(fc.nat(900 * MINUTE), fc.nat(900 * MINUTE), fc.nat(180 * DAY))
  .map(([since, length, rest]) => ({
    author: 'oh',
    cause: 'hospital',
    since: NINE + since,
    ended: NINE + since + length,
    until: NINE + since + length + rest,
  }))

/** Lives a story from the opening on, with an absence or none. `grouped`: it is opened under the outage of another. */
export function live(
  { ladder: steps, reach }: Way,
  story: readonly [AlertEvent, number][],
  absence?: Absence,
  grouped = false,
): Moment[] {
  let now = NINE
  const at = () => {
    if (!absence || now < absence.since || now >= absence.ended) return course(steps, reach, now)
    const { since: _, ended: __, ...absent } = absence
    return course(steps, reach, now, { absent })
  }
  let alert = open('caution', grouped, at()).alert
  return story.map(([event, pause]) => {
    now += pause
    const before = alert
    const decision = advance(before, event, at())
    alert = decision.alert
    return { before, event, decision, now }
  })
}

/** What a decision stands on. */
export function course(
  steps: Ladder,
  reach: Reach,
  now: number,
  rest: Partial<Course> = {},
): Course {
  const find = (person: string) => reach.flat().find((one) => one.person === person) ?? null
  return {
    ladder: steps,
    band: 'office',
    reach,
    find,
    supervisors: [],
    asks: false,
    absent: null,
    now,
    ...rest,
  }
}

/** Who is told. */
export const tells = (decision: Decision) =>
  decision.effects.filter((effect) => effect.type === 'tell')
