import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { isRestDay } from '../core/holidays.ts'
import { MODEL } from '../core/inactivity.ts'
import { nextLearning } from '../core/learning.ts'
import { EMPTY_RHYTHM, learn } from '../core/rhythm.ts'
import { mergeSpans } from '../core/silence.ts'
import { HOUR, QUARTER, dayStart } from '../core/time.ts'
import { absentTimes } from '../store/absences.ts'
import { type Ran, ranSpans } from '../store/meters.ts'
import {
  type ActivityOf,
  type Learner,
  type Learnt,
  activityOf,
  saveRhythms,
  takeLearners,
} from '../store/rhythms.ts'
import { type Unseen, unseenOf } from '../store/unseen.ts'
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
  const since = learners.reduce((earliest, each) => Math.min(earliest, each.learntUntil), now)
  const homes = learners.map((each) => each.id)
  const [activity, unseen, absent, ran] = await Promise.all([
    activityOf(pool, learners, now),
    unseenOf(pool, homes, since),
    absentTimes(pool, homes, since),
    ranSpans(
      pool,
      learners.map(({ id, learntUntil }) => ({ home: id, after: learntUntil })),
    ),
  ])
  const found = new Map(activity.map((each) => [each.id, each]))
  const learnt = learners.map((each) =>
    learnOne(each, { activity: found.get(each.id), unseen: [...unseen, ...absent], ran }, now),
  )
  await saveRhythms(pool, learnt, MODEL, now)
}

type Seen = {
  readonly activity: ActivityOf | undefined
  readonly unseen: readonly Unseen[]
  readonly ran: readonly Ran[]
}

function learnOne(
  { id, timeZone, exitSeenBy, metered, rhythm: known, learntUntil }: Learner,
  { activity, unseen, ran }: Seen,
  now: Millis,
): Learnt {
  const past = {
    timeZone,
    byMotion: exitSeenBy === 'motion',
    activity: (activity?.quarters ?? []).map((number, i) => ({
      quarter: number * QUARTER,
      exit: activity?.exits[i] ?? false,
      sensors: activity?.sensors[i] ?? 0,
      signs: activity?.signs[i] ?? 0,
    })),
    isRest: isRestDay,
    ...(metered && { ran: mergeSpans(ran.filter(({ home }) => home === id)) }),
    // Who is absent by plan teaches nothing either: not that silence is normal, nor that a visitor is.
    unseen: unseen.filter((span) => span.home === null || span.home === id),
  }
  const rhythm = learn(known ?? EMPTY_RHYTHM, past, dayStart(now, timeZone))
  return {
    id,
    rhythm,
    learntUntil: rhythm.until === null ? learntUntil : rhythm.until * QUARTER,
    learnAt: nextLearning(rhythm.peaks.length, now, timeZone),
  }
}
