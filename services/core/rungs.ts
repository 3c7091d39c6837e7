import type { Alert, AlertState } from '../../schemas/alert.ts'
import type { Refusal } from '../../schemas/answer.ts'
import type { AbsenceCause } from '../../schemas/household.ts'
import type { Band, Ladder, Step, Target } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { stepsIn } from './plan.ts'
import type { Recipient } from './roster.ts'

/** What of an alert the decision reads and changes. */
export type Case = Pick<
  Alert,
  'grade' | 'generation' | 'signals' | 'state' | 'offer' | 'offers' | 'deferrals' | 'cancelling'
>

/** Whom each step of the ladder reaches now. */
export type Reach = readonly (readonly Recipient[])[]

/** What a decision stands on besides the alert: the ladder of its grade, who is there, and the moment. */
export type Course = {
  readonly ladder: Ladder
  readonly band: Band
  /** Whom each step of `band` reaches now. */
  readonly reach: Reach
  /** How one of the staff is reached, or null. */
  readonly find: (person: string) => Recipient | null
  readonly supervisors: readonly Recipient[]
  /** Whether there is a way to ask the resident. */
  readonly asks: boolean
  /** The absence that holds this case back now, or null. */
  readonly absent: Standstill | null
  readonly now: Millis
}

/** An absence that staff have told of: nothing is raised for a home until it is over. */
export type Standstill = {
  readonly author: string
  readonly cause: AbsenceCause
  readonly until: Millis
}

/**
 * Why people are told: it is a step's turn, or something became of what somebody had in hand. `called`: the resident
 * calls for help. `returned`: whom it was offered to cannot take it. `overdue`: the absence that held it back is over.
 */
export type Purpose =
  | 'page'
  | 'lost'
  | 'raised'
  | 'called'
  | 'help'
  | 'assigned'
  | 'offered'
  | 'returned'
  | 'late'
  | 'overdue'

/** What whoever was told hears once, for nothing: somebody else has it, it is over, or it waits for an absence to end. */
export type News = 'taken' | 'closed' | 'away'

/** What the shell must do besides storing the alert. */
export type Effect =
  | {
      readonly type: 'tell'
      readonly purpose: Purpose
      readonly loop: number
      readonly step: number
      /** How often this place has been told already. */
      readonly times: number
      readonly people: readonly Recipient[]
    }
  /**
   * All others who were told since they last heard news, and `also`, hear that it is in the hands of `by`, or over, or
   * stands still on their word. It asks nothing of them.
   */
  | {
      readonly type: 'inform'
      readonly news: News
      readonly by: string
      readonly also: readonly Recipient[]
    }
  /** What older generations still mean to send is not sent. */
  | { readonly type: 'cancel' }
  /** This step reaches nobody. */
  | {
      readonly type: 'fault'
      readonly step: number
      readonly band: Band
      readonly targets: readonly Target[]
    }
  /** Ask the resident; an answer counts until then. */
  | { readonly type: 'ask'; readonly until: Millis }
  /** The visit of a person: it begins, its time to report moves, they arrive, it is over. */
  | {
      readonly type: 'visit'
      readonly act: 'begin' | 'report' | 'arrive' | 'end'
      readonly by: string
      readonly companion: string | null
      readonly due: Millis
    }

export type Decision = {
  readonly alert: Case
  readonly effects: readonly Effect[]
  readonly refused: Refusal | null
}

/** Who has the alert in hand, or closed it; null while nobody does. */
export function ownerOf(state: AlertState): string | null {
  return 'by' in state ? state.by : null
}

/** As it was. */
export function stay(alert: Case): Decision {
  return { alert, effects: [], refused: null }
}

/** As it was, because what was asked for cannot be. */
export function refuse(alert: Case, refused: Refusal): Decision {
  return { alert, effects: [], refused }
}

/** A new state that makes everything planned stale. */
export function supersede(
  alert: Case,
  state: AlertState,
  effects: readonly Effect[] = [],
): Decision {
  const next = { ...alert, generation: alert.generation + 1, state }
  return { alert: next, effects: [{ type: 'cancel' }, ...effects], refused: null }
}

/** Lets the others know that `by` has it or has ended it; whoever had it `before` too, though nobody told them of it. */
export function informOthers(
  news: News,
  by: string,
  before: string | null,
  course: Course,
): Effect {
  const had = before === null || before === by ? null : course.find(before)
  return { type: 'inform', news, by, also: had ? [had] : [] }
}

/** Begins the ladder anew at `step` under a new generation, for `purpose`; the supervisors hear of what was lost. */
export function restart(
  alert: Case,
  from: { readonly step: number; readonly purpose: Purpose; readonly due: Millis },
  course: Course,
): Decision {
  const anew = { ...alert, generation: alert.generation + 1, offer: null }
  const next = climb(anew, from.step, from.due, course)
  const extra = from.purpose === 'lost' ? course.supervisors : []
  const effects = next.effects.map((effect) =>
    effect.type === 'tell'
      ? { ...effect, purpose: from.purpose, people: together(effect.people, extra) }
      : effect,
  )
  return { ...next, effects: [{ type: 'cancel' }, ...effects] }
}

