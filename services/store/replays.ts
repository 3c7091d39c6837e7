import { z } from 'zod'
import { Grade, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'
import { stirs } from './statement.ts'

/** Where a replay stands. `of` names what is replayed and how; up to `at` all is published and judged. */
export const Standing = z.object({ of: z.string(), at: Millis, isOver: z.boolean() })
export type Standing = z.infer<typeof Standing>

/** A look of a replay: at `at`, and at the homes of these gateways if a sign of life from them asks for it. */
export type ReplayLook = { readonly at: Millis; readonly stirred: readonly string[] }

/** What is due at a look beside the homes: a rhythm to learn, something to tell. */
export const DueBeside = z.object({ learn: z.boolean(), tell: z.boolean() })
export type DueBeside = z.infer<typeof DueBeside>

/**
 * Begins a look of a replay: the last one is over, whatever happens from here, and ingest is alive. Ingest has armed
 * the homes that stirred by its own clock, which is ahead of ours.
 */
export async function beginLook(
  db: Db,
  standing: Standing,
  { at, stirred }: ReplayLook,
): Promise<DueBeside> {
  const [due] = await query(db, DueBeside, BEGIN, [
    JSON.stringify(standing),
    instant(at),
    [...stirred],
  ])
  if (!due) throw new Error('a select without a table has one row')
  return due
}

const BEGIN = `
  with standing as (
    insert into setting (name, value) values ('replay', $1)
    on conflict (name) do update set value = excluded.value
  ), pulse as (
    insert into pulse (service, at) values ('ingest', $2)
    on conflict (service) do update set at = greatest(pulse.at, excluded.at)
  ), stirred as (
    update watch as w set deadline_at = least(w.deadline_at, $2) from gateway g
    where g.gateway = any ($3::text[]) and w.household_id = g.household_id
      and ${stirs('w.last_activity_at', 'w.last_inner_at')}
  )
  select coalesce((select min(learn_at) from watch) <= $2, false) as learn,
    coalesce(least((select min(due_at) from alert where due_at is not null),
      (select min(due_at) from delivery where due_at is not null)) <= $2, false) as tell`

/** A signal that a replay has raised. */
export const ReplayedSignal = z.object({
  household: z.string(),
  timeZone: z.string(),
  kind: SignalKind,
  grade: Grade,
  rule: z.string(),
  due: Millis,
  at: Millis,
})
export type ReplayedSignal = z.infer<typeof ReplayedSignal>

/** All signals of a house, in the order in which they were due. */
export function allSignals(db: Db): Promise<ReplayedSignal[]> {
  return query(
    db,
    ReplayedSignal,
    `select h.household, h.time_zone as "timeZone", s.kind, s.grade, s.reason ->> 'rule' as rule,
       s.due_at as due, s.at
     from signal s join household h on h.id = s.household_id
     order by s.due_at, h.household, s.id`,
  )
}

/** How many signals there are, and how many messages arrived. */
export async function tallyOf(db: Db): Promise<{ signals: number; messages: number }> {
  const [tally] = await query(
    db,
    z.object({ signals: z.int(), messages: z.int() }),
    `select (select count(*) from signal) as signals,
       (select count(*) from delivery where state in ('accepted', 'delivered', 'read')) as messages`,
  )
  if (!tally) throw new Error('an aggregate without a group has one row')
  return tally
}

/** The cases in which movement is back and nobody has made sure, and when the last sign of life was. */
export function recoveredAlerts(db: Db): Promise<{ id: number; back: Millis }[]> {
  return query(
    db,
    z.object({ id: z.int(), back: Millis }),
    `select a.id, w.last_activity_at as back
     from alert a join watch w on w.household_id = a.household_id
     where a.state ->> 'state' = 'recovered' order by a.id`,
  )
}

/** Has every home use this plan. */
export async function usePlan(db: Db, plan: string): Promise<void> {
  await db.query('update household set plan = $1', [plan])
}
