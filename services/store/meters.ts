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
  base: z.number().nullable(),
  day: z.int(),
  least: z.number().nullable(),
  leasts: z.array(z.number()).readonly(),
})

/**
 * What is to be kept of a meter; `stuckDue`: since when it has been stuck for too long, or null; `running`: since
 * when something runs at it, or null; `ran`: in which time something did that does no more, since this was kept last.
 */
export type KeptMeter = {
  readonly id: number
  readonly machines: readonly z.infer<typeof Recurring>[]
  readonly hold: z.infer<typeof Hold> | null
  readonly stuck: Millis | null
  readonly stuckDue: Millis | null
  readonly load: z.infer<typeof Load> | null
  readonly running: Millis | null
  readonly ran: readonly Span[]
}

/** Keeps what was learnt of a meter, and has it looked at when it is stuck now, or is no more. */
export async function keepMeter(pool: pg.Pool, meter: KeptMeter, now: Millis): Promise<void> {
  const { id, machines, hold, stuck, stuckDue, load, running, ran } = meter
  for (const span of ran) await keepRan(pool, id, span)
  await pool.query(
    // Two of one meter may be on their way at once: the later one stays.
    `update device set machines = $2, hold = $3, stuck_since = $4, stuck_due = $5, load = $7, running_since = $8,
       check_at = case when stuck_since is distinct from $4 then least(check_at, $6) else check_at end
     where id = $1 and coalesce((load ->> 'at')::float8, 0) <= $9`,
    [
      id,
      JSON.stringify(machines),
      hold && JSON.stringify(hold),
      instant(stuck),
      instant(stuckDue),
      instant(now),
      load && JSON.stringify(load),
      instant(running),
      load?.at ?? 0,
    ],
  )
}

// Twice the same is once. Of a device that stands nowhere any more nothing is kept.
async function keepRan(pool: pg.Pool, device: number, { since, until }: Span): Promise<void> {
  const insert = () =>
    pool.query(
      `insert into ran (household_id, until, device_id, since)
       select household_id, $3, id, $2 from device where id = $1 on conflict do nothing`,
      [device, instant(since), instant(until)],
    )
  try {
    await insert()
  } catch (error) {
    if (!isMissingPartition(error)) throw error
    await makePartitions(pool, until ?? since, until ?? since)
    await insert()
  }
}

/** Time in which something ran at a meter of a home; one that runs still has no end. */
export const Ran = z.object({ home: z.int(), since: Millis, until: Millis.nullable() })
export type Ran = z.infer<typeof Ran>

/** When something ran at the meters of some homes, after `after`. Of one that is lost or stuck nobody knows whether it goes on. */
export function ranSpans(db: Db, homes: readonly number[], after: Millis): Promise<Ran[]> {
  return query(
    db,
    Ran,
    `select household_id as home, since, until from ran
     where household_id = any ($1::int[]) and until > $2
     union all
     select household_id, running_since,
       case when lost_since is null and stuck_since is null then null
         else greatest(running_since, least(last_seen_at, stuck_since)) end
     from device where household_id = any ($1::int[]) and running_since is not null`,
    [[...homes], instant(after)],
  )
}
