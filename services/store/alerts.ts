import type pg from 'pg'
import { z } from 'zod'
import { Alert, type AlertEvent } from '../../schemas/alert.ts'
import type { Answer } from '../../schemas/answer.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Message } from '../../schemas/message.ts'
import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { foundUntil } from '../core/closing.ts'
import { advance, gradeAfter, isClosed } from '../core/escalation.ts'
import { type Decision, type News, ownerOf, type Purpose } from '../core/rungs.ts'
import { isFromVisitor } from '../core/visiting.ts'
import { courseOf, type Means } from './course.ts'
import { carryOut, writeAlert } from './effects.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { SUBJECTS } from './visits.ts'
import { disarm, rearm } from './rearm.ts'
import { type AlertHome, newestPlan, readHome, readPlan } from './roster.ts'

/** An alert as the store knows it. */
export const StoredAlert = Alert.extend({
  householdId: z.int(),
  /** Those of the staff whom it is about. */
  subjects: z.array(z.string()),
  outage: z.int().nullable(),
  /** Whether the resident has called for help when asked. */
  called: z.boolean(),
})
export type StoredAlert = z.infer<typeof StoredAlert>

/** Puts into words what people are told. Pure: it runs inside the transaction that decides. */
export type Write = (told: {
  readonly alert: StoredAlert
  readonly home: AlertHome
  readonly reason: Reason
  readonly purpose: Purpose | News
  /** Of news, who has it or has ended it, by name. */
  readonly by?: string
  readonly now: Millis
}) => Message

/** How people are told: in which words, by which channels, and with a link for one of them that needs no sign-in. */
export type Voice = Means & {
  /** Null: what happens is told to nobody. */
  readonly write: Write | null
  /** The secret part of that link, always the same for the same three; null: there are no such links. */
  readonly pass: ((alert: number, person: string, generation: number) => string) | null
}

/**
 * Acknowledges or closes an alert, in one transaction, without asking who may: for the machine's own acts. It is
 * recorded even when late. Closing re-arms what the alert was about.
 */
export async function applyEvent(
  pool: pg.Pool,
  id: number,
  event: Extract<AlertEvent, { type: 'acknowledge' | 'outcome' }>,
  now: Millis,
): Promise<Answer> {
  return await transaction(pool, async (db) => {
    const before = await lockAlert(db, id)
    return before ? await act(db, before, event, SILENT, now) : { kind: 'unknown' }
  })
}

// What these two do takes work away and asks nothing of anybody: the reducer's tests hold it to that.
const SILENT: Voice = {
  write: null,
  channels: Channel.options,
  asks: false,
  pass: null,
}

/** Applies what a person did to a locked alert, and says what became of it. */
export async function act(
  db: Db,
  before: StoredAlert,
  event: Extract<AlertEvent, { by: string }>,
  voice: Voice,
  now: Millis,
): Promise<Answer> {
  const { alert, refused } = await decide(db, before, event, voice, now)
  const { state } = before
  if (refused !== null) return { kind: 'refused', why: refused }
  if (state.state === 'resolved' || state.state === 'cancelled') return late(alert, event, state)
  if (isClosed(alert.state)) await rearmAfter(db, alert, event, now)
  const owner = ownerOf(alert.state)
  const others = event.type === 'acknowledge' && owner !== event.by ? owner : null
  if (others !== null) return { kind: 'already', by: others }
  return { kind: 'done', alert: Alert.parse(alert) }
}

// Whoever is at the door has reported all the same.
function late(
  alert: StoredAlert,
  event: AlertEvent,
  { by, at }: { readonly by: string; readonly at: Millis },
): Answer {
  return isFromVisitor(event)
    ? { kind: 'done', alert: Alert.parse(alert) }
    : { kind: 'closed', by, at }
}

// Of a death nobody lives there any more whose silence would be asked about; should something move, that re-arms it.
async function rearmAfter(
  db: Db,
  { kind, householdId }: StoredAlert,
  event: AlertEvent,
  now: Millis,
): Promise<void> {
  const outcome = event.type === 'outcome' ? event : null
  if (outcome?.outcome === 'found-dead') return disarm(db, householdId)
  const homeUntil = outcome && foundUntil(outcome, now)
  await rearm(db, kind, { home: householdId, homeUntil }, now)
}

/** Where a reader of the due alerts stands: what it has seen in this sweep is passed over. */
export type DueCursor = { readonly due: Millis; readonly id: number }

/** The open alerts of persons, or of things, whose timer has run out, the longest first, from `after` on. */
export async function dueAlerts(
  db: Db,
  of: 'persons' | 'things',
  after: DueCursor,
  limit: number,
  now: Millis,
): Promise<{ id: number; due: Millis }[]> {
  return query(
    db,
    z.object({ id: z.int(), due: z.int() }),
    `select id, due_at as due from alert
     where is_thing(kind) = $5 and due_at <= $1 and (due_at, id) > ($2, $3)
     order by due_at, id limit $4`,
    [instant(now), instant(after.due), after.id, limit, of === 'things'],
  )
}

/** Lets time pass for one alert, unless another worker does so just now. Resolves with how many tellings it planned. */
export async function tickAlert(
  pool: pg.Pool,
  id: number,
  voice: Voice,
  now: Millis,
): Promise<number> {
  return await transaction(pool, async (db) => {
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
       a.plan, a.plan_version as "planVersion", a.opened_at as opened, a.state, a.offer, a.offers, a.deferrals,
       a.cancelling, a.outage_id as outage,
       exists (select from ask where alert_id = a.id and answer = 'help') as called, ${SUBJECTS} as subjects
     from alert a join household h on h.id = a.household_id
     where a.id = $1 for no key update of a`,
    [id],
  )
  return rows[0] ?? null
}

/** What an event came to. `told` counts the tellings it planned. */
export type Decided = {
  readonly alert: StoredAlert
  readonly told: number
  readonly refused: Decision['refused']
}

/** Applies one event to a locked alert and carries out what follows. */
export async function decide(
  db: Db,
  before: StoredAlert,
  event: AlertEvent,
  voice: Voice,
  now: Millis,
): Promise<Decided> {
  const home = await readHome(db, before.householdId, now)
  const plan = await planFor(db, before, event, home)
  const grade = gradeAfter(before.grade, event)
  const matter = { ...before, grade }
  const at = { home, means: voice, also: peopleOf(before, event) }
  const decision = advance(before, event, await courseOf(db, plan, matter, at, now))
  // What is closed stays as it was, also by which plan.
  const by = decision.alert === before ? {} : { plan: plan.plan, planVersion: plan.version }
  const alert = { ...before, ...decision.alert, ...by }
  const { effects, refused } = decision
  // A tick that found nothing due is no event; all else is kept, also what changed nothing.
  if (event.type === 'tick' && decision.alert === before) return { alert, told: 0, refused }
  await writeAlert(db, alert)
  const told = await carryOut(db, { alert, home, event, effects }, voice, now)
  return { alert, told, refused }
}

function planFor(
  db: Db,
  { plan, planVersion }: StoredAlert,
  event: AlertEvent,
  home: AlertHome,
): Promise<Plan> {
  return event.type === 'replan' ? newestPlan(db, home.plan) : readPlan(db, plan, planVersion)
}

// Whoever has it or was offered it, and whom the event names, may be of another office.
function peopleOf({ state, offer }: StoredAlert, event: AlertEvent): string[] {
  const named = 'to' in event ? event.to : null
  return [ownerOf(state), named, offer?.to, offer?.by].filter((one) => typeof one === 'string')
}
