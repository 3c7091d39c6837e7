import type pg from 'pg'
import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Judgement, MODEL, POLICIES, type QuietHome, judge } from '../core/inactivity.ts'
import { EMPTY_RHYTHM } from '../core/rhythm.ts'
import { MINUTE, type Span } from '../core/time.ts'
import type { Db } from '../store/pool.ts'
import { type Finding, type Return, addReturned, addSignals, tellBoard } from '../store/signals.ts'
import { type Unseen, unseenOf } from '../store/unseen.ts'
import { type Look, type WatchedHome, claimHomes, saveLooks } from '../store/watch.ts'
import { lookForSensors } from './unwatched.ts'
import { type Batch, type Tally, sweep } from './sweep.ts'

// Ingest waits for what a batch holds: 200 homes are some tens of milliseconds.
const BATCH = 200
// How often a home that no sensor watches is looked at again: a new one is soon seen, and the floor is an hour.
const AGAIN = 10 * MINUTE

/** Looks at every home that is due: a new deadline, or a signal, or the fact that activity is back. */
export function lookAtHomes(pool: pg.Pool, now: Millis): Promise<Tally> {
  return sweep(pool, 0, (db, after) => lookAtBatch(db, after, now))
}

async function lookAtBatch(db: Db, after: number, now: Millis): Promise<Batch<number>> {
  const homes = await claimHomes(db, after, BATCH, now)
  const last = homes.length < BATCH ? null : (homes.at(-1)?.id ?? null)
  if (homes.length === 0) return { looked: 0, news: 0, last }
  const sight = await lookForSensors(db, homes, now)
  const since = homes.reduce((earliest, home) => Math.min(earliest, home.lastActivity), now)
  const unseen = await unseenOf(
    db,
    homes.map((home) => home.id),
    since,
  )
  const results = homes.map((home) => lookAt(home, outOfSight(home, unseen, now), now))
  const found = [...sight.found, ...results.flatMap((result) => result.found)]
  const back = [...sight.back, ...results.flatMap((result) => result.back)]
  await saveLooks(
    db,
    results.map((result) => result.look),
  )
  await addSignals(db, found, now)
  await addReturned(db, back)
  const news = found.length + back.length
  if (news > 0 || results.some((result) => result.isMoved)) await tellBoard(db)
  return { looked: homes.length, news, last }
}

type Result = {
  readonly look: Look
  readonly found: readonly Finding[]
  readonly back: readonly Return[]
  /** Whether the person is thought to be elsewhere now. */
  readonly isMoved: boolean
}

function lookAt(home: WatchedHome, unseen: readonly Span[], now: Millis): Result {
  const isBack = home.grade !== null && home.lastActivity > (home.silenceSince ?? 0)
  const raised = isBack ? null : home.grade
  const judgement = judge(asQuietHome(home, raised, unseen), now)
  return {
    look: lookOf(home, judgement, raised, now),
    found: findings(home.id, judgement),
    back: isBack ? [{ householdId: home.id, kind: 'inactivity', at: home.lastActivity }] : [],
    isMoved: judgement.where.presence !== home.presence,
  }
}

function asQuietHome(home: WatchedHome, raised: Grade | null, unseen: readonly Span[]): QuietHome {
  const { presence, presenceSince: since } = home
  const rhythm = home.rhythm ?? EMPTY_RHYTHM
  const before = { presence, since }
  return { ...home, policy: POLICIES[home.tier], raised, unseen, rhythm, before }
}

function lookOf(home: WatchedHome, judgement: Judgement, raised: Grade | null, now: Millis): Look {
  const { where, deadline } = judgement
  const grade = judgement.kind === 'unusual' ? judgement.grade : raised
  return {
    id: home.id,
    deadline: home.watched ? deadline : Math.min(deadline ?? Infinity, now + AGAIN),
    presence: where.presence,
    presenceSince: where.since,
    presenceUntil: where.until,
    grade,
    silenceSince: grade === null ? null : home.lastActivity,
  }
}

function findings(home: number, judgement: Judgement): Finding[] {
  if (judgement.kind === 'calm') return []
  const { grade, due, reason } = judgement
  return [{ householdId: home, kind: 'inactivity', grade, due, reason, model: MODEL }]
}

// What a gateway has not confirmed yet is no silence: it may have died a minute ago.
function outOfSight(home: WatchedHome, unseen: readonly Unseen[], now: Millis): Span[] {
  const spans: Span[] = unseen.filter((span) => span.home === null || span.home === home.id)
  const { heardUntil } = home
  if (heardUntil !== null && heardUntil < now) spans.push({ since: heardUntil, until: now })
  return spans
}
