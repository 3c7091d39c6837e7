import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** Of which kinds something is due for the detector. */
export const Due = z.object({
  calls: z.boolean(),
  choices: z.boolean(),
  gateways: z.boolean(),
  outages: z.boolean(),
  sensors: z.boolean(),
  homes: z.boolean(),
})
export type Due = z.infer<typeof Due>

/** Asks once what a sweep at `now` has to do: mostly nothing, and then it takes no transaction for each kind. */
export async function readDue(db: Db, now: Millis): Promise<Due> {
  const [due] = await query(
    db,
    Due,
    `select exists (select from press where told_at is null) as calls,
       exists (select from policy where spread_after is not null) as choices,
       exists (select from gateway where check_at <= $1 and disabled_at is null) as gateways,
       exists (select from outage where until is null) as outages,
       exists (select from device d where check_at <= $1
         and exists (select from gateway g where g.gateway = d.gateway and g.disabled_at is null)) as sensors,
       exists (select from watch where deadline_at <= $1) as homes`,
    [instant(now)],
  )
  if (!due) throw new Error('a select without a table has one row')
  return due
}
