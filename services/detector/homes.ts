import type pg from 'pg'
import type { Choice } from '../../schemas/policy.ts'
import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Considered, consider, isAbsent } from '../core/absence.ts'
import { tune, withAbsences } from '../core/feedback.ts'
import { isRestDay } from '../core/holidays.ts'
import { MODEL, type QuietHome, lastBelieved } from '../core/inactivity.ts'
import { LEARNT_BY } from '../core/learning.ts'
import { type Resolved, resolvePolicy } from '../core/policy.ts'
import { nightOf } from '../core/night.ts'
import { KNOWN_BACK } from '../core/restless.ts'
import { EMPTY_RHYTHM } from '../core/rhythm.ts'
import { seenAs } from '../core/seen.ts'
import { MINUTE, type Span, spansBeyond } from '../core/time.ts'
import { type PlannedFor, absencesOf } from '../store/absences.ts'
import { choicesFor } from '../store/policies.ts'
import type { Db } from '../store/pool.ts'
import { noteUnreadable } from '../store/relearning.ts'
import { type Finding, type Return, addReturned, spokeLast, tellBoard } from '../store/signals.ts'
import { type Unseen, unseenOf as unseenAfter } from '../store/unseen.ts'
import { type DueKey, type Look, type WatchedHome, claimHomes, saveLooks } from '../store/watch.ts'
import { raise } from './absences.ts'
import { lookForDoors } from './doors.ts'
import { type Goings, lookForRestless } from './restless.ts'
import { lookForStirring } from './stirring.ts'
import { lookForSensors } from './unwatched.ts'
import { type Batch, type Tally, sweep } from './sweep.ts'

// Ingest waits for what a batch holds: 200 homes are some tens of milliseconds.
const BATCH = 200
// How often a home that no sensor watches is looked at again: a new one is soon seen, and the floor is an hour.
const AGAIN = 10 * MINUTE

/** Looks at every home that is due: a new deadline, or a signal, or the fact that activity is back. */
export function lookAtHomes(pool: pg.Pool, now: Millis): Promise<Tally> {
  return sweep(pool, { due: -1, id: 0 }, (db, after) => lookAtBatch(db, after, now))
}

async function lookAtBatch(db: Db, after: DueKey, now: Millis): Promise<Batch<DueKey>> {
  const homes = await claimHomes(db, after, BATCH, now)
  const last = homes.length < BATCH ? null : (homes.at(-1) ?? null)
  if (homes.length === 0) return { looked: 0, news: 0, last }
  await noteUnreadable(db, withoutRhythm(homes), LEARNT_BY)
  const { known, absent, told } = await whoIsAbsent(db, await knowledgeOf(db, homes, now), now)
  const sight = await lookForSensors(db, homes, absent, now)
  const unseen = await unseenSince(db, homes, now)
  const dark = new Set(unseen.filter(({ until }) => until === null).map(({ home }) => home))
  const seen = new Set(homes.map(({ id }) => id).filter((id) => !dark.has(id) && !dark.has(null)))
  const doors = await lookForDoors(db, { homes, seen, choices: known.choices, absent }, now)
  const unseenOf = outOfSight(unseen, now)
  const goings = await lookForRestless(db, homes, unseenOf, now)
  const results = homes.map((home) => {
    const goes = goings.get(home.id)
    return lookAt(home, known, { unseen: unseenOf(home), goes, doorAt: doors.lookAt }, now)
  })
  const quiet = results.flatMap((result) => result.found)
  const found = [...sight.found, ...doors.found, ...(await withSensors(db, quiet))]
  const back = [...sight.back, ...doors.back, ...results.flatMap((result) => result.back)]
  await saveLooks(
    db,
    results.map((result) => result.look),
  )
  const { length: raised } = await raise(db, found, absent, now)
  await addReturned(db, back)
  const news = raised + told + back.length
  if (news > 0 || results.some((result) => result.isMoved)) await tellBoard(db)
  return { looked: homes.length, news, last }
}

// They are judged as new ones until they are learnt anew, and that is done first.
function withoutRhythm(homes: readonly WatchedHome[]): number[] {
  return homes.filter(({ rhythm, isLearnt }) => isLearnt && !rhythm).map(({ id }) => id)
}

// Who goes and looks wants to know where the person was.
async function withSensors(db: Db, found: readonly Finding[]): Promise<Finding[]> {
  const ids = found.map((each) => each.householdId)
  const spoke = Map.groupBy(await spokeLast(db, ids), ({ home }) => home)
  return found.map((each) => {
    const sensors = (spoke.get(each.householdId) ?? []).map(({ uid, room, kind, at }) => ({
      uid,
      room,
      kind,
      at,
    }))
    const { reason } = each
    return 'expected' in reason ? { ...each, reason: { ...reason, spoke: sensors } } : each
  })
}

/** What people have said of some homes: choices, and of each the absence that matters. */
type Knowledge = {
  readonly choices: readonly Choice[]
  readonly planned: ReadonlyMap<number, PlannedFor>
}

