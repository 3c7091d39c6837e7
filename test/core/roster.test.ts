import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Channel } from '../../schemas/channel.ts'
import type { Step, Target } from '../../schemas/plan.ts'
import { Duty } from '../../schemas/roster.ts'
import { addressOf } from '../../services/core/contact.ts'
import { type Roster, onDuty, recipients, whom } from '../../services/core/roster.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { OFFICE, leave, rosterOf, rotation, since0, staff } from './rota.ts'

function step(targets: Target[], channels: Channel[] = ['webhook', 'email']): Step {
  return { targets, channels, wait: 1, repeats: 0, every: 1 }
}

const PLANNER = step([{ type: 'planner' }])
const DUTY = step([{ type: 'duty' }])

const PEOPLE = [
  staff('kim', 'planner', { webhook: 'https://example.org/kim' }),
  staff('lee', 'planner'),
  staff('park', 'duty'),
  staff('jung', 'duty'),
  staff('han', 'duty', { office: 'mapo' }),
  staff('oh', 'supervisor', { email: null }),
  staff('yoon', 'care'),
  staff('seo', 'neighbour'),
]
const ROSTER = rosterOf(PEOPLE)
const HOME = { office: 'gwanak', assignments: [since0('kim')] }
// A Monday at noon in Seoul, though a day of rest: the substitute for Independence Movement Day.
const NOON = Date.parse('2026-03-02T12:00+09:00')

function told(given: Step, roster: Roster = ROSTER, home = HOME, now = NOON): string[] {
  return recipients(given, home, roster, now).map(({ person }) => person)
}

describe('a step', () => {
  test('for the planner means the one of this household, by the channels that reach them', () => {
    expect(recipients(PLANNER, HOME, ROSTER, NOON)).toEqual([
      { person: 'kim', channels: ['webhook', 'email'] },
    ])
  })

  test('for the planner means nobody while none is assigned', () => {
    expect(told(PLANNER, ROSTER, { ...HOME, assignments: [] })).toEqual([])
  })

  test('for the planner means whoever is assigned at that instant', () => {
    const assignments = [
      { person: 'kim', duty: 'planner', since: 0, until: NOON },
      { person: 'lee', duty: 'planner', since: NOON, until: NOON + DAY },
    ] as const
    const at = (now: number) =>
      told(PLANNER, ROSTER, { ...HOME, assignments: [...assignments] }, now)
    expect([at(NOON - 1), at(NOON), at(NOON + DAY - 1), at(NOON + DAY)]).toEqual([
      ['kim'],
      ['lee'],
      ['lee'],
      [],
    ])
  })

  test('for care corps or neighbours means those of this household', () => {
    const both = step([{ type: 'care' }, { type: 'neighbour' }])
    expect(told(both)).toEqual([])
    const assignments = [since0('yoon', 'care'), since0('seo', 'neighbour')]
    expect(told(both, ROSTER, { ...HOME, assignments })).toEqual(['yoon', 'seo'])
  })

  test('for a role means the people of the office of the home', () => {
    expect(told(step([{ type: 'role', role: 'duty' }]))).toEqual(['park', 'jung'])
  })

  test('for a person means that person, of whatever office', () => {
    expect(told(step([{ type: 'person', person: 'han' }]))).toEqual(['han'])
  })

  test('does not reach who has no channel, and says so', () => {
    const supervisor = step([{ type: 'supervisor' }])
    expect(told(supervisor)).toEqual([])
    expect(whom(supervisor, HOME, ROSTER, NOON)).toMatchObject([
      { person: 'oh', outcome: 'no-channel' },
    ])
  })

  test('does not reach who would only see it on a wall, and puts it up there besides', () => {
    const slack = 'https://hooks.example/T/B/X'
    const people = [
      staff('oh', 'supervisor', { email: null, slack }),
      staff('ko', 'supervisor', { slack }),
    ]
    const wall = step([{ type: 'supervisor' }], ['slack', 'email'])
    expect(recipients(wall, HOME, rosterOf(people), NOON)).toEqual([
      { person: 'ko', channels: ['slack', 'email'] },
    ])
  })

  test('reaches people only by what is set up, and not at all who has nothing else', () => {
    const both = step([{ type: 'planner' }, { type: 'role', role: 'duty' }])
    // kim has both, the desk mail alone.
    expect(told(both, { ...ROSTER, channels: ['webhook'] })).toEqual(['kim'])
    expect(told(both, { ...ROSTER, channels: [] })).toEqual([])
  })
})

