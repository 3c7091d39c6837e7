import { z } from 'zod'
import { Kind } from '../../schemas/reading.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** A gateway that must be looked at. `installed`: since when its home is watched; `confirmed`: 0 for never. */
export const DueGateway = z.object({
  gateway: z.string(),
  home: z.int(),
  lastSeen: Millis.nullable(),
  offline: Millis.nullable(),
  silentAfter: Millis,
  lostSince: Millis.nullable(),
  confirmed: Millis,
  installed: Millis,
  checkAt: Millis,
})
export type DueGateway = z.infer<typeof DueGateway>

/** Where a sweep over gateways or sensors stands: it takes what is due in the order in which it became so. */
export type CheckKey<Key> = { readonly checkAt: Millis; readonly key: Key }

/**
 * Claims the gateways that are let in and have been due the longest, from behind `after` on. The rows stay locked until
 * the transaction ends.
 */
export function claimGateways(
  db: Db,
  after: CheckKey<string>,
  limit: number,
  now: Millis,
): Promise<DueGateway[]> {
  return query(
    db,
    DueGateway,
    `select g.gateway, g.household_id as home, g.last_seen_at as "lastSeen",
       g.offline_at as offline, (extract(epoch from g.silent_after) * 1000)::bigint as "silentAfter",
       g.lost_since as "lostSince", coalesce(g.confirmed_at, 'epoch') as confirmed,
       h.watched_since as installed, g.check_at as "checkAt"
     from (
       select * from gateway
       where check_at <= $4 and check_at >= $1 and (check_at, gateway) > ($1, $2)
         and disabled_at is null
       order by check_at, gateway limit $3
       for no key update skip locked
     ) g join household h on h.id = g.household_id
     order by g.check_at, g.gateway`,
    [instant(after.checkAt), after.key, limit, instant(now)],
  )
}

/** When to look at a thing again, and since when it is reported as lost, or null. */
export type Check<Key> = {
  readonly key: Key
  readonly checkAt: Millis
  readonly lostSince: Millis | null
}

/** Writes what was found of claimed gateways. */
export async function saveGateways(db: Db, checks: readonly Check<string>[]): Promise<void> {
  await db.query(
    `update gateway as g set check_at = c.check_at, lost_since = c.lost_since
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
       as c (gateway, check_at, lost_since)
     where g.gateway = c.gateway`,
    columns(checks),
  )
}

/**
 * A sensor that must be looked at. `dark`: its home is out of sight, though not for want of sensors; `excused`:
 * until when it was so before; `confirmed`: 0 for never.
 */
export const DueSensor = z.object({
  id: z.int(),
  home: z.int(),
  uid: z.string(),
  kind: Kind,
  room: z.string(),
  lastSeen: Millis.nullable(),
  silentAfter: Millis,
  battery: z.number().nullable(),
  lostSince: Millis.nullable(),
  confirmed: Millis,
  installed: Millis,
  stuck: z.object({ value: z.number(), since: Millis, due: Millis }).nullable(),
  dark: z.boolean(),
  excused: Millis,
  checkAt: Millis,
})
export type DueSensor = z.infer<typeof DueSensor>

/**
 * Claims the sensors whose gateway is let in that have been due the longest, from behind `after` on. The rows stay
 * locked until the transaction ends.
 */
export function claimSensors(
  db: Db,
  after: CheckKey<number>,
  limit: number,
  now: Millis,
): Promise<DueSensor[]> {
  return query(
    db,
    DueSensor,
    `select d.id, d.household_id as home, d.uid, d.kind, d.room, d.last_seen_at as "lastSeen",
       (extract(epoch from case when d.silent_set then d.silent_after
         else coalesce(d.learnt_silent_after, d.silent_after) end) * 1000)::bigint as "silentAfter",
       d.battery,
       d.lost_since as "lostSince", coalesce(d.confirmed_at, 'epoch') as confirmed,
       h.watched_since as installed,
       case when d.stuck_since is not null then jsonb_build_object('value', d.hold -> 'value',
         'since', (extract(epoch from d.stuck_since) * 1000)::bigint,
         'due', (extract(epoch from d.stuck_due) * 1000)::bigint) end as stuck,
       exists (select from unseen u where u.household_id = d.household_id and u.until is null
         and u.cause <> 'sensor') as dark,
       coalesce((select max(u.until) from unseen u
         where (u.household_id = d.household_id or u.household_id is null) and u.cause <> 'sensor'),
         'epoch') as excused, d.check_at as "checkAt"
     from (
       select * from device e
       where check_at <= $4 and check_at >= $1 and (check_at, id) > ($1, $2)
         and exists (select from gateway g where g.gateway = e.gateway and g.disabled_at is null)
       order by check_at, id limit $3
       for no key update skip locked
     ) d
     join household h on h.id = d.household_id
     order by d.check_at, d.id`,
    [instant(after.checkAt), after.key, limit, instant(now)],
  )
}

/** Writes what was found of claimed sensors. */
export async function saveSensors(db: Db, checks: readonly Check<number>[]): Promise<void> {
  await db.query(
    `update device as d set check_at = c.check_at, lost_since = c.lost_since
     from unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as c (id, check_at, lost_since)
     where d.id = c.id`,
    columns(checks),
  )
}

/** Which of these homes have no sensor that is lost. */
export async function withoutLostSensors(db: Db, homes: readonly number[]): Promise<number[]> {
  if (homes.length === 0) return []
  const rows = await query(
    db,
    z.object({ home: z.int() }),
    `select distinct home from unnest($1::int[]) as h (home)
     where not exists (select from device d
       join gateway g on g.gateway = d.gateway and g.disabled_at is null
       where d.household_id = h.home and d.lost_since is not null)`,
    [[...homes]],
  )
  return rows.map((row) => row.home)
}

function columns(checks: readonly Check<string | number>[]): unknown[] {
  return [
    checks.map((each) => each.key),
    checks.map((each) => instant(each.checkAt)),
    checks.map((each) => instant(each.lostSince)),
  ]
}