async function knowledgeOf(db: Db, homes: readonly WatchedHome[], now: Millis): Promise<Knowledge> {
  const ids = homes.map((home) => home.id)
  const choices = await choicesFor(db, ids, now)
  const planned = await absencesOf(db, ids, now)
  return { choices, planned: new Map(planned.map((each) => [each.home, each])) }
}

// Whoever has come back before the plan says is watched again.
async function whoIsAbsent(db: Db, known: Knowledge, now: Millis) {
  const planned = new Map([...known.planned].filter(([, each]) => isAbsent(each, now)))
  const { absent, told } = await lookForStirring(db, planned, now)
  const shortened = [...known.planned].map(([home, each]) => {
    const isBack = planned.has(home) && !absent.has(home)
    return [home, isBack ? { ...each, until: now } : each] as const
  })
  return { known: { ...known, planned: new Map(shortened) }, absent, told }
}

function unseenSince(db: Db, homes: readonly WatchedHome[], now: Millis): Promise<Unseen[]> {
  const ids = homes.map((home) => home.id)
  return unseenAfter(db, ids, Math.min(...homes.map((home) => knownSince(home, now))))
}

// Sensors may have gone on since long before the last activity.
function knownSince({ lastActivity }: WatchedHome, now: Millis): Millis {
  return Math.min(lastActivity, now - KNOWN_BACK)
}

type Result = {
  readonly look: Look
  readonly found: readonly Finding[]
  readonly back: readonly Return[]
  /** Whether the person is thought to be elsewhere now. */
  readonly isMoved: boolean
}

/** What is seen of a home: when it was out of sight, who does not rest, and when to look again at those with an open door. */
type Sight = {
  readonly unseen: readonly Span[]
  readonly goes: Goings | undefined
  readonly doorAt: ReadonlyMap<number, Millis>
}

function lookAt(
  home: WatchedHome,
  { choices, planned }: Knowledge,
  { unseen, goes, doorAt }: Sight,
  now: Millis,
): Result {
  const resolved = resolvePolicy(home, choices, now)
  const changesAt = earlier(resolved.changesAt, doorAt.get(home.id) ?? null)
  const standing = { ...asQuietHome(home, resolved, unseen), ...goes }
  const believed = lastBelieved(standing, now)
  const isBack = home.grade !== null && believed > (home.silenceSince ?? 0)
  const raised = isBack ? null : home.grade
  const quiet = { ...standing, raised }
  const considered = consider(quiet, planned.get(home.id) ?? null, now)
  return {
    look: lookOf(home, considered, { raised, changesAt }, now),
    found: findings(home, considered, now),
    back: isBack ? [{ householdId: home.id, kind: 'inactivity', at: believed }] : [],
    isMoved: considered.where.presence !== home.presence,
  }
}

function asQuietHome(home: WatchedHome, { policy }: Resolved, unseen: readonly Span[]): QuietHome {
  const { presence, presenceSince: since } = home
  const rhythm = withAbsences(home.rhythm ?? EMPTY_RHYTHM, home.feedback)
  const before = { presence, since }
  return {
    ...home,
    policy: tune(policy, home.feedback),
    raised: home.grade,
    unseen,
    rhythm,
    before,
    byMotion: home.exitSeenBy === 'motion',
    isRest: isRestDay,
  }
}

function earlier(a: Millis | null, b: Millis | null): Millis | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

type Standing = { readonly raised: Grade | null; readonly changesAt: Millis | null }

function lookOf(
  home: WatchedHome,
  considered: Considered,
  { raised, changesAt }: Standing,
  now: Millis,
): Look {
  const { where, deadline, kind, withheld } = considered
  const grade = kind === 'unusual' && !withheld ? considered.grade : raised
  const again = home.watched ? Infinity : now + AGAIN
  // What holds for the home may ask for an earlier look once it changes.
  const next = Math.min(deadline ?? Infinity, again, changesAt ?? Infinity)
  return {
    id: home.id,
    deadline: next === Infinity ? null : next,
    presence: where.presence,
    presenceSince: where.since,
    presenceUntil: where.until,
    grade,
    silenceSince: grade === null ? null : home.lastActivity,
  }
}

function findings(home: WatchedHome, considered: Considered, now: Millis): Finding[] {
  if (considered.kind === 'calm') return []
  const { grade, due, where } = considered
  const night = home.rhythm && nightOf(home.rhythm)
  const seen = seenAs({ ...home, where, night, visitor: null }, now)
  const reason =
    'expected' in considered.reason ? { ...considered.reason, seen } : considered.reason
  return [{ householdId: home.id, kind: 'inactivity', grade, due, reason, model: MODEL }]
}

// What a gateway has not confirmed yet is no silence: it may have died a minute ago.
function outOfSight(unseen: readonly Unseen[], now: Millis): (home: WatchedHome) => Span[] {
  const byHome = Map.groupBy(unseen, ({ home }) => home)
  return (home) => {
    const { id, heardUntil } = home
    // Of others in the batch more may be known.
    const known = [...(byHome.get(null) ?? []), ...(byHome.get(id) ?? [])]
    const spans: Span[] = spansBeyond(known, knownSince(home, now))
    if (heardUntil !== null && heardUntil < now) spans.push({ since: heardUntil, until: now })
    return spans
  }
}
