import type { AlertEvent, StaffEvent } from '../../schemas/alert.ts'
import {
  type Case,
  type Course,
  type Decision,
  type Effect,
  informOthers,
  levelOf,
  ownerOf,
  refuse,
  stay,
  supersede,
} from './rungs.ts'

type Act<Type extends StaffEvent['type']> = Extract<StaffEvent, { type: Type }>

/** The longest that a visitor may go without a word. */
export const LONGEST_VISIT = 4 * 60 * 60_000

/** Whether it tells how somebody on a visit fares, which counts whatever became of the alert. */
export function isFromVisitor({ type }: Pick<AlertEvent, 'type'>): boolean {
  return type === 'check-in' || type === 'leave'
}

/** Somebody goes there. Whoever has it may; where nobody has it, going there is taking it. */
export function startVisit(alert: Case, event: Act<'start-visit'>, course: Course): Decision {
  const { by, companion, until } = event
  const owner = ownerOf(alert.state)
  if (owner !== null && owner !== by) return refuse(alert, 'not-yours')
  if (alert.state.state === 'visiting') return stay(alert)
  if (until <= course.now || until > course.now + LONGEST_VISIT) return refuse(alert, 'too-long')
  const effect = { type: 'visit', act: 'begin', by, companion, due: until } as const
  const known = owner === null ? [informOthers('taken', by, null, course)] : []
  return supersede(alert, visiting(by, companion, until, course), [effect, ...known])
}

/** "괜찮음": the time to report moves. */
export function checkIn(alert: Case, { by, until }: Act<'check-in'>, course: Course): Decision {
  if (until <= course.now || until > course.now + LONGEST_VISIT) return refuse(alert, 'too-long')
  const report = (companion: string | null): Effect => ({
    type: 'visit',
    act: 'report',
    by,
    companion,
    due: until,
  })
  const { state } = alert
  // Of somebody whom another has relieved meanwhile, only the visit goes on.
  if (state.state !== 'visiting' || !isAlong(state, by))
    return { ...stay(alert), effects: [report(null)] }
  const { companion } = state
  const next = { ...alert, state: visiting(state.by, companion, until, course) }
  return { ...stay(next), effects: [report(companion)] }
}

/** There. It is kept for how long a response takes. */
export function arrive(alert: Case, { by }: Act<'arrive'>, course: Course): Decision {
  const { state } = alert
  if (state.state !== 'visiting' || !isAlong(state, by)) return refuse(alert, 'no-visit')
  const { companion } = state
  const effect = { type: 'visit', act: 'arrive', by, companion, due: course.now } as const
  return { ...stay(alert), effects: [effect] }
}

/** Back out, safe, without an outcome yet: it is still theirs. */
export function leave(alert: Case, { by }: Act<'leave'>, course: Course): Decision {
  const { state } = alert
  const effect = { type: 'visit', act: 'end', by, companion: null, due: course.now } as const
  if (state.state !== 'visiting' || !isAlong(state, by))
    return { ...stay(alert), effects: [effect] }
  const until = course.now + course.ladder.lease
  const level = levelOf(alert, state.by, course)
  return supersede(alert, { state: 'acknowledged', by: state.by, until, level }, [effect])
}

function visiting(by: string, companion: string | null, due: number, { ladder }: Course) {
  // The staff alert comes first, at `due`; a lease later nobody answers for the resident any more.
  return { state: 'visiting', by, companion, until: due + ladder.lease } as const
}

function isAlong(state: { by: string; companion: string | null }, person: string): boolean {
  return state.by === person || state.companion === person
}
