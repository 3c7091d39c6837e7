import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_CONTACTS, type Person } from '../../schemas/household.ts'
import { Channel } from '../../schemas/channel.ts'
import { type Step, type Target } from '../../schemas/plan.ts'
import { addressOf } from '../../services/core/contact.ts'
import { recipients } from '../../services/core/roster.ts'

function staff(person: string, role: Person['role'], rest: Partial<Person> = {}): Person {
  const email = `${person}@example.org`
  return {
    person,
    name: `Made-up ${person}`,
    role,
    office: 'gwanak',
    ...NO_CONTACTS,
    email,
    ...rest,
  }
}

function step(targets: Target[], channels: Channel[] = ['webhook', 'email']): Step {
  return { targets, channels, wait: 1, repeats: 0, every: 1 }
}

const PEOPLE = [
  staff('kim', 'planner', { webhook: 'https://example.org/kim' }),
  staff('park', 'duty'),
  staff('han', 'duty', { office: 'mapo' }),
  staff('oh', 'supervisor', { email: null }),
]
const ALL = Channel.options
const HOME = { office: 'gwanak', planner: 'kim' }

describe('a step', () => {
  test('for the planner means the one of this household, by the channels that reach them', () => {
    expect(recipients(step([{ type: 'planner' }]), HOME, PEOPLE, ALL)).toEqual([
      { person: 'kim', channels: ['webhook', 'email'] },
    ])
  })

  test('for the planner means nobody while none is assigned', () => {
    const home = { ...HOME, planner: null }
    expect(recipients(step([{ type: 'planner' }]), home, PEOPLE, ALL)).toEqual([])
  })

  test('for a role means the people of the office of the home', () => {
    expect(recipients(step([{ type: 'role', role: 'duty' }]), HOME, PEOPLE, ALL)).toEqual([
      { person: 'park', channels: ['email'] },
    ])
  })

  test('for a person means that person, of whatever office', () => {
    const reached = recipients(step([{ type: 'person', person: 'han' }]), HOME, PEOPLE, ALL)
    expect(reached.map(({ person }) => person)).toEqual(['han'])
  })

  test('does not reach who has no channel', () => {
    expect(recipients(step([{ type: 'role', role: 'supervisor' }]), HOME, PEOPLE, ALL)).toEqual([])
  })

  test('reaches people only by what is set up, and not at all who has nothing else', () => {
    const both: Target[] = [{ type: 'planner' }, { type: 'role', role: 'duty' }]
    // kim has both, park mail alone.
    expect(recipients(step(both), HOME, PEOPLE, ['webhook'])).toEqual([
      { person: 'kim', channels: ['webhook'] },
    ])
    expect(recipients(step(both), HOME, PEOPLE, [])).toEqual([])
  })

  test('does not reach who would only see it on a wall, and puts it up there besides', () => {
    const slack = 'https://hooks.example/T/B/X'
    const people = [
      staff('kim', 'planner', { email: null, slack }),
      staff('park', 'duty', { slack }),
    ]
    const both: Target[] = [{ type: 'planner' }, { type: 'role', role: 'duty' }]
    expect(recipients(step(both, ['slack', 'email']), HOME, people, ALL)).toEqual([
      { person: 'park', channels: ['slack', 'email'] },
    ])
  })

  test('reaches nobody twice, and everybody by a channel that is set up and that they have (I8)', () => {
    const target: fc.Arbitrary<Target> = fc.oneof(
      fc.constant({ type: 'planner' } as const),
      fc.record({
        type: fc.constant('role' as const),
        role: fc.constantFrom('planner', 'duty', 'supervisor', 'technician'),
      }),
      fc.record({
        type: fc.constant('person' as const),
        person: fc.constantFrom('kim', 'park', 'han', 'oh', 'gone'),
      }),
    )
    const channels = fc.uniqueArray(fc.constantFrom<Channel>('webhook', 'email'), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(target, { minLength: 1 }), channels, channels, (targets, by, here) => {
        const reached = recipients(step(targets, by), HOME, PEOPLE, here)
        expect(new Set(reached.map(({ person }) => person)).size).toBe(reached.length)
        for (const { person, channels: ways } of reached)
          for (const way of ways) {
            expect(by).toContain(way)
            expect(here).toContain(way)
            const found = PEOPLE.find((one) => one.person === person) ?? staff('nobody', 'duty')
            expect(addressOf(found, way)).not.toBeNull()
          }
      }),
    )
  })
})
