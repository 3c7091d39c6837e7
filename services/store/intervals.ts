import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

const SensorAge = z.object({
  id: z.int(),
  age: Millis,
  usual: Millis.nullable(),
  days: z.int(),
})
/** A sensor, for how long it has been silent, and how long it usually is. */
export type SensorAge = z.infer<typeof SensorAge>

/**
 * The sensors of these homes that were not asked for twenty hours, are not lost, and are seen: a sensor of a home that is
 * out of sight tells nothing.
 */
export function sensorAges(db: Db, homes: readonly number[], now: Millis): Promise<SensorAge[]> {
  return query(
    db,
    SensorAge,
    `select d.id, (extract(epoch from $2::timestamptz - d.last_seen_at) * 1000)::bigint as age,
       (extract(epoch from d.usual_gap) * 1000)::bigint as usual, d.gap_days as days
     from device d
     where d.household_id = any ($1::int[]) and d.last_seen_at <= $2 and d.lost_since is null
       and not d.silent_set and (d.gap_at is null or d.gap_at <= $2::timestamptz - interval '20 hours')
       and not exists (select from unseen u where u.until is null
         and (u.household_id = d.household_id or u.household_id is null))`,
    [[...homes], instant(now)],
  )
}

/** What was learnt of a sensor; `limit` null: too little to go by. */
export type LearntInterval = {
  readonly id: number
  readonly usual: Millis | null
  readonly days: number
  readonly limit: Millis | null
}

/** Keeps what was learnt, and has a sensor looked at earlier when it is to be missed earlier. */
export async function saveIntervals(
  db: Db,
  learnt: readonly LearntInterval[],
  now: Millis,
): Promise<void> {
  if (learnt.length === 0) return
  await db.query(
    `with due as (
       select d.id from device d where d.id = any ($1::int[]) order by d.id for no key update
     )
     update device as d set usual_gap = make_interval(secs => l.usual), gap_days = l.days, gap_at = $5,
       learnt_silent_after = make_interval(secs => l.secs),
       check_at = least(d.check_at, d.last_seen_at + make_interval(secs => l.secs))
     from due join unnest($1::int[], $2::float8[], $3::int[], $4::float8[]) as l (id, usual, days, secs)
       on l.id = due.id
     where d.id = due.id`,
    [
      learnt.map(({ id }) => id),
      learnt.map(({ usual }) => seconds(usual)),
      learnt.map(({ days }) => days),
      learnt.map(({ limit }) => seconds(limit)),
      instant(now),
    ],
  )
}

function seconds(length: Millis | null): number | null {
  return length === null ? null : length / 1000
}
