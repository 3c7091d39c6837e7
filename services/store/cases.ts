import { z } from 'zod'
import { AlertEvent, AlertState, DeliveryState, Offer } from '../../schemas/alert.ts'
import { Role } from '../../schemas/household.ts'
import { Channel } from '../../schemas/channel.ts'
import { Plan } from '../../schemas/plan.ts'
import { Kind } from '../../schemas/reading.ts'
import { Grade, Reason, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { Recurring } from './meters.ts'
import { type Db, query } from './pool.ts'
import { SUBJECTS } from './visits.ts'

/** One alert with its home and the plan it was opened with. */
export const Case = z.object({
  id: z.int(),
  householdId: z.int(),
  household: z.string(),
  office: z.string(),
  /** What it is a case of: somebody's home, an office's own set-up, an exercise (훈련) of one of the staff. */
  purpose: z.enum(['home', 'office', 'canary', 'exercise', 'past']),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  kind: SignalKind,
  grade: Grade,
  signals: z.int(),
  generation: z.int(),
  opened: Millis,
  state: AlertState,
  offer: Offer.nullable(),
  cancelling: z.object({ by: z.string(), reason: z.string(), at: Millis }).nullable(),
  /** The outage for whose homes it may stand, and whether its resident has called for help: no absence stops such a case. */
  outage: z.int().nullable(),
  called: z.boolean(),
  /** Those of the staff whom it is about, who must not see it. */
  subjects: z.array(z.string()),
  plan: Plan,
  /** Whether its home has another plan by now, or a newer version of it. */
  outdated: z.boolean(),
})
export type Case = z.infer<typeof Case>

/** Finds an alert, open or closed, or null. */
export async function findCase(db: Db, id: number): Promise<Case | null> {
  const rows = await query(
    db,
    Case,
    `select a.id, a.household_id as "householdId", h.household, h.office, h.purpose, h.alias, h.dong,
       h.time_zone as "timeZone", a.kind, a.grade, a.signals, a.generation, a.opened_at as opened,
       a.state, a.offer, a.cancelling, ${SUBJECTS} as subjects, p.body as plan, a.outage_id as outage,
       exists (select from ask where alert_id = a.id and answer = 'help') as called,
       exists (select from plan n where n.plan = h.plan
         and (n.plan <> a.plan or n.version > a.plan_version)) as outdated
     from alert a
     join household h on h.id = a.household_id
     join plan p on p.plan = a.plan and p.version = a.plan_version
     where a.id = $1`,
    [id],
  )
  return rows[0] ?? null
}

/** One entry of an alert's record: what happened, and what the alert became. */
export const CaseEvent = z.object({
  seq: z.int(),
  at: Millis,
  event: AlertEvent,
  state: AlertState,
})
export type CaseEvent = z.infer<typeof CaseEvent>

/** The record of an alert, in order. */
export function caseEvents(db: Db, id: number): Promise<CaseEvent[]> {
  return query(
    db,
    CaseEvent,
    'select seq, at, event, state from alert_event where alert_id = $1 order by seq',
    [id],
  )
}

/** A signal that an alert holds. */
export const CaseSignal = z.object({
  id: z.int(),
  grade: Grade,
  at: Millis,
  reason: Reason,
  model: z.string(),
})
export type CaseSignal = z.infer<typeof CaseSignal>

/** The signals of an alert, the newest first. */
export function caseSignals(db: Db, id: number): Promise<CaseSignal[]> {
  return query(
    db,
    CaseSignal,
    'select id, grade, at, reason, model from signal where alert_id = $1 order by id desc',
    [id],
  )
}

/** One message of an alert to one person by one channel. */
export const CaseDelivery = z.object({
  id: z.int(),
  loop: z.int(),
  step: z.int(),
  times: z.int(),
  person: z.string(),
  channel: Channel,
  state: DeliveryState,
  planned: Millis,
  done: Millis.nullable(),
  error: z.string().nullable(),
  /** It asked nothing of its reader: somebody else has it, or it is over. */
  isNews: z.boolean(),
})
export type CaseDelivery = z.infer<typeof CaseDelivery>

/** The messages of an alert, in the order in which they were planned. */
export function caseDeliveries(db: Db, id: number): Promise<CaseDelivery[]> {
  return query(
    db,
    CaseDelivery,
    `select id, loop, step, times, person, channel, state, planned_at as planned, done_at as done, error,
       is_news(purpose) as "isNews"
     from delivery where alert_id = $1 order by planned_at, id`,
    [id],
  )
}

/** A sensor of a home and its last sign of life. */
export const HomeDevice = z.object({
  id: z.int(),
  uid: z.string(),
  gateway: z.string(),
  kind: Kind,
  room: z.string(),
  role: Role,
  lastSeen: Millis.nullable(),
  battery: z.number().nullable(),
  lostSince: Millis.nullable(),
  /** Since when a meter says nothing but one value, and which; null while it is not stuck. */
  stuck: z.object({ since: Millis, value: z.number() }).nullable(),
  /** Its reliability r, from 0.2 to 1; null while it has not been counted. */
  reliability: z.number().nullable(),
  /** What machines do at a meter by themselves. */
  machines: z.array(Recurring),
  /** When it gave the home's last sign of life; null: another did. What it is heard by since is no such sign. */
  spokeLast: Millis.nullable(),
})
export type HomeDevice = z.infer<typeof HomeDevice>

/** The sensors of a home, the most recently heard first. */
export function homeDevices(db: Db, household: string): Promise<HomeDevice[]> {
  return query(
    db,
    HomeDevice,
    `select d.id, d.uid, d.gateway, d.kind, d.room, d.role, d.last_seen_at as "lastSeen", d.battery,
       d.lost_since as "lostSince",
       case when d.stuck_since is not null then jsonb_build_object('value', d.hold -> 'value',
         'since', (extract(epoch from d.stuck_since) * 1000)::bigint) end as stuck,
       d.reliability, coalesce(d.machines, '[]') as machines,
       case when d.id = w.last_device_id then w.last_activity_at end as "spokeLast"
     from device d
     join household h on h.id = d.household_id
     join watch w on w.household_id = h.id
     where h.household = $1
     order by d.last_seen_at desc nulls last, d.id`,
    [household],
  )
}

/** A gateway of a home and when it was last heard. */
export const HomeGateway = z.object({
  gateway: z.string(),
  lastSeen: Millis.nullable(),
  offlineSince: Millis.nullable(),
  lostSince: Millis.nullable(),
})
export type HomeGateway = z.infer<typeof HomeGateway>

/** The gateways of a home. */
export function homeGateways(db: Db, household: string): Promise<HomeGateway[]> {
  return query(
    db,
    HomeGateway,
    `select g.gateway, g.last_seen_at as "lastSeen", g.offline_at as "offlineSince",
       g.lost_since as "lostSince"
     from gateway g join household h on h.id = g.household_id
     where h.household = $1 and g.disabled_at is null order by g.gateway`,
    [household],
  )
}
