import type { AlertState, StaffEvent } from '../../schemas/alert.ts'
import { passOn } from './handover.ts'
import {
  type Case,
  climb,
  type Course,
  type Decision,
  goOn,
  hasTurned,
  informOthers,
  levelAbove,
  levelOf,
  ownerOf,
  refuse,
  restart,
  stay,
  stepOf,
  supersede,
} from './rungs.ts'
import { standStill } from './standstill.ts'

type Act<Type extends StaffEvent['type']> = Extract<StaffEvent, { type: Type }>

/** The first has it, and the others hear so. Who comes second is told so by the shell, and changes nothing. */
export function acknowledge(alert: Case, { by }: Act<'acknowledge'>, course: Course): Decision {
  const { state } = alert
  const owner = ownerOf(state)
  if (owner !== null && owner !== by) return stay(alert)
  if (state.state === 'recovered') {
    const until = course.now + course.ladder.confirm
    const effects = owner === null ? [informOthers('taken', by, null, course)] : []
    return { ...stay({ ...alert, state: { state: 'recovered', by, until } }), effects }
  }
  if (state.state === 'visiting') return stay(alert)
  if (owner === by) return renew(alert, course)
  return supersede(alert, held(by, levelOf(alert, by, course), course), [
    informOthers('taken', by, null, course),
  ])
}

/** It becomes another's, whoever has it. */
export function takeOver(alert: Case, { by }: Act<'take-over'>, course: Course): Decision {
  const { state } = alert
  if (ownerOf(state) === by) return renew(alert, course)
  const next = { ...alert, offer: null }
  const effects = [informOthers('taken', by, ownerOf(state), course)]
  if (state.state === 'recovered') {
    const until = course.now + course.ladder.confirm
    return supersede(next, { state: 'recovered', by, until }, effects)
  }
  return supersede(next, held(by, levelOf(alert, by, course), course), effects)
}

/** "못 갑니다": the next step at once, whether it was theirs already or only asked of them. */
export function decline(alert: Case, { by, asOf }: Act<'decline'>, course: Course): Decision {
  const { state } = alert
  if (isTheirs(state, by)) return withoutVisit(state, giveBack(alert, by, 'page', course), course)
  if (state.state !== 'notifying' || !asOf || !isAsOf(asOf, alert.generation, state))
    return stay(alert)
  // Whoever says so by day may be who answers first by night.
  const first = course.reach.findIndex((people) => people.some(({ person }) => person !== by))
  return toNext(alert, state, course, Math.max(0, first))
}

/** One of the staff is not there any more: what they had or were asked goes to the next. */
export function unavailable(
  alert: Case,
  { person }: { readonly person: string },
  course: Course,
): Decision {
  const { state, offer: given } = alert
  if (given?.to === person) return passOn(alert, given, course)
  if (isTheirs(state, person)) return giveBack(alert, person, 'lost', course)
  if (state.state !== 'notifying') return stay(alert)
  // `course` knows already that they are gone: a step that reaches nobody now had only them.
  const isOn = (course.reach[state.step] ?? []).length > 0 && !hasTurned(state, course)
  return isOn ? stay(alert) : toNext(alert, state, course)
}

/** The offer is taken. */
export function accept(alert: Case, { by }: Act<'accept'>, course: Course): Decision {
  if (alert.offer?.to !== by) return refuse(alert, 'nothing-offered')
  return takeOver(alert, { type: 'take-over', by }, course)
}

/** Gives it to a person by name, who is told and has the first step's time to answer. */
export function reassign(alert: Case, { by, to }: Act<'reassign'>, course: Course): Decision {
  const person = course.find(to)
  if (!person) return refuse(alert, 'unknown-person')
  const wait = course.ladder.steps[0]?.wait ?? course.ladder.again
  const state = {
    state: 'assigned',
    to: person.person,
    giver: by,
    until: course.now + wait,
  } as const
  const tell = {
    type: 'tell',
    purpose: 'assigned',
    loop: 0,
    step: 0,
    times: 0,
    people: [person],
  } as const
  return supersede({ ...alert, offer: null }, state, [tell])
}

/**
 * From now on by the plan that `course` has already: whoever has it keeps it, and where nobody does its ladder begins anew.
 * A new version changes nothing for what is open by itself.
 */
export function replan(alert: Case, _: Act<'replan'>, course: Course): Decision {
  const { state } = alert.state
  if (ownerOf(alert.state) !== null || AT_REST.has(state)) return stay({ ...alert })
  return restart(alert, { step: 0, purpose: 'page', due: course.now }, course)
}

