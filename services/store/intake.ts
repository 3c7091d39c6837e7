import type pg from 'pg'
import { z } from 'zod'
import { type Signal, Grade, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { open, wakeAt } from '../core/escalation.ts'
import { HOUR } from '../core/time.ts'
import type { Case } from '../core/rungs.ts'
import type { Plan } from '../../schemas/plan.ts'
import { decide, lockAlert, type StoredAlert, type Voice } from './alerts.ts'
import { courseOf } from './course.ts'
import { carryOut } from './effects.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { newestPlan, readHome } from './roster.ts'
import { subjectsOf } from './visits.ts'

/**
 * The oldest signals about persons, or about things, that no alert holds yet, but not those of `except`: what this sweep
 * could not take, or found with another worker.
 */
export async function newSignals(
  db: Db,
  of: 'persons' | 'things',
  except: readonly number[],
  limit: number,
): Promise<{ id: number; householdId: number }[]> {
  return query(
    db,
    z.object({ id: z.int(), householdId: z.int() }),
    `select id, household_id as "householdId" from signal
     where alert_id is null and is_thing(kind) = $1 and id <> all ($2::bigint[])
     order by id limit $3`,
    [of === 'things', except, limit],
  )
}

const Taken = z.object({
  id: z.int(),
  householdId: z.int(),
  kind: SignalKind,
  grade: Grade,
  /** The outage that this is part of, or null. */
  outage: z.int().nullable(),
  /** Of the staff, the one it is about, or null. */
  subject: z.string().nullable(),
  /** Those of the staff whom its alert will be about. */
  subjects: z.array(z.string()),
  /** Whether they call for help, and did not already in the case that is open. */
  calls: z.boolean(),
})
type Taken = z.infer<typeof Taken>

/**
 * Takes one signal into the open alert of its home and kind, or opens one. Resolves with how many tellings it planned;
 * null if another worker has it.
 */
export async function takeSignal(
  pool: pg.Pool,
  id: Signal['id'],
  voice: Voice,
  now: Millis,
): Promise<number | null> {
  return await transaction(pool, async (db) => {
    const [signal] = await query(
      db,
      Taken,
      `select id, household_id as "householdId", kind, grade,
         case when kind = 'blind' then outage_id end as outage,
         case when kind = 'staff' then reason ->> 'person' end as subject,
         ${subjectsOf('signal', 'null')} as subjects,
         reason ->> 'rule' = 'duress' and not exists (select from signal o join alert a on a.id = o.alert_id
           where o.household_id = signal.household_id and o.kind = 'staff' and o.reason ->> 'rule' = 'duress'
             and o.reason ->> 'person' = signal.reason ->> 'person'
             and a.state ->> 'state' not in ('resolved', 'cancelled')) as calls
       from signal where id = $1 and alert_id is null for update skip locked`,
      [id],
    )
    if (!signal) return null
    return (await join(db, signal, voice, now)) ?? (await openAlert(db, signal, voice, now))
  })
}

async function join(db: Db, signal: Taken, voice: Voice, now: Millis): Promise<number | null> {
  const before = await lockOpenAlert(db, signal.householdId, signal.kind)
  if (!before) return null
  await holdSignal(db, signal.id, before.id)
  const grouped = await isGrouped(db, signal)
  return (await decide(db, before, eventOf(signal, grouped), voice, now)).told
}

function eventOf({ grade, id, calls }: Taken, grouped: boolean) {
  const how = { ...(grouped && { grouped }), ...(calls && { calls }) }
  return { type: 'signal', grade, signal: id, ...how } as const
}

async function openAlert(db: Db, signal: Taken, voice: Voice, now: Millis): Promise<number> {
  const home = await readHome(db, signal.householdId, now)
  const plan = await newestPlan(db, home.plan)
  const course = await courseOf(
    db,
    plan,
    { ...signal, called: false },
    { home, means: voice, also: [] },
    now,
  )
  const grouped = await isGrouped(db, signal)
  const decision = open(signal.grade, grouped, course)
  const opened = await insertAlert(db, signal, plan, decision.alert, now)
  const alert = opened === null ? null : await lockAlert(db, opened)
  if (!alert) return (await join(db, signal, voice, now)) ?? retryOpening(signal)
  await holdSignal(db, signal.id, alert.id)
  const { effects } = decision
  return carryOut(db, { alert, home, event: eventOf(signal, grouped), effects }, voice, now)
}

/** Whether another open alert tells of the same outage already. Only homes that nobody can see are ever grouped. */
async function isGrouped(db: Db, { outage }: Taken): Promise<boolean> {
  if (outage === null) return false
  // Of many that open at the same time one must be first.
  await db.query(`select pg_advisory_xact_lock(hashtext('outage'), $1)`, [outage])
  const lead = await db.query(
    `select from alert where outage_id = $1 and kind = 'blind'
       and state ->> 'state' not in ('resolved', 'cancelled', 'listed') limit 1`,
    [outage],
  )
  return lead.rowCount === 1
}

async function insertAlert(
  db: Db,
  signal: Taken,
  plan: Plan,
  alert: Case,
  now: Millis,
): Promise<number | null> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    // Whoever opens first has opened it; the other waits here until that is sure, and joins.
    `insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at,
       state, due_at, subject, outage_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict do nothing returning id`,
    [
      signal.householdId,
      signal.kind,
      alert.grade,
      alert.generation,
      alert.signals,
      plan.plan,
      plan.version,
      instant(now),
      alert.state,
      instant(wakeAt(alert)),
      signal.subject,
      signal.outage,
    ],
  )
  return rows[0]?.id ?? null
}

