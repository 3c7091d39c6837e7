import { z } from 'zod'
import { AbsenceCause, Tier } from '../../schemas/household.ts'
import { Grade, Presence } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** One home as the board shows it: where the person is thought to be, and until when that is believed. */
export const BoardHome = z.object({
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  tier: Tier,
  lastActivity: Millis,
  presence: Presence,
  since: Millis,
  /** When an absence ends at the latest, or null. */
  until: Millis.nullable(),
  /** The grade raised for the silence that goes on, or null. */
  grade: Grade.nullable(),
  /** Since when nobody can watch this home, or null when it is watched. */
  unseenSince: Millis.nullable(),
  /** Why nothing is raised for it now, and until when; null: it is watched. */
  absent: z.object({ cause: AbsenceCause, until: Millis }).nullable(),
})
export type BoardHome = z.infer<typeof BoardHome>

/** Homes of an office, and how many there are in all, and how many that nobody can watch now. */
export type BoardHomes = {
  readonly homes: readonly BoardHome[]
  readonly total: number
  readonly unseen: number
}

const Counted = BoardHome.extend({ total: z.int(), unseen: z.int() })

/** How many homes, seen and unseen, the board shows at once. */
export const HOMES_SHOWN = 100

/**
 * The homes that are watched in an office, in the order of dong and name. Where there are more than can be shown, those of
 * which there is something to say come first: `HOMES_SHOWN` of those that are seen, and as many of those that are not.
 */
export async function boardHomes(db: Db, office: string, now: Millis): Promise<BoardHomes> {
  const rows = await query(
    db,
    Counted,
    `with known as (${HOMES}), counted as (
       select *, count(*) over () as total, count("unseenSince") over () as unseen from known
     ), ranked as (
       select *, row_number() over (partition by "unseenSince" is null
         order by total > $3 and grade is null and absent is null and presence = 'home', dong, alias, id) as rank
       from counted
     )
     select * from ranked where rank <= $3 order by dong, alias, id`,
    [office, instant(now), HOMES_SHOWN],
  )
  return { homes: rows, total: rows[0]?.total ?? 0, unseen: rows[0]?.unseen ?? 0 }
}

/** Homes of an office whose alias, dong or number has `words` in it, from the `from`th on. */
export async function findHomes(
  db: Db,
  {
    office,
    words,
    from,
  }: { readonly office: string; readonly words: string; readonly from: number },
  now: Millis,
): Promise<BoardHomes> {
  const rows = await query(
    db,
    Counted,
    `with known as (${HOMES})
     select *, count(*) over () as total, count("unseenSince") over () as unseen from known
     where strpos(alias || ' ' || dong || ' ' || household, $3) > 0
     order by dong, alias, id offset $4 limit $5`,
    [office, instant(now), words, from, 2 * HOMES_SHOWN],
  )
  return { homes: rows, total: rows[0]?.total ?? 0, unseen: rows[0]?.unseen ?? 0 }
}

const HOMES = `
  select h.id, h.household, h.alias, h.dong, h.time_zone as "timeZone", h.tier,
    w.last_activity_at as "lastActivity", w.presence, w.presence_since as since,
    w.presence_until as until, w.grade,
    coalesce(u.since, case when w.presence = 'blind' then w.presence_since end) as "unseenSince",
    a.absent
  from household h
  join watch w on w.household_id = h.id
  left join (
    select household_id, min(since) as since from unseen where until is null group by 1
  ) u on u.household_id = h.id
  left join (
    select distinct on (household_id) household_id, jsonb_build_object('cause', cause,
      'until', millis(least(until, ended_at))) as absent
    from absence where since <= $2 and until > $2 and (ended_at is null or ended_at > $2)
    order by household_id, least(until, ended_at) desc
  ) a on a.household_id = h.id
  where h.purpose = 'home' and h.office = $1`

/** What staff call these homes. */
export async function aliasesOf(
  db: Db,
  households: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    db,
    z.object({ household: z.string(), alias: z.string() }),
    'select household, alias from household where household = any ($1)',
    [[...households]],
  )
  return new Map(rows.map(({ household, alias }) => [household, alias]))
}
