import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { IN_USE, OPENINGS_KEPT } from '../core/door.ts'
import { type Db, instant, query } from './pool.ts'

const OpenDoor = z.object({
  device: z.int(),
  home: z.int(),
  uid: z.string(),
  room: z.string(),
  since: Millis,
  /** Since when its limit runs. */
  limitFrom: Millis,
  told: z.boolean(),
})
/** An exit door that its contact says stands open. */
export type OpenDoor = z.infer<typeof OpenDoor>

/** The exit doors of these homes that stand open now; a contact that is lost says nothing, nor one that never said closed. */
export function openDoors(db: Db, homes: readonly number[]): Promise<OpenDoor[]> {
  return query(
    db,
    OpenDoor,
    `select d.id as device, d.household_id as home, d.uid, d.room, d.opened_at as since,
       coalesce(o.limit_from, d.opened_at) as "limitFrom", o.told_at is not null as told
     from device d left join opening o on o.device_id = d.id and o.since = d.opened_at
     where d.household_id = any ($1::int[]) and d.role = 'exit' and d.lost_since is null
       and d.opened_at > d.closed_at
     order by d.household_id, d.id`,
    [[...homes]],
  )
}

const ClosedDoor = z.object({ home: z.int(), at: Millis, told: z.boolean() })

/** Ends the openings of these homes whose door is closed again. `told`: somebody has been told of it. */
export function closeOpenings(
  db: Db,
  homes: readonly number[],
): Promise<z.infer<typeof ClosedDoor>[]> {
  return query(
    db,
    ClosedDoor,
    // Opened again since, it was closed before that.
    `update opening o set until = greatest(o.since,
       least(d.closed_at, case when d.opened_at > o.since then d.opened_at end))
     from device d
     where o.household_id = any ($1::int[]) and o.until is null and d.id = o.device_id
       and (d.closed_at >= d.opened_at or d.opened_at <> o.since)
     returning o.household_id as home, o.until as at, o.told_at is not null as told`,
    [[...homes]],
  )
}

/** Notes the doors that have stood open for longer than a use takes, and which of them are told of now. */
export async function noteOpenings(
  db: Db,
  doors: readonly (OpenDoor & { readonly tells: boolean })[],
  now: Millis,
): Promise<void> {
  const long = doors.filter(({ since }) => now - since >= IN_USE)
  if (long.length === 0) return
  await db.query(
    `insert into opening as o (device_id, since, household_id, limit_from, told_at)
     select device_id, since, household_id, since, told_at
     from unnest($1::int[], $2::timestamptz[], $3::int[], $4::timestamptz[])
       as d (device_id, since, household_id, told_at)
     on conflict (device_id, since) do update set told_at = coalesce(o.told_at, excluded.told_at)`,
    [
      long.map(({ device }) => device),
      long.map(({ since }) => instant(since)),
      long.map(({ home }) => home),
      long.map(({ tells }) => (tells ? instant(now) : null)),
    ],
  )
}

const PastOpening = z.object({ home: z.int(), since: Millis, length: Millis })

/** The times in which a door of these homes stood open that are remembered and over. */
export function openingsOf(
  db: Db,
  homes: readonly number[],
  now: Millis,
): Promise<z.infer<typeof PastOpening>[]> {
  return query(
    db,
    PastOpening,
    `select household_id as home, since, (extract(epoch from until - since) * 1000)::bigint as length
     from opening where household_id = any ($1::int[]) and since > $2 and until is not null`,
    [[...homes], instant(now - OPENINGS_KEPT)],
  )
}
