import { z } from 'zod'
import type { Message } from '../../schemas/message.ts'
import type { Millis } from '../../schemas/time.ts'
import { LEAST_URGENT, type Outlook, RANKS, rankOf, urgencyOf } from '../core/delivery.ts'
import type { Recipient } from '../core/roster.ts'
import type { News, Purpose } from '../core/rungs.ts'
import type { Claimed } from './claims.ts'
import { type Db, instant, query } from './pool.ts'

/** One telling: the place in the ladder, the people, the words, and until when trying makes sense. */
export type Telling = {
  readonly alert: number
  readonly generation: number
  readonly loop: number
  readonly step: number
  readonly times: number
  readonly purpose: Purpose | News
  readonly people: readonly Recipient[]
  readonly message: Message
  readonly expires: Millis
}

/** Plans one message for each of the people, by the channel they prefer. A second planning changes nothing. */
export async function planDeliveries(db: Db, telling: Telling, now: Millis): Promise<void> {
  const { kind, grade, news, exercise } = telling.message
  await db.query(
    `insert into delivery (alert_id, generation, loop, step, times, purpose, person, channel, fallback,
       state, due_at, expires_at, message, planned_at, urgency, exercise)
     select $1, $2, $3, $4, $5, $11, p.person, p.channels ->> 0, p.channels - 0, 'queued', $7, $8, $9, $7, $10, $12
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
      news === null ? urgencyOf(kind, grade, telling.loop > 0 || telling.times > 0) : LEAST_URGENT,
      telling.purpose,
      exercise,
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
    `update delivery set due_at = null, next_at = null,
       done_at = case when due_at is null then done_at else $3 end,
       state = case when state in ('queued', 'retrying') then 'cancelled' else state end
     where alert_id = $1 and generation < $2 and state <> 'sending'
       and (due_at is not null or next_at is not null)`,
    [alert, generation, instant(now)],
  )
}

/** What became of an attempt, for the record. */
export type Settlement = Pick<Outlook, 'next' | 'due'> & {
  readonly state: Outlook['state'] | 'cancelled' | 'expired'
  /** By what name callbacks and polls call it. */
  readonly provider: string | null
  readonly providerId: string | null
  readonly pollAt: Millis | null
  readonly error: string | null
  /** It was not even tried: the provider is left alone just now. That counts for nothing. */
  readonly rested?: boolean
}

// What a late "accepted" of a worker that was given up may still move forward.
const BEFORE_ACCEPTED = RANKS.slice(0, rankOf('accepted')).flat()

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
       update delivery set state = $3, due_at = $4, error = $5, poll_at = $6, attempts = attempts - $10,
         done_at = case when $4::timestamptz is null then $7::timestamptz end,
         next_at = case when $8::timestamptz > $7 then least($8, next_at) end
       where id = $1 and (state = 'sending' and attempts = $2
         or $3 = 'accepted' and state = any ($9))
       returning *
     ), opened as (
       ${nextChannel('$7')} from settled d where $8 <= $7 and jsonb_array_length(d.fallback) > 0
       on conflict do nothing
     )
     select pg_notify('board', '')`,
    [
      claimed.id,
      claimed.attempts,
      settlement.state,
      instant(settlement.due),
      settlement.error,
      instant(settlement.pollAt),
      instant(now),
      instant(settlement.next),
      BEFORE_ACCEPTED,
      Number(settlement.rested ?? false),
    ],
  )
  if (settlement.providerId === null) return
  // Also when a receipt has come before the answer: the next one may know it by this name only.
  await db.query(
    'update delivery set provider = $2, provider_id = $3 where id = $1 and provider_id is null',
    [claimed.id, settlement.provider, settlement.providerId],
  )
}

/**
 * Opens the next channel of every delivery that is not known to have arrived in its time, and says how many. What
 * the alert has moved on from opens nothing.
 */
export async function openNextChannels(db: Db, now: Millis): Promise<number> {
  const opened = await query(
    db,
    z.object({ id: z.int() }),
    `with over as (
       update delivery set next_at = null where id in (
         select id from delivery where next_at <= $1 order by next_at limit 500 for update skip locked
       ) returning *
     )
     ${nextChannel('$1')}
     from over d join alert a on a.id = d.alert_id and a.generation = d.generation
     where d.state not in ('delivered', 'read', 'cancelled', 'expired') and jsonb_array_length(d.fallback) > 0
     on conflict do nothing returning id`,
    [instant(now)],
  )
  return opened.length
}

/** The first half of a statement that plans the message of each `d` by the next channel of the same person. */
export function nextChannel(at: string): string {
  return `insert into delivery (alert_id, generation, loop, step, times, purpose, person, channel, fallback,
      state, due_at, expires_at, message, planned_at, urgency, exercise)
    select d.alert_id, d.generation, d.loop, d.step, d.times, d.purpose, d.person, d.fallback ->> 0,
      d.fallback - 0, 'queued', ${at}, d.expires_at, d.message, ${at}, d.urgency, d.exercise`
}
