import { z } from 'zod'
import { Message } from '../../schemas/message.ts'
import { Channel } from '../../schemas/channel.ts'
import { Millis } from '../../schemas/time.ts'
import type { Outlook } from '../core/delivery.ts'
import type { Recipient } from '../core/roster.ts'
import { type Db, instant, query } from './pool.ts'

/** One telling: the place in the ladder, the people, the words, and until when trying makes sense. */
export type Telling = {
  readonly alert: number
  readonly generation: number
  readonly loop: number
  readonly step: number
  readonly times: number
  readonly people: readonly Recipient[]
  readonly message: Message
  readonly expires: Millis
}

/** Plans one message for each of the people, by the channel they prefer. A second planning changes nothing. */
export async function planDeliveries(db: Db, telling: Telling, now: Millis): Promise<void> {
  await db.query(
    `insert into delivery (alert_id, generation, loop, step, times, person, channel, fallback, state,
       due_at, expires_at, message, planned_at)
     select $1, $2, $3, $4, $5, p.person, p.channels ->> 0, p.channels - 0, 'queued', $7, $8, $9, $7
     from jsonb_to_recordset($6) as p (person text, channels jsonb)
     on conflict do nothing`,
    [
      telling.alert,
      telling.generation,
      telling.loop,
      telling.step,
      telling.times,
      JSON.stringify(telling.people),
      instant(now),
      instant(telling.expires),
      telling.message,
    ],
  )
}

/**
 * Takes back what older generations of an alert still mean to send. What may have arrived already keeps its
 * `unknown`, but is not tried again; what is on its way is its worker's to end.
 */
export async function cancelStale(
  db: Db,
  alert: number,
  generation: number,
  now: Millis,
): Promise<void> {
  await db.query(
    `update delivery set due_at = null, done_at = $3,
       state = case state when 'queued' then 'cancelled' else state end
     where alert_id = $1 and generation < $2 and state in ('queued', 'unknown')
       and due_at is not null`,
    [alert, generation, instant(now)],
  )
}

const Claimed = z.object({
  id: z.int(),
  alert: z.int(),
  person: z.string(),
  channel: Channel,
  /** Where the channel reaches the person now, or null when it no longer can. */
  address: z.string().nullable(),
  message: Message,
  /** Which try this is, from 1. */
  attempts: z.int(),
  expires: Millis,
  /** What it was before. `sending`: the worker that had it did not come back, so nobody knows whether it was sent. */
  before: z.enum(['queued', 'sending', 'unknown']),
})

/** A delivery that this worker has taken. */
export type Claimed = z.infer<typeof Claimed>

/** Names the way to a person, of which one worker uses only one at a time. */
export function wayTo(delivery: Pick<Claimed, 'person' | 'channel'>): string {
  return `${delivery.channel}/${delivery.person}`
}

/**
 * Takes the delivery that has waited longest, of those whose way is not `busy`; null when none is due. It is
 * this worker's until `lease`; after that the next who looks finds it `sending`.
 */
export async function claimDelivery(
  db: Db,
  busy: readonly string[],
  lease: Millis,
  now: Millis,
): Promise<Claimed | null> {
  const rows = await query(
    db,
    Claimed,
    `with due as (
       select id, state as before from delivery
       where due_at <= $1 and channel || '/' || person <> all ($2)
       order by due_at, id limit 1
       for update skip locked
     )
     update delivery d set state = 'sending', due_at = $3,
       attempts = d.attempts + case due.before when 'sending' then 0 else 1 end
     from due, person p
     where d.id = due.id and p.person = d.person
     returning d.id, d.alert_id as alert, d.person, d.channel, d.message, d.attempts,
       d.expires_at as expires, due.before,
       case d.channel when 'email' then p.email when 'webhook' then p.webhook when 'slack' then p.slack
         when 'ntfy' then p.ntfy when 'cap' then p.cap when 'push' then p.person else p.phone end as address`,
    [instant(now), busy, instant(lease)],
  )
  return rows[0] ?? null
}

/** Whether what was planned is still meant: the alert has not moved on since. */
export async function isMeant(db: Db, delivery: number): Promise<boolean> {
  const found = await db.query(
    `select from delivery d join alert a on a.id = d.alert_id
     where d.id = $1 and a.generation = d.generation`,
    [delivery],
  )
  return found.rowCount === 1
}

/** What became of an attempt, for the record. */
export type Settlement = Pick<Outlook, 'fallback' | 'due'> & {
  readonly state: Outlook['state'] | 'cancelled'
  readonly providerId: string | null
  readonly error: string | null
}

/**
 * Writes what became of an attempt, and opens the next channel if that is due, in one statement. An attempt
 * that somebody else has taken over meanwhile says nothing any more, unless it did arrive.
 */
export async function settleDelivery(
  db: Db,
  claimed: Pick<Claimed, 'id' | 'attempts'>,
  settlement: Settlement,
  now: Millis,
): Promise<void> {
  await db.query(
    `with settled as (
       update delivery set state = $3, due_at = $4, provider_id = $5, error = $6,
         done_at = case when $4::timestamptz is null then $7::timestamptz end
       where id = $1 and (state = 'sending' and attempts = $2
         or $3 = 'accepted' and state <> 'accepted')
       returning *
     ), opened as (
       insert into delivery (alert_id, generation, loop, step, times, person, channel, fallback, state,
         due_at, expires_at, message, planned_at)
       select alert_id, generation, loop, step, times, person, fallback ->> 0, fallback - 0, 'queued',
         $7, expires_at, message, $7
       from settled where $8 and jsonb_array_length(fallback) > 0
       on conflict do nothing
     )
     select pg_notify('board', '')`,
    [
      claimed.id,
      claimed.attempts,
      settlement.state,
      instant(settlement.due),
      settlement.providerId,
      settlement.error,
      instant(now),
      settlement.fallback,
    ],
  )
}
