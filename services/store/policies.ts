import type pg from 'pg'
import { z } from 'zod'
import { Choice, type NewChoice } from '../../schemas/policy.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'

const COLUMNS = `p.id, h.household, p.office, p.tier, p.name, p.value, p.since, p.until, p.author, p.reason`

/** Makes a choice and returns its number, or null without such an author, or such a home if it names one. */
export async function addChoice(db: Db, choice: NewChoice): Promise<number | null> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `insert into policy (household_id, office, tier, name, value, since, until, author, reason)
     select h.id, $2, $3, $4, $5, $6, $7, p.person, $9
     from person p left join household h on h.household = $1
     where p.person = $8 and ($1::text is null or h.id is not null)
     returning id`,
    [
      choice.household,
      choice.office,
      choice.tier,
      choice.name,
      choice.value,
      instant(choice.since),
      instant(choice.until),
      choice.author,
      choice.reason,
    ],
  )
  return rows[0]?.id ?? null
}

/** Ends a choice at `now`. False when there is none of that number that still holds, or it is the canary's. */
export async function endChoice(db: Db, id: number, by: string, now: Millis): Promise<boolean> {
  const ended = await db.query(
    `update policy set until = greatest(since, $3), ended_by = $2, spread_after = 0
     where id = $1 and (until is null or until > $3) and author <> 'canary'`,
    [id, by, instant(now)],
  )
  return ended.rowCount === 1
}

/** Every choice that holds or will, but the canary's, the most general first; with `household` only those that are for it. */
export function listChoices(db: Db, household: string | null, now: Millis): Promise<Choice[]> {
  return query(
    db,
    Choice,
    `select ${COLUMNS} from policy p
     left join household h on h.id = p.household_id
     left join household o on o.household = $2
     where (p.until is null or p.until > $1) and p.author <> 'canary' and ($2::text is null or p.household_id = o.id
       or (p.household_id is null and coalesce(p.office, o.office) = o.office
         and coalesce(p.tier, o.tier) = o.tier))
     order by p.household_id nulls first, p.office nulls first, p.tier nulls first, p.name, p.since, p.id`,
    [instant(now), household],
  )
}

/** The choices that hold or will for any of these homes. */
export function choicesFor(db: Db, homes: readonly number[], now: Millis): Promise<Choice[]> {
  return query(
    db,
    Choice,
    `select ${COLUMNS} from policy p left join household h on h.id = p.household_id
     where (p.household_id is null or p.household_id = any ($1::int[]))
       and (p.until is null or p.until > $2)`,
    [[...homes], instant(now)],
  )
}

// One statement locks so many homes, and ingest waits for none of them longer than some tens of milliseconds.
const STRETCH = 2000

/**
 * Has the next homes of one choice that was made or ended looked at. False when every home has been told. Who dies
 * over it has told some homes twice.
 */
export function spreadChoice(pool: pg.Pool, now: Millis): Promise<boolean> {
  return transaction(pool, async (db) => {
    const spread = await db.query(SPREAD, [STRETCH, instant(now)])
    return spread.rowCount === 1
  })
}

const SPREAD = `
  with choice as (
    select * from policy where spread_after is not null order by id limit 1
    for no key update skip locked
  ), homes as (
    select h.id from household h, choice c
    where h.id > c.spread_after and h.id = coalesce(c.household_id, h.id)
      and h.office = coalesce(c.office, h.office) and h.tier = coalesce(c.tier, h.tier)
    order by h.id limit $1
  ), due as (
    select household_id from watch where household_id = any (array(select id from homes))
    order by household_id for no key update
  ), told as (
    update watch as w set deadline_at = $2 from due
    where w.household_id = due.household_id and (w.deadline_at is null or w.deadline_at > $2)
  )
  update policy as p set spread_after = (
    select case when count(*) = $1 then max(id) end from homes)
  from choice c where p.id = c.id`
