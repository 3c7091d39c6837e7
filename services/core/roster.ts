import type { Household, Person } from '../../schemas/household.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Step, Target } from '../../schemas/plan.ts'
import { addressOf, isNotice } from './contact.ts'

/** Somebody whom a step reaches, and by what, the preferred channel first. */
export type Recipient = {
  readonly person: string
  readonly channels: readonly [Channel, ...Channel[]]
}

/** What of a home decides who answers for it. */
export type Home = Pick<Household, 'office' | 'planner'>

/**
 * Whom `step` means now, of `people`: each once, in the order of its targets, and only by channels that
 * can reach them: of the step, set up here (`channels`), and with an address. Somebody without any such
 * channel is not reached, so is not there.
 */
export function recipients(
  step: Step,
  home: Home,
  people: readonly Person[],
  channels: readonly Channel[],
): Recipient[] {
  const meant = step.targets.flatMap((target) => people.filter(isMeant(target, home)))
  return [...new Set(meant)].flatMap((person) => {
    const [first, ...rest] = step.channels.filter(
      (channel) => channels.includes(channel) && addressOf(person, channel) !== null,
    )
    // A notice on a wall reaches nobody.
    const reached = first !== undefined && ![first, ...rest].every(isNotice)
    return reached ? [{ person: person.person, channels: [first, ...rest] }] : []
  })
}

function isMeant(target: Target, home: Home): (person: Person) => boolean {
  if (isDesk(target)) return ({ role, office }) => role === target.type && office === home.office
  switch (target.type) {
    case 'planner':
      return ({ person }) => person === home.planner
    case 'role':
      return ({ role, office }) => role === target.role && office === home.office
    case 'person':
      return ({ person }) => person === target.person
    case 'webhook':
      return ({ person }) => person === target.receiver
  }
}

type Desk = Extract<Target, { type: 'duty' | 'supervisor' | 'deputy' | 'care' | 'neighbour' }>

function isDesk(target: Target): target is Desk {
  return ['duty', 'supervisor', 'deputy', 'care', 'neighbour'].includes(target.type)
}
