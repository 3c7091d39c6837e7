import { z } from 'zod'
import { KINDS } from '../../schemas/reading.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** How often a gateway's input was refused for one reason since a given day. */
export const RefusalCount = z.object({
  gateway: z.string(),
  household: z.string().nullable(),
  alias: z.string().nullable(),
  reason: z.string(),
  count: z.int(),
})
export type RefusalCount = z.infer<typeof RefusalCount>

/** Refusals since the day of `since` (UTC), by gateway and reason, the most frequent first. */
export function refusalCounts(db: Db, since: Millis): Promise<RefusalCount[]> {
  return query(
    db,
    RefusalCount,
    `select c.gateway, h.household, h.alias, c.reason, sum(c.count)::bigint as count
     from rejection_count c
     left join gateway g on g.gateway = c.gateway
     left join household h on h.id = g.household_id
     where c.day >= ($1::timestamptz at time zone 'UTC')::date
     group by c.gateway, h.household, h.alias, c.reason
     order by count desc, c.gateway, c.reason
     limit 200`,
    [instant(since)],
  )
}

/** One refused message, as it came. */
export const RefusalSample = z.object({
  id: z.int(),
  at: Millis,
  gateway: z.string(),
  topic: z.string(),
  reason: z.string(),
  detail: z.string(),
  payload: z.instanceof(Buffer),
})
export type RefusalSample = z.infer<typeof RefusalSample>

/** The newest refused messages. */
export function refusalSamples(db: Db, limit: number): Promise<RefusalSample[]> {
  return query(
    db,
    RefusalSample,
    `select id, at, gateway, topic, reason, detail, payload from rejection
     order by at desc, id desc limit $1`,
    [limit],
  )
}

/** A device that sends and belongs to no home yet. */
export const Unassigned = z.object({
  gateway: z.string(),
  household: z.string(),
  alias: z.string(),
  uid: z.string(),
  kind: z.int().transform((position) => KINDS[position] ?? null),
  value: z.number(),
  first: Millis,
  last: Millis,
  readings: z.int(),
})
export type Unassigned = z.infer<typeof Unassigned>

/** The devices nobody has assigned, the most recently heard first. */
export function unassignedDevices(db: Db): Promise<Unassigned[]> {
  return query(
    db,
    Unassigned,
    `select u.gateway, h.household, h.alias, u.uid, u.kind, u.last_value as value,
       u.first_at as first, u.last_at as last, u.readings
     from unassigned_device u
     join gateway g on g.gateway = u.gateway
     join household h on h.id = g.household_id
     order by u.last_at desc, u.gateway, u.uid, u.kind
     limit 200`,
  )
}
