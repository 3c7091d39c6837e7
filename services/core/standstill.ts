import type { Absence } from '../../schemas/absence.ts'
import type { AlertState } from '../../schemas/alert.ts'
import type { SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { endOf } from './absence.ts'
import {
  type Case,
  type Course,
  type Decision,
  informOthers,
  ownerOf,
  restart,
  type Standstill,
  stay,
  supersede,
} from './rungs.ts'

/** What the detector raises of nobody who is absent by plan. Never a call for help, nor what staff must see to. */
export const HELD_BACK: ReadonlySet<SignalKind> = new Set(['inactivity', 'door', 'blind', 'sensor'])

/**
 * Whether an absence of its home holds a case back: not once its resident has called for help (`called`), and not where
 * it may stand for other homes of an outage.
 */
export function isHeldBack({
  kind,
  called,
  outage,
}: {
  readonly kind: SignalKind
  readonly called: boolean
  readonly outage: number | null
}): boolean {
  return HELD_BACK.has(kind) && !called && outage === null
}

/**
 * What an absence does to an open case: nothing any more; it `stops` its pages, now or, as `after`, once nobody has it in
 * hand; it `will` when it begins; or its pages go on, for it `never` stops such a case, was planned `before` the case, or
 * begins `later`, for what is raised from then on only.
 */
export type Bearing = 'over' | 'never' | 'before' | 'later' | 'will' | 'after' | 'stops'

/** What an absence does to an open case. `holds`: the case stands still for it, from its begin on. */
export function bearingOn(
  alert: Parameters<typeof isHeldBack>[0] & { readonly state: AlertState },
  absence: Pick<Absence, 'since' | 'until' | 'ended'> & { readonly holds: boolean },
  now: Millis,
): Bearing {
  if (endOf(absence) <= now) return 'over'
  if (!isHeldBack(alert)) return 'never'
  if (absence.since > now) return absence.holds ? 'will' : 'later'
  if (!absence.holds) return 'before'
  return ownerOf(alert.state) === null || isWaiting(alert.state) ? 'stops' : 'after'
}

/** Staff have told of an absence: nobody is told any more until it is over. Whoever is at the door is left alone. */
export function tellAbsent(alert: Case, course: Course): Decision {
  const { absent } = course
  const goesOn = GO_ON.has(alert.state.state)
  return absent === null || goesOn ? stay({ ...alert }) : standStill(alert, absent, course)
}

// Whose movement is to be confirmed is asked for that when it is due, and on the board only nobody is told.
const GO_ON: ReadonlySet<AlertState['state']> = new Set(['visiting', 'listed', 'away', 'recovered'])

/** Its timer has run out while an absence holds. Where somebody moved since, that is confirmed when the absence is over. */
export function runOutAbsent(alert: Case, absent: Standstill, course: Course): Decision {
  const { state } = alert
  if (state.state !== 'recovered') return standStill(alert, absent, course)
  return stay({ ...alert, state: { ...state, until: absent.until, absent: true } })
}

/** Whether an alert waits for the end of an absence, and for nothing else. */
export function isWaiting(state: AlertState): boolean {
  return state.state === 'away' || (state.state === 'recovered' && state.absent === true)
}

/** Waits for the end of an absence; whoever was told, or had it, hears so. */
export function standStill(alert: Case, absent: Standstill, course: Course): Decision {
  const { state } = alert
  const away = { state: 'away', ...absent } as const
  if (state.state === 'away') return stay({ ...alert, state: away })
  const news = informOthers('away', absent.author, ownerOf(state), course)
  return supersede({ ...alert, offer: null }, away, [news])
}

/** The absence is over, and nothing has said that the matter is better: its ladder begins anew. */
export function resume(alert: Case, due: number, course: Course): Decision {
  return restart(alert, { step: 0, purpose: 'overdue', due: Math.min(due, course.now) }, course)
}
