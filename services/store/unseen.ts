import type pg from 'pg'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** Time in which a home could not be watched; `home` null: no home could. */
export const Unseen = z.object({
  home: z.int().nullable(),
  since: Millis,
  until: Millis.nullable(),
})
export type Unseen = z.infer<typeof Unseen>

/** The time out of sight of some homes that lasted beyond `after`. */
export function unseenOf(db: Db, homes: readonly number[], after: Millis): Promise<Unseen[]> {
  return query(
    db,
    Unseen,
    `select household_id as home, since, until from unseen
     where (household_id = any ($1::int[]) or household_id is null)
       and (until is null or until > $2)
     order by since`,
    [[...homes], instant(after)],
  )
}

/** A home that went out of sight at `since`. */
export type Dark = { readonly home: number; readonly since: Millis }

/** Opens a stretch out of sight for homes whose gateway is not heard, and returns those that had none open. */
export async function openUnseen(db: Db, dark: readonly Dark[]): Promise<number[]> {
  if (dark.length === 0) return []
  const opened = await query(
    db,
    z.object({ home: z.int() }),
    `insert into unseen (household_id, since, cause)
     select household_id, min(since), 'gateway' from unnest($1::int[], $2::timestamptz[])
       as d (household_id, since)
     group by household_id order by household_id
     on conflict do nothing
     returning household_id as home`,
    [dark.map((each) => each.home), dark.map((each) => instant(each.since))],
  )
  return opened.map((row) => row.home)
}

/**
 * Ends at `now` the stretch of each of these homes whose gateways are all heard again, and returns those homes. One
 * that is let in no more does not count; one that was lost is not heard because somebody closed its case.
 */
export async function closeUnseen(
  db: Db,
  homes: readonly number[],
  now: Millis,
): Promise<number[]> {
  if (homes.length === 0) return []
  const closed = await query(
    db,
    z.object({ home: z.int() }),
    `update unseen as u set until = greatest(u.since, $2)
     where u.household_id = any ($1::int[]) and u.until is null and u.cause = 'gateway'
       and not exists (select from gateway g
         where g.household_id = u.household_id and g.disabled_at is null
           and (g.lost_since is not null or g.last_seen_at is null or g.last_seen_at <= g.confirmed_at))
     returning u.household_id as home`,
    [[...homes], instant(now)],
  )
  return closed.map((row) => row.home)
}

/** A process's last beat, and the longest pause between two beats that nobody has taken into account yet. */
export const Beat = z.object({
  at: Millis,
  pauseSince: Millis.nullable(),
  pauseUntil: Millis.nullable(),
})
export type Beat = z.infer<typeof Beat>

/** Reads the last beat of ingest, or null when it never ran. */
export async function ingestBeat(db: Db): Promise<Beat | null> {
  const rows = await query(
    db,
    Beat,
    `select at, pause_since as "pauseSince", pause_until as "pauseUntil"
     from pulse where service = 'ingest'`,
  )
  return rows[0] ?? null
}

/** Records that nobody can be watched since `since`, until it is ended. Returns whether that is news. */
export async function openStandstill(db: Db, since: Millis): Promise<boolean> {
  const opened = await db.query(
    `insert into unseen (household_id, since, cause) values (null, $1, 'pipeline')
     on conflict do nothing`,
    [instant(since)],
  )
  return opened.rowCount === 1
}

/** When the last stretch in which nobody could be watched ended, or null while it lasts; 0: there was none. */
export async function lastStandstill(db: Db): Promise<Millis | null> {
  const rows = await query(
    db,
    z.object({ until: Millis.nullable() }),
    `select until from unseen where household_id is null and cause = 'pipeline'
     order by until desc nulls first limit 1`,
  )
  return rows[0] ? rows[0].until : 0
}

/**
 * Ends the stretch in which nobody could be watched: `until`, or `grace` after the pause that it was. A pause
 * that nobody saw, because we stood still too, is recorded now.
 */
export async function endStandstill(
  pool: pg.Pool,
  pause: { readonly longest: Millis; readonly grace: Millis },
  now: Millis,
): Promise<void> {
  await transaction(pool, async (db) => {
    const taken = await takePause(db, pause.longest)
    const until = (taken?.pauseUntil ?? now) + pause.grace
    const ended = await db.query(
      `update unseen set until = $1
       where household_id is null and cause = 'pipeline' and until is null`,
      [instant(until)],
    )
    if (taken && ended.rowCount === 0)
      await db.query(
        `insert into unseen (household_id, since, until, cause) values (null, $1, $2, 'pipeline')`,
        [instant(taken.pauseSince), instant(until)],
      )
  })
}

const Pause = z.object({ pauseSince: Millis, pauseUntil: Millis })

// Locked before it is cleared, so that of two detectors one takes it.
async function takePause(db: Db, longest: Millis): Promise<z.infer<typeof Pause> | null> {
  const rows = await query(
    db,
    Pause,
    `with taken as (
       select service, pause_since, pause_until from pulse
       where service = 'ingest' and pause_until - pause_since > make_interval(secs => $1)
       for update
     )
     update pulse as p set pause_since = null, pause_until = null from taken
     where p.service = taken.service
     returning taken.pause_since as "pauseSince", taken.pause_until as "pauseUntil"`,
    [longest / 1000],
  )
  return rows[0] ?? null
}
