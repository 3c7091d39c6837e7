import type { Alert, AlertEvent, AlertState } from '../../schemas/alert.ts'
import type { Ladder } from '../../schemas/plan.ts'
import { GRADES, type Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Recipient } from './roster.ts'

/** What of an alert the decision reads and changes. */
export type Case = Pick<Alert, 'grade' | 'generation' | 'signals' | 'state'>

/** Whom each step of the ladder reaches now. */
export type Reach = readonly (readonly Recipient[])[]

/**
 * What the shell must do besides storing the alert: `tell` these people, `cancel` what older generations
 * still mean to send, report a `fault`: this step reaches nobody.
 */
export type Effect =
  | {
      readonly type: 'tell'
      readonly loop: number
      readonly step: number
      /** How often the last step has been told again; 0 on the way up. */
      readonly times: number
      readonly people: readonly Recipient[]
    }
  | { readonly type: 'cancel' }
  | { readonly type: 'fault'; readonly step: number }

export type Decision = { readonly alert: Case; readonly effects: readonly Effect[] }

type Course = { readonly ladder: Ladder; readonly reach: Reach; readonly now: Millis }

/** Opens a case: its ladder begins at once. */
export function open(grade: Grade, ladder: Ladder, reach: Reach, now: Millis): Decision {
  const alert: Case = { grade, generation: 0, signals: 1, state: { state: 'listed' } }
  return climb(alert, 0, now, { ladder, reach, now })
}

/**
 * The whole life of an alert: its next state, and what to do, for one event at one moment. `ladder` and
 * `reach` are those of the grade that the alert has after the event: `graver(alert.grade, event.grade)`.
 */
export function advance(
  alert: Case,
  event: AlertEvent,
  ladder: Ladder,
  reach: Reach,
  now: Millis,
): Decision {
  // Closed is final: what comes late meets a fact, and a new signal makes a new alert.
  if (alert.state.state === 'resolved') return stay(alert)
  const course = { ladder, reach, now }
  switch (event.type) {
    case 'signal':
      return signal(alert, event.grade, course)
    case 'tick':
      return tick(alert, course)
    case 'acknowledge':
      return acknowledge(alert, event.by, course)
    case 'activity':
      return recover(alert, course)
    case 'outcome':
      return supersede(alert, {
        state: 'resolved',
        by: event.by,
        outcome: event.outcome,
        at: now,
      })
  }
}

/** The graver of two grades. */
export function graver(a: Grade, b: Grade): Grade {
  return rank(a) >= rank(b) ? a : b
}

/** When the alert must be looked at again, or null while only a person or a signal can move it. */
export function wakeAt(state: AlertState): Millis | null {
  return 'until' in state ? state.until : null
}

/** Who has the alert in hand, or closed it; null while nobody does. */
export function ownerOf(state: AlertState): string | null {
  return 'by' in state ? state.by : null
}

function signal(alert: Case, grade: Grade, course: Course): Decision {
  const counted = { ...alert, signals: alert.signals + 1 }
  // After movement, a signal as grave as the first says that the quiet is back: it must not wait for `confirm`.
  const bar = alert.state.state === 'recovered' ? rank(alert.grade) : rank(alert.grade) + 1
  if (rank(grade) < bar) return stay(counted)
  return restart({ ...counted, grade }, course.now, course)
}

function tick(alert: Case, course: Course): Decision {
  const { state } = alert
  // A tick may come early, late, or twice: only the clock decides whether it counts.
  if (!('until' in state) || course.now < state.until) return stay(alert)
  switch (state.state) {
    case 'notifying': {
      const rung = state.loop * course.ladder.steps.length + state.step
      return climb(alert, rung + 1, state.until, course)
    }
    case 'exhausted':
      return tellAgain(alert, state.times + 1, state.until, course)
    case 'acknowledged':
      return restart(alert, state.until, course)
    case 'recovered':
      // A ladder that tells nobody has nobody to ask for confirmation: it stays on the board as it is.
      if (course.ladder.steps.length === 0) return stay(recovered(alert, state.by, course))
      return restart(alert, state.until, course)
  }
}

