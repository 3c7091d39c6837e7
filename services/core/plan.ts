import type { Channel } from '../../schemas/channel.ts'
import type { Band, Ladder, Plan, Step, Target } from '../../schemas/plan.ts'
import type { Grade, SignalKind } from '../../schemas/signal.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

/** The ladder of a plan for a case: only silence is graded, the other kinds have one ladder each. */
export function ladderFor(plan: Plan, kind: SignalKind, grade: Grade): Ladder {
  return kind === 'inactivity'
    ? plan.inactivity[grade]
    : (plan[kind] ?? STANDARD_PLAN[kind] ?? STANDARD_PLAN.inactivity[grade])
}

/** The steps of a ladder in a part of the week; one for which the plan names nobody has those of the office's hours. */
export function stepsIn(way: Ladder, band: Band): readonly Step[] {
  const own = band === 'office' ? [] : (way[band] ?? [])
  return own.length > 0 ? own : way.steps
}

const CHANNELS: Channel[] = ['webhook', 'email']
const PLANNER: Target = { type: 'planner' }
const DUTY: Target = { type: 'duty' }
const SUPERVISOR: Target = { type: 'supervisor' }
const TECHNICIAN: Target = { type: 'role', role: 'technician' }

function ladder(wait: number, targets: readonly Target[]): Pick<Ladder, 'steps' | 'ask'> {
  const persistence = { repeats: 0, every: MINUTE }
  const step = (target: Target): Step => ({
    targets: [target],
    channels: CHANNELS,
    wait,
    ...persistence,
  })
  return { steps: targets.map(step), ask: null }
}

/**
 * The plan that a household has unless it is given another. The numbers are a start, for a municipality
 * to set. A staffed alarm centre answers 97.5 % of its calls within 60 s and 99 % within 180 s (TSA); planners
 * are no such centre, so danger waits those 180 s and the others longer. A physical response is due
 * within 45 minutes for 90 % (MASCOT), which is why danger has told everybody after 6 minutes. PagerDuty
 * holds an acknowledgement for 30 minutes, as warning does.
 */
export const STANDARD_PLAN: Plan = {
  plan: 'standard',
  version: 1,
  inactivity: {
    watch: { steps: [], ask: null, repeats: 0, lease: 2 * HOUR, again: 30 * MINUTE, confirm: DAY },
    caution: {
      ...ladder(15 * MINUTE, [PLANNER, DUTY, SUPERVISOR]),
      repeats: 0,
      lease: 2 * HOUR,
      again: 30 * MINUTE,
      // Movement tends to come back in waking hours, so the same hour of the next day is one too.
      confirm: DAY,
    },
    warning: {
      ...ladder(5 * MINUTE, [PLANNER, DUTY, SUPERVISOR]),
      repeats: 1,
      lease: 30 * MINUTE,
      again: 10 * MINUTE,
      confirm: HOUR,
    },
    danger: {
      ...ladder(3 * MINUTE, [PLANNER, DUTY, SUPERVISOR]),
      repeats: 1,
      lease: 10 * MINUTE,
      again: 5 * MINUTE,
      confirm: 30 * MINUTE,
    },
  },
  // A home that nobody can see is not yet somebody in need, but each hour of it is an hour unwatched.
  blind: {
    ...ladder(30 * MINUTE, [TECHNICIAN, DUTY]),
    repeats: 0,
    lease: 4 * HOUR,
    again: 2 * HOUR,
    confirm: DAY,
  },
  sensor: {
    ...ladder(4 * HOUR, [TECHNICIAN, DUTY]),
    repeats: 0,
    lease: DAY,
    again: DAY,
    confirm: DAY,
  },
  configuration: {
    ...ladder(HOUR, [SUPERVISOR]),
    repeats: 0,
    lease: DAY,
    again: DAY,
    confirm: DAY,
  },
  // A hand that asks for help has made sure by itself: nothing is graver.
  sos: {
    ...ladder(2 * MINUTE, [PLANNER, DUTY, SUPERVISOR]),
    repeats: 1,
    lease: 10 * MINUTE,
    again: 5 * MINUTE,
    confirm: 30 * MINUTE,
  },
  door: {
    ...ladder(10 * MINUTE, [PLANNER, DUTY, SUPERVISOR]),
    repeats: 0,
    lease: 2 * HOUR,
    again: 30 * MINUTE,
    confirm: 2 * HOUR,
  },
  // A task for the next visit: it stands on the list and rings nowhere.
  change: { steps: [], ask: null, repeats: 0, lease: 7 * DAY, again: DAY, confirm: 7 * DAY },
  // Nobody who goes alone is left alone: two are told at once.
  staff: {
    steps: [
      {
        targets: [SUPERVISOR, DUTY],
        channels: CHANNELS,
        wait: 2 * MINUTE,
        repeats: 1,
        every: MINUTE,
      },
    ],
    ask: null,
    repeats: 1,
    lease: 10 * MINUTE,
    again: 3 * MINUTE,
    confirm: 10 * MINUTE,
  },
}
