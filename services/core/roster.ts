import type { Channel } from '../../schemas/channel.ts'
import type { Person, StaffRole } from '../../schemas/household.ts'
import type { Ladder, Step, Target } from '../../schemas/plan.ts'
import type {
  Assignment,
  Contact,
  Duty,
  Leave,
  Office,
  Override,
  Rotation,
} from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { addressOf, isNotice } from './contact.ts'
import { bandAt } from './office-hours.ts'
import { onShift } from './shift.ts'

/** Somebody whom a step reaches, and by what, the preferred channel first. */
export type Recipient = {
  readonly person: string
  readonly channels: readonly [Channel, ...Channel[]]
}

/** What of a home decides who answers for it. */
export type Home = { readonly office: string; readonly assignments: readonly Assignment[] }

/** All that must be known to say who is meant: of the office of a home, and of whom its plan names. */
export type Roster = {
  readonly people: readonly Person[]
  /** Who stands in (대직자) when somebody is on leave, by person. */
  readonly deputies: ReadonlyMap<string, string>
  readonly leaves: readonly Leave[]
  readonly office: Office
  readonly rotations: readonly Rotation[]
  readonly overrides: readonly Override[]
  /** Open alerts that somebody holds, and messages of the last 12 hours, by person; nobody who has none. */
  readonly load: ReadonlyMap<string, number>
  /** The channels that are set up here. */
  readonly channels: readonly Channel[]
  /** What is known of ways to people; of one that is not here, nothing is. */
  readonly contacts: readonly Contact[]
}

/**
 * What became of somebody whom a target means. `twice`: told by an earlier target of the step; `spared`: somebody
 * with less to do is told; `no-channel`: by none that the step uses, is set up and has an address; `on-leave`: and
 * nobody who is there stands in; `nobody`: the target means nobody at this time.
 */
export type Outcome = 'told' | 'twice' | 'spared' | 'no-channel' | 'on-leave' | 'nobody'

/** Whom a target means at an instant, and what became of it. `insteadOf` is on leave. */
export type Meant = {
  readonly target: Target
  readonly person: string | null
  readonly insteadOf: string | null
  readonly outcome: Outcome
  readonly channels: readonly Channel[]
}

/**
 * Whom `step` tells at `now`: each once, in the order of its targets. Somebody without any channel that can reach
 * them is not reached, so is not there.
 */
export function recipients(step: Step, home: Home, roster: Roster, now: Millis): Recipient[] {
  return whom(step, home, roster, now).flatMap(({ person, outcome, channels }) => {
    const [first, ...rest] = channels
    return outcome === 'told' && person !== null && first
      ? [{ person, channels: [first, ...rest] }]
      : []
  })
}

/** Whom a ladder names itself, in any part of the week: they must be known though they are of no office here. */
export function namedIn({ steps, night = [], holiday = [] }: Ladder): string[] {
  return [...steps, ...night, ...holiday]
    .flatMap(({ targets }) => targets)
    .flatMap((target) => {
      if (target.type === 'person') return [target.person]
      return target.type === 'webhook' ? [target.receiver] : []
    })
}

/** Everybody whom `step` means at `now`, and why each is told or is not. */
export function whom(step: Step, home: Home, roster: Roster, now: Millis): Meant[] {
  const told = new Set<string>()
  return step.targets
    .flatMap((target) => meantBy(target, step, home, roster, now))
    .map((meant): Meant => {
      if (meant.outcome !== 'told' || meant.person === null) return meant
      const twice = told.has(meant.person)
      told.add(meant.person)
      return twice ? { ...meant, outcome: 'twice' } : meant
    })
}

function meantBy(target: Target, step: Step, home: Home, roster: Roster, now: Millis): Meant[] {
  const named = namedBy(target, home, roster, now)
  const blank = { target, person: null, insteadOf: null, outcome: 'nobody', channels: [] } as const
  if (named.length === 0) return [blank]
  const meant = named.map((person): Meant => {
    const there = standsFor(person, roster, now)
    const insteadOf = there === person ? null : person
    if (there === null) return { ...blank, insteadOf, outcome: 'on-leave' }
    const by = target.type === 'webhook' ? MACHINE : step.channels
    const channels = waysTo(there, by, roster)
    const outcome = channels.length > 0 ? 'told' : 'no-channel'
    return { target, person: there, insteadOf, outcome, channels }
  })
  return target.type === 'duty' ? leastLoaded(meant, roster) : meant
}

