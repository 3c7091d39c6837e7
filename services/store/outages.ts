import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Outage, TOGETHER } from '../core/outage.ts'
import { type Db, instant, query } from './pool.ts'

const LateHome = z.object({
  office: z.string(),
  dong: z.string(),
  watched: z.int(),
  home: z.int(),
  since: Millis,
})
/** A home whose gateway is late, with its area and how many homes are watched there. */
export type LateHome = z.infer<typeof LateHome>

/**
 * The late homes of the areas of these homes: not heard for 60 % of the time after which they would be lost, but within
 * the last hour. The areas stay locked until the transaction ends, so that of two detectors one sees what the other found.
 */
export async function lateHomes(
  db: Db,
  homes: readonly number[],
  now: Millis,
): Promise<LateHome[]> {
  await db.query(
    `select pg_advisory_xact_lock(hashtext(area)) from (
       select distinct office || '/' || dong as area from household where id = any ($1::int[])
       order by 1) a`,
    [[...homes]],
  )
  return query(
    db,
    LateHome,
    `with area as (
       select distinct office, dong from household where id = any ($1::int[])
     ), size as (
       select a.office, a.dong, count(*) as watched
       from area a join household h using (office, dong) group by 1, 2
     )
     select s.office, s.dong, s.watched, h.id as home, min(g.last_seen_at) as since
     from size s
     join household h using (office, dong)
     join gateway g on g.household_id = h.id and g.disabled_at is null
       and g.last_seen_at > $2::timestamptz - interval '1 hour'
       and (g.last_seen_at + g.silent_after * 0.6 <= $2 or g.offline_at >= g.last_seen_at)
     group by 1, 2, 3, 4`,
    [[...homes], instant(now)],
  )
}

/** Takes homes into the open outage of their area that they touch in time, or opens one. Returns its number. */
export async function joinOutage(
  db: Db,
  { office, dong }: Pick<LateHome, 'office' | 'dong'>,
  { homes, since, last }: Outage,
): Promise<number> {
  const [joined] = await query(
    db,
    z.object({ id: z.int() }),
    `with open as (
       select id from outage where office = $1 and dong = $2 and until is null
         and since <= $4::timestamptz + make_interval(secs => $5)
         and last >= $3::timestamptz - make_interval(secs => $5)
       order by id limit 1
     ), widened as (
       update outage as o set since = least(o.since, $3), last = greatest(o.last, $4)
       from open where o.id = open.id returning o.id
     ), opened as (
       insert into outage (office, dong, since, last)
       select $1, $2, $3, $4 where not exists (select from open) returning id
     )
     select id from widened union all select id from opened`,
    [office, dong, instant(since), instant(last), TOGETHER / 1000],
  )
  if (!joined) throw new Error(`no outage of ${dong} could be opened`)
  await db.query(
    `insert into outage_home (outage_id, household_id) select $1, unnest($2::int[])
     on conflict do nothing`,
    [joined.id, [...homes]],
  )
  return joined.id
}

const OpenOutage = z.object({ id: z.int(), homes: z.int(), dark: z.int() })

/** The outages that go on, with how many homes each holds, and how many of those are dark. */
export function openOutages(db: Db): Promise<z.infer<typeof OpenOutage>[]> {
  return query(
    db,
    OpenOutage,
    `select o.id, count(*) as homes, count(u.household_id) as dark
     from outage o
     join outage_home h on h.outage_id = o.id
     left join unseen u on u.household_id = h.household_id and u.cause = 'gateway' and u.until is null
     where o.until is null group by o.id order by o.id`,
  )
}

const StillDark = z.object({ home: z.int(), lastSeen: Millis, limit: Millis })

/** Ends an outage, once, and returns its homes that are still lost. */
export async function endOutage(
  db: Db,
  id: number,
  now: Millis,
): Promise<z.infer<typeof StillDark>[]> {
  const ended = await db.query(
    'update outage set until = greatest(last, $2) where id = $1 and until is null',
    [id, instant(now)],
  )
  if (ended.rowCount === 0) return []
  return query(
    db,
    StillDark,
    `select distinct on (g.household_id) g.household_id as home, g.last_seen_at as "lastSeen",
       (extract(epoch from g.silent_after) * 1000)::bigint as limit
     from outage_home h join gateway g on g.household_id = h.household_id
     where h.outage_id = $1 and g.disabled_at is null and g.lost_since is not null
     order by g.household_id, g.last_seen_at`,
    [id],
  )
}
