import fc from 'fast-check'
import { StaffEvent } from '../../schemas/alert.ts'
import { AbsenceCause } from '../../schemas/household.ts'
import { GRADES } from '../../schemas/signal.ts'
import type { Manner } from './flaky.ts'

/** One of those who answer for the homes of the model. */
export const anyPerson = fc.constantFrom('kim', 'park', 'oh')
const anyAct = fc.constantFrom(...StaffEvent.options.map((each) => each.shape.type.value))
const is = <Name extends string>(name: Name) => fc.constant(name)
/** Whatever may happen to a case, to its home, to who answers for it, or to the clock. */
export const anyCommand = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: is('signal'), grade: fc.constantFrom(...GRADES) }) },
  { weight: 3, arbitrary: fc.record({ do: is('wait'), minutes: fc.nat(45) }) },
  // The clock of the machine is set: an hour forward, or back.
  fc.record({ do: is('wait'), minutes: fc.constantFrom(60, -60) }),
  {
    weight: 7,
    // `times`: what a telephone sends twice because it has heard no answer.
    arbitrary: fc.record({
      do: is('act'),
      act: fc.oneof({ weight: 2, arbitrary: is('acknowledge') }, { weight: 5, arbitrary: anyAct }),
      by: anyPerson,
      to: anyPerson,
      minutes: fc.integer({ min: 1, max: 70 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  fc.record({ do: is('return') }),
  fc.record({ do: is('answer'), answer: fc.constantFrom('fine' as const, 'help' as const) }),
  fc.record({ do: is('leave'), by: anyPerson }),
  // Told of when it begins, or planned for later.
  fc.record({
    do: is('absence'),
    by: anyPerson,
    after: fc.constantFrom(0, 0, 10, 60),
    minutes: fc.integer({ min: 1, max: 180 }),
    cause: fc.constantFrom(...AbsenceCause.options),
  }),
  fc.record({ do: is('longer'), by: anyPerson, minutes: fc.integer({ min: 1, max: 180 }) }),
  fc.record({ do: is('back') }),
  // A call for help, which no absence stops.
  fc.record({ do: is('sos') }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: is('call'),
      list: fc.array(
        fc.record({
          of: fc.nat(20),
          status: fc.constantFrom(
            'accepted' as const,
            'delivered' as const,
            'read' as const,
            'failed' as const,
          ),
          own: fc.boolean(),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
)
export type Command = typeof anyCommand extends fc.Arbitrary<infer T> ? T : never

const acts = (by: 'kim' | 'park' | 'oh', ...all: StaffEvent['type'][]): [Command][] => {
  const to = by === 'kim' ? 'park' : 'kim'
  return all.map((each) => [{ do: 'act', act: each, by, to, minutes: 20, times: 2 }])
}

/** A case in which every point is come to at which a process may die, and what providers make of its messages. */
export const STORY: readonly (readonly [Command, (readonly Manner[])?])[] = [
  [{ do: 'signal', grade: 'warning' }, ['ok']],
  [{ do: 'answer', answer: 'help' }, ['early', 'busy']],
  [{ do: 'wait', minutes: 3 }, ['wrong', 'lost', 'ok']],
  [{ do: 'wait', minutes: 1 }, ['wrong']],
  [
    {
      do: 'call',
      list: [
        { of: 0, status: 'accepted', own: true },
        { of: 0, status: 'read', own: false },
        { of: 1, status: 'failed', own: true },
        { of: 1, status: 'delivered', own: true },
      ],
    },
  ],
  [{ do: 'wait', minutes: 1 }, ['ok']],
  ...acts(
    'park',
    'decline',
    'cancel',
    'acknowledge',
    'offer',
    'start-visit',
    'check-in',
    'arrive',
    'leave',
  ),
  [{ do: 'signal', grade: 'caution' }],
  [{ do: 'return' }],
  [{ do: 'leave', by: 'park' }],
  [{ do: 'wait', minutes: 60 }],
  ...acts('oh', 'start-visit'),
  [{ do: 'wait', minutes: 45 }],
  ...acts('kim', 'outcome'),
  [{ do: 'signal', grade: 'caution' }],
  ...acts('oh', 'cancel'),
  [{ do: 'signal', grade: 'danger' }],
  [{ do: 'absence', by: 'oh', after: 0, minutes: 60, cause: 'trip' }],
  [{ do: 'longer', by: 'kim', minutes: 60 }],
  [{ do: 'sos' }],
  [{ do: 'back' }],
  [{ do: 'leave', by: 'oh' }],
  [{ do: 'wait', minutes: 3 }, ['busy']],
  [{ do: 'wait', minutes: 3 }, ['ok']],
  [{ do: 'wait', minutes: 3 }],
]
