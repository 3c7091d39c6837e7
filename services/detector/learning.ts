import type pg from 'pg'
import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { isRestDay } from '../core/holidays.ts'
import { LEARNT_BY, nextLearning } from '../core/learning.ts'
import { EMPTY_RHYTHM, type Past, learn } from '../core/rhythm.ts'
import { goingSince } from '../core/restless.ts'
import { mergeSpans } from '../core/silence.ts'
import { HOUR, QUARTER, dayStart } from '../core/time.ts'
import { absentTimes } from '../store/absences.ts'
import { ranSpans } from '../store/meters.ts'
import type { Db } from '../store/pool.ts'
import {
  type Learner,
  type Learnt,
  activityOf,
  saveRhythms,
  takeLearners,
} from '../store/rhythms.ts'
import { unseenOf } from '../store/unseen.ts'
import { learnOutcomes } from './feedback.ts'
import { learnHabits } from './habits.ts'
import { learnIntervals } from './intervals.ts'
import { learnTrust } from './trust.ts'

// A home has up to 96 rows a day, and one that begins may bring three months: 50 homes are then 430,000.
const BATCH = 50

/** Takes the finished days of every home that is due into its rhythm, and returns how many homes that were. */
export async function learnRhythms(pool: pg.Pool, now: Millis): Promise<number> {
  let learnt = 0
  for (;;) {
    const learners = await takeLearners(pool, BATCH, now + HOUR, now)
    if (learners.length > 0) {
      // Before the rhythms: whoever saves those has the homes looked at.
      await learnOutcomes(pool, learners, now)
      await learnBatch(pool, learners, now)
      await learnHabits(pool, learners, now)
      await learnIntervals(pool, learners, now)
      await learnTrust(pool, learners, now)
    }
    learnt += learners.length
    if (learners.length < BATCH) return learnt
  }
}

async function learnBatch(pool: pg.Pool, learners: readonly Learner[], now: Millis): Promise<void> {
  const pastOf = await readPasts(pool, learners, now)
  const learnt = learners.map((each) => learnOn(each, pastOf(each), now))
  await saveRhythms(pool, learnt, LEARNT_BY, now)
}

function learnOn(learner: Learner, past: Past, now: Millis): Learnt {
  const { id, timeZone, rhythm: known, learntBy, learntUntil } = learner
  const rhythm = learn(known ?? EMPTY_RHYTHM, past, dayStart(now, timeZone))
  return {
    id,
    rhythm,
    // What an older version has learnt stays of that version: it is learnt anew in its turn.
    learntBy: learntBy ?? LEARNT_BY,
    learntUntil: learntUpTo(rhythm) ?? learntUntil,
    learnAt: nextLearning(rhythm.peaks.length, now, timeZone),
  }
}

/** Up to when a rhythm is learnt; null: it knows nothing. */
export function learntUpTo({ until }: Rhythm): Millis | null {
  return until === null ? null : until * QUARTER
}

/** Reads what happened in homes since each was learnt, in one go for all. */
export async function readPasts(
  db: Db,
  learners: readonly Learner[],
  now: Millis,
): Promise<(learner: Learner) => Past> {
  // Of a sensor that goes on the hours that were out of sight are taken off once it rests.
  const since = learners.reduce(
    (earliest, { learntUntil, rhythm }) =>
      Math.min(earliest, learntUntil, rhythm ? goingSince(rhythm.tireless) : now),
    now,
  )
  const homes = learners.map(({ id }) => id)
  const lived = new Map((await activityOf(db, learners, now)).map((each) => [each.id, each]))
  const asked = learners.map(({ id, learntUntil }) => ({ home: id, after: learntUntil }))
  const ran = Map.groupBy(await ranSpans(db, asked), ({ home }) => home)
  // Who is absent by plan teaches nothing either: not that silence is normal, nor that a visitor is.
  const unseen = [...(await unseenOf(db, homes, since)), ...(await absentTimes(db, homes, since))]
  return ({ id, timeZone, exitSeenBy, metered }) => ({
    timeZone,
    byMotion: exitSeenBy === 'motion',
    activity: lived.get(id)?.activity ?? [],
    isRest: isRestDay,
    ...(metered && { ran: mergeSpans(ran.get(id) ?? []) }),
    unseen: unseen.filter((span) => span.home === null || span.home === id),
  })
}
