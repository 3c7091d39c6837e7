import { z } from 'zod'
import { Rhythm } from '../../schemas/rhythm.ts'
import { ExitSeenBy } from '../../schemas/seen.ts'
import { Millis } from '../../schemas/time.ts'
import type { ActiveQuarter } from '../core/rhythm.ts'
import { QUARTER } from '../core/time.ts'
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
  /** By what it was learnt; null: there is none. */
  learntBy: z.string().nullable(),
  learntUntil: Millis,
})
export type Learner = z.infer<typeof Learner>

/** What is read of a learner, where `h` is its household and `r` its rhythm. */
export const LEARNER = `h.id, h.time_zone as "timeZone", ${exitSeenBy('h.id')} as "exitSeenBy", r.body as rhythm,
  exists (select from device d where d.household_id = h.id and d.kind = 'power') as metered,
  r.model as "learntBy", coalesce(r.learnt_until, 'epoch') as "learntUntil"`

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
     select ${LEARNER}
     from taken t
     join household h on h.id = t.household_id
     left join rhythm r on r.household_id = t.household_id
     order by 1`,
    [limit, instant(retryAt), instant(now)],
  )
  // What a rhythm that cannot be read once knew is learnt again, from all that is kept.
  return learners.map((each) =>
    each.rhythm === null ? { ...each, learntBy: null, learntUntil: 0 } : each,
  )
}

/** The quarter hours in which a home was active, in order of time. */
export type ActivityOf = { readonly id: number; readonly activity: readonly ActiveQuarter[] }

/** Reads, in one go, what each home did from its own `learntUntil` until `until`. */
export async function activityOf(
  db: Db,
  learners: readonly Pick<Learner, 'id' | 'learntUntil'>[],
  until: Millis,
): Promise<ActivityOf[]> {
  const found = await query(db, Packed, ACTIVITY, [
    learners.map((each) => each.id),
    learners.map((each) => instant(each.learntUntil)),
    instant(until),
  ])
  return found.map(({ id, packed }) => ({ id, activity: unpack(packed) }))
}

// Two months of a home are 2,900 rows. As four arrays in text they took five times as long to read as this.
const Packed = z.object({ id: z.int(), packed: z.instanceof(Buffer) })

// Each row in three numbers: the quarter hour since the epoch; which sensors moved in it, a bit for each slot; and twice how many
// signs of life inside there were, plus one where the exit was used. Home by home, for no page holds two rows of one.
const ACTIVITY = `
  select l.id, a.packed from unnest($1::int[], $2::timestamptz[]) as l (id, since)
  cross join lateral (
    select coalesce(string_agg(int4send((date_part('epoch', quarter) / 900)::int) || int4send(sensors)
      || int4send(2 * (events - exits) + (exits > 0)::int), '' order by quarter), '') as packed
    from activity where household_id = l.id and quarter >= l.since and quarter < $3
  ) a`
const ROW = 12

function unpack(packed: Buffer): ActiveQuarter[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  return Array.from({ length: packed.length / ROW }, (_, i) => {
    const counts = view.getInt32(i * ROW + 8)
    return {
      quarter: view.getInt32(i * ROW) * QUARTER,
      exit: counts % 2 === 1,
      sensors: view.getInt32(i * ROW + 4),
      signs: counts >> 1,
    }
  })
}

/** A rhythm that has been learnt, by what, and when to go on; `learnAt` null: when it would have been anyway. */
export type Learnt = {
  readonly id: number
  readonly rhythm: Rhythm
  readonly learntBy: string
  readonly learntUntil: Millis
  readonly learnAt: Millis | null
}

/**
 * Keeps rhythms and has their homes looked at: a busier rhythm means an earlier deadline. One that somebody has taken further
 * meanwhile stays, and one that a newer version has learnt: versions older than `ours` and newer may run side by side.
 */
export async function saveRhythms(
  db: Db,
  learnt: readonly Learnt[],
  ours: string,
  now: Millis,
): Promise<void> {
  await db.query(
    `with l as (
       select * from unnest($1::int[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::text[])
         as l (household_id, learnt_until, body, learn_at, model)
     ), kept as (
       insert into rhythm as r (household_id, model, learnt_until, body)
       select household_id, model, learnt_until, body::jsonb from l join watch using (household_id)
       where learnt_by(model) <= learnt_by($6)
       on conflict (household_id) do update set model = excluded.model,
         learnt_until = excluded.learnt_until, body = excluded.body
       where learnt_by(r.model) < learnt_by(excluded.model)
         or learnt_by(r.model) = learnt_by(excluded.model) and r.learnt_until <= excluded.learnt_until
       returning 1
     ), due as (
       select w.household_id, l.learn_at from watch w join l on l.household_id = w.household_id
       -- To count them has the rhythms written, and so locked, before the homes: as by whoever learns anew.
       where (select count(*) from kept) >= 0
       order by w.household_id for no key update of w
     )
     update watch as w set learn_at = coalesce(due.learn_at, w.learn_at), deadline_at = least(w.deadline_at, $7)
     from due where w.household_id = due.household_id`,
    [
      learnt.map((each) => each.id),
      learnt.map((each) => instant(each.learntUntil)),
      learnt.map((each) => JSON.stringify(each.rhythm)),
      learnt.map((each) => instant(each.learnAt)),
      learnt.map((each) => each.learntBy),
      ours,
      instant(now),
    ],
  )
}
