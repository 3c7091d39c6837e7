import type pg from 'pg'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { isClosed } from '../core/escalation.ts'
import { decide, lockAlert, type StoredAlert, type Voice } from './alerts.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** A question that this worker has taken. */
export const Ask = z.object({
  id: z.int(),
  alert: z.int(),
  household: z.string(),
  until: Millis,
  attempts: z.int(),
})
export type Ask = z.infer<typeof Ask>

/** Takes the questions that are due and still meant; each is this worker's until `lease`. */
export function claimAsks(db: Db, limit: number, lease: Millis, now: Millis): Promise<Ask[]> {
  return query(
    db,
    Ask,
    `with due as (
       select k.id from ask k join alert a on a.id = k.alert_id
       where k.due_at <= $1 and k.until > $1 and a.generation = k.generation
       order by k.due_at, k.id limit $2 for update of k skip locked
     )
     update ask k set due_at = $3, attempts = attempts + 1
     from due, alert a join household h on h.id = a.household_id
     where k.id = due.id and a.id = k.alert_id
     returning k.id, k.alert_id as alert, h.household, k.until, k.attempts`,
    [instant(now), limit, instant(lease)],
  )
}

/** Writes what became of asking: `retry` says when to try again, or null. */
export async function settleAsk(
  db: Db,
  id: number,
  became: { readonly state: 'asked' | 'failed' | 'queued'; readonly detail: string | null },
  retry: Millis | null,
): Promise<void> {
  await db.query(
    `update ask set state = $2, detail = $3, due_at = $4 where id = $1 and state <> 'answered'`,
    [id, became.state, became.detail, instant(retry)],
  )
}

/**
 * The resident's answer: taken once, whatever comes after it, but that somebody who was fine asks for help. Null when
 * nobody was asked under that number.
 */
export async function answerAsk(
  pool: pg.Pool,
  id: number,
  answer: 'fine' | 'help',
  voice: Voice,
  now: Millis,
): Promise<'fine' | 'help' | null> {
  return await transaction(pool, async (db) => {
    const [first] = await query(
      db,
      z.object({ alert: z.int() }),
      `update ask set state = 'answered', answer = $2, answered_at = $3, due_at = null
       where id = $1 and (answer is null or answer = 'fine' and $2 = 'help') returning alert_id as alert`,
      [id, answer, instant(now)],
    )
    if (!first) return answerOf(db, id)
    const before = await lockAlert(db, first.alert)
    if (before) await hear(db, before, answer, voice, now)
    return answer
  })
}

async function answerOf(db: Db, id: number): Promise<'fine' | 'help' | null> {
  const [known] = await query(
    db,
    z.object({ answer: z.enum(['fine', 'help']) }),
    'select answer from ask where id = $1',
    [id],
  )
  return known?.answer ?? null
}

async function hear(
  db: Db,
  before: StoredAlert,
  answer: 'fine' | 'help',
  voice: Voice,
  now: Millis,
): Promise<void> {
  await decide(db, before, { type: 'resident', answer }, voice, now)
  // Closed is final, and a call for help must not end there: it is a new matter.
  if (isClosed(before.state) && answer === 'help') await raiseHelp(db, before.householdId, now)
}

async function raiseHelp(db: Db, householdId: number, now: Millis): Promise<void> {
  await db.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     values ($1, 'sos', 'danger', $2, $2, $3, 'ask')`,
    [householdId, instant(now), { rule: 'help', called: now }],
  )
}
