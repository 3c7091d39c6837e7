import type pg from 'pg'
import type { Habit } from '../../schemas/habit.ts'
import type { Millis } from '../../schemas/time.ts'
import { habitDays } from '../core/habit.ts'
import { DAY, fromLocal, localDay } from '../core/time.ts'
import { type Change, addDays, lookForChanges } from '../core/trend.ts'
import { absentTimes } from '../store/absences.ts'
import { habitsOf, saveHabits } from '../store/habits.ts'
import { type Db, transaction } from '../store/pool.ts'
import { type ActivityOf, type Learner, activityOf } from '../store/rhythms.ts'
import { type Finding, tellBoard } from '../store/signals.ts'
import { type Unseen, unseenOf } from '../store/unseen.ts'
import { absentOf, raise } from './absences.ts'

/** The rule book of slow changes; each of their signals names it. */
const MODEL = 'rank-sum-1'
// What is held: eight weeks.
const KEPT = 56

/**
 * Takes the finished days of homes into their habits, and once a week looks for a slow change: that is told on the board
 * and pages nobody. Learning the same day twice changes nothing, and tells nothing twice.
 */
export function learnHabits(
  pool: pg.Pool,
  learners: readonly Learner[],
  now: Millis,
): Promise<void> {
  return transaction(pool, async (db) => {
    const past = await pastOf(db, learners, now)
    const learnt = past.map((each) => ({ id: each.id, ...lookForChanges(takeDays(each)) }))
    await saveHabits(db, learnt)
    const found = learnt.flatMap(({ id, found: changes }) =>
      changes.map((each) => tell(id, each, now)),
    )
    const absent = await absentOf(
      db,
      found.map((each) => each.householdId),
      now,
    )
    const raised = await raise(db, found, absent, now)
    if (raised.length > 0) await tellBoard(db)
  })
}

type HomePast = {
  readonly id: number
  readonly timeZone: string
  readonly habit: Habit
  /** The local day that has not ended yet. */
  readonly today: number
  readonly activity: ActivityOf['activity']
  readonly unseen: readonly Unseen[]
}

async function pastOf(db: Db, learners: readonly Learner[], now: Millis): Promise<HomePast[]> {
  const known = new Map(
    (
      await habitsOf(
        db,
        learners.map(({ id }) => id),
      )
    ).map((each) => [each.id, each.body]),
  )
  const homes = learners.map(({ id, timeZone }) => {
    const today = localDay(now, timeZone)
    return { id, timeZone, today, habit: known.get(id) ?? newHabit(today) }
  })
  const due = homes.filter(({ habit, today }) => habit.day < today)
  if (due.length === 0) return []
  const from = due.map((each) => ({ id: each.id, learntUntil: dayOf(each, each.habit.day) }))
  const since = Math.min(...from.map((each) => each.learntUntil))
  const ids = from.map((each) => each.id)
  const activity = new Map((await activityOf(db, from, now)).map((each) => [each.id, each]))
  const unseen = [...(await unseenOf(db, ids, since)), ...(await absentTimes(db, ids, since))]
  return due.map((each) => ({
    ...each,
    activity: activity.get(each.id)?.activity ?? [],
    unseen: unseen.filter((span) => span.home === null || span.home === each.id),
  }))
}

function newHabit(today: number): Habit {
  return { day: today - KEPT, days: [], week: 0, told: {} }
}

function dayOf({ timeZone }: { readonly timeZone: string }, day: number): Millis {
  return fromLocal(day * DAY, timeZone)
}

function takeDays({ habit, today, timeZone, activity, unseen }: HomePast): Habit {
  // Nobody looked for longer than is held: what lies before is forgotten anyway.
  const from = Math.max(habit.day, today - KEPT)
  const days = habitDays({ activity, unseen, timeZone }, from, today)
  return addDays({ ...habit, day: from }, days)
}

function tell(home: number, change: Change, now: Millis): Finding {
  const reason = { rule: 'change', ...change } as const
  return { householdId: home, kind: 'change', grade: 'watch', due: now, reason, model: MODEL }
}