describe('on leave', () => {
  const deputies = new Map([
    ['kim', 'lee'],
    ['lee', 'park'],
  ])
  const away = { ...ROSTER, deputies, leaves: [leave('kim', NOON - DAY, NOON + DAY)] }

  test('the deputy stands in, from the first instant to the last', () => {
    expect(whom(PLANNER, HOME, away, NOON)).toMatchObject([
      { person: 'lee', insteadOf: 'kim', outcome: 'told' },
    ])
    const at = (now: number) => told(PLANNER, away, HOME, now)
    expect([at(NOON - DAY - 1), at(NOON - DAY), at(NOON + DAY - 1), at(NOON + DAY)]).toEqual([
      ['kim'],
      ['lee'],
      ['lee'],
      ['kim'],
    ])
  })

  test('who is named for this leave goes before the usual deputy', () => {
    const leaves = [leave('kim', NOON - DAY, NOON + DAY, 'park')]
    expect(told(PLANNER, { ...away, leaves })).toEqual(['park'])
  })

  test('a deputy is asked once: one who is on leave too passes it on to nobody', () => {
    const leaves = [...away.leaves, leave('lee', NOON - HOUR, NOON + HOUR)]
    expect(whom(PLANNER, HOME, { ...away, leaves }, NOON)).toMatchObject([
      { person: null, insteadOf: 'kim', outcome: 'on-leave' },
    ])
  })

  test('the step for the deputy means them even while the planner is there', () => {
    expect(told(step([{ type: 'deputy' }]), { ...ROSTER, deputies })).toEqual(['lee'])
    expect(told(step([{ type: 'deputy' }]))).toEqual([])
  })
})

describe('the duty desk', () => {
  test('is one: who has the least to do, and of equals always the same', () => {
    expect(told(DUTY)).toEqual(['jung'])
    expect(told(DUTY, { ...ROSTER, load: new Map([['jung', 2]]) })).toEqual(['park'])
    const load = new Map([
      ['jung', 2],
      ['park', 3],
    ])
    expect(whom(DUTY, HOME, { ...ROSTER, load }, NOON)).toMatchObject([
      { person: 'park', outcome: 'spared' },
      { person: 'jung', outcome: 'told' },
    ])
  })

  test('is whoever has the turn, once there is a rota', () => {
    // From nine to nine: park on the 2nd, jung on the 3rd.
    const roster = { ...ROSTER, rotations: [rotation(['park', 'jung'])] }
    expect(told(DUTY, roster)).toEqual(['park'])
    expect(told(DUTY, roster, HOME, NOON + DAY)).toEqual(['jung'])
  })

  test('is empty where the rota is not staffed in that sort of time', () => {
    const roster = { ...ROSTER, rotations: [rotation(['park'], { bands: ['night', 'office'] })] }
    expect(whom(DUTY, HOME, roster, NOON)).toMatchObject([{ person: null, outcome: 'nobody' }])
    expect(onDuty(roster, NOON + DAY)).toEqual(['park'])
    const works = [{ day: NOON / DAY - ((NOON / DAY) % 1), rest: false, name: '정상 근무' }]
    expect(onDuty({ ...roster, office: { ...OFFICE, days: works } }, NOON)).toEqual(['park'])
  })

  test('passes over who cannot be reached, and hands the turn of who is on leave to the deputy', () => {
    const people = PEOPLE.map((one) => (one.person === 'jung' ? { ...one, email: null } : one))
    expect(told(DUTY, rosterOf(people))).toEqual(['park'])
    const roster = {
      ...ROSTER,
      rotations: [rotation(['park'])],
      leaves: [leave('park', NOON - 1, NOON + 1, 'jung')],
    }
    expect(told(DUTY, roster)).toEqual(['jung'])
  })
})

