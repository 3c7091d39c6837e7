import type pg from 'pg'
import { z } from 'zod'
import { DeliveryState } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import { Millis } from '../../schemas/time.ts'
import { type Fault, type Outlook, pollAgain, type Receipt, receive } from '../core/delivery.ts'
import { noteArrival, noteFault } from './contacts.ts'
import { nextChannel } from './deliveries.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { markShown } from './subscriptions.ts'

/**
 * Records what providers and devices said, and moves each delivery forward where that is news; the same again, late,
 * or out of order changes nothing but its count. One transaction a receipt. Resolves with how many were news.
 */
export async function takeReceipts(
  pool: pg.Pool,
  receipts: readonly Receipt[],
  now: Millis,
): Promise<number> {
  let news = 0
  for (const receipt of receipts)
    news += Number(await transaction(pool, (db) => takeReceipt(db, receipt, now)))
  return news
}

async function takeReceipt(db: Db, receipt: Receipt, now: Millis): Promise<boolean> {
  await lockName(db, receipt)
  const delivery = await findDelivery(db, receipt)
  const outlook = delivery && receive(delivery.state, receipt.status, now)
  await recordReceipt(
    db,
    receipt,
    { delivery: delivery?.id ?? null, applied: outlook !== null },
    now,
  )
  if (!delivery || !outlook) return false
  await apply(db, delivery, outlook, receipt, now)
  return true
}

/**
 * Applies what came for a delivery before we knew by which name its provider calls it. To be run in the transaction
 * that stores that name.
 */
export async function takeEarlyReceipts(
  db: Db,
  name: Pick<Receipt, 'provider' | 'providerId'>,
  now: Millis,
): Promise<void> {
  await lockName(db, name)
  const early = await query(
    db,
    z.object({
      status: z.enum(['accepted', 'delivered', 'read', 'failed']),
      detail: z.string().nullable(),
    }),
    `select status, detail from receipt
     where provider = $1 and provider_id = $2 and delivery_id is null order by id`,
    [name.provider, name.providerId],
  )
  for (const each of early) await takeReceipt(db, { ...name, ...each, delivery: null }, now)
}

// A callback that overtakes the answer must not slip between our looking for it and our storing of the name.
async function lockName(
  db: Db,
  { provider, providerId }: Pick<Receipt, 'provider' | 'providerId'>,
) {
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `receipt ${provider} ${providerId}`,
  ])
}

const Found = z.object({ id: z.int(), state: DeliveryState, channel: Channel })
type Found = z.infer<typeof Found>

async function findDelivery(db: Db, receipt: Receipt): Promise<Found | null> {
  const own = /^delivery_(\d{1,15})$/.exec(receipt.delivery ?? '')?.[1] ?? null
  const rows = await query(
    db,
    Found,
    `select id, state, channel from delivery
     where id = $1 or $1::bigint is null and provider = $2 and provider_id = $3
     order by id limit 1 for no key update`,
    [own, receipt.provider, receipt.providerId],
  )
  return rows[0] ?? null
}

async function recordReceipt(
  db: Db,
  receipt: Receipt,
  found: { readonly delivery: number | null; readonly applied: boolean },
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into receipt (delivery_id, provider, provider_id, status, detail, first_at, last_at, applied)
     values ($1, $2, $3, $4, $5, $6, $6, $7)
     on conflict (provider, provider_id, status) do update set last_at = excluded.last_at,
       times = receipt.times + 1, delivery_id = coalesce(receipt.delivery_id, excluded.delivery_id),
       applied = receipt.applied or excluded.applied`,
    [
      found.delivery,
      receipt.provider,
      receipt.providerId,
      receipt.status,
      receipt.detail,
      instant(now),
      found.applied,
    ],
  )
}

async function apply(
  db: Db,
  delivery: Found,
  outlook: Outlook,
  receipt: Receipt,
  now: Millis,
): Promise<void> {
  // What was only taken may still arrive in its time: that leaves next_at as it is.
  await db.query(
    `with moved as (
       update delivery set state = $2, due_at = null, done_at = $3, error = $4,
         next_at = case when $2 = 'accepted' then next_at end,
         poll_at = case when $2 = 'accepted' then poll_at end
       where id = $1 returning *
     ), opened as (
       ${nextChannel('$3::timestamptz')} from moved d join alert a on a.id = d.alert_id and a.generation = d.generation
       where $5 and jsonb_array_length(d.fallback) > 0
       on conflict do nothing
     )
     select pg_notify('board', '')`,
    [
      delivery.id,
      outlook.state,
      instant(now),
      outlook.state === 'failed' ? receipt.detail : null,
      outlook.next !== null,
    ],
  )
  if (outlook.state === 'delivered' || outlook.state === 'read')
    await noteArrival(db, delivery.id, now)
  if (receipt.device !== undefined) await markShown(db, receipt.device, now)
  await noteFaultOf(db, delivery.id, receipt, now)
}

async function noteFaultOf(
  db: Db,
  delivery: number,
  { fault = null, detail }: { readonly fault?: Fault; readonly detail: string | null },
  now: Millis,
): Promise<void> {
  if (fault !== null) await noteFault(db, delivery, { fault, detail: detail ?? '' }, now)
}

const Asked = z.object({ id: z.int(), provider: z.string(), providerId: z.string(), done: Millis })

/** A delivery whose provider must be asked what became of it. */
export type Asked = z.infer<typeof Asked>

/** Takes deliveries whose providers are to be asked now, and says when to ask again; `lease` is until when they are ours. */
export async function claimPolls(db: Db, lease: Millis, now: Millis): Promise<Asked[]> {
  return query(
    db,
    Asked,
    `update delivery set poll_at = $2 where id in (
       select id from delivery where poll_at <= $1 order by poll_at limit 50 for update skip locked
     ) returning id, provider, provider_id as "providerId", coalesce(done_at, planned_at) as done`,
    [instant(now), instant(lease)],
  )
}

/** Says when to ask again, unless a receipt has settled the matter meanwhile. */
export async function postponePoll(db: Db, asked: Asked, now: Millis): Promise<void> {
  await db.query('update delivery set poll_at = $2 where id = $1 and poll_at is not null', [
    asked.id,
    instant(pollAgain(now - asked.done, now)),
  ])
}
