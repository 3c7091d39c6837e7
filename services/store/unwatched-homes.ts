import { z } from 'zod'
import { Tier } from '../../schemas/household.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** Why a home is not watched as it should be, the person's own reasons first. */
const UNWATCHED_CAUSES = [
  'hospital',
  'trip',
  'consent',
  'muted',
  'gateway',
  'sensor',
  'planner',
] as const
const UnwatchedCause = z.enum(UNWATCHED_CAUSES)

/**
 * A home that is not watched, and why: absent by plan or withdrawn (`author` and `reason` say who answers for it),
 * blind for want of a gateway or of any sensor, or without a planner, so that nobody is told first. `until`: when it
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
       select id, 'planner', watched_since, null, null, null from household where planner is null
     )
     select h.household, h.alias, h.dong, h.office, h.tier, h.time_zone as "timeZone",
       w.cause, w.since, w.until, w.author, w.reason
     from why w join household h on h.id = w.household_id
     where $2::text is null or h.office = $2
     order by array_position($3::text[], w.cause), h.dong, h.alias, h.id`,
    [instant(now), office, UNWATCHED_CAUSES],
  )
}
