import type pg from 'pg'
import { z } from 'zod'
import { Channel } from '../../schemas/channel.ts'
import { Assignment } from '../../schemas/roster.ts'
import type { EmptyDesk } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Gap, coverage, emptyDesks, laddersOf } from '../core/coverage.ts'
import { namedIn } from '../core/roster.ts'
import type { Means } from './course.ts'
import { readSetting, writeSetting } from './homes.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { newestPlan, readRoster } from './roster.ts'

/** Homes for which the same people answer at the same times by the same plan, and when nobody would. */
export type Uncovered = {
  readonly office: string
  readonly timeZone: string
  readonly households: readonly string[]
  readonly gaps: readonly Gap[]
  /** The steps that mean the office's desks and roles, of which nobody is there. */
  readonly empty: readonly EmptyDesk[]
}

const Alike = z.object({
  office: z.string(),
  timeZone: z.string(),
  plan: z.string(),
  assignments: z.array(Assignment),
  households: z.array(z.string()),
})

/**
 * Which homes would reach nobody when, between `from` and `until`: of one office, or of all. Homes that are alike are
 * looked at once, so a city takes as long as it has planners.
 */
export async function findUncovered(
  db: Db,
  office: string | null,
  { from, until }: { readonly from: Millis; readonly until: Millis },
): Promise<Uncovered[]> {
  const { channels } = await meansHere(db)
  const alike = await query(db, Alike, ALIKE, [instant(from), instant(until), office])
  const found: Uncovered[] = []
  for (const { plan, households, ...home } of alike) {
    const newest = await newestPlan(db, plan)
    const named = laddersOf(newest).flatMap(([, ladder]) => namedIn(ladder))
    const roster = await readRoster(db, { home, named, channels, until }, from)
    const gaps = coverage(home, newest, roster, { from, until })
    const empty = emptyDesks(home, newest, roster, { from, until })
    if (gaps.length > 0)
      found.push({ office: home.office, timeZone: home.timeZone, households, gaps, empty })
  }
  return found
}

const ALIKE = `
  select h.office, h.time_zone as "timeZone", h.plan, a.assignments,
    array_agg(h.household order by h.household) as households
  from household h cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('person', person, 'duty', duty,
        'since', millis(greatest(since, $1)), 'until', case when until < $2 then millis(until) end)
      order by duty, since, person), '[]') as assignments
    from assignment where household_id = h.id and since < $2 and coalesce(until, 'infinity') > $1
  ) a
  where h.purpose = 'home' and ($3::text is null or h.office = $3)
  group by h.office, h.time_zone, h.plan, a.assignments order by h.office, min(h.household)`

/** Keeps what the alert service can do: other processes are set up otherwise, and must not guess. */
export async function keepMeans(pool: pg.Pool, { channels, asks }: Means): Promise<void> {
  await transaction(pool, async (db) => {
    await writeSetting(db, 'channels', channels)
    await writeSetting(db, 'asks', asks)
  })
}

/** What the alert service can do; where it has never run, it has all channels and asks no resident. */
export async function meansHere(db: Db): Promise<Means> {
  const channels = await readSetting(db, 'channels', z.array(Channel))
  const asks = await readSetting(db, 'asks', z.boolean())
  return { channels: channels ?? Channel.options, asks: asks ?? false }
}
