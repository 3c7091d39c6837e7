import { z } from 'zod'
import type { AlertEvent } from '../../schemas/alert.ts'
import { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { wakeAt } from '../core/escalation.ts'
import type { Effect } from '../core/rungs.ts'
import { linkPeople } from './ack-links.ts'
import type { StoredAlert, Voice } from './alerts.ts'
import { cancelStale, planDeliveries } from './deliveries.ts'
import { type Db, instant, query } from './pool.ts'
import type { AlertHome } from './roster.ts'
import { keepVisit } from './visits.ts'

/** An alert that is stored as it became by `event`, and what must still follow. */
type Decided = {
  readonly alert: StoredAlert
  readonly home: AlertHome
  readonly event: AlertEvent
  readonly effects: readonly Effect[]
}

/** Records what happened and carries out the effects, in the transaction that stored the alert. */
export async function carryOut(
  db: Db,
  decided: Decided,
  voice: Voice,
  now: Millis,
): Promise<number> {
  const { alert, effects } = decided
  await recordEvent(db, alert, decided.event, now)
  if (effects.some(({ type }) => type === 'cancel'))
    await cancelStale(db, alert.id, alert.generation, now)
  let told = 0
  for (const effect of effects) {
    if (effect.type === 'tell') told += await tell(db, decided, effect, voice, now)
    if (effect.type === 'ask') await planAsk(db, alert, effect.until, now)
    if (effect.type === 'visit') await keepVisit(db, alert.id, effect, now)
  }
  const faulty = effects.flatMap((effect) => (effect.type === 'fault' ? [effect.step] : []))
  await reportFaults(db, alert, faulty, now)
  await db.query(`select pg_notify('board', '')`)
  return told
}

async function tell(
  db: Db,
  { alert, home }: Decided,
  effect: Extract<Effect, { type: 'tell' }>,
  voice: Voice,
  now: Millis,
): Promise<number> {
  const { loop, step, times, purpose, people } = effect
  const first = await db.query(
    `insert into telling (alert_id, generation, loop, step, times, purpose, at, people)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      alert.id,
      alert.generation,
      loop,
      step,
      times,
      purpose,
      instant(now),
      JSON.stringify(people.map(({ person }) => person)),
    ],
  )
  // Told already: whoever did so planned its messages in the same transaction.
  if (first.rowCount === 0) return 0
  const message = voice.write({
    alert,
    home,
    reason: await readReason(db, alert.id),
    purpose,
    now,
  })
  const place = { alert: alert.id, generation: alert.generation, loop, step, times, purpose }
  // After that the next step is told, or this one anew.
  const expires = wakeAt(alert) ?? now
  await planDeliveries(db, { ...place, people, message, expires }, now)
  await linkPeople(db, alert, people, voice.pass, now)
  return 1
}

// A second planning changes nothing.
async function planAsk(
  db: Db,
  { id, generation }: Pick<StoredAlert, 'id' | 'generation'>,
  until: Millis,
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into ask (alert_id, generation, state, due_at, until) values ($1, $2, 'queued', $3, $4)
     on conflict do nothing`,
    [id, generation, instant(now), instant(until)],
  )
}

/** Why the alert has its grade: the newest signal of that grade. */
async function readReason(db: Db, id: number): Promise<Reason> {
  const [row] = await query(
    db,
    z.object({ reason: Reason }),
    `select s.reason from signal s join alert a on a.id = s.alert_id
     where a.id = $1 order by s.grade = a.grade desc, s.id desc limit 1`,
    [id],
  )
  if (!row) throw new Error(`alert ${id} holds no signal, so nobody can be told why`)
  return row.reason
}

/** Stores what an alert became. */
export async function writeAlert(db: Db, alert: StoredAlert): Promise<void> {
  await db.query(
    `update alert set grade = $2, generation = $3, signals = $4, state = $5, due_at = $6, offer = $7,
       deferrals = $8, cancelling = $9
     where id = $1`,
    [
      alert.id,
      alert.grade,
      alert.generation,
      alert.signals,
      alert.state,
      instant(wakeAt(alert)),
      alert.offer,
      alert.deferrals,
      alert.cancelling,
    ],
  )
}

/** What of an alert its record holds: all that an event can change. */
function recorded(alert: StoredAlert): object {
  const { grade, generation, signals, state, offer, deferrals, cancelling } = alert
  return { grade, generation, signals, state, offer, deferrals, cancelling }
}

/** Adds an entry to the record of a locked alert. */
export async function recordEvent(
  db: Db,
  alert: StoredAlert,
  event: AlertEvent,
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into alert_event (alert_id, seq, at, event, state, generation, alert)
     select $1, coalesce(max(seq) + 1, 0), $2, $3, $4, $5, $6 from alert_event where alert_id = $1`,
    [alert.id, instant(now), event, alert.state, alert.generation, recorded(alert)],
  )
}

/**
 * Reports steps that reach nobody as a signal of their own, unless the home has such a case open already. So a
 * case about the set-up that itself reaches nobody makes no other.
 */
async function reportFaults(
  db: Db,
  alert: StoredAlert,
  steps: readonly number[],
  now: Millis,
): Promise<void> {
  if (steps.length === 0) return
  await db.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select $1, 'configuration', 'caution', $2, $2, reason, $4
     from jsonb_array_elements($3::jsonb) as reason
     where not exists (
       select from alert where household_id = $1 and kind = 'configuration'
         and state ->> 'state' not in ('resolved', 'cancelled')
     ) and not exists (
       select from signal where household_id = $1 and kind = 'configuration' and alert_id is null
     )`,
    [
      alert.householdId,
      instant(now),
      JSON.stringify(steps.map((step) => ({ rule: 'empty-step', plan: alert.plan, step }))),
      `${alert.plan} ${alert.planVersion}`,
    ],
  )
}