// The resident was asked, somebody was named, movement came back, an absence holds: their own timers go on.
const AT_REST: ReadonlySet<AlertState['state']> = new Set([
  'pending',
  'assigned',
  'recovered',
  'away',
])

/**
 * The next step at once. Whoever has it keeps it and gets help; without an owner the ladder climbs. `asOf` is what the
 * sender saw: an alert that has moved on since is left alone (GoAlert #2775).
 */
export function escalate(alert: Case, event: Act<'escalate'>, course: Course): Decision {
  const { state } = alert
  if (event.asOf.generation !== alert.generation) return refuse(alert, 'moved-on')
  if (state.state === 'pending') return climb(alert, 0, course.now, course)
  if (state.state === 'acknowledged') return getHelp(alert, state, event.asOf.step, course)
  const { asOf } = event
  if (state.state !== 'notifying' || !isAsOf(asOf, alert.generation, state))
    return refuse(alert, 'moved-on')
  return goOn(alert, state, course.now, course)
}

/** The longest that an alert may be put off, and how often. */
export const LONGEST_DEFERRAL = 60 * 60_000
export const MOST_DEFERRALS = 2

/** Puts it off: its owner has spoken with the resident or the family, and says why. Danger cannot be put off. */
export function defer(alert: Case, event: Act<'defer'>, course: Course): Decision {
  const { state } = alert
  if (state.state !== 'acknowledged' || state.by !== event.by) return refuse(alert, 'not-yours')
  if (alert.grade === 'danger') return refuse(alert, 'danger')
  if (event.until > course.now + LONGEST_DEFERRAL || event.until <= course.now)
    return refuse(alert, 'too-long')
  if (alert.deferrals >= MOST_DEFERRALS) return refuse(alert, 'too-often')
  const { by, until, reason } = event
  const next = { ...alert, deferrals: alert.deferrals + 1 }
  return supersede(next, { state: 'deferred', by, reason, until })
}

/** A word on what was done: work goes on, so the lease of its owner begins anew. */
export function note(alert: Case, { by }: Act<'note'>, course: Course): Decision {
  return ownerOf(alert.state) === by ? renew(alert, course) : stay(alert)
}

function renew(alert: Case, course: Course): Decision {
  const { state } = alert
  if (state.state === 'deferred')
    return supersede(alert, held(state.by, levelOf(alert, state.by, course), course))
  if (state.state !== 'acknowledged') return stay(alert)
  const until = Math.max(state.until, course.now + course.ladder.lease)
  return stay({ ...alert, state: { ...state, until } })
}

function getHelp(
  alert: Case,
  state: Extract<AlertState, { state: 'acknowledged' }>,
  seen: number,
  course: Course,
): Decision {
  if (seen !== state.level) return refuse(alert, 'moved-on')
  const above = levelAbove(state.level, state.by, course)
  if (!above) return refuse(alert, 'unknown-person')
  const tell = { type: 'tell', purpose: 'help', loop: 0, times: 0, ...above } as const
  const next = { ...alert, state: { ...state, level: above.step } }
  return { ...stay(next), effects: [tell] }
}

function isTheirs(state: AlertState, person: string): boolean {
  return ownerOf(state) === person || (state.state === 'assigned' && state.to === person)
}

function giveBack(alert: Case, by: string, purpose: 'page' | 'lost', course: Course): Decision {
  if (course.absent) return standStill(alert, course.absent, course)
  const step = stepOf(by, course) + 1
  const next = { ...alert, offer: null }
  return restart(next, { step, purpose, due: course.now }, course)
}

// While an absence holds there is no next one to be told.
function toNext(
  alert: Case,
  state: Parameters<typeof goOn>[1],
  course: Course,
  first?: number,
): Decision {
  return course.absent
    ? standStill(alert, course.absent, course)
    : goOn(alert, state, course.now, course, first)
}

// Who says so does not go, or is back: nobody need look for them.
function withoutVisit(before: AlertState, decision: Decision, { now: due }: Course): Decision {
  if (before.state !== 'visiting') return decision
  const effect = { type: 'visit', act: 'end', by: before.by, companion: null, due } as const
  return { ...decision, effects: [...decision.effects, effect] }
}

function held(by: string, level: number, { now, ladder }: Course): AlertState {
  return { state: 'acknowledged', by, until: now + ladder.lease, level }
}

function isAsOf(
  seen: { readonly generation: number; readonly loop: number; readonly step: number },
  generation: number,
  { loop, step }: { readonly loop: number; readonly step: number },
): boolean {
  return seen.generation === generation && seen.loop === loop && seen.step === step
}
