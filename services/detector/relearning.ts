import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import { Tier } from '../../schemas/household.ts'
import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { LEARNT_BY } from '../core/learning.ts'
import { EMPTY_RHYTHM, learn } from '../core/rhythm.ts'
import { dayStart } from '../core/time.ts'
import { type Db, transaction } from '../store/pool.ts'
import {
  type Relearning,
  saveRelearning,
  takeOld,
  takeRelearning,
  takeUnreadable,
} from '../store/relearning.ts'
import { type Learner, type Learnt, saveRhythms } from '../store/rhythms.ts'
import { learntUpTo, readPasts } from './learning.ts'

// Whoever learns one of these homes otherwise waits for so many: a fifth of a second.
const BATCH = 20

/**
 * What bounds learning anew: for how many real milliseconds it goes on, and for how long homes may have waited to be looked at,
 * for to judge comes first.
 */
export type Bounds = { readonly atMost: number; readonly lateness: Millis }

/**
 * Learns anew, from what is kept, homes whose rhythm an older version has learnt: those first that cannot be read at all,
 * then tier by tier. By their old rhythms they are judged until then. One process is at it at a time, for a city's database has
 * other work too; who dies over a batch leaves it as it was. Returns how many homes were learnt.
 */
export async function relearnRhythms(
  { pool, log }: { readonly pool: pg.Pool; readonly log: Logger },
  { atMost, lateness }: Bounds,
  now: Millis,
): Promise<number> {
  const end = performance.now() + atMost
  let learnt = 0
  while (performance.now() < end) {
    const batch = await transaction(pool, (db) => relearnBatch(db, now - lateness, now))
    if (!batch) break
    const { homes, unreadable } = batch
    learnt += homes
    if (unreadable > 0)
      log.warn({ homes: unreadable }, 'rhythms that could not be read were learnt anew')
  }
  return learnt
}

type Batch = { readonly homes: number; readonly unreadable: number }

async function relearnBatch(db: Db, late: Millis, now: Millis): Promise<Batch | null> {
  const relearning = await takeRelearning(db, LEARNT_BY, late, now)
  if (!relearning) return null
  const unreadable = await takeUnreadable(db, BATCH)
  const old = unreadable.length > 0 ? [] : await takeOld(db, relearning, LEARNT_BY, BATCH)
  const learners = [...unreadable, ...old]
  const learnt = await learnAnew(db, learners, now)
  const done = relearning.done + learners.length
  const place = unreadable.length > 0 ? relearning : placeAfter(relearning, old)
  await saveRelearning(db, LEARNT_BY, { ...relearning, ...place, done })
  if (learnt.length > 0) await saveRhythms(db, learnt, LEARNT_BY, now)
  return {
    homes: learners.length,
    unreadable: learners.filter(({ rhythm }) => rhythm === null).length,
  }
}

// Behind the last tier the first comes again: for whatever was passed over.
function placeAfter(
  { tier }: Relearning,
  taken: readonly Learner[],
): Pick<Relearning, 'tier' | 'after'> {
  if (taken.length === BATCH) return { tier, after: taken.at(-1)?.id ?? 0 }
  const tiers = Tier.options
  return { tier: tiers[(tiers.indexOf(tier) + 1) % tiers.length] ?? 'high', after: 0 }
}

async function learnAnew(db: Db, learners: readonly Learner[], now: Millis): Promise<Learnt[]> {
  if (learners.length === 0) return []
  const all = learners.map((each) => ({ ...each, learntUntil: 0 }))
  const pastOf = await readPasts(db, all, now)
  const learnt: Learnt[] = []
  for (const each of learners) {
    // A home takes some milliseconds, in which whoever sweeps in this process stands still: they come in between.
    await setImmediate()
    learnt.push(learnOne(each, learn(EMPTY_RHYTHM, pastOf(each), dayStart(now, each.timeZone))))
  }
  return learnt
}

// Where less is kept than half of what was known, what was known tells more, and goes on being learnt.
function learnOne({ id, rhythm: known, learntUntil }: Learner, anew: Rhythm): Learnt {
  const isPoorer = known !== null && 2 * anew.peaks.length < known.peaks.length
  const rhythm = isPoorer ? known : anew
  return {
    id,
    rhythm,
    learntBy: LEARNT_BY,
    learntUntil: isPoorer ? learntUntil : (learntUpTo(rhythm) ?? 0),
    learnAt: null,
  }
}
