import type { Alert, StaffEvent } from '../../schemas/alert.ts'
import type { Person, StaffRole } from '../../schemas/household.ts'
import { ownerOf } from './rungs.ts'

/**
 * What somebody is to an alert: a role in the office of its home, of those who see all its homes; `assigned` to that home; `told` of the alert; its
 * `owner`; on a visit for it (`visitor`); the one to whom it was offered or given (`receiver`).
 */
export type Relation = StaffRole | 'assigned' | 'told' | 'owner' | 'visitor' | 'receiver'

/** What staff can ask for. */
export type CommandName = StaffEvent['type'] | 'duress' | 'follow-up'

/** The roles that see to the homes of their office. */
export const KEEPERS: readonly StaffRole[] = ['planner', 'duty', 'supervisor']
const INSIDERS: ReadonlySet<StaffRole> = new Set([...KEEPERS, 'technician'])

/** The office all of whose homes somebody sees. Null: care corps and neighbours see what is theirs, by consent of each home. */
export function officeSeenBy({ role, office }: Pick<Person, 'role' | 'office'>): string | null {
  return INSIDERS.has(role) ? office : null
}

const WHO_MAY_ANSWER: readonly Relation[] = ['told', 'assigned', ...KEEPERS]
const WHO_HAS_IT: readonly Relation[] = ['owner', 'visitor', 'supervisor']

/** Who may do what to an alert: any one of these relations will do. Role of the same office only. */
export const MAY: Readonly<Record<CommandName, readonly Relation[]>> = {
  acknowledge: [...WHO_MAY_ANSWER, 'owner', 'receiver'],
  'take-over': ['assigned', ...KEEPERS, 'receiver'],
  decline: ['told', 'owner', 'receiver'],
  offer: ['owner'],
  accept: ['receiver'],
  refuse: ['receiver'],
  reassign: ['supervisor'],
  escalate: [...WHO_MAY_ANSWER, 'owner'],
  defer: ['owner'],
  'start-visit': [...WHO_MAY_ANSWER, 'owner', 'receiver'],
  'check-in': ['owner', 'visitor'],
  arrive: ['owner', 'visitor'],
  leave: ['owner', 'visitor'],
  note: [...WHO_MAY_ANSWER, 'owner', 'visitor'],
  replan: ['supervisor'],
  cancel: ['supervisor'],
  outcome: [...WHO_MAY_ANSWER, ...WHO_HAS_IT],
  duress: ['visitor', 'owner'],
  'follow-up': [...WHO_MAY_ANSWER, ...WHO_HAS_IT],
}

/** What is known of somebody and an alert's home. */
export type Standing = {
  readonly role: StaffRole | null
  readonly assigned: boolean
  readonly told: boolean
  readonly visiting: boolean
}

/** Everything that somebody is to an alert. `role` is null for whoever is of another office. */
export function relationsOf(
  person: string,
  { state, offer }: Pick<Alert, 'state' | 'offer'>,
  standing: Standing,
): ReadonlySet<Relation> {
  const given = offer?.to === person || (state.state === 'assigned' && state.to === person)
  const along = state.state === 'visiting' && state.companion === person
  const all: readonly (readonly [Relation | null, boolean])[] = [
    [standing.role, standing.role !== null && INSIDERS.has(standing.role)],
    ['assigned', standing.assigned],
    ['told', standing.told],
    ['owner', ownerOf(state) === person],
    ['visitor', standing.visiting || along],
    ['receiver', given],
  ]
  return new Set(all.flatMap(([relation, is]) => (is && relation !== null ? [relation] : [])))
}

/** Whether somebody who is all this to an alert may do that. */
export function isAllowed(command: CommandName, relations: ReadonlySet<Relation>): boolean {
  return MAY[command].some((relation) => relations.has(relation))
}
