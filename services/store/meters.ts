import type pg from 'pg'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import type { Span } from '../core/time.ts'
import { type Db, instant, query } from './pool.ts'
import { isMissingPartition, makePartitions } from './readings.ts'

/** The rises of power that a machine makes, as they are stored. */
export const Recurring = z.object({
  watts: z.number(),
  last: Millis,
  gap: z.number(),
  times: z.int(),
  since: Millis,
  provenAt: Millis.nullable(),
})

/** What a meter of a whole home holds, as it is stored. */
export const Hold = z.object({
  value: z.number(),
  since: Millis,
  until: Millis,
  usual: z.number().nullable(),
  days: z.int(),
  day: z.int(),
  longest: z.number(),
  drew: z.number().default(0),
  on: z.number().default(0),
})

/** What a meter has drawn, as it is stored. */
export const Load = z.object({
  at: Millis,
  since: Millis.nullable(),
  atOnce: z.boolean().default(false),
  base: z.number().nullable(),
  day: z.int(),
  least: z.number().nullable(),
  leasts: z.array(z.number()).readonly(),
})

/**
 * What is to be kept of a meter that stands where it was `placed` then; `stuckDue`: since when it has been stuck for too long, or null; `running`: since
 * when something runs at it, or null; `ran`: in which time something did that does no more, since this was kept last.
 */
export type KeptMeter = {
  readonly id: number
  readonly placed: Millis | null
  readonly machines: readonly z.infer<typeof Recurring>[]
  readonly hold: z.infer<typeof Hold> | null
  readonly stuck: Millis | null
  readonly stuckDue: Millis | null
  readonly load: z.infer<typeof Load> | null
  readonly running: Millis | null
  readonly ran: readonly Span[]
}

/**
 * Keeps what was learnt of a meter, and has it looked at when it is stuck now, or is no more. Of one that stands elsewhere by
 * now, or nowhere, nothing is kept.
 */
export async function keepMeter(pool: pg.Pool, meter: KeptMeter, now: Millis): Promise<void> {
  try {
    await pool.query(KEEP, kept(meter, now))
  } catch (error) {
    if (!isMissingPartition(error)) throw error
    for (const { since, until } of meter.ran)
      await makePartitions(pool, until ?? since, until ?? since)
    await pool.query(KEEP, kept(meter, now))
  }
}

// Two of one meter may be on their way at once: the later one stays, and what ran is kept of both. Twice the same is once.
const KEEP = `with here as materialized (
    select id, household_id from device where id = $1 and placed_at is not distinct from $10
  ), kept as (
    update device set machines = $2, hold = $3, stuck_since = $4, stuck_due = $5, load = $7, running_since = $8,
      check_at = case when stuck_since is distinct from $4 then least(check_at, $6) else check_at end
    from here where device.id = here.id and placed_at is not distinct from $10
      and coalesce((load ->> 'at')::float8, 0) <= $9
  )
  insert into ran (household_id, until, device_id, since)
  select household_id, until, id, since from here,
    unnest($11::timestamptz[], $12::timestamptz[]) as span (since, until)
  on conflict do nothing`

function kept(meter: KeptMeter, now: Millis): unknown[] {
  const { id, placed, machines, hold, stuck, stuckDue, load, running, ran } = meter
  return [
    id,
    JSON.stringify(machines),
    hold && JSON.stringify(hold),
    instant(stuck),
    instant(stuckDue),
    instant(now),
    load && JSON.stringify(load),
    instant(running),
    load?.at ?? 0,
    instant(placed),
    ran.map(({ since }) => instant(since)),
    ran.map(({ until }) => instant(until)),
  ]
}

/** Time in which something ran at a meter of a home; one that runs still has no end. */
export const Ran = z.object({ home: z.int(), since: Millis, until: Millis.nullable() })
export type Ran = z.infer<typeof Ran>

/** When something ran at the meters of homes, of each after so long. Of one that is lost or stuck nobody knows whether it goes on. */
export function ranSpans(
  db: Db,
  asked: readonly { readonly home: number; readonly after: Millis }[],
): Promise<Ran[]> {
  return query(
    db,
    Ran,
    `select home, since, until
     from unnest($1::int[], $2::timestamptz[]) as asked (home, after)
     join ran on ran.household_id = home and until > after
     union all
     select household_id, running_since,
       case when lost_since is null and stuck_since is null then null
         else greatest(running_since, least(last_seen_at, stuck_since)) end
     from device where household_id = any ($1::int[]) and running_since is not null`,
    [asked.map(({ home }) => home), asked.map(({ after }) => instant(after))],
  )
}
