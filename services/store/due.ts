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

/**
 * Asks once what a sweep at `now` has to do: mostly nothing, and then it takes no transaction for each kind. The first
 * by its deadline, so that PostgreSQL walks the index however many it thinks are due: it would read all gateways, and
 * of an `exists` it forgets the order.
 */
export async function readDue(db: Db, now: Millis): Promise<Due> {
  const [due] = await query(
    db,
    Due,
    `select exists (select from press where told_at is null) as calls,
       exists (select from policy where spread_after is not null) as choices,
       (select true from gateway where check_at <= $1 and disabled_at is null
         order by check_at limit 1) is true as gateways,
       exists (select from outage where until is null) as outages,
       (select true from device d where check_at <= $1
         and exists (select from gateway g where g.gateway = d.gateway and g.disabled_at is null)
         order by check_at limit 1) is true as sensors,
       (select true from watch where deadline_at <= $1
         order by deadline_at limit 1) is true as homes`,
    [instant(now)],
  )
  if (!due) throw new Error('a select without a table has one row')
  return due
}