function acknowledge(alert: Case, by: string, course: Course): Decision {
  const owner = ownerOf(alert.state)
  // The first has it. Who comes second is told so by the shell, and changes nothing.
  if (owner !== null && owner !== by) return stay(alert)
  if (alert.state.state === 'recovered') return stay(recovered(alert, by, course))
  const held = { state: 'acknowledged', by, until: course.now + course.ladder.lease } as const
  return owner === by ? stay({ ...alert, state: held }) : supersede(alert, held)
}

function recover(alert: Case, course: Course): Decision {
  if (alert.state.state === 'recovered') return stay(alert)
  return supersede(alert, recovered(alert, ownerOf(alert.state), course).state)
}

function recovered(alert: Case, by: string | null, { ladder, now }: Course): Case {
  return { ...alert, state: { state: 'recovered', by, until: now + ladder.confirm } }
}

/** Begins the ladder anew under a new generation. */
function restart(alert: Case, due: Millis, course: Course): Decision {
  const next = climb({ ...alert, generation: alert.generation + 1 }, 0, due, course)
  return { ...next, effects: [{ type: 'cancel' }, ...next.effects] }
}

/** Tells the first step from rung `from` on that reaches anybody. Rungs count through all rounds. */
function climb(alert: Case, from: number, due: Millis, course: Course): Decision {
  const { ladder, reach, now } = course
  const round = ladder.steps.length
  if (round === 0) return stay({ ...alert, state: { state: 'listed' } })
  const empty = new Set<number>()
  for (let rung = from; rung < round * (ladder.repeats + 1); rung++) {
    const [loop, step] = [Math.floor(rung / round), rung % round]
    const people = reach[step] ?? []
    const wait = ladder.steps[step]?.wait ?? ladder.again
    if (people.length > 0)
      return {
        alert: {
          ...alert,
          state: { state: 'notifying', loop, step, until: after(due, wait, now) },
        },
        effects: [...faults(empty), { type: 'tell', loop, step, times: 0, people }],
      }
    empty.add(step)
  }
  const last = tellAgain(alert, 1, due, course)
  return isReached(reach) ? { ...last, effects: [...faults(empty), ...last.effects] } : last
}

/** Nobody answered: the last step that reaches anybody, once more. If none does, that is the fault. */
function tellAgain(alert: Case, times: number, due: Millis, course: Course): Decision {
  const { ladder, reach, now } = course
  const until = after(due, ladder.again, now)
  const step = reach.findLastIndex((people) => people.length > 0)
  const people = reach[step]
  return {
    alert: { ...alert, state: { state: 'exhausted', times, until } },
    effects: people
      ? [{ type: 'tell', loop: ladder.repeats, step, times, people }]
      : faults(ladder.steps.keys()),
  }
}

/**
 * When `wait` is over: counted from when this was due, so that a late sweep does not shift the ladder. But
 * after an outage nobody gets less than half of it, and no two steps are told in one breath.
 */
function after(due: Millis, wait: Millis, now: Millis): Millis {
  return Math.max(due + wait, now + Math.ceil(wait / 2))
}

/** A new state that makes everything planned stale. */
function supersede(alert: Case, state: AlertState): Decision {
  const next = { ...alert, generation: alert.generation + 1, state }
  return { alert: next, effects: [{ type: 'cancel' }] }
}

function stay(alert: Case): Decision {
  return { alert, effects: [] }
}

function faults(steps: Iterable<number>): Effect[] {
  return Array.from(steps, (step) => ({ type: 'fault', step }))
}

function isReached(reach: Reach): boolean {
  return reach.some((people) => people.length > 0)
}

function rank(grade: Grade): number {
  return GRADES.indexOf(grade)
}
