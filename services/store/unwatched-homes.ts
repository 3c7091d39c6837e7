import { z } from 'zod'
import { Tier, UnwatchedCause } from '../../schemas/household.ts'
import { Millis } from '../../schemas/time.ts'
import { DAY } from '../core/time.ts'
import { findUncovered } from './coverage.ts'
import { type Db, instant, query } from './pool.ts'

/**
 * A home that is not watched, and why: absent by plan or withdrawn (`author` and `reason` say who answers for it),
 * blind for want of a gateway or of any sensor, without a planner, so that nobody is told first, or
 * with nobody at all whom an alert would reach (`uncovered`). `until`: when it
 * ends by itself, or null. A home may stand here more than once.
 */
export const UnwatchedHome = z.object({
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  office: z.string(),
  tier: Tier,
  timeZone: z.string(),
  cause: UnwatchedCause,
  since: Millis,
  until: Millis.nullable(),
  author: z.string().nullable(),
  reason: z.string().nullable(),
})
export type UnwatchedHome = z.infer<typeof UnwatchedHome>

/** Who is not watched now, and why: in one office, or with null everywhere. */
export function unwatchedHomes(
  db: Db,
  { office }: { readonly office: string | null },
  now: Millis,
): Promise<UnwatchedHome[]> {
  return query(
    db,
    UnwatchedHome,
    `with why as (
       select household_id, cause, since, least(until, ended_at) as until, author, reason
       from absence where since <= $1 and until > $1 and (ended_at is null or ended_at > $1)
       union all
       select household_id, cause, since, null, null, null
       from unseen where until is null and household_id is not null and cause <> 'pipeline'
       union all
       select h.id, 'planner', greatest(h.watched_since, (select max(until) from assignment a
           where a.household_id = h.id and a.duty = 'planner' and a.until <= $1)), null, null, null
       from household h where not exists (select from assignment a where a.household_id = h.id
         and a.duty = 'planner' and tstzrange(a.since, a.until) @> $1::timestamptz)
     )
     select h.household, h.alias, h.dong, h.office, h.tier, h.time_zone as "timeZone",
       w.cause, w.since, w.until, w.author, w.reason
     from why w join household h on h.id = w.household_id
     where h.purpose = 'home' and ($2::text is null or h.office = $2)
     order by array_position($3::text[], w.cause), h.dong, h.alias, h.id`,
    [instant(now), office, UnwatchedCause.options],
  )
}

/** The homes of which an alert would reach nobody at some hour until tomorrow, each with its first such time. */
export async function uncoveredHomes(
  db: Db,
  { office }: { readonly office: string | null },
  now: Millis,
): Promise<UnwatchedHome[]> {
  const soon = await findUncovered(db, office, { from: now, until: now + DAY })
  const dark = soon.flatMap(({ households, gaps }) => {
    const gap = gaps.find(({ lack }) => lack === 'nobody')
    return gap ? households.map((household) => ({ household, ...gap })) : []
  })
  return await query(
    db,
    UnwatchedHome,
    `select h.household, h.alias, h.dong, h.office, h.tier, h.time_zone as "timeZone",
       'uncovered' as cause, d.since, d.until, null as author, null as reason
     from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as d (household, since, until)
     join household h using (household) order by h.dong, h.alias, h.id`,
    [
      dark.map(({ household }) => household),
      dark.map(({ since }) => instant(since)),
      dark.map(({ until }) => instant(until)),
    ],
  )
}
