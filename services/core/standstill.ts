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
  const { state } = alert.state
  const goesOn = state === 'visiting' || state === 'listed' || state === 'away'
  return absent === null || goesOn ? stay({ ...alert }) : standStill(alert, absent, course)
}

/** Waits for the end of an absence; whoever was told, or had it, hears so. */
export function standStill(alert: Case, absent: Standstill, course: Course): Decision {
  const { state } = alert
  const { until } = absent
  if (state.state === 'away') return stay({ ...alert, state: { state: 'away', ...absent } })
  // Somebody moved since: that is confirmed when they are back.
  if (state.state === 'recovered') return stay({ ...alert, state: { ...state, until } })
  const news = informOthers('away', absent.author, ownerOf(state), course)
  return supersede({ ...alert, offer: null }, { state: 'away', ...absent }, [news])
}

/** The absence is over, and nothing has said that the matter is better: its ladder begins anew. */
export function resume(alert: Case, due: number, course: Course): Decision {
  return restart(alert, { step: 0, purpose: 'overdue', due: Math.min(due, course.now) }, course)
}