// Opened and closed by others between two of our statements: the signal stays new, and the next sweep takes it.
function retryOpening(signal: Taken): never {
  throw new Error(`signal ${signal.id}: its alert was closed while it joined; it stays new`)
}

async function lockOpenAlert(
  db: Db,
  householdId: number,
  kind: SignalKind,
): Promise<StoredAlert | null> {
  const [row] = await query(
    db,
    z.object({ id: z.int() }),
    `select id from alert where household_id = $1 and kind = $2 and state ->> 'state' not in ('resolved', 'cancelled')
     for no key update`,
    [householdId, kind],
  )
  return row ? lockAlert(db, row.id) : null
}

async function holdSignal(db: Db, signal: number, alert: number): Promise<void> {
  await db.query('update signal set alert_id = $2 where id = $1', [signal, alert])
}

const Returned = z.object({ householdId: z.int(), kind: SignalKind, at: Millis, failures: z.int() })

/** A matter that has become better: somebody moved, a gateway or a sensor was heard again. */
export type Returned = z.infer<typeof Returned>

/** What has become better and no alert knows of yet; what has failed before goes last, and waits for its time. */
export function returned(db: Db, limit: number, now: Millis): Promise<Returned[]> {
  return query(
    db,
    Returned,
    `select household_id as "householdId", kind, at, failures from returned
     where due_at is null or due_at <= $2 order by failures, at limit $1`,
    [limit, instant(now)],
  )
}

/** Sets aside what could not be taken, and holds up no other: it is tried again after 10 s, 20 s ... at most an hour. */
export async function setAside(
  db: Db,
  { householdId, kind, failures }: Returned,
  error: unknown,
  now: Millis,
): Promise<void> {
  const again = now + Math.min(HOUR, 10_000 * 2 ** Math.min(failures, 10))
  await db.query(
    `update returned set failures = failures + 1, due_at = $3, error = $4
     where household_id = $1 and kind = $2`,
    [householdId, kind, instant(again), String(error)],
  )
}

/**
 * Tells the open alert of a home and kind that the matter has become better. It waits while an older signal is
 * not taken yet, for that one comes first; and it is dropped where a signal tells of a silence that began later.
 */
export async function takeReturned(
  pool: pg.Pool,
  { householdId, kind }: Pick<Returned, 'householdId' | 'kind'>,
  voice: Voice,
  now: Millis,
): Promise<number> {
  return await transaction(pool, async (db) => {
    const [row] = await query(
      db,
      Returned.pick({ at: true }),
      `delete from returned r where household_id = $1 and kind = $2 and not exists (
         select from signal s
         where s.household_id = r.household_id and s.kind = r.kind and s.alert_id is null
       ) returning at`,
      [householdId, kind],
    )
    const before = row ? await lockOpenAlert(db, householdId, kind) : null
    if (!row || !before || (await isRefuted(db, before.id, row.at))) return 0
    return (await decide(db, before, { type: 'activity', at: row.at }, voice, now)).told
  })
}

// Not by when it was raised: a sign of life may arrive after the signal that missed it.
async function isRefuted(db: Db, alert: number, at: Millis): Promise<boolean> {
  const newer = await db.query(
    `select from signal
     where alert_id = $1 and coalesce(reason -> 'since', reason -> 'lastSeen')::bigint >= $2
     limit 1`,
    [alert, at],
  )
  return newer.rowCount === 1
}
