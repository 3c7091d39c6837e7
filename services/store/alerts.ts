import type pg from 'pg'
import { z } from 'zod'
import { Alert, type AlertEvent } from '../../schemas/alert.ts'
import type { Message } from '../../schemas/message.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Ladder, Plan } from '../../schemas/plan.ts'
import { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { advance, type Effect, graver, ownerOf, type Reach, wakeAt } from '../core/escalation.ts'
import { bandAt } from '../core/office-hours.ts'
import { ladderFor, stepsIn } from '../core/plan.ts'
import { namedIn, recipients } from '../core/roster.ts'
import { cancelStale, planDeliveries } from './deliveries.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { rearm } from './rearm.ts'
import { type AlertHome, readHome, readPlan, readRoster } from './roster.ts'

/** An alert as the store knows it. */
export const StoredAlert = Alert.extend({ householdId: z.int() })
export type StoredAlert = z.infer<typeof StoredAlert>

/** Puts into words what people are told. Pure: it runs inside the transaction that decides. */
export type Write = (told: {
  readonly alert: StoredAlert
  readonly home: AlertHome
  readonly reason: Reason
  readonly now: Millis
}) => Message

/** How people are told: in which words, and by which channels, of those that are set up here. */
export type Voice = { readonly write: Write; readonly channels: readonly Channel[] }

/** What became of something that a person did to an alert. */
export type Applied =
  | { readonly kind: 'done'; readonly alert: Alert }
  /** It was closed before; nothing changed. */
  | { readonly kind: 'closed'; readonly by: string }
  /** Somebody else has it already; nothing changed. */
  | { readonly kind: 'already'; readonly by: string }
  /** There is no such alert. */
  | { readonly kind: 'unknown' }

/**
 * Acknowledges or closes an alert in the name of a person, in one transaction. It is recorded even when late.
 * Closing re-arms what the alert was about.
 */
export async function applyEvent(
  pool: pg.Pool,
  id: number,
  event: Extract<AlertEvent, { type: 'acknowledge' | 'outcome' }>,
  now: Millis,
): Promise<Applied> {
  return transaction(pool, async (db) => {
    const before = await lockAlert(db, id)
    if (!before) return { kind: 'unknown' }
    const { alert } = await decide(db, before, event, SILENT, now)
    if (before.state.state === 'resolved') return { kind: 'closed', by: before.state.by }
    // Nobody lives there any more whose silence would be asked about; should something move, that re-arms it.
    if (event.type === 'outcome' && event.outcome !== 'found-dead')
      await rearm(db, alert.kind, alert.householdId, now)
    const owner = ownerOf(alert.state)
    if (owner !== null && owner !== event.by) return { kind: 'already', by: owner }
    return { kind: 'done', alert }
  })
}

// What a person does takes work away and never tells anybody: the reducer's tests hold it to that.
const SILENT: Voice = {
  write({ alert }) {
    throw new Error(`alert ${alert.id}: what a person did would have sent messages`)
  },
  channels: [],
}

/** The open alerts whose timer has run out, the longest first, from `after` on. */
export async function dueAlerts(
  db: Db,
  after: { readonly due: Millis; readonly id: number },
  limit: number,
  now: Millis,
): Promise<{ id: number; due: Millis }[]> {
  return query(
    db,
    z.object({ id: z.int(), due: z.int() }),
    `select id, due_at as due from alert
     where due_at <= $1 and (due_at, id) > ($2, $3)
     order by due_at, id limit $4`,
    [instant(now), instant(after.due), after.id, limit],
  )
}

/** Lets time pass for one alert, unless another worker does so just now. Resolves with how many tellings it planned. */
export async function tickAlert(
  pool: pg.Pool,
  id: number,
  voice: Voice,
  now: Millis,
): Promise<number> {
  return transaction(pool, async (db) => {
    const free = await db.query(
      'select from alert where id = $1 and due_at <= $2 for no key update skip locked',
      [id, instant(now)],
    )
    const before = free.rowCount === 1 ? await lockAlert(db, id) : null
    return before ? (await decide(db, before, { type: 'tick' }, voice, now)).told : 0
  })
}

/** Locks an alert for the rest of the transaction and reads it; null when there is none. */
export async function lockAlert(db: Db, id: number): Promise<StoredAlert | null> {
  // Not `for update`: that would meet the key lock of a delivery's insert, and could deadlock with it.
  const rows = await query(
    db,
    StoredAlert,
    `select a.id, a.household_id as "householdId", h.household, a.kind, a.grade, a.generation, a.signals,
       a.plan, a.plan_version as "planVersion", a.opened_at as opened, a.state
     from alert a join household h on h.id = a.household_id
     where a.id = $1 for no key update of a`,
    [id],
  )
  return rows[0] ?? null
}

/** Applies one event to a locked alert and carries out what follows. `told` counts the tellings it planned. */
export async function decide(
  db: Db,
  before: StoredAlert,
  event: AlertEvent,
  { write, channels }: Voice,
  now: Millis,
): Promise<{ alert: StoredAlert; told: number }> {
  const home = await readHome(db, before.householdId)
  const plan = await readPlan(db, before.plan, before.planVersion)
  const grade = event.type === 'signal' ? graver(before.grade, event.grade) : before.grade
  const { ladder, reach } = await resolve(
    db,
    plan,
    { kind: before.kind, grade },
    { home, channels },
    now,
  )
  const decision = advance(before, event, ladder, reach, now)
  const alert = { ...before, ...decision.alert }
  // A tick that found nothing due is no event; all else is kept, also what changed nothing.
  if (event.type === 'tick' && decision.effects.length === 0 && alert.state === before.state)
    return { alert, told: 0 }
  await writeAlert(db, alert)
  const { effects } = decision
  return { alert, told: await carryOut(db, { alert, home, event, effects }, write, now) }
}

/** The ladder of a case and whom each of its steps reaches at `now`, by `channels`. */
export async function resolve(
  db: Db,
  plan: Plan,
  { kind, grade }: Pick<Alert, 'kind' | 'grade'>,
  { home, channels }: { readonly home: AlertHome; readonly channels: readonly Channel[] },
  now: Millis,
): Promise<{ ladder: Ladder; reach: Reach }> {
  const ladder = ladderFor(plan, kind, grade)
  const roster = await readRoster(db, { home, named: namedIn(ladder), channels }, now)
  const steps = [...stepsIn(ladder, bandAt(now, roster.office))]
  return {
    ladder: { ...ladder, steps },
    reach: steps.map((step) => recipients(step, home, roster, now)),
  }
}

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
  { alert, home, event, effects }: Decided,
  write: Write,
  now: Millis,
): Promise<number> {
  await recordEvent(db, alert, event, now)
  if (effects.some(({ type }) => type === 'cancel'))
    await cancelStale(db, alert.id, alert.generation, now)
  const tellings = effects.filter((effect) => effect.type === 'tell')
  for (const { loop, step, times, people } of tellings) {
    const message = write({ alert, home, reason: await readReason(db, alert.id), now })
    const place = { alert: alert.id, generation: alert.generation, loop, step, times }
    // After that the next step is told, or this one anew.
    const expires = wakeAt(alert.state) ?? now
    await planDeliveries(db, { ...place, people, message, expires }, now)
  }
  const faulty = effects.flatMap((effect) => (effect.type === 'fault' ? [effect.step] : []))
  await reportFaults(db, alert, faulty, now)
  await db.query(`select pg_notify('board', '')`)
  return tellings.length
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

async function writeAlert(db: Db, alert: StoredAlert): Promise<void> {
  await db.query(
    `update alert set grade = $2, generation = $3, signals = $4, state = $5, due_at = $6
     where id = $1`,
    [
      alert.id,
      alert.grade,
      alert.generation,
      alert.signals,
      alert.state,
      instant(wakeAt(alert.state)),
    ],
  )
}

async function recordEvent(
  db: Db,
  alert: StoredAlert,
  event: AlertEvent,
  now: Millis,
): Promise<void> {
  await db.query(
    `insert into alert_event (alert_id, seq, at, event, state)
     select $1, coalesce(max(seq) + 1, 0), $2, $3, $4 from alert_event where alert_id = $1`,
    [alert.id, instant(now), event, alert.state],
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
         and state ->> 'state' <> 'resolved'
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
