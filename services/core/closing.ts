import type { OutcomeCode, StaffEvent } from '../../schemas/alert.ts'
import type { Millis } from '../../schemas/time.ts'
import {
  type Case,
  type Course,
  type Decision,
  informOthers,
  ownerOf,
  stay,
  supersede,
} from './rungs.ts'
import { MINUTE } from './time.ts'

type Act<Type extends StaffEvent['type']> = Extract<StaffEvent, { type: Type }>
type Field = 'how' | 'note' | 'happened' | 'who'

/** What each outcome must be recorded with. Of a death or a transport: when, and who was there or took over. */
export const DEMANDS: Readonly<Record<OutcomeCode, readonly Field[]>> = {
  safe: ['how'],
  away: ['how', 'note'],
  visitor: ['how', 'note'],
  fault: ['note'],
  refused: ['how', 'note'],
  transported: ['happened', 'who'],
  'found-dead': ['happened', 'who'],
  // The resident says it, and nobody else can.
  self: [],
}

/** The outcomes that staff can record. */
export const STAFF_OUTCOMES = [
  'safe',
  'away',
  'visitor',
  'fault',
  'refused',
  'transported',
  'found-dead',
] as const

/** What an outcome still lacks. */
export function missing(event: Pick<Act<'outcome'>, Field | 'outcome'>): readonly Field[] {
  return DEMANDS[event.outcome].filter((field) => event[field] === undefined || event[field] === '')
}

// Who visited goes by the exit, at the latest so long after the case was closed.
const GOES = 30 * MINUTE

/**
 * Until when no use of the exit is the resident's, for whoever closed the case so found them at home; 0: they are not there;
 * null: it says nothing of where they are. Who is safe elsewhere is closed as away.
 */
export function foundUntil(
  { outcome, how }: Pick<Act<'outcome'>, 'outcome' | 'how'>,
  now: Millis,
): Millis | null {
  if (how === 'visit' && (outcome === 'safe' || outcome === 'refused')) return now + GOES
  if (outcome === 'away' || outcome === 'transported') return 0
  return outcome === 'safe' ? now : null
}

/** Ends the case with what came of it. */
export function close(alert: Case, event: Act<'outcome'>, course: Course): Decision {
  const { by, outcome } = event
  const next = { ...alert, offer: null, cancelling: null }
  // A visit of somebody else goes on: that the case is closed does not bring them home.
  const effect = { type: 'visit', act: 'end', by, companion: null, due: course.now } as const
  const state = { state: 'resolved', by, outcome, at: course.now } as const
  return supersede(next, state, [effect, informOthers('closed', by, ownerOf(alert.state), course)])
}

/** Takes it back as one that should never have been. In danger two must agree. */
export function cancel(alert: Case, { by, reason }: Act<'cancel'>, course: Course): Decision {
  const { now: at } = course
  const next = { ...alert, offer: null, cancelling: null }
  const effects = [informOthers('closed', by, ownerOf(alert.state), course)]
  if (alert.grade !== 'danger')
    return supersede(next, { state: 'cancelled', by, second: null, reason, at }, effects)
  const first = alert.cancelling
  if (first === null || first.by === by) return stay({ ...alert, cancelling: { by, reason, at } })
  const agreed = { by: first.by, second: by, reason: first.reason }
  return supersede(next, { state: 'cancelled', ...agreed, at }, effects)
}