function namedBy(target: Target, home: Home, roster: Roster, now: Millis): readonly string[] {
  if ('person' in target) return [target.person]
  if ('receiver' in target) return [target.receiver]
  return ofPlace(target, home, roster, now)
}

type Place = Exclude<Target, { type: 'person' | 'webhook' }>

function ofPlace(target: Place, home: Home, roster: Roster, now: Millis): readonly string[] {
  switch (target.type) {
    case 'planner':
    case 'care':
    case 'neighbour':
      return assigned(target.type, home, now)
    case 'deputy':
      return assigned('planner', home, now).flatMap((one) => roster.deputies.get(one) ?? [])
    case 'duty':
      return atDesk(home, roster, now)
    case 'supervisor':
      return ofRole('supervisor', home, roster)
    case 'role':
      return ofRole(target.role, home, roster)
  }
}

function ofRole(role: StaffRole, { office }: Home, { people }: Roster): string[] {
  return people.filter((one) => one.role === role && one.office === office).map((one) => one.person)
}

// An office without a rota has the whole desk on duty.
function atDesk(home: Home, roster: Roster, now: Millis): readonly string[] {
  return roster.rotations.length > 0 ? onDuty(roster, now) : ofRole('duty', home, roster)
}

function assigned(duty: Duty, { assignments }: Home, now: Millis): string[] {
  return assignments
    .filter(
      (one) => one.duty === duty && one.since <= now && (one.until === null || now < one.until),
    )
    .map(({ person }) => person)
}

/** Who has a turn in any rota of the office that is staffed in this sort of time. */
export function onDuty(roster: Roster, now: Millis): readonly string[] {
  const band = bandAt(now, roster.office)
  const staffed = roster.rotations.filter(({ bands }) => bands.includes(band))
  return [...new Set(staffed.flatMap((each) => onShift(each, roster.overrides, now)))]
}

/**
 * Who is there for `person`: themselves, or on leave whoever stands in, or null. It is asked once: a deputy who is on
 * leave too has no deputy here, or two people would be told for what a third was to do.
 */
function standsFor(
  person: string,
  { leaves, deputies }: Pick<Roster, 'leaves' | 'deputies'>,
  now: Millis,
): string | null {
  const leaveOf = (one: string) =>
    leaves.find((leave) => leave.person === one && leave.since <= now && now < leave.until)
  const leave = leaveOf(person)
  if (!leave) return person
  const deputy = leave.deputy ?? deputies.get(person) ?? null
  return deputy === null || leaveOf(deputy) ? null : deputy
}

// What an outside receiver listens to: it reads no mail.
const MACHINE: readonly Channel[] = ['webhook']

function waysTo(
  id: string,
  by: readonly Channel[],
  { people, channels, contacts }: Roster,
): Channel[] {
  const person = people.find((one) => one.person === id)
  if (!person) return []
  const ways = by.filter(
    (channel) => channels.includes(channel) && addressOf(person, channel) !== null,
  )
  // A notice on a wall reaches nobody.
  if (ways.every(isNotice)) return []
  // What is thought dead goes last, yet it goes: better an attempt in vain than a person left out by a mistake.
  const dead = new Set(ways.filter((channel) => contactOf(person, channel, contacts)?.dead))
  return [...ways.filter((channel) => !dead.has(channel)), ...dead]
}

/** What is known of a way to a person, or undefined: what was known of an earlier address says nothing of this one. */
export function contactOf(
  person: Person,
  channel: Channel,
  contacts: readonly Contact[],
): Contact | undefined {
  const address = addressOf(person, channel)
  return contacts.find(
    (one) => one.person === person.person && one.channel === channel && one.address === address,
  )
}

// One of the desk is told, so that the others can take what comes next. Equal loads go by name, the same everywhere.
function leastLoaded(meant: readonly Meant[], { load }: Roster): Meant[] {
  const loadOf = ({ person }: Meant) => load.get(person ?? '') ?? 0
  const [chosen] = meant
    .filter(({ outcome }) => outcome === 'told')
    .toSorted((a, b) => loadOf(a) - loadOf(b) || compare(a.person ?? '', b.person ?? ''))
  return meant.map((one) =>
    one.outcome === 'told' && one.person !== chosen?.person ? { ...one, outcome: 'spared' } : one,
  )
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
