import type { AlertState } from '../../schemas/alert.ts'
import type { SignalKind } from '../../schemas/signal.ts'
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

/** Staff have told of an absence: nobody is told any more until it is over. Whoever is at the door is left alone. */
export function tellAbsent(alert: Case, course: Course): Decision {
  const { absent } = course
  const goesOn = GO_ON.has(alert.state.state)
  return absent === null || goesOn ? stay({ ...alert }) : standStill(alert, absent, course)
}

// Whose movement is to be confirmed is asked for that when it is due, and on the board only nobody is told.
const GO_ON: ReadonlySet<AlertState['state']> = new Set(['visiting', 'listed', 'away', 'recovered'])

/**
 * Its timer has run out while an absence holds. Where somebody moved since, that is confirmed when they are back, which
 * may be before the absence was to end.
 */
export function runOutAbsent(alert: Case, absent: Standstill, course: Course): Decision {
  const { state } = alert
  if (state.state !== 'recovered') return standStill(alert, absent, course)
  return stay({ ...alert, state: { ...state, until: course.now + course.ladder.confirm } })
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