/** Tells the first step from rung `from` on that reaches anybody. Rungs count through all rounds. */
export function climb(alert: Case, from: number, due: Millis, course: Course): Decision {
  const { ladder, reach, band } = course
  const steps = stepsIn(ladder, band)
  const round = steps.length
  if (round === 0) return stay({ ...alert, state: { state: 'listed' } })
  const empty = new Set<number>()
  for (let rung = from; rung < round * (ladder.repeats + 1); rung++) {
    const [loop, step] = [Math.floor(rung / round), rung % round]
    const people = reach[step] ?? []
    if (people.length > 0) {
      const until = after(due, pause(steps[step], 0, ladder), course.now)
      const state = { state: 'notifying', loop, step, times: 0, band, until } as const
      const tell = { type: 'tell', purpose: 'page', loop, step, times: 0, people } as const
      return {
        alert: { ...alert, state },
        effects: [...faults(empty, course), tell],
        refused: null,
      }
    }
    empty.add(step)
  }
  const last = tellAgain(alert, 1, due, course)
  return isReached(reach) ? { ...last, effects: [...faults(empty, course), ...last.effects] } : last
}

/** The step that is on, once more; or the next one when it has been told often enough. */
export function persist(
  alert: Case,
  state: Extract<AlertState, { state: 'notifying' }>,
  course: Course,
): Decision {
  const steps = stepsIn(course.ladder, course.band)
  const { loop, step } = state
  const people = course.reach[step] ?? []
  const times = state.times + 1
  if (times > (steps[step]?.repeats ?? 0) || people.length === 0 || hasTurned(state, course))
    return goOn(alert, state, state.until, course)
  const until = after(state.until, pause(steps[step], times, course.ladder), course.now)
  const tell = { type: 'tell', purpose: 'page', loop, step, times, people } as const
  return { ...stay({ ...alert, state: { ...state, times, until } }), effects: [tell] }
}

/**
 * The step after the one that is on. Has the office closed or opened since, who answers now is told from their `first` step
 * on.
 */
export function goOn(
  alert: Case,
  state: Extract<AlertState, { state: 'notifying' }>,
  due: Millis,
  course: Course,
  first = 0,
): Decision {
  if (hasTurned(state, course)) return restart(alert, { step: first, purpose: 'page', due }, course)
  const { loop, step } = state
  return climb(alert, loop * course.reach.length + step + 1, due, course)
}

/** Whether others are to be told now than when this step was: the office has closed or opened since. */
export function hasTurned({ band }: { readonly band: Band }, course: Course): boolean {
  const { ladder } = course
  return !isSame(stepsIn(ladder, course.band), stepsIn(ladder, band))
}

/**
 * Nobody answered: the last step that reaches anybody, once more, and the supervisors with it. If that is nobody, that
 * is the fault.
 */
export function tellAgain(alert: Case, times: number, due: Millis, course: Course): Decision {
  const { ladder, reach, supervisors, now, band } = course
  const until = after(due, ladder.again, now)
  const steps = stepsIn(ladder, band)
  const last = reach.findLastIndex((people) => people.length > 0)
  const people = together(reach[last] ?? [], supervisors)
  const step = last < 0 ? steps.length - 1 : last
  const tell = {
    type: 'tell',
    purpose: 'page',
    loop: ladder.repeats,
    step,
    // Beyond what its own persistence has told.
    times: times + (steps[step]?.repeats ?? 0),
    people,
  } as const
  return {
    alert: { ...alert, state: { state: 'exhausted', times, until } },
    effects: [
      ...(last < 0 ? faults(steps.keys(), course) : []),
      ...(people.length > 0 ? [tell] : []),
    ],
    refused: null,
  }
}

/** The first step above `level` that reaches anybody but `owner`, or the supervisors. Null: there is nobody. */
export function levelAbove(
  level: number,
  owner: string,
  course: Course,
): { readonly step: number; readonly people: readonly Recipient[] } | null {
  const others = (people: readonly Recipient[] = []) => people.filter((one) => one.person !== owner)
  const step = course.reach.findIndex((people, at) => at > level && others(people).length > 0)
  if (step >= 0) return { step, people: others(course.reach[step]) }
  const above = others(course.supervisors)
  return above.length > 0 ? { step: Math.max(course.reach.length, level + 1), people: above } : null
}

/** The first step that reaches a person; -1 when none does. */
export function stepOf(person: string, { reach }: Course): number {
  return reach.findIndex((people) => people.some((one) => one.person === person))
}

/** How far up an alert has been told when `by` has it: the next who hear of it stand above. */
export function levelOf({ state }: Pick<Case, 'state'>, by: string, course: Course): number {
  if (state.state === 'notifying') return Math.max(state.step, stepOf(by, course))
  return state.state === 'acknowledged' ? state.level : stepOf(by, course)
}

/** Both, each person once. */
export function together(a: readonly Recipient[], b: readonly Recipient[]): readonly Recipient[] {
  return [...a, ...b.filter((one) => !a.some(({ person }) => person === one.person))]
}

function pause(step: Step | undefined, times: number, ladder: Ladder): Millis {
  if (!step) return ladder.again
  return times < step.repeats ? step.every : step.wait
}

/**
 * When `wait` is over: counted from when this was due, so that a late sweep does not shift the ladder. But
 * after an outage nobody gets less than half of it, and no two steps are told in one breath.
 */
function after(due: Millis, wait: Millis, now: Millis): Millis {
  return Math.max(due + wait, now + Math.ceil(wait / 2))
}

// By what they say: a plan that was read from the store has the same steps twice where two bands share them.
function isSame(a: readonly Step[], b: readonly Step[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function faults(empty: Iterable<number>, { ladder, band }: Course): Effect[] {
  const steps = stepsIn(ladder, band)
  return Array.from(empty, (step) => {
    const targets = steps[step]?.targets ?? []
    return { type: 'fault', step, band, targets }
  })
}

function isReached(reach: Reach): boolean {
  return reach.some((people) => people.length > 0)
}
