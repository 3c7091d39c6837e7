import type { Plan, Step } from '../../schemas/plan.ts'
import type { Grade, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { advance, open, wakeAt } from './escalation.ts'
import { bandAt, mayAsk, type QuietHours } from './office-hours.ts'
import { ladderFor, stepsIn } from './plan.ts'
import { type Home, type Meant, recipients, type Roster, whom } from './roster.ts'
import type { Course, Decision, Effect } from './rungs.ts'
import { DAY } from './time.ts'

/** One thing that would happen: the resident is asked until then, a step is told, or passed over since it reaches nobody. */
export type Scene =
  | { readonly act: 'ask'; readonly at: Millis; readonly until: Millis }
  | {
      readonly act: 'tell' | 'skip'
      readonly at: Millis
      readonly loop: number
      readonly step: number
      readonly times: number
      /** Whom its targets mean then, and why each is told or is not. */
      readonly meant: readonly Meant[]
    }

/** What is rehearsed. `asks`: whether there is a way to ask the resident first; `quiet`: when that is not used. */
export type Rehearsal = {
  readonly plan: Plan
  readonly kind: SignalKind
  readonly grade: Grade
  readonly home: Home
  readonly roster: Roster
  readonly asks: boolean
  readonly quiet: QuietHours
}

// The ladder of a day that nobody answers has been through all its rounds by then.
const LONGEST = 2 * DAY

/**
 * Who would be told when, of a signal at `from` that nobody answers: the very machine that escalates alerts is played
 * through, with who is there at each moment, until its last step has been told once more.
 */
export function rehearse(given: Rehearsal, from: Millis): Scene[] {
  const scenes: Scene[] = []
  let at = from
  let decision = open(given.grade, false, courseAt(given, at))
  for (;;) {
    scenes.push(...scenesOf(decision, given, at))
    const { state } = decision.alert
    const next = wakeAt(decision.alert)
    if (state.state === 'exhausted' || next === null || next > from + LONGEST) return scenes
    at = Math.max(next, at + 1)
    decision = advance(decision.alert, { type: 'tick' }, courseAt(given, at))
  }
}

function courseAt(given: Rehearsal, now: Millis): Course {
  const { plan, kind, grade, home, roster } = given
  const ladder = ladderFor(plan, kind, grade)
  const band = bandAt(now, roster.office)
  return {
    ladder,
    band,
    reach: stepsIn(ladder, band).map((step) => recipients(step, home, roster, now)),
    find: () => null,
    supervisors: recipients(SUPERVISORS, home, roster, now),
    asks: given.asks && mayAsk(ladder, given.quiet, roster.office.timeZone, now),
    absent: null,
    now,
  }
}

// Who is told of what somebody had in hand and lost: nobody takes anything in hand here.
const SUPERVISORS: Step = {
  targets: [{ type: 'supervisor' }],
  channels: ['email'],
  wait: 1,
  repeats: 0,
  every: 1,
}

function scenesOf({ effects }: Decision, given: Rehearsal, at: Millis): Scene[] {
  const { plan, kind, grade, home, roster } = given
  const steps = stepsIn(ladderFor(plan, kind, grade), bandAt(at, roster.office))
  const meantAt = (n: number) => {
    const step = steps[n]
    return step ? whom(step, home, roster, at) : []
  }
  return effects.flatMap((effect): Scene[] => {
    if (effect.type === 'fault') {
      const { step } = effect
      const loop = loopOf(step, effects)
      return [{ act: 'skip', at, loop, step, times: 0, meant: meantAt(step) }]
    }
    if (effect.type === 'ask') return [{ act: 'ask', at, until: effect.until }]
    if (effect.type !== 'tell') return []
    const { loop, step, times } = effect
    return [{ act: 'tell', at, loop, step, times, meant: meantAt(step) }]
  })
}

// A step is passed over on the way to the one that is told: in its round, or at the end of the one before.
function loopOf(step: number, effects: readonly Effect[]): number {
  const told = effects.find((effect) => effect.type === 'tell')
  if (!told) return 0
  return step < told.step ? told.loop : Math.max(0, told.loop - 1)
}
