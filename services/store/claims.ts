import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import { Message } from '../../schemas/message.ts'
import { Millis } from '../../schemas/time.ts'
import { type Breaker, CLOSED } from '../core/breaker.ts'
import { TAKEN_IS_ALL } from '../core/delivery.ts'
import { type Db, instant, query } from './pool.ts'

const Claimed = z.object({
  id: z.int(),
  alert: z.int(),
  generation: z.int(),
  person: z.string(),
  channel: Channel,
  /** Where the channel reaches the person now, or null when it no longer can. */
  address: z.string().nullable(),
  message: Message,
  /** Which try this is, from 1. */
  attempts: z.int(),
  expires: Millis,
  /** What it was before. `sending`: the worker that had it did not come back, so nobody knows whether it was sent. */
  before: z.enum(['queued', 'retrying', 'sending', 'unknown']),
})

/** A delivery that this worker has taken. */
export type Claimed = z.infer<typeof Claimed>

/** Names a delivery to the other side. */
export function nameOf(delivery: number): string {
  return `delivery_${delivery}`
}

/** Names the way to a person. */
export function wayTo(delivery: Pick<Claimed, 'person' | 'channel'>): string {
  return `${delivery.channel}/${delivery.person}`
}

const MERGED = 'an earlier message of the same alert had not left yet, and stands for this one'

/**
 * Takes the most urgent delivery, and of those the one that has waited longest, of those that are not `busy`, nor their
 * channel or way; null when none is due. It is this worker's until `lease`; after that the next who looks finds it `sending`.
 * Where the same telling was planned anew before this one could leave, this one stands for all, and has their time.
 */
export async function claimDelivery(
  db: Db,
  busy: readonly string[],
  lease: Millis,
  now: Millis,
): Promise<Claimed | null> {
  const rows = await query(db, Claimed, CLAIM, [instant(now), busy, instant(lease), MERGED])
  return rows[0] ?? null
}

// Two workers at the same repeats pass over what the other has locked: rather two messages than a deadlock.
const CLAIM = `
  with due as (
    select id, state as before, alert_id, generation, purpose, person, channel from delivery
    where due_at <= $1 and channel || '/' || person <> all ($2) and channel <> all ($2)
      and 'delivery_' || id <> all ($2)
    order by urgency, due_at, id limit 1
    for update skip locked
  ), repeats as (
    select r.id from delivery r join due on r.alert_id = due.alert_id and r.generation = due.generation
      and r.purpose = due.purpose and r.person = due.person and r.channel = due.channel and r.id <> due.id
    where r.state = 'queued' and due.before in ('queued', 'retrying') for update of r skip locked
  ), merged as (
    update delivery set state = 'expired', due_at = null, next_at = null, done_at = $1, error = $4
    where id in (select id from repeats) returning expires_at
  )
  update delivery d set state = 'sending', due_at = $3, address = address_of(p, d.channel),
    attempts = d.attempts + case due.before when 'sending' then 0 else 1 end,
    expires_at = greatest(d.expires_at, (select max(expires_at) from merged))
  from due, person p
  where d.id = due.id and p.person = d.person
  returning d.id, d.alert_id as alert, d.generation, d.person, d.channel, d.message, d.attempts,
    d.expires_at as expires, due.before, d.address`

const Prospect = z.object({
  /** The alert has not moved on since it was planned, nothing says that it arrived, and its reader is still of the staff. */
  meant: z.boolean(),
  /** Another message of the same telling has arrived with its reader, as far as can be known. */
  heard: z.boolean(),
  failures: z.int(),
  openUntil: Millis,
})

/** Whether a delivery that was taken is still to be sent: whether it is meant, who has heard, how its provider fares. */
export type Prospect = { readonly meant: boolean; readonly heard: boolean } & Breaker

/** Looks at all that may keep a delivery from being sent, right before it is. */
export async function lookAhead(
  db: Db,
  { id, provider }: { readonly id: number; readonly provider: string },
): Promise<Prospect> {
  const [row] = await query(
    db,
    Prospect,
    `select a.generation = d.generation and d.state = 'sending' and p.left_at is null as meant,
       exists (select from delivery o where o.alert_id = d.alert_id and o.generation = d.generation
         and o.purpose = d.purpose and o.person = d.person and (o.state in ('delivered', 'read')
         or o.state = 'accepted' and o.channel = any ($3))) as heard,
       coalesce(b.failures, 0) as failures, coalesce(b.open_until, to_timestamp(0)) as "openUntil"
     from delivery d join alert a on a.id = d.alert_id join person p on p.person = d.person
       left join breaker b on b.provider = $2
     where d.id = $1`,
    [id, provider, TAKEN_IS_ALL],
  )
  // What is no more, as with a household that was removed, is meant by nobody.
  return row ?? { meant: false, heard: false, ...CLOSED }
}
