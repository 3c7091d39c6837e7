import type pg from 'pg'
import { z } from 'zod'
import { FollowUpKind } from '../../schemas/follow-up.ts'
import { Plan } from '../../schemas/plan.ts'
import { Duty } from '../../schemas/roster.ts'
import { Millis } from '../../schemas/time.ts'
import { laddersOf } from '../core/coverage.ts'
import { namedIn } from '../core/roster.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { recordChange } from './roster-changes.ts'

/**
 * One of the staff leaves the office for good: from now on they are found by no session and no link, nothing is sent to
 * them, nothing is kept by which it could be, and they answer for no home. What they have in hand goes to the next with the
 * next sweep of the alert service. False when there is nobody of that name; who has left already stays so.
 */
export async function leaveOffice(
  pool: pg.Pool,
  person: string,
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const known = await db.query('select from person where person = $1 for no key update', [person])
    if (known.rowCount === 0) return false
    if (!(await forget(db, person, now))) return true
    const homes = await endAssignments(db, person, now)
    const standsIn = await endDeputising(db, person, now)
    await endLeaves(db, person, now)
    await recordChange(db, { by, act: 'leave-office', what: { person, homes, standsIn } }, now)
    return true
  })
}

// False: they have left already.
async function forget(db: Db, person: string, now: Millis): Promise<boolean> {
  const left = await db.query(
    `update person set left_at = $2, handed_at = null, email = null, webhook = null, phone = null,
       slack = null, ntfy = null, cap = null
     where person = $1 and left_at is null`,
    [person, instant(now)],
  )
  if (left.rowCount === 0) return false
  await db.query('delete from contact where person = $1', [person])
  await db.query('delete from push_subscription where person = $1', [person])
  return true
}

const Answered = z.object({ household: z.string(), duty: Duty })

// An exercise stays theirs: should they come back, the next one is about them again.
async function endAssignments(
  db: Db,
  person: string,
  now: Millis,
): Promise<z.infer<typeof Answered>[]> {
  return await query(
    db,
    Answered,
    `with named as (
       select a.id, a.since, a.duty, h.household from assignment a join household h on h.id = a.household_id
       where a.person = $1 and h.purpose <> 'exercise' and coalesce(a.until, 'infinity') > $2
     ), never as (
       delete from assignment using named where assignment.id = named.id and named.since >= $2
     ), ended as (
       update assignment set until = $2 from named where assignment.id = named.id and named.since < $2
     )
     select distinct household, duty from named order by household, duty`,
    [person, instant(now)],
  )
}

const Named = z.object({ person: z.string() })

// Where they were to stand in for one leave, the usual deputy does again.
async function endDeputising(db: Db, person: string, now: Millis): Promise<string[]> {
  const rows = await query(
    db,
    Named,
    `with usual as (
       update person set deputy = null where deputy = $1 returning person
     ), once as (
       update leave set deputy = null where deputy = $1 and until > $2 returning person
     )
     select person from usual union select person from once order by person`,
    [person, instant(now)],
  )
  return rows.map((row) => row.person)
}

async function endLeaves(db: Db, person: string, now: Millis): Promise<void> {
  await db.query(
    `with never as (delete from leave where person = $1 and since >= $2)
     update leave set until = $2 where person = $1 and since < $2 and until > $2`,
    [person, instant(now)],
  )
}

const Record = z.object({
  at: Millis,
  /** For which homes they answered, and for whom they stood in, when they left. */
  homes: z.array(Answered),
  standsIn: z.array(z.string()),
})

const LeftOpen = z.object({
  /** Homes that have no planner, or none when the one there is ends. */
  homes: z.array(z.string()),
  /** Homes that have nobody else of that duty, or only for a time. */
  others: z.array(Answered),
  /** For whom they stood in, who has no deputy now. */
  deputies: z.array(z.string()),
  rotations: z.array(z.string()),
  followUps: z.array(
    z.object({ id: z.int(), household: z.string(), kind: FollowUpKind, due: z.string() }),
  ),
})

/** What was in the hands of somebody who has left and is in nobody's now. `plans` name them themselves. */
export type LeftOpen = z.infer<typeof LeftOpen> & {
  readonly at: Millis
  readonly plans: readonly string[]
}

/** What somebody who has left leaves open, as it stands at `now`: the same question later has a shorter answer. */
export async function leftOpen(db: Db, person: string, now: Millis): Promise<LeftOpen | null> {
  const [record] = await query(
    db,
    Record,
    `select c.at, c.what -> 'homes' as homes, c.what -> 'standsIn' as "standsIn"
     from roster_change c join person p on p.person = c.what ->> 'person' and p.left_at = c.at
     where c.act = 'leave-office' and p.person = $1 order by c.id desc limit 1`,
    [person],
  )
  if (!record) return null
  const [open] = await query(db, LeftOpen, LEFT_OPEN, [
    person,
    instant(now),
    JSON.stringify(record.homes),
    record.standsIn,
  ])
  if (!open) throw new Error(`what ${person} leaves open was not answered`)
  return { ...open, at: record.at, plans: await plansNaming(db, person) }
}

const LEFT_OPEN = `
  with answered as (
    select r.household, r.duty, h.id from jsonb_to_recordset($3) as r (household text, duty text)
    join household h on h.household = r.household and h.purpose = 'home'
  ), bare as (
    select * from answered a where not exists (select from assignment o where o.household_id = a.id
      and o.duty = a.duty and o.until is null)
  )
  select
    (select coalesce(jsonb_agg(household order by household), '[]') from bare where duty = 'planner') as homes,
    (select coalesce(jsonb_agg(jsonb_build_object('household', household, 'duty', duty) order by household, duty), '[]')
      from bare where duty <> 'planner') as others,
    (select coalesce(jsonb_agg(person order by person), '[]') from person
      where person = any ($4) and deputy is null and left_at is null) as deputies,
    (select coalesce(jsonb_agg(rotation order by rotation), '[]') from rotation r
      where $1 = any (r.participants) or exists (select from rotation_override o
        where o.rotation = r.rotation and o."in" = $1 and o.until > $2)) as rotations,
    (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'household', h.household, 'kind', f.kind,
        'due', to_char(f.due, 'YYYY-MM-DD')) order by f.due, f.id), '[]')
      from follow_up f join household h on h.id = f.household_id
      where f.coordinator = $1 and f.state in ('open', 'under-way')) as "followUps"`

async function plansNaming(db: Db, person: string): Promise<string[]> {
  const rows = await query(
    db,
    z.object({ plan: z.string(), body: Plan }),
    'select distinct on (plan) plan, body from plan order by plan, version desc',
  )
  return rows.flatMap(({ plan, body }) =>
    laddersOf(body).some(([, ladder]) => namedIn(ladder).includes(person)) ? [plan] : [],
  )
}

/** Who has left, and whose open cases were not given to others yet. */
export async function whoLeft(db: Db): Promise<string[]> {
  const rows = await query(
    db,
    Named,
    'select person from person where left_at is not null and handed_at is null order by person',
  )
  return rows.map((row) => row.person)
}

/** Notes that what somebody who has left had in hand was given to others. */
export async function noteHanded(db: Db, person: string, now: Millis): Promise<void> {
  await db.query('update person set handed_at = $2 where person = $1 and left_at is not null', [
    person,
    instant(now),
  ])
}
