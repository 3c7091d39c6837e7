import { z } from 'zod'
import { Agreement } from '../../schemas/agreement.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

const AgreeingSensor = z.object({
  id: z.int(),
  home: z.int(),
  uid: z.string(),
  slot: z.int(),
  /** One that this version cannot read counts as none: it is counted anew. */
  agreement: Agreement.nullable().catch(null),
})
/** A sensor, and how it was found to agree with the others of its home. */
export type AgreeingSensor = z.infer<typeof AgreeingSensor>

/** The sensors of these homes that have a bit of their own: the 31st and all beyond share one. */
export function agreeingSensors(db: Db, homes: readonly number[]): Promise<AgreeingSensor[]> {
  return query(
    db,
    AgreeingSensor,
    `select id, household_id as home, uid, slot, agreement from device
     where household_id = any ($1::int[]) and slot < 30 and role <> 'sos' order by household_id, id`,
    [[...homes]],
  )
}

/** How far a sensor is believed, and from what. */
export type Trusted = Pick<AgreeingSensor, 'id' | 'agreement'> & { readonly reliability: number }

/** Keeps how far sensors are believed. */
export async function saveTrust(db: Db, sensors: readonly Trusted[]): Promise<void> {
  if (sensors.length === 0) return
  await db.query(
    `with due as (
       select d.id from device d where d.id = any ($1::int[]) order by d.id for no key update
     )
     update device as d set agreement = t.agreement::jsonb, reliability = t.reliability
     from due join unnest($1::int[], $2::text[], $3::float8[]) as t (id, agreement, reliability)
       on t.id = due.id
     where d.id = due.id`,
    [
      sensors.map(({ id }) => id),
      sensors.map(({ agreement }) => JSON.stringify(agreement)),
      sensors.map(({ reliability }) => reliability),
    ],
  )
}

const Fault = z.object({ home: z.int(), uid: z.string(), at: Millis, lone: z.boolean() })
/** That staff found a sensor faulty; `lone`: it had gone on alone, and what it said was wrong. */
export type Fault = z.infer<typeof Fault>

/** The faults that closed the alerts of these homes that were opened after `after`. */
export function faultsOf(db: Db, homes: readonly number[], after: Millis): Promise<Fault[]> {
  return query(
    db,
    Fault,
    `select a.household_id as home, coalesce(s.reason ->> 'uid', s.reason -> 'spoke' -> 0 ->> 'uid') as uid,
       (a.state ->> 'at')::bigint as at, s.reason ->> 'rule' = 'alone' as lone
     from alert a
     cross join lateral (
       select reason from signal where alert_id = a.id
         and (reason ->> 'rule' = 'alone' and reason -> 'spoke' -> 0 ? 'uid' or reason ->> 'rule' like 'sensor-%')
       order by id desc limit 1
     ) s
     where a.household_id = any ($1::int[]) and a.opened_at > $2 and a.kind in ('inactivity', 'sensor')
       and a.state ->> 'state' = 'resolved' and a.state ->> 'outcome' = 'fault'`,
    [[...homes], instant(after)],
  )
}
