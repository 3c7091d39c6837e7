import type pg from 'pg'
import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { HELD_BACK } from '../core/standstill.ts'
import { holdsAt } from './absences.ts'
import { decide, lockAlert, type Voice } from './alerts.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** The absences that have begun and that nobody has looked at since. */
export async function newAbsences(db: Db, now: Millis): Promise<number[]> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    'select id from absence where taken_at is null and since <= $1 and until > $1 order by id',
    [instant(now)],
  )
  return rows.map(({ id }) => id)
}

const Told = z.object({
  householdId: z.int(),
  author: z.string(),
  reason: z.string(),
  holds: z.boolean(),
})

/**
 * Lets every open case of a home that an absence holds back know of it, in one transaction and once. Resolves with how
 * many tellings were planned.
 */
export async function takeAbsence(
  pool: pg.Pool,
  id: number,
  voice: Voice,
  now: Millis,
): Promise<number> {
  return await transaction(pool, async (db) => {
    const [absence] = await query(
      db,
      Told,
      `update absence set taken_at = $2 where id = $1 and taken_at is null
       returning household_id as "householdId", author, reason, ${holdsAt('$2')} as holds`,
      [id, instant(now)],
    )
    if (!absence?.holds) return 0
    let told = 0
    for (const alert of await casesOf(db, absence.householdId)) {
      const before = await lockAlert(db, alert)
      const event = { type: 'absent', by: absence.author, reason: absence.reason } as const
      if (before) told += (await decide(db, before, event, voice, now)).told
    }
    return told
  })
}

async function casesOf(db: Db, home: number): Promise<number[]> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `select id from alert where household_id = $1 and kind = any ($2)
       and state ->> 'state' not in ('resolved', 'cancelled') order by id`,
    [home, [...HELD_BACK]],
  )
  return rows.map(({ id }) => id)
}

/** Has the cases looked at that wait for an absence which is over before its time: somebody ended it, or came back. */
export async function wakeStill(db: Db, now: Millis): Promise<void> {
  await db.query(
    `update alert set due_at = $1 where id in (
       select a.id from alert a
       where (a.state ->> 'state' = 'away' or a.state ->> 'state' = 'recovered' and a.state ? 'absent') and a.due_at > $1
         and not exists (select from absence where household_id = a.household_id and ${holdsAt('$1')})
       for no key update skip locked
     )`,
    [instant(now)],
  )
}
