import type { Millis } from '../../schemas/time.ts'
import type { Fault } from '../core/delivery.ts'
import { type Db, instant } from './pool.ts'

/**
 * Records that nothing can arrive as things are set up: by a channel, or at the address that a delivery went to. It is a
 * signal about the home whose message it was, so that it becomes a case; while that case is open, and until something
 * gets through again, it is not reported anew.
 */
export async function noteFault(
  db: Db,
  delivery: number,
  { fault, detail }: { readonly fault: Exclude<Fault, null>; readonly detail: string },
  now: Millis,
): Promise<void> {
  const dead = fault === 'channel' ? DEAD_CHANNEL : DEAD_ADDRESS
  await db.query(
    `with went as (
       select d.person, d.channel, a.household_id, case when $4 then d.person end as whose,
         coalesce(d.address, address_of(p, d.channel)) as address
       from delivery d join alert a on a.id = d.alert_id join person p on p.person = d.person
       where d.id = $1
     ), dead as (${dead})
     insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select household_id, 'configuration', 'caution', $3, $3, jsonb_build_object('rule', 'dead-channel',
       'channel', channel, 'person', whose, 'detail', $2::text), 'delivery'
     from went where exists (select from dead) or address is not null and not exists (
       select from signal s left join alert a on a.id = s.alert_id
       where s.reason ->> 'rule' = 'dead-channel' and s.reason ->> 'channel' = went.channel
         and s.reason ->> 'person' is not distinct from whose
         and (a.id is null or a.state ->> 'state' not in ('resolved', 'cancelled')))`,
    [delivery, detail, instant(now), fault === 'address'],
  )
}

const DEAD_CHANNEL = `
  insert into channel_fault (channel, detail, since) select channel, $2, $3 from went
  on conflict do nothing returning channel`

const DEAD_ADDRESS = `
  insert into contact (person, channel, address, failed_at, failure)
  select person, channel, address, $3, $2 from went where address is not null
  on conflict (person, channel) do update set address = excluded.address, failed_at = excluded.failed_at,
    failure = excluded.failure,
    verified_at = case when contact.address = excluded.address then contact.verified_at end,
    succeeded_at = case when contact.address = excluded.address then contact.succeeded_at end
  where contact.failed_at is null or contact.address <> excluded.address
  returning channel`

/** Records that a channel took a message: whatever was wrong with its set-up is mended. */
export async function noteTaken(db: Db, delivery: number): Promise<void> {
  await db.query(
    'delete from channel_fault f using delivery d where d.id = $1 and f.channel = d.channel',
    [delivery],
  )
}

/** Records that a message arrived where it was sent: that address is well, if it is still the person's. */
export async function noteArrival(db: Db, delivery: number, now: Millis): Promise<void> {
  await db.query(
    `insert into contact (person, channel, address, succeeded_at)
     select d.person, d.channel, address_of(p, d.channel), $2
     from delivery d join person p on p.person = d.person
     where d.id = $1 and coalesce(d.address, address_of(p, d.channel)) = address_of(p, d.channel)
     on conflict (person, channel) do update set succeeded_at = excluded.succeeded_at, failed_at = null,
       failure = null, address = excluded.address,
       verified_at = case when contact.address = excluded.address then contact.verified_at end`,
    [delivery, instant(now)],
  )
}
