import type pg from 'pg'
import { z } from 'zod'
import { LeavingReason } from '../../schemas/household.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { Refused } from './refused.ts'
import { recordChange } from './roster-changes.ts'

const Home = z.object({
  id: z.int(),
  purpose: z.string(),
  at: Millis.nullable(),
  reason: LeavingReason.nullable(),
})

/** A home that is watched no more: since when and why, what stood there, and what is still to be done for it. */
export type PastHome = {
  readonly at: Millis
  readonly reason: LeavingReason
  readonly gateways: readonly string[]
  readonly followUps: number
}

/**
 * Ends the watch of a home: its gateways are let in no more, nothing looks at it, nobody answers for it, who lived there is
 * deleted. Throws `Refused` while a case of it is open, for only a person closes one. Null when there is no such home; one
 * that is past stays so.
 */
export async function leaveHousehold(
  pool: pg.Pool,
  { household, reason }: { readonly household: string; readonly reason: LeavingReason },
  by: string | null,
  now: Millis,
): Promise<PastHome | null> {
  return await transaction(pool, async (db) => {
    const home = await lockHome(db, household)
    if (!home || !['home', 'past'].includes(home.purpose)) return null
    if (home.purpose === 'home') {
      await refuseOpen(db, home.id, household)
      await endWatch(db, home.id, now)
      await endPlans(db, home.id, now)
      await db.query(
        `update household set purpose = 'past', left_at = $2, left_for = $3 where id = $1`,
        [home.id, instant(now), reason],
      )
      await recordChange(db, { by, act: 'leave-household', what: { household, reason } }, now)
    }
    const left = { at: home.at ?? now, reason: home.reason ?? reason }
    return { ...left, ...(await whatIsLeft(db, home.id)) }
  })
}

// In the order in which sweeps take them: things, the home's look, and last what every new signal and case holds on to.
async function lockHome(db: Db, household: string): Promise<z.infer<typeof Home> | null> {
  const of = `household_id = (select id from household where household = $1)`
  await db.query(`select from gateway where ${of} order by gateway for update`, [household])
  await db.query(`select from watch where ${of} for update`, [household])
  const [home] = await query(
    db,
    Home,
    `select id, purpose, left_at as at, left_for as reason from household where household = $1
     for update`,
    [household],
  )
  return home ?? null
}

const Open = z.object({
  alerts: z.array(z.int()),
  visits: z.array(z.object({ alert: z.int(), person: z.string() })),
  waits: z.boolean(),
})

async function refuseOpen(db: Db, home: number, household: string): Promise<void> {
  const [open] = await query(db, Open, OPEN, [home])
  const why = open && whyNot(open, household)
  if (why) throw new Refused(why)
}

// Who has left the office can end no visit; that they do not report is raised all the same.
const OPEN = `
  select
    (select coalesce(jsonb_agg(id order by id), '[]') from alert
      where household_id = $1 and state ->> 'state' not in ('resolved', 'cancelled')) as alerts,
    (select coalesce(jsonb_agg(jsonb_build_object('alert', a.id, 'person', v.person) order by v.id), '[]')
      from visit v join alert a on a.id = v.alert_id join person p on p.person = v.person
      where a.household_id = $1 and v.ended_at is null and p.left_at is null) as visits,
    exists (select from signal where household_id = $1 and alert_id is null) as waits`

function whyNot({ alerts, visits, waits }: z.infer<typeof Open>, household: string): string | null {
  const [alert] = alerts
  if (alert !== undefined)
    return `${household} has an open case: close it first, on the page /alerts/${alert} of the console; only a person closes a case`
  const [visit] = visits
  if (visit)
    return `${visit.person} is on a visit in ${household}: first they end it, on the page /alerts/${visit.alert} of the console`
  if (!waits) return null
  return `something about ${household} was just raised: try again in a minute, while the alert service runs`
}

// The row in watch is what the detector looks at; what was learnt, and who lived there, nobody needs any more.
async function endWatch(db: Db, home: number, now: Millis): Promise<void> {
  for (const part of ['watch', 'rhythm', 'habit', 'feedback', 'resident'])
    await db.query(`delete from ${part} where household_id = $1`, [home])
  await db.query(
    `with shut as (
       update gateway set disabled_at = $2 where household_id = $1 and disabled_at is null
     )
     update unseen set until = greatest(since, $2) where household_id = $1 and until is null`,
    [home, instant(now)],
  )
}

async function endPlans(db: Db, home: number, now: Millis): Promise<void> {
  await db.query(
    `with absent as (
       update absence set ended_at = greatest(since, $2)
       where household_id = $1 and ended_at is null and until > $2
     ), chosen as (
       update policy set until = greatest(since, $2)
       where household_id = $1 and coalesce(until, 'infinity') > $2
     ), never as (
       delete from assignment where household_id = $1 and since >= $2
     )
     update assignment set until = $2
     where household_id = $1 and since < $2 and coalesce(until, 'infinity') > $2`,
    [home, instant(now)],
  )
}

const Left = z.object({ gateways: z.array(z.string()), followUps: z.int() })

async function whatIsLeft(db: Db, home: number): Promise<z.infer<typeof Left>> {
  const [left] = await query(
    db,
    Left,
    `select
       (select coalesce(jsonb_agg(gateway order by gateway), '[]') from gateway where household_id = $1) as gateways,
       (select count(*)::int from follow_up
         where household_id = $1 and state in ('open', 'under-way')) as "followUps"`,
    [home],
  )
  if (!left) throw new Error(`what is left of the household number ${home} was not answered`)
  return left
}