describe('I8: a step', () => {
  const people = PEOPLE.map(({ person }) => person)
  const anyone = fc.constantFrom(...people, 'gone')
  const target: fc.Arbitrary<Target> = fc.oneof(
    fc.constantFrom<Target>(
      { type: 'planner' },
      { type: 'deputy' },
      { type: 'duty' },
      { type: 'care' },
      { type: 'neighbour' },
      { type: 'supervisor' },
    ),
    fc.record({
      type: fc.constant('role' as const),
      role: fc.constantFrom('planner', 'duty', 'supervisor', 'technician'),
    }),
    fc.record({ type: fc.constant('person' as const), person: anyone }),
  )
  const channels = fc.uniqueArray(fc.constantFrom<Channel>('webhook', 'email'), { minLength: 1 })
  const stretch = fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .map(([from, days]) => ({ since: NOON + from * DAY, until: NOON + (from + days) * DAY }))
  const situation = fc.record({
    targets: fc.array(target, { minLength: 1, maxLength: 6 }),
    by: channels,
    here: channels,
    assignments: fc.array(
      fc.tuple(anyone, fc.constantFrom(...Duty.options), stretch).map(([person, duty, span]) => ({
        person,
        duty,
        ...span,
      })),
      { maxLength: 4 },
    ),
    leaves: fc.array(
      fc
        .tuple(anyone, stretch, fc.option(anyone))
        .map(([person, span, deputy]) =>
          leave(person, span.since, span.until, deputy ?? undefined),
        ),
      { maxLength: 4 },
    ),
    deputies: fc.array(fc.tuple(anyone, anyone), { maxLength: 5 }),
    rota: fc.uniqueArray(fc.constantFrom(...people), { maxLength: 3 }),
    load: fc.array(fc.tuple(anyone, fc.nat(5)), { maxLength: 5 }),
  })

  test('reaches nobody twice, nobody on leave, and everybody by a way that they have', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const roster = rosterOf(PEOPLE, {
          leaves: given.leaves,
          deputies: new Map(given.deputies),
          rotations: given.rota.length > 0 ? [rotation(given.rota)] : [],
          load: new Map(given.load),
          channels: given.here,
        })
        const home = { office: 'gwanak', assignments: given.assignments }
        const reached = recipients(step(given.targets, given.by), home, roster, NOON)
        expect(new Set(reached.map(({ person }) => person)).size).toBe(reached.length)
        for (const { person, channels: ways } of reached) {
          const away = given.leaves.some(
            (one) => one.person === person && one.since <= NOON && NOON < one.until,
          )
          expect(away).toBe(false)
          for (const way of ways) {
            expect(given.by).toContain(way)
            expect(given.here).toContain(way)
            const known = PEOPLE.find((one) => one.person === person)
            expect(known && addressOf(known, way)).not.toBeNull()
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('says of every target what became of it', () => {
    fc.assert(
      fc.property(situation, ({ targets, by, ...rest }) => {
        const roster = rosterOf(PEOPLE, { leaves: rest.leaves, deputies: new Map(rest.deputies) })
        const home = { office: 'gwanak', assignments: rest.assignments }
        const said = whom(step(targets, by), home, roster, NOON)
        for (const each of targets) expect(said.some((one) => one.target === each)).toBe(true)
        for (const { person, outcome, channels: ways } of said) {
          if (outcome === 'told') expect(ways.length).toBeGreaterThan(0)
          if (outcome === 'nobody' || outcome === 'on-leave') expect(person).toBeNull()
        }
      }),
      { numRuns: 300 },
    )
  })
})
