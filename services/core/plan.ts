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

// What is quickest to be noticed first; a way that is not set up, or that somebody does not have, is passed over.
const LOUD: Channel[] = ['push', 'alimtalk', 'sms', 'webhook', 'email']
// Nobody need be woken for these, but who has no other way is told by telephone all the same.
const QUIET: Channel[] = ['webhook', 'email', 'push', 'alimtalk', 'sms']

const PLANNER: Target[] = [{ type: 'planner' }]
const DUTY: Target[] = [{ type: 'duty' }]
const SUPERVISOR: Target[] = [{ type: 'supervisor' }]
const TECHNICIAN: Target[] = [{ type: 'role', role: 'technician' }]
// Whoever looks after this home besides the office, with consent; a step is not empty for want of them.
const CARE: Target[] = [{ type: 'care' }]
const NEIGHBOUR: Target[] = [{ type: 'neighbour' }]

// While the planner is away the deputy is told in their place; when the planner does not answer, both desks are.
const DESK: Target[] = [{ type: 'deputy' }, ...DUTY]
const BY_DAY = [PLANNER, DESK, SUPERVISOR]
const BY_NIGHT = [DUTY, PLANNER, SUPERVISOR]
// A person may lie there: whoever is near is told together with the second step.
const NEAR_BY_DAY = [PLANNER, [...DESK, ...CARE, ...NEIGHBOUR], SUPERVISOR]
const NEAR_BY_NIGHT = [DUTY, [...PLANNER, ...NEIGHBOUR], SUPERVISOR]

type Steps = Pick<Ladder, 'steps' | 'night' | 'holiday' | 'ask'>

function ladder(wait: number, targets: readonly Target[][], channels: Channel[] = LOUD): Steps {
  const persistence = { repeats: 0, every: MINUTE }
  const step = (each: Target[]): Step => ({ targets: each, channels, wait, ...persistence })
  return { steps: targets.map(step), ask: null }
}

// The planner in working hours; by night and on days of rest the duty desk first.
function ladders(wait: number, day: readonly Target[][], night: readonly Target[][]): Steps {
  const { steps } = ladder(wait, night)
  return { ...ladder(wait, day), night: steps, holiday: steps }
}

/**
 * The plan that a household has unless it is given another. The numbers are a start, for a municipality
 * to set. A staffed alarm centre answers 97.5 % of its calls within 60 s and 99 % within 180 s (TSA); planners
 * are no such centre, so danger waits those 180 s and the others longer. A physical response is due
 * within 45 minutes for 90 % (MASCOT), which is why danger has told everybody after 6 minutes. PagerDuty
 * holds an acknowledgement for 30 minutes, as warning does. Where there is a way to ask, the resident is asked first,
 * but not in danger: who cannot answer must not wait for it; nor at caution in quiet hours: a machine that rings at
 * three in the morning frightens more than it helps, while at warning it still spares the duty desk a call.
 */
export const STANDARD_PLAN: Plan = {
  plan: 'standard',
  version: 3,
  inactivity: {
    watch: { steps: [], ask: null, repeats: 0, lease: 2 * HOUR, again: 30 * MINUTE, confirm: DAY },
    caution: {
      ...ladders(15 * MINUTE, BY_DAY, BY_NIGHT),
      ask: 15 * MINUTE,
      repeats: 0,
      lease: 2 * HOUR,
      again: 30 * MINUTE,
      // Movement tends to come back in waking hours, so the same hour of the next day is one too.
      confirm: DAY,
    },
    warning: {
      ...ladders(5 * MINUTE, NEAR_BY_DAY, NEAR_BY_NIGHT),
      ask: 3 * MINUTE,
      askQuiet: true,
      repeats: 1,
      lease: 30 * MINUTE,
      again: 10 * MINUTE,
      confirm: HOUR,
    },
    danger: {
      ...ladders(3 * MINUTE, NEAR_BY_DAY, NEAR_BY_NIGHT),
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
    ...ladder(4 * HOUR, [TECHNICIAN, DUTY], QUIET),
    repeats: 0,
    lease: DAY,
    again: DAY,
    confirm: DAY,
  },
  configuration: {
    ...ladder(HOUR, [SUPERVISOR], QUIET),
    repeats: 0,
    lease: DAY,
    again: DAY,
    confirm: DAY,
  },
  // A hand that asks for help has made sure by itself: nothing is graver.
  sos: {
    ...ladders(2 * MINUTE, NEAR_BY_DAY, NEAR_BY_NIGHT),
    repeats: 1,
    lease: 10 * MINUTE,
    again: 5 * MINUTE,
    confirm: 30 * MINUTE,
  },
  door: {
    ...ladders(10 * MINUTE, BY_DAY, BY_NIGHT),
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
        targets: [...SUPERVISOR, ...DUTY],
        channels: LOUD,
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
