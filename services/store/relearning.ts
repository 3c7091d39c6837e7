import { z } from 'zod'
import { Tier } from '../../schemas/household.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'
import { LEARNER, Learner } from './rhythms.ts'

/**
 * How far the learning anew by a version is that began at `since`, when the rhythms of `homes` homes were older: `done` of them
 * were learnt. Those of `tier` come now, from behind the home `after` on.
 */
export const Relearning = z.object({
  by: z.string(),
  since: Millis,
  homes: z.int(),
  done: z.int(),
  tier: Tier,
  after: z.int(),
})
export type Relearning = z.infer<typeof Relearning>

/**
 * Takes the learning anew for itself until the transaction ends. Null: all is learnt by `ours`, somebody else is at it, or many
 * homes have waited since before `late` to be looked at: to judge comes first.
 */
export async function takeRelearning(
  db: Db,
  ours: string,
  late: Millis,
  now: Millis,
): Promise<Relearning | null> {
  const [state] = await query(db, State, STATE, [ours, instant(late)])
  if (!state || state.isLate) return null
  if (!state.waits) await saveRelearning(db, ours, null)
  if (!state.waits) return null
  if (!state.begun) await begin(db, ours, now)
  const [taken] = await query(
    db,
    z.object({ value: Relearning }),
    `select value from setting where name = 'relearning' and value ->> 'by' = $1 for update skip locked`,
    [ours],
  )
  return taken?.value ?? null
}

const State = z.object({ waits: z.boolean(), isLate: z.boolean(), begun: z.boolean() })

// By the least of the index: an `exists` would have PostgreSQL read all rhythms where it thinks that many are older. Late are
// more homes than one batch of a sweep: what a gateway kept back is late when it arrives, for it says when it happened.
const STATE = `select
  coalesce((select min(learnt_by(model)) from rhythm) < learnt_by($1), false) as waits,
  coalesce((select deadline_at from watch order by deadline_at offset 200 limit 1) < $2, false) as "isLate",
  exists (select from setting where name = 'relearning' and value ->> 'by' = $1) as begun`

// One that an older version began is over: what it has left is ours.
async function begin(db: Db, ours: string, now: Millis): Promise<void> {
  await db.query(
    `insert into setting as s (name, value)
     select 'relearning', jsonb_build_object('by', $1::text, 'since', $2::bigint, 'homes', count(*), 'done', 0,
       'tier', 'high', 'after', 0)
     from rhythm where learnt_by(model) < learnt_by($1)
     on conflict (name) do update set value = excluded.value
     where learnt_by(s.value ->> 'by') < learnt_by($1)`,
    [ours, now],
  )
}

/** Notes how far it is; null: it is over. */
export async function saveRelearning(
  db: Db,
  ours: string,
  relearning: Relearning | null,
): Promise<void> {
  const mine = `name = 'relearning' and value ->> 'by' = $1`
  if (relearning)
    await db.query(`update setting set value = $2 where ${mine}`, [
      ours,
      JSON.stringify(relearning),
    ])
  else await db.query(`delete from setting where ${mine}`, [ours])
}

/** The next homes whose rhythm cannot be read. Their rhythms stay locked until the transaction ends. */
export function takeUnreadable(db: Db, limit: number): Promise<Learner[]> {
  return query(
    db,
    Learner,
    `with r as materialized (
       select * from rhythm where learnt_by(model) <= 0
       order by learnt_by(model) limit $1 for no key update skip locked
     ) select ${LEARNER} from r join household h on h.id = r.household_id order by h.id`,
    [limit],
  )
}

/** The next homes of a tier, from behind a home on, whose rhythm is older than `ours`. It stays locked likewise. */
export function takeOld(
  db: Db,
  { tier, after }: Relearning,
  ours: string,
  limit: number,
): Promise<Learner[]> {
  return query(
    db,
    Learner,
    `with r as materialized (
       select r.* from household t join rhythm r on r.household_id = t.id
       where t.tier = $1 and t.id > $2 and r.household_id > $2 and learnt_by(r.model) < learnt_by($3)
       order by t.id limit $4 for no key update of r skip locked
     ) select ${LEARNER} from r join household h on h.id = r.household_id order by h.id`,
    [tier, after, ours, limit],
  )
}

/** Notes that the rhythms of homes cannot be read, but for those of a version newer than `ours`. */
export async function noteUnreadable(
  db: Db,
  homes: readonly number[],
  ours: string,
): Promise<void> {
  if (homes.length === 0) return
  // Whoever learns them has them locked, and waits for the homes that we hold.
  await db.query(
    `update rhythm as r set model = 'unreadable' from (
       select household_id from rhythm
       where household_id = any ($1::int[]) and learnt_by(model) between 1 and learnt_by($2)
       for no key update skip locked
     ) lost where r.household_id = lost.household_id`,
    [[...homes], ours],
  )
}

/**
 * How many rhythms cannot be read; whether a newer version has learnt some, which this one leaves as they are; and how far the
 * learning anew is; null: it is over.
 */
export const Standing = z.object({
  unreadable: z.int(),
  hasNewer: z.boolean(),
  relearning: Relearning.nullable(),
})
export type Standing = z.infer<typeof Standing>

/** Reads it, for a version that learns by `ours`. */
export async function readRelearning(db: Db, ours: string): Promise<Standing> {
  const [found] = await query(
    db,
    Standing,
    `select (select count(*) from rhythm where learnt_by(model) = 0) as unreadable,
       coalesce((select max(learnt_by(model)) from rhythm) > learnt_by($1), false) as "hasNewer",
       (select value from setting where name = 'relearning') as relearning`,
    [ours],
  )
  if (!found) throw new Error('a select without a table has one row')
  return found
}
