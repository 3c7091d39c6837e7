import { type Db, instant } from './pool.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Reader } from './board.ts'

/**
 * Whether somebody may see a home: one of their own office, one that they are assigned to, or one with an open alert that
 * they have, were offered or were told of.
 */
export async function maySeeHome(
  db: Db,
  household: string,
  { person, office }: Reader,
  now: Millis,
): Promise<boolean> {
  const seen = await db.query(
    `select from household h where h.household = $1 and h.purpose = 'home' and (h.office = $2
       or exists (select from assignment where household_id = h.id and person = $3 and since <= $4
         and coalesce(until, 'infinity') > $4)
       or exists (select from alert a where a.household_id = h.id
         and a.state ->> 'state' not in ('resolved', 'cancelled')
         and (a.state ->> 'by' = $3 or a.state ->> 'to' = $3 or a.offer ->> 'to' = $3
           or exists (select from delivery where alert_id = a.id and person = $3))))`,
    [household, office, person, instant(now)],
  )
  return seen.rowCount === 1
}
