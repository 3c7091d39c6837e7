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
  const [desk] = await query(
    db,
    Numbered,
    `with made as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since, purpose)
       values ('office-' || md5($1), $1, $1, '사무실', $2, 'low', $3, 'office')
       on conflict do nothing returning id
     )
     select id from made union all
     select id from household where office = $1 and purpose = 'office' limit 1`,
    [office, timeZone, instant(now)],
  )
  // Made by another at this very moment, who has not committed when we looked: the next run finds it.
  if (!desk) throw new Error(`the desk of the office ${office} is being made by another`)
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
