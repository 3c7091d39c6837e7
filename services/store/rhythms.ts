import { z } from 'zod'
import { Rhythm } from '../../schemas/rhythm.ts'
import { ExitSeenBy } from '../../schemas/seen.ts'
import { Millis } from '../../schemas/time.ts'
import { exitSeenBy } from './exits.ts'
import { type Db, instant, query } from './pool.ts'

/** A home whose rhythm is to be learnt on. `learntUntil`: what lies before it is known; 0: nothing is. */
export const Learner = z.object({
  id: z.int(),
  timeZone: z.string(),
  /** What on the exit is heard; null: nothing. */
  exitSeenBy: ExitSeenBy.nullable(),
  /** Whether something there measures power. */
  metered: z.boolean(),
  /** One that this version cannot read counts as none: it is learnt again, and the ceilings hold meanwhile. */
  rhythm: Rhythm.nullable().catch(null),
  learntUntil: Millis,
})
export type Learner = z.infer<typeof Learner>

/**
 * Takes homes that are due to be learnt, until `retryAt`: who dies over them costs that much time, for a rhythm
 * always catches up from where it stands.
 */
export async function takeLearners(
  db: Db,
  limit: number,
  retryAt: Millis,
  now: Millis,
): Promise<Learner[]> {
  const learners = await query(
    db,
    Learner,
    `with due as (
       select household_id from watch where learn_at <= $3
       order by learn_at limit $1 for no key update skip locked
     ), taken as (
       update watch as w set learn_at = $2 from due where w.household_id = due.household_id
       returning w.household_id
     )
     select t.household_id as id, h.time_zone as "timeZone", ${exitSeenBy('h.id')} as "exitSeenBy", r.body as rhythm,
       exists (select from device d where d.household_id = h.id and d.kind = 'power') as metered,
       coalesce(r.learnt_until, 'epoch') as "learntUntil"
     from taken t
     join household h on h.id = t.household_id
     left join rhythm r on r.household_id = t.household_id
     order by 1`,
    [limit, instant(retryAt), instant(now)],
  )
  // What a rhythm that cannot be read once knew is learnt again, from all that is kept.
  return learners.map((each) => (each.rhythm === null ? { ...each, learntUntil: 0 } : each))
}

/** The quarter hours in which a home was active, by their number since the epoch, and in which its exit door was used. */
export const ActivityOf = z.object({
  id: z.int(),
  quarters: z.array(z.int()),
  exits: z.array(z.boolean()),
  /** Which sensors moved in it, a bit for each slot, and how many signs of life inside there were. */
  sensors: z.array(z.int()),
  signs: z.array(z.int()),
})
export type ActivityOf = z.infer<typeof ActivityOf>

/** Reads, in one go, what each home did from its own `learntUntil` until `until`. */
export function activityOf(
  db: Db,
  learners: readonly Pick<Learner, 'id' | 'learntUntil'>[],
  until: Millis,
): Promise<ActivityOf[]> {
  return query(
    db,
    ActivityOf,
    `select a.household_id as id, array_agg((extract(epoch from a.quarter) / 900)::int order by a.quarter) as quarters,
       array_agg(a.exits > 0 order by a.quarter) as exits,
       array_agg(a.sensors order by a.quarter) as sensors,
       array_agg(a.events - a.exits order by a.quarter) as signs
     from unnest($1::int[], $2::timestamptz[]) as l (id, since)
     join activity a on a.household_id = l.id and a.quarter >= l.since and a.quarter < $3
     group by a.household_id`,
    [
      learners.map((each) => each.id),
      learners.map((each) => instant(each.learntUntil)),
      instant(until),
    ],
  )
}

/** A rhythm that has been learnt, and when to go on. */
export type Learnt = {
  readonly id: number
  readonly rhythm: Rhythm
  readonly learntUntil: Millis
  readonly learnAt: Millis
}

/**
 * Keeps rhythms and has their homes looked at: a busier rhythm means an earlier deadline. One that somebody has
 * taken further meanwhile stays.
 */
export async function saveRhythms(
  db: Db,
  learnt: readonly Learnt[],
  model: string,
  now: Millis,
): Promise<void> {
  await db.query(
    `with l as (
       select * from unnest($1::int[], $2::timestamptz[], $3::text[], $4::timestamptz[])
         as l (household_id, learnt_until, body, learn_at)
     ), kept as (
       insert into rhythm as r (household_id, model, learnt_until, body)
       select household_id, $5, learnt_until, body::jsonb from l
       on conflict (household_id) do update set model = excluded.model,
         learnt_until = excluded.learnt_until, body = excluded.body
       where r.learnt_until <= excluded.learnt_until
     ), due as (
       select w.household_id, l.learn_at from watch w join l on l.household_id = w.household_id
       order by w.household_id for no key update of w
     )
     update watch as w set learn_at = due.learn_at, deadline_at = least(w.deadline_at, $6)
     from due where w.household_id = due.household_id`,
    [
      learnt.map((each) => each.id),
      learnt.map((each) => instant(each.learntUntil)),
      learnt.map((each) => JSON.stringify(each.rhythm)),
      learnt.map((each) => instant(each.learnAt)),
      model,
      instant(now),
    ],
  )
}
