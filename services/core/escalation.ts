import type { AlertEvent, AlertState } from '../../schemas/alert.ts'
import { GRADES, type Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { cancel, close } from './closing.ts'
import { stepsIn } from './plan.ts'
import {
  accept,
  acknowledge,
  decline,
  defer,
  escalate,
  note,
  reassign,
  replan,
  takeOver,
  unavailable,
} from './hands.ts'
import { late, offer, turnDown } from './handover.ts'
import {
  type Case,
  type Course,
  climb,
  type Decision,
  levelAbove,
  levelOf,
  ownerOf,
  persist,
  restart,
  stay,
  stepOf,
  supersede,
  tellAgain,
  together,
} from './rungs.ts'
import { isWaiting, resume, runOutAbsent, standStill, tellAbsent } from './standstill.ts'
import { arrive, checkIn, isFromVisitor, leave, startVisit } from './visiting.ts'

/**
 * Opens a case: the resident is asked, or its ladder begins at once. `grouped`: another alert tells of the outage. An
 * absence that was told of while its signal was on its way holds it back from the first moment.
 */
export function open(grade: Grade, grouped: boolean, course: Course): Decision {
  const alert: Case = {
    grade,
    generation: 0,
    signals: 1,
    state: { state: 'listed' },
    offer: null,
    offers: 0,
    deferrals: 0,
    cancelling: null,
  }
  if (grouped) return stay(alert)
  if (course.absent) return stay({ ...alert, state: { state: 'away', ...course.absent } })
  const { ask } = course.ladder
  if (ask === null || !course.asks) return climb(alert, 0, course.now, course)
  const until = course.now + ask
  const pending = { ...alert, state: { state: 'pending', until } as const }
  return { ...stay(pending), effects: [{ type: 'ask', until }] }
}

/**
 * The whole life of an alert: its next state, and what to do, for one event at one moment. The ladder of `course` is
 * that of the grade that the alert has after the event: `gradeAfter(alert.grade, event)`.
 */
export function advance(alert: Case, event: AlertEvent, course: Course): Decision {
  // Closed is final: what comes late meets a fact, and a new signal makes a new alert. But it brings no visitor home.
  if (isClosed(alert.state) && !isFromVisitor(event)) return stay(alert)
  return apply(event.type, alert, event, course)
}

type ByType = { readonly [Event in AlertEvent as Event['type']]: Event }

function apply<Type extends keyof ByType>(
  type: Type,
  alert: Case,
  event: ByType[Type],
  course: Course,
): Decision {
  return WHAT_FOLLOWS[type](alert, event, course)
}

const WHAT_FOLLOWS: {
  readonly [Type in keyof ByType]: (alert: Case, event: ByType[Type], course: Course) => Decision
} = {
  signal: (alert, event, course) =>
    event.calls === true ? called(alert, course) : signal(alert, event, course),
  tick: (alert, _, course) => tick(alert, course),
  activity: (alert, _, course) => recover(alert, course),
  resident,
  absent: (alert, _, course) => tellAbsent(alert, course),
  unavailable,
  denied: stay,
  acknowledge,
  'take-over': takeOver,
  decline,
  offer,
  accept,
  refuse: turnDown,
  reassign,
  replan,
  escalate,
  defer,
  'start-visit': startVisit,
  'check-in': checkIn,
  arrive,
  leave,
  note,
  cancel,
  outcome: close,
}

/** The graver of two grades. */
export function graver(a: Grade, b: Grade): Grade {
  return rank(a) >= rank(b) ? a : b
}

/** The grade of an alert after an event: graver by a signal, and the gravest when the resident calls for help. */
export function gradeAfter(grade: Grade, event: AlertEvent): Grade {
  if (event.type === 'signal') return graver(grade, event.grade)
  return event.type === 'resident' && event.answer === 'help' ? 'danger' : grade
}

/** Whether a person's word has ended it. */
export function isClosed(state: AlertState): boolean {
  return state.state === 'resolved' || state.state === 'cancelled'
}

/** How long after the end of the giver's shift the supervisor is told of what nobody accepted. */
export const OFFER_GRACE = 5 * 60_000

/** When the alert must be looked at again, or null while only a person or a signal can move it. */
export function wakeAt({ state, offer: given }: Pick<Case, 'state' | 'offer'>): Millis | null {
  const own = 'until' in state ? state.until : null
  const handed = given && !given.late ? given.until + OFFER_GRACE : null
  return own !== null && handed !== null ? Math.min(own, handed) : (own ?? handed)
}

function signal(
  alert: Case,
  { grade, grouped }: Extract<AlertEvent, { type: 'signal' }>,
  course: Course,
): Decision {
  const counted = { ...alert, signals: alert.signals + 1 }
  const { state } = alert
  if (rank(grade) > rank(alert.grade))
    return raise({ ...counted, grade, cancelling: null }, 'raised', course)
  // After movement, a signal as grave as the first says that the quiet is back: it must not wait for `confirm`. And
  // what was listed under another's outage begins its own ladder once a signal comes for it alone.
  const again = state.state === 'recovered' || (state.state === 'listed' && grouped !== true)
  if (!again || rank(grade) < rank(alert.grade)) return stay(counted)
  const begun = begin(counted, { step: 0, purpose: 'page', due: course.now }, course)
  return begun.alert.state.state === 'listed' ? stay(counted) : begun
}

// Whoever has it thinks that a visitor only forgot to report: all must hear that it is more than that.
function called(alert: Case, course: Course): Decision {
  const counted = { ...alert, signals: alert.signals + 1, cancelling: null }
  return begin(counted, { step: 0, purpose: 'raised', due: course.now }, course)
}

// A ladder that a signal begins waits for the end of an absence; but one that tells nobody has nothing to wait for.
function begin(alert: Case, from: Parameters<typeof restart>[1], course: Course): Decision {
  const { absent, ladder, band } = course
  return absent !== null && stepsIn(ladder, band).length > 0
    ? standStill(alert, absent, course)
    : restart(alert, from, course)
}

// Whoever has it keeps it, for no longer than the graver ladder gives, and the next level hears of it.
function raise(alert: Case, purpose: 'raised' | 'called', course: Course): Decision {
  const { state } = alert
  const anew = { step: 0, purpose, due: course.now }
  if (state.state === 'visiting') return toldOf(alert, state, purpose, course) ?? stay(alert)
  if (course.absent !== null || (state.state !== 'acknowledged' && state.state !== 'deferred'))
    return begin(alert, anew, course)
  const until = Math.min(state.until, course.now + course.ladder.lease)
  const held = { state: 'acknowledged', by: state.by, until, level: -1 } as const
  // Where nobody can be told, the ladder itself looks for somebody.
  return toldOf(alert, held, purpose, course) ?? restart(alert, anew, course)
}

function toldOf(
  alert: Case,
  next: Extract<AlertState, { state: 'acknowledged' | 'visiting' }>,
  purpose: 'raised' | 'called',
  course: Course,
): Decision | null {
  const { by } = next
  const level = Math.max(0, levelOf(alert, by, course))
  const above = nextAbove(level, by, course)
  const owner = course.find(by)
  const people = together(owner ? [owner] : [], above?.people ?? [])
  if (people.length === 0) return null
  const step = above?.step ?? level
  const tell = { type: 'tell', purpose, loop: 0, step, times: 0, people } as const
  return supersede(alert, 'level' in next ? { ...next, level: step } : next, [tell])
}

// While an absence holds, only whoever is at the door hears of it.
function nextAbove(level: number, by: string, course: Course): ReturnType<typeof levelAbove> {
  return course.absent === null ? levelAbove(level, by, course) : null
}

// A tick may come early, late, or twice: only the clock decides what counts. Two timers may have run out by now.
function tick(alert: Case, course: Course): Decision {
  const { state } = alert
  const next =
    'until' in state && isOver(state, course) ? runOut(alert, state, course) : stay(alert)
  const { offer: given } = next.alert
  if (!given || given.late || course.now < given.until + OFFER_GRACE) return next
  const told = late(next.alert, course)
  return { ...told, effects: [...next.effects, ...told.effects] }
}

type Timed = Extract<AlertState, { until: Millis }>

// An absence may be over before its time, or longer than it was thought.
function isOver(state: Timed, { absent, now }: Course): boolean {
  return now >= state.until || (isWaiting(state) && absent === null)
}

function runOut(alert: Case, state: Timed, course: Course): Decision {
  const { absent } = course
  return absent === null ? lapse(alert, state, course) : runOutAbsent(alert, absent, course)
}

function lapse(alert: Case, state: Timed, course: Course): Decision {
  const due = state.until
  if (state.state === 'recovered') return confirm(alert, state, course)
  if ('by' in state) return lost(alert, state.by, due, course)
  switch (state.state) {
    case 'pending':
      return climb(alert, 0, due, course)
    case 'notifying':
      return persist(alert, state, course)
    case 'exhausted':
      return tellAgain(alert, state.times + 1, due, course)
    case 'assigned':
      return lost(alert, state.to, due, course)
    case 'away':
      return resume(alert, due, course)
  }
}

// Whoever was absent may have come home this minute: from the end of the absence on there is as much time as ever.
function confirm(
  alert: Case,
  { by, until, absent }: Extract<AlertState, { state: 'recovered' }>,
  course: Course,
): Decision {
  const due = absent ? Math.min(until, course.now) + course.ladder.confirm : until
  if (course.now >= due) return unconfirmed(alert, by, due, course)
  return stay({ ...alert, state: { state: 'recovered', by, until: due } })
}

function unconfirmed(alert: Case, by: string | null, due: Millis, course: Course): Decision {
  // A ladder that tells nobody has nobody to ask for confirmation: it stays on the board as it is.
  if (course.reach.length === 0) return stay(recovered(alert, by, course))
  return restart(alert, { step: 0, purpose: 'page', due }, course)
}

// Somebody had it and says nothing: their step once more, and the supervisors.
function lost(alert: Case, by: string, due: Millis, course: Course): Decision {
  // Of a desk where somebody else would be told now: as far up as it had come.
  const own = stepOf(by, course)
  const step = Math.max(0, own < 0 ? levelOf(alert, by, course) : own)
  const purpose = alert.state.state === 'deferred' ? 'page' : 'lost'
  return restart(alert, { step, purpose, due }, course)
}

function resident(
  alert: Case,
  { answer }: Extract<AlertEvent, { type: 'resident' }>,
  course: Course,
): Decision {
  const { now } = course
  const { state } = alert.state
  if (answer === 'fine')
    return state === 'pending'
      ? supersede(alert, { state: 'resolved', by: 'resident', outcome: 'self', at: now })
      : recover(alert, course)
  // Nothing is graver than somebody who says so: it waits for nothing, and whoever has it already hears of it.
  const grave = { ...alert, grade: 'danger', cancelling: null } as const
  return raise(grave, 'called', { ...course, absent: null })
}

function recover(alert: Case, course: Course): Decision {
  const { state } = alert.state
  // On a visit it may be the visitor who moves.
  if (state === 'recovered' || state === 'visiting') return stay(alert)
  // What is listed under the case of an outage is confirmed there: else all its homes would page a while after its end.
  if (state === 'listed' && stepsIn(course.ladder, course.band).length > 0) return stay(alert)
  return supersede(alert, recovered(alert, ownerOf(alert.state), course).state)
}

function recovered(alert: Case, by: string | null, { ladder, now }: Course): Case {
  return { ...alert, state: { state: 'recovered', by, until: now + ladder.confirm } }
}

function rank(grade: Grade): number {
  return GRADES.indexOf(grade)
}
