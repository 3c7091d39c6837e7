import type pg from 'pg'
import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { STANDARD_PLAN } from '../core/plan.ts'
import { DAY, HOUR } from '../core/time.ts'
import { raiseFault } from './daily.ts'
import { addPlan } from './homes.ts'
import { type Db, instant, query, transaction } from './pool.ts'

const PLAN = 'exercise'
/** How often each of the staff is to show that an alert reaches them. */
const MONTH = 30 * DAY

function exercisePlan(): Plan {
  const silent = { ...STANDARD_PLAN.inactivity.watch, steps: [] }
  const targets = [{ type: 'planner' as const }]
  const step = { targets, channels: [...Channel.options], wait: 4 * HOUR, repeats: 0, every: HOUR }
  return {
    plan: PLAN,
    version: 1,
    inactivity: { watch: silent, caution: silent, warning: silent, danger: silent },
    blind: silent,
    sensor: silent,
    configuration: { ...STANDARD_PLAN.configuration, steps: [step] },
  }
}

/**
 * Begins an exercise (훈련) for one of the staff: a case of their own, told to them like every alert, and marked wherever
 * it is shown. False when there is no such person. One that is open already goes on.
 */
export async function beginExercise(pool: pg.Pool, person: string, now: Millis): Promise<boolean> {
  await addPlan(pool, exercisePlan())
  return await transaction(pool, async (db) => {
    const [own] = await query(
      db,
      z.object({ id: z.int() }),
      `with made as (
         insert into household (household, office, alias, dong, time_zone, tier, watched_since, purpose, plan)
         select 'exercise-' || person, p.office, '훈련', p.office,
           coalesce((select time_zone from office o where o.office = p.office), 'Asia/Seoul'), 'low', $2,
           'exercise', $3
         from person p where person = $1 and left_at is null
         on conflict (household) do update set office = excluded.office returning id
       ), named as (
         insert into assignment (household_id, person, duty, since)
         select id, $1, 'planner', $2 from made
         where not exists (select from assignment a where a.household_id = made.id)
       )
       select id from made`,
      [person, instant(now), PLAN],
    )
    if (!own) return false
    await raiseFault(db, { householdId: own.id, reason: { rule: 'exercise', person } }, now)
    return true
  })
}

const Due = z.object({ person: z.string(), office: z.string() })

/** Who has had no exercise for a month, is not on leave, and is none of the machine's own. */
export function dueExercises(db: Db, now: Millis): Promise<z.infer<typeof Due>[]> {
  return query(
    db,
    Due,
    `select p.person, p.office from person p
     where p.left_at is null and p.office in (select office from household where purpose = 'home')
       and not exists (select from leave l where l.person = p.person and l.since <= $1 and l.until > $1)
       and not exists (select from household h join signal s on s.household_id = h.id
         where h.household = 'exercise-' || p.person and s.at > $2)
     order by p.person`,
    [instant(now), instant(now - MONTH)],
  )
}

const Answered = z.object({ alert: z.int(), person: z.string() })

/** The open exercises that were answered by whom they were for. What others press says nothing of them. */
export function answeredExercises(db: Db): Promise<z.infer<typeof Answered>[]> {
  return query(
    db,
    Answered,
    `select a.id as alert, p.person
     from alert a join household h on h.id = a.household_id
     join person p on h.household = 'exercise-' || p.person
     where h.purpose = 'exercise' and a.state ->> 'state' not in ('resolved', 'cancelled')
       and exists (select from alert_event e where e.alert_id = a.id
         and e.event ->> 'type' = 'acknowledge' and e.event ->> 'by' = p.person)
     order by a.id`,
  )
}

/** The open exercise of one of the staff, or null. */
export async function openExercise(db: Db, person: string): Promise<number | null> {
  const rows = await query(
    db,
    Answered.pick({ alert: true }),
    `select a.id as alert from alert a join household h on h.id = a.household_id
     where h.household = 'exercise-' || $1 and h.purpose = 'exercise'
       and a.state ->> 'state' not in ('resolved', 'cancelled')`,
    [person],
  )
  return rows[0]?.alert ?? null
}

/** Notes that a person has confirmed the ways by which an exercise reached them, as far as they are still theirs. */
export async function confirmWays(
  db: Db,
  { alert, person }: { readonly alert: number; readonly person: string },
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into contact (person, channel, address, verified_at)
     select distinct d.person, d.channel, d.address, $3::timestamptz
     from delivery d join person p on p.person = d.person
     where d.alert_id = $1 and d.person = $2 and d.state in ('accepted', 'delivered', 'read')
       and d.address = address_of(p, d.channel)
     on conflict (person, channel) do update set verified_at = excluded.verified_at,
       address = excluded.address,
       failed_at = case when contact.address = excluded.address then contact.failed_at end,
       succeeded_at = case when contact.address = excluded.address then contact.succeeded_at end`,
    [alert, person, instant(now)],
  )
}
