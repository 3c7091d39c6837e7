import type pg from 'pg'
import { z } from 'zod'
import { Assignment } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { Refused } from './refused.ts'
import { recordChange } from './roster-changes.ts'

/** Who answers for a household from when to when, and since when it agrees that they are told of it. */
export type NewAssignment = Assignment & {
  readonly household: string
  readonly consented: Millis | null
}

/**
 * Assigns somebody to a household. A planner takes over from whoever had that time: what was assigned before is cut
 * there, never doubled. The household and the person must exist.
 */
export async function assign(
  pool: pg.Pool,
  given: NewAssignment,
  by: string | null,
  now: Millis,
): Promise<void> {
  await transaction(pool, async (db) => {
    await cutOut(db, given)
    const added = await db.query(
      `insert into assignment (household_id, person, duty, since, until, consented_at)
       select id, $2, $3, $4, $5, $6 from household where household = $1 and purpose <> 'past'`,
      [
        given.household,
        given.person,
        given.duty,
        instant(given.since),
        instant(given.until),
        instant(given.consented),
      ],
    )
    if (added.rowCount === 0) throw new Refused(`there is no household ${given.household}`)
    await recordChange(db, { by, act: 'assign', what: given }, now)
  })
}

// A planner is the only one; of the others nobody is there twice. What lies on both sides of the new stretch stays.
async function cutOut(db: Db, { household, person, duty, since, until }: NewAssignment) {
  await db.query(
    `with over as (
       delete from assignment a using household h
       where h.household = $1 and a.household_id = h.id and a.duty = $3
         and (a.duty = 'planner' or a.person = $2)
         and tstzrange(a.since, a.until) && tstzrange($4::timestamptz, $5::timestamptz)
       returning a.*
     )
     insert into assignment (household_id, person, duty, since, until, consented_at)
     select household_id, person, duty, since, $4, consented_at from over where since < $4
     union all
     select household_id, person, duty, $5, until, consented_at from over
     where $5 < coalesce(until, 'infinity')`,
    [household, person, duty, instant(since), instant(until)],
  )
}

/** Ends an assignment that holds at `until`, or begins later. False when there is none such. */
export async function endAssignment(
  pool: pg.Pool,
  {
    household,
    person,
    until,
  }: { readonly household: string; readonly person: string; readonly until: Millis },
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const ended = await db.query(
      `with named as (
         select a.id, a.since from assignment a join household h on h.id = a.household_id
         where h.household = $1 and a.person = $2 and coalesce(a.until, 'infinity') > $3
       ), never as (
         delete from assignment using named where assignment.id = named.id and named.since >= $3
       ), ended as (
         update assignment set until = $3 from named
         where assignment.id = named.id and named.since < $3
       )
       select from named`,
      [household, person, instant(until)],
    )
    if (ended.rowCount === 0) return false
    const what = { household, person, until }
    await recordChange(db, { by, act: 'end-assignment', what }, now)
    return true
  })
}

/** An assignment with its household, as it is listed. */
export const ListedAssignment = Assignment.extend({
  household: z.string(),
  alias: z.string(),
  timeZone: z.string(),
  name: z.string(),
})
export type ListedAssignment = z.infer<typeof ListedAssignment>

/** Assignments that have not ended by `now`: of one household, of one person, or all. */
export function listAssignments(
  db: Db,
  of: { readonly household?: string | undefined; readonly person?: string | undefined },
  now: Millis,
): Promise<ListedAssignment[]> {
  return query(
    db,
    ListedAssignment,
    `select h.household, h.alias, h.time_zone as "timeZone", a.person, p.name, a.duty, a.since, a.until
     from assignment a join household h on h.id = a.household_id join person p on p.person = a.person
     where coalesce(a.until, 'infinity') > $1 and ($2::text is null or h.household = $2)
       and ($3::text is null or a.person = $3)
     order by h.household, a.duty, a.since`,
    [instant(now), of.household, of.person],
  )
}
