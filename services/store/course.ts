import type { Alert } from '../../schemas/alert.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Plan, Step, Target } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { bandAt, mayAsk } from '../core/office-hours.ts'
import { ladderFor, stepsIn } from '../core/plan.ts'
import { namedIn, type Recipient, recipients, type Roster } from '../core/roster.ts'
import type { Course } from '../core/rungs.ts'
import { isHeldBack } from '../core/standstill.ts'
import type { Db } from './pool.ts'
import { type AlertHome, readRoster } from './roster.ts'

/** What of this installation decides whom an alert can reach. */
export type Means = {
  /** The channels that are set up. */
  readonly channels: readonly Channel[]
  /** Whether there is a way to ask the resident. */
  readonly asks: boolean
}

/** Of which case a course is. `subjects`: those of the staff whom it is about, who are never told of it. */
export type Matter = Pick<Alert, 'kind' | 'grade'> & {
  readonly subjects: readonly string[]
  readonly outage: number | null
  readonly called: boolean
}

/** The ladder of a case, and whom it reaches at `now`. `also` names people whom an event speaks of. */
export async function courseOf(
  db: Db,
  plan: Plan,
  matter: Matter,
  at: { readonly home: AlertHome; readonly means: Means; readonly also: readonly string[] },
  now: Millis,
): Promise<Course> {
  const { home, means, also } = at
  const ladder = ladderFor(plan, matter.kind, matter.grade)
  const named = [...namedIn(ladder), ...also]
  const roster = await readRoster(db, { home, named, channels: means.channels }, now)
  const band = bandAt(now, roster.office)
  const of = (step: Step) => reached(step, { home, roster, subjects: matter.subjects }, now)
  return {
    ladder,
    band,
    reach: stepsIn(ladder, band).map(of),
    find: (person) => of(stepFor({ type: 'person', person }))[0] ?? null,
    supervisors: of(stepFor({ type: 'supervisor' })),
    asks: means.asks && mayAsk(ladder, home.quiet, roster.office.timeZone, now),
    absent: isHeldBack(matter) ? home.absent : null,
    now,
  }
}

function reached(
  step: Step,
  to: Pick<Matter, 'subjects'> & { readonly home: AlertHome; readonly roster: Roster },
  now: Millis,
): Recipient[] {
  return recipients(step, to.home, to.roster, now).filter(
    ({ person }) => !to.subjects.includes(person),
  )
}

// Whoever must be told besides the ladder is told by whatever reaches them, the surest first.
const WAYS: readonly Channel[] = [
  'push',
  'alimtalk',
  'sms',
  'webhook',
  'email',
  'ntfy',
  'slack',
  'cap',
]

function stepFor(target: Target): Step {
  return { targets: [target], channels: [...WAYS], wait: 1, repeats: 0, every: 1 }
}
