import type pg from 'pg'
import { z } from 'zod'
import { Leave } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { readable } from './refused.ts'
import { recordChange } from './roster-changes.ts'

/** A stretch in which one of the staff will not be there. */
export type NewLeave = Omit<Leave, 'id'>

const Numbered = z.object({ id: z.int() })

/** Puts a leave down and returns its number. Fails with `one_leave` when the person has one in that time already. */
export async function addLeave(
  pool: pg.Pool,
  given: NewLeave,
  by: string | null,
  now: Millis,
): Promise<number> {
  const leave = readable(Leave.omit({ id: true }), `the leave of ${given.person}`, given)
  return await transaction(pool, async (db) => {
    const [added] = await query(
      db,
      Numbered,
      `insert into leave (person, since, until, deputy, reason) values ($1, $2, $3, $4, $5)
       returning id`,
      [leave.person, instant(leave.since), instant(leave.until), leave.deputy, leave.reason],
    )
    if (!added) throw new Error(`the leave of ${leave.person} was not stored`)
    await recordChange(db, { by, act: 'add-leave', what: { ...added, ...leave } }, now)
    return added.id
  })
}

/** Ends a leave at `until`, or takes it back when it has not begun by then. False when there is none of that number. */
export async function endLeave(
  pool: pg.Pool,
  { id, until }: { readonly id: number; readonly until: Millis },
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const ended = await db.query(
      `with named as (
         select id, since from leave where id = $1 and until > $2
       ), never as (
         delete from leave using named where leave.id = named.id and named.since >= $2
       ), ended as (
         update leave set until = $2 from named where leave.id = named.id and named.since < $2
       )
       select from named`,
      [id, instant(until)],
    )
    if (ended.rowCount === 0) return false
    await recordChange(db, { by, act: 'end-leave', what: { id, until } }, now)
    return true
  })
}

/** A leave as it is listed; `standsIn` is who is told instead: the one named for it, or the person's own deputy. */
export const ListedLeave = Leave.extend({
  name: z.string(),
  office: z.string(),
  standsIn: z.string().nullable(),
})
export type ListedLeave = z.infer<typeof ListedLeave>

/** The leaves that have not ended by `now`, of one office or all, in the order in which they begin. */
export function listLeaves(db: Db, office: string | null, now: Millis): Promise<ListedLeave[]> {
  return query(
    db,
    ListedLeave,
    `select l.id, l.person, p.name, p.office, l.since, l.until, l.deputy, l.reason,
       coalesce(l.deputy, p.deputy) as "standsIn"
     from leave l join person p on p.person = l.person
     where l.until > $1 and ($2::text is null or p.office = $2) order by l.since, l.id`,
    [instant(now), office],
  )
}

/** Says who stands in (대직자) for a person on leave; null: nobody. False when there is no such person. */
export async function setDeputy(
  pool: pg.Pool,
  { person, deputy }: { readonly person: string; readonly deputy: string | null },
  by: string | null,
  now: Millis,
): Promise<boolean> {
  return await transaction(pool, async (db) => {
    const set = await db.query('update person set deputy = $2 where person = $1', [person, deputy])
    if (set.rowCount === 0) return false
    await recordChange(db, { by, act: 'set-deputy', what: { person, deputy } }, now)
    return true
  })
}
