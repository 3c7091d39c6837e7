import { z } from 'zod'
import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** Takes a day's task of an office, in the transaction that does it: false when somebody has done it already. */
export async function claimDay(
  db: Db,
  { task, office, day }: { readonly task: string; readonly office: string; readonly day: number },
  now: Millis,
): Promise<boolean> {
  const claimed = await db.query(
    `insert into daily (task, office, day, at) values ($1, $2, date '1970-01-01' + $3::int, $4)
     on conflict do nothing`,
    [task, office, day, instant(now)],
  )
  return claimed.rowCount === 1
}

const Numbered = z.object({ id: z.int() })

/** The number of the household under which an office's own cases stand; it is made when there is none. */
export async function deskOf(
  db: Db,
  { office, timeZone }: { readonly office: string; readonly timeZone: string },
  now: Millis,
): Promise<number> {
  // A statement of its own: whoever makes it at this very moment is waited for here, and seen by the next one.
  await db.query(
    `insert into household (household, office, alias, dong, time_zone, tier, watched_since, purpose)
     select 'office-' || md5($1), $1, $1, '사무실', $2, 'low', $3, 'office'
     where not exists (select from household where office = $1 and purpose = 'office')
     on conflict do nothing`,
    [office, timeZone, instant(now)],
  )
  const [desk] = await query(
    db,
    Numbered,
    `select id from household where office = $1 and purpose = 'office'`,
    [office],
  )
  if (!desk) throw new Error(`the desk of the office ${office} was not made`)
  return desk.id
}

/** Raises a fault of the set-up. It joins the case that is open for that household, if there is one. */
export async function raiseFault(
  db: Db,
  { householdId, reason }: { readonly householdId: number; readonly reason: Reason },
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     values ($1, 'configuration', 'caution', $2, $2, $3, 'roster')`,
    [householdId, instant(now), reason],
  )
}
