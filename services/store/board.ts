import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { AlertState, Offer } from '../../schemas/alert.ts'
import { AbsenceCause, Tier } from '../../schemas/household.ts'
import { Grade, Presence, Reason, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** One home as the board shows it: where the person is thought to be, and until when that is believed. */
export const BoardHome = z.object({
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  tier: Tier,
  lastActivity: Millis,
  presence: Presence,
  since: Millis,
  /** When an absence ends at the latest, or null. */
  until: Millis.nullable(),
  /** The grade raised for the silence that goes on, or null. */
  grade: Grade.nullable(),
  /** Since when nobody can watch this home, or null when it is watched. */
  unseenSince: Millis.nullable(),
  /** Why nothing is raised for it now, and until when; null: it is watched. */
  absent: z.object({ cause: AbsenceCause, until: Millis }).nullable(),
})
export type BoardHome = z.infer<typeof BoardHome>

/** Every home that is watched, in the order of district and name. */
export function boardHomes(db: Db, now: Millis): Promise<BoardHome[]> {
  return query(
    db,
    BoardHome,
    `select h.household, h.alias, h.dong, h.time_zone as "timeZone", h.tier,
       w.last_activity_at as "lastActivity", w.presence, w.presence_since as since,
       w.presence_until as until, w.grade,
       coalesce(u.since, case when w.presence = 'blind' then w.presence_since end) as "unseenSince",
       a.absent
     from household h
     join watch w on w.household_id = h.id
     left join lateral (
       select min(since) as since from unseen
       where household_id = h.id and until is null
     ) u on true
     left join lateral (
       select jsonb_build_object('cause', cause,
         'until', (extract(epoch from least(until, ended_at)) * 1000)::bigint) as absent
       from absence where household_id = h.id and since <= $1 and until > $1
         and (ended_at is null or ended_at > $1)
       order by least(until, ended_at) desc limit 1
     ) a on true
     where h.purpose = 'home'
     order by h.dong, h.alias, h.id`,
    [instant(now)],
  )
}

/** An open alert as the board shows it. `reason` is that of the newest signal of its grade. */
export const BoardAlert = z.object({
  id: z.int(),
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  kind: SignalKind,
  grade: Grade,
  opened: Millis,
  state: AlertState,
  offer: Offer.nullable(),
  cancelling: z.object({ by: z.string() }).nullable(),
  reason: Reason.nullable(),
  /** How many of its messages wait or are on their way, were taken, arrived, were seen, may have left, failed. */
  messages: z.object({
    waiting: z.int(),
    accepted: z.int(),
    delivered: z.int(),
    read: z.int(),
    unknown: z.int(),
    failed: z.int(),
  }),
})
export type BoardAlert = z.infer<typeof BoardAlert>

/**
 * Every alert that is not closed, the gravest first, then the oldest; but not what is about `reader`: whoever called
 * for help without a word must not have their own telephone tell of it.
 */
export function boardAlerts(db: Db, reader: string): Promise<BoardAlert[]> {
  return query(
    db,
    BoardAlert,
    `select a.id, h.household, h.alias, h.dong, h.time_zone as "timeZone", a.kind, a.grade,
       a.opened_at as opened, a.state, a.offer, a.cancelling, s.reason, d.messages
     from alert a
     join household h on h.id = a.household_id
     left join lateral (
       select reason from signal where alert_id = a.id order by grade = a.grade desc, id desc limit 1
     ) s on true
     cross join lateral (
       select jsonb_build_object(
         'waiting', count(*) filter (where state in ('queued', 'sending', 'retrying')),
         'accepted', count(*) filter (where state = 'accepted'),
         'delivered', count(*) filter (where state = 'delivered'),
         'read', count(*) filter (where state = 'read'),
         'unknown', count(*) filter (where state = 'unknown'),
         'failed', count(*) filter (where state = 'failed')) as messages
       from delivery where alert_id = a.id
     ) d
     where a.state ->> 'state' not in ('resolved', 'cancelled') and h.purpose <> 'canary'
       and a.subject is distinct from $1
     order by array_position(array['danger', 'warning', 'caution', 'watch'], a.grade),
       a.opened_at, a.id`,
    [reader],
  )
}

/** Since when the pipeline itself stands still, so that no home is watched; null when it runs. */
export async function pipelineUnseenSince(db: Db): Promise<Millis | null> {
  const rows = await query(
    db,
    z.object({ since: Millis.nullable() }),
    `select min(since) as since from unseen where household_id is null and until is null`,
  )
  return rows[0]?.since ?? null
}

/** The first wait before a lost session is opened again, in real milliseconds; doubled up to `LONGEST`. */
const SHORTEST = 200
const LONGEST = 5_000

/** Ends listening. `listening()` says whether changes arrive now; while not, whoever shows the board must poll. */
export type BoardChanges = AsyncDisposable & { listening(): boolean }

/**
 * Calls `changed` whenever something on the board may have changed, and after each reconnect, since what
 * happened meanwhile was not heard. Listens on a session of its own: one from the pool would be lent for ever.
 */
export function onBoardChange(pool: pg.Pool, changed: () => void): BoardChanges {
  const ending = new AbortController()
  let listening = false
  const life = keepListening(
    pool,
    ending.signal,
    (is) => {
      listening = is
      if (is) changed()
    },
    changed,
  )
  return {
    listening: () => listening,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await life
    },
  }
}

async function keepListening(
  pool: pg.Pool,
  ending: AbortSignal,
  became: (listening: boolean) => void,
  changed: () => void,
): Promise<void> {
  for (let wait = SHORTEST; !ending.aborted; wait = Math.min(wait * 2, LONGEST)) {
    const heard = await listenOnce(pool, ending, () => became(true), changed)
    became(false)
    if (heard) wait = SHORTEST
    // The wait is cut short by the end, which the loop sees.
    if (!ending.aborted) await sleep(wait, undefined, { signal: ending }).catch(() => undefined)
  }
}

/** Listens until the session is lost or the end comes; false when it never began. */
async function listenOnce(
  pool: pg.Pool,
  ending: AbortSignal,
  began: () => void,
  changed: () => void,
): Promise<boolean> {
  const client = new pg.Client({ ...pool.options, keepAlive: true })
  const over = Promise.withResolvers<void>()
  client.on('error', () => over.resolve())
  client.on('end', () => over.resolve())
  client.on('notification', changed)
  const stop = () => over.resolve()
  ending.addEventListener('abort', stop)
  try {
    await client.connect()
    await client.query('listen board')
    began()
    await over.promise
    return true
  } catch {
    // The server is away: expected, and tried again. /health says so meanwhile.
    return false
  } finally {
    ending.removeEventListener('abort', stop)
    await client.end().catch(() => undefined)
  }
}
