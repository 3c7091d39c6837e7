import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant } from './pool.ts'

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

/** What is to be kept of a meter; `stuckDue`: since when it has been stuck for too long, or null. */
export type KeptMeter = {
  readonly id: number
  readonly machines: readonly z.infer<typeof Recurring>[]
  readonly hold: z.infer<typeof Hold> | null
  readonly stuck: Millis | null
  readonly stuckDue: Millis | null
}

/** Keeps what was learnt of a meter, and has it looked at when it is stuck now, or is no more. */
export async function keepMeter(db: Db, meter: KeptMeter, now: Millis): Promise<void> {
  const { id, machines, hold, stuck, stuckDue } = meter
  await db.query(
    `update device set machines = $2, hold = $3, stuck_since = $4, stuck_due = $5,
       check_at = case when stuck_since is distinct from $4 then least(check_at, $6) else check_at end
     where id = $1`,
    [
      id,
      JSON.stringify(machines),
      hold && JSON.stringify(hold),
      instant(stuck),
      instant(stuckDue),
      instant(now),
    ],
  )
}
