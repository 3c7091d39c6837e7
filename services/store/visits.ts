import { z } from 'zod'
import type { Effect } from '../core/rungs.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

type VisitEffect = Extract<Effect, { type: 'visit' }>

/**
 * Keeps what happens on a visit. Whoever begins anew while the last one is still open has one visit, the new one; who reports
 * or leaves without one changes nothing.
 */
export async function keepVisit(
  db: Db,
  alert: number,
  effect: VisitEffect,
  now: Millis,
): Promise<void> {
  await KEEP[effect.act](db, alert, effect, now)
}

const KEEP = { begin, report, arrive, end }

async function begin(db: Db, alert: number, visit: VisitEffect, now: Millis): Promise<void> {
  await db.query(
    `insert into visit (alert_id, person, companion, began_at, due_at) values ($1, $2, $3, $4, $5)
     on conflict (alert_id, person) where ended_at is null do update set companion = excluded.companion,
       began_at = excluded.began_at, due_at = excluded.due_at, arrived_at = null, overdue_at = null`,
    [alert, visit.by, visit.companion, instant(now), instant(visit.due)],
  )
}

// The companion reports for both.
async function report(db: Db, alert: number, visit: VisitEffect): Promise<void> {
  await db.query(
    `update visit set due_at = $3, overdue_at = null
     where alert_id = $1 and $2 in (person, companion) and ended_at is null`,
    [alert, visit.by, instant(visit.due)],
  )
}

async function arrive(db: Db, alert: number, visit: VisitEffect, now: Millis): Promise<void> {
  await db.query(
    `update visit set arrived_at = coalesce(arrived_at, $3)
     where alert_id = $1 and $2 in (person, companion) and ended_at is null`,
    [alert, visit.by, instant(now)],
  )
}

async function end(db: Db, alert: number, visit: VisitEffect, now: Millis): Promise<void> {
  await db.query(
    `update visit set ended_at = $3
     where alert_id = $1 and $2 in (person, companion) and ended_at is null`,
    [alert, visit.by, instant(now)],
  )
}

/**
 * Raises a signal for every visitor who has not reported in time, each once, whatever became of the alert. In one
 * statement: either the signal stands, or the visit is still to be found. Resolves with how many.
 */
export async function raiseOverdue(db: Db, now: Millis): Promise<number> {
  const raised = await db.query(
    `with late as (
       select v.id, v.person, v.due_at, a.household_id from visit v join alert a on a.id = v.alert_id
       where v.due_at <= $1 and v.ended_at is null and v.overdue_at is null
       for update of v skip locked
     ), marked as (
       update visit v set overdue_at = $1 from late where v.id = late.id
     )
     insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select household_id, 'staff', 'danger', due_at, $1, jsonb_build_object('rule', 'visit-overdue',
       'person', person, 'visit', id, 'due', millis(due_at)), 'visit'
     from late order by due_at, id`,
    [instant(now)],
  )
  return raised.rowCount ?? 0
}

/**
 * Those of the staff whom an alert is about, in SQL: who did not report, or calls for help silently, and whoever is there with
 * them then. None of their telephones may ring for it or show it. `row` has the kind and the home.
 */
export const subjectsOf = (
  row: string,
  alert: string,
) => `case when ${row}.kind <> 'staff' then '{}' else array(
  select distinct one.person from signal s
  left join visit v on s.reason ->> 'rule' = 'duress' and v.id = (s.reason ->> 'visit')::bigint
  cross join unnest(array[s.reason ->> 'person', v.person, v.companion]) as one (person)
  where s.household_id = ${row}.household_id and s.kind = 'staff' and (s.alert_id = ${alert} or s.alert_id is null)
    and one.person is not null) end`

/** Those of an alert `a`. */
export const SUBJECTS = subjectsOf('a', 'a.id')

/**
 * A silent call for help: a signal about that person, whether their visit is under way, has just ended on another page, or
 * was never begun.
 */
export async function callDuress(
  db: Db,
  alert: number,
  person: string,
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select household_id, 'staff', 'danger', $3, $3, jsonb_build_object('rule', 'duress', 'person', $2::text,
       'visit', (select id from visit where alert_id = $1 and $2 in (person, companion)
         order by ended_at is null desc, id desc limit 1),
       'called', millis($3::timestamptz)), 'visit'
     from alert where id = $1`,
    [alert, person, instant(now)],
  )
}

/** Whether somebody has been on a visit of this alert, be it over. */
export async function hasVisited(db: Db, alert: number, person: string): Promise<boolean> {
  const found = await db.query(
    'select from visit where alert_id = $1 and $2 in (person, companion) limit 1',
    [alert, person],
  )
  return found.rowCount === 1
}

/** Somebody in a home, or who was. */
export const Visit = z.object({
  person: z.string(),
  companion: z.string().nullable(),
  began: Millis,
  due: Millis,
  arrived: Millis.nullable(),
  ended: Millis.nullable(),
})
export type Visit = z.infer<typeof Visit>

/** The visits of an alert, in their order. */
export function visitsOf(db: Db, alert: number): Promise<Visit[]> {
  return query(
    db,
    Visit,
    `select person, companion, began_at as began, due_at as due, arrived_at as arrived,
       ended_at as ended
     from visit where alert_id = $1 order by began_at, id`,
    [alert],
  )
}
