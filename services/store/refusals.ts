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

/**
 * Refusals since the day of `since` (UTC), by gateway and reason, the most frequent first: of the gateways of an office,
 * and of those that nobody knows.
 */
export function refusalCounts(db: Db, office: string, since: Millis): Promise<RefusalCount[]> {
  return query(
    db,
    RefusalCount,
    `select c.gateway, h.household, h.alias, c.reason, sum(c.count)::bigint as count
     from rejection_count c
     left join gateway g on g.gateway = c.gateway
     left join household h on h.id = g.household_id
     where c.day >= ($1::timestamptz at time zone 'UTC')::date and coalesce(h.office, $2) = $2
     group by c.gateway, h.household, h.alias, c.reason
     order by count desc, c.gateway, c.reason
     limit 200`,
    [instant(since), office],
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

/** The newest refused messages of an office's gateways, and of those that nobody knows. */
export function refusalSamples(db: Db, office: string, limit: number): Promise<RefusalSample[]> {
  return query(
    db,
    RefusalSample,
    `select r.id, r.at, r.gateway, r.topic, r.reason, r.detail, r.payload
     from rejection r left join gateway g on g.gateway = r.gateway
     left join household h on h.id = g.household_id
     where coalesce(h.office, $2) = $2 order by r.at desc, r.id desc limit $1`,
    [limit, office],
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

/** The devices of an office's homes that nobody has assigned, the most recently heard first. */
export function unassignedDevices(db: Db, office: string): Promise<Unassigned[]> {
  return query(
    db,
    Unassigned,
    `select u.gateway, h.household, h.alias, u.uid, u.kind, u.last_value as value,
       u.first_at as first, u.last_at as last, u.readings
     from unassigned_device u
     join gateway g on g.gateway = u.gateway
     join household h on h.id = g.household_id
     where h.office = $1 order by u.last_at desc, u.gateway, u.uid, u.kind
     limit 200`,
    [office],
  )
}
