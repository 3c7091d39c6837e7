import type pg from 'pg'
import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { applyEvent, decide, lockAlert, type Voice } from './alerts.ts'
import { openExercise } from './exercises.ts'
import { noteHanded } from './leaving.ts'
import { type Db, instant, query, transaction } from './pool.ts'

const Begun = z.object({ id: z.int(), person: z.string() })

/** A leave that has begun, and whose open cases were not given to others yet. */
export type Begun = z.infer<typeof Begun>

/** The leaves that have begun by `now`, are not over, and were not taken up yet. */
export function begunLeaves(db: Db, now: Millis): Promise<Begun[]> {
  return query(
    db,
    Begun,
    `select id, person from leave where taken_at is null and since <= $1 and until > $1
     order by since, id`,
    [instant(now)],
  )
}

/**
 * Gives what one of the staff had in hand, or was asked, to the next. The leave is done with after the last case, so
 * whoever dies over it leaves the rest to the next sweep. Resolves with how many tellings were planned.
 */
export async function takeLeave(
  pool: pg.Pool,
  { id, person }: Begun,
  voice: Voice,
  now: Millis,
): Promise<number> {
  const told = await passCasesOn(pool, person, voice, now)
  await pool.query('update leave set taken_at = $2 where id = $1', [id, instant(now)])
  return told
}

/** Does the same for one of the staff who has left the office, whose exercise nobody else can answer. */
export async function takeLeft(
  pool: pg.Pool,
  person: string,
  voice: Voice,
  now: Millis,
): Promise<number> {
  const exercise = await openExercise(pool, person)
  const outcome = { type: 'outcome', by: person, outcome: 'safe', note: '훈련, 퇴직' } as const
  if (exercise !== null) await applyEvent(pool, exercise, outcome, now)
  const told = await passCasesOn(pool, person, voice, now)
  await noteHanded(pool, person, now)
  return told
}

// Each case is a transaction of its own.
async function passCasesOn(
  pool: pg.Pool,
  person: string,
  voice: Voice,
  now: Millis,
): Promise<number> {
  let told = 0
  for (const alert of await casesOf(pool, person))
    told += await transaction(pool, async (db) => {
      const before = await lockAlert(db, alert)
      if (!before) return 0
      return (await decide(db, before, { type: 'unavailable', person }, voice, now)).told
    })
  return told
}

// Theirs, offered to them, or told to them in the step that waits for an answer now.
async function casesOf(db: Db, person: string): Promise<number[]> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `select a.id from alert a
     where a.state ->> 'state' not in ('resolved', 'cancelled')
       and (a.state ->> 'by' = $1 or a.state ->> 'to' = $1 or a.offer ->> 'to' = $1
         or exists (select from delivery d where d.alert_id = a.id and d.generation = a.generation
           and d.person = $1))
     order by a.id`,
    [person],
  )
  return rows.map(({ id }) => id)
}
