import { type Db, instant } from './pool.ts'
import type { Millis } from '../../schemas/time.ts'
import { KEEPERS } from '../core/permission.ts'
import type { Reader } from './board.ts'

/**
 * Whether somebody may see a home: one of the office that they see, one that they are assigned to, or one with an open alert that
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

/** Whether somebody's word stops what is raised for a home: of those who see to it in its office, and who is assigned to it. */
export async function mayTellAbsence(
  db: Db,
  household: string,
  person: string,
  now: Millis,
): Promise<boolean> {
  const known = await db.query(
    `select from household h, person p where h.household = $1 and p.person = $2
       and (p.office = h.office and p.role = any ($4)
         or exists (select from assignment a where a.household_id = h.id and a.person = p.person
           and a.since <= $3 and coalesce(a.until, 'infinity') > $3))`,
    [household, person, instant(now), KEEPERS],
  )
  return known.rowCount === 1
}
