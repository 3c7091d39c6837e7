import type pg from 'pg'
import { z } from 'zod'
import type { StaffEvent } from '../../schemas/alert.ts'
import { Answer } from '../../schemas/answer.ts'
import { StaffRole } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { isClosed } from '../core/escalation.ts'
import { missing } from '../core/closing.ts'
import { type CommandName, isAllowed, type Relation, relationsOf } from '../core/permission.ts'
import { act, decide, lockAlert, type StoredAlert, type Voice } from './alerts.ts'
import { recordEvent } from './effects.ts'
import { addFollowUps, type NewFollowUp } from './follow-ups.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { callDuress, hasVisited } from './visits.ts'

/** What one of the staff asks for. The same `key` a second time changes nothing and gets the first answer. */
export type Order = {
  readonly alert: number
  readonly key: string
  readonly event: StaffEvent
  /** What shall be done after the outcome that `event` is. */
  readonly followUps?: readonly NewFollowUp[]
}

/** Does what one of the staff asks for, if they may, in one transaction. */
export async function command(
  pool: pg.Pool,
  { alert: id, key, event, followUps = [] }: Order,
  voice: Voice,
  now: Millis,
): Promise<Answer> {
  return await transaction(pool, (db) =>
    onceOnly(db, { key, alert: id, by: event.by }, now, async (before) => {
      const relations = await readRelations(db, before, event.by, now)
      if (!isAllowed(event.type, relations)) return deny(db, before, event.by, event.type, now)
      if (event.type === 'outcome' && !isClosed(before.state) && isIncomplete(event))
        return { kind: 'refused', why: 'incomplete' }
      const answer = await act(db, before, await asTold(db, before, event), voice, now)
      if (event.type === 'cancel') await passOnGroup(db, before, voice, now)
      if (event.type !== 'outcome' || answer.kind !== 'done') return answer
      await addFollowUps(db, { alert: id, by: event.by }, followUps, now)
      await closeGroup(db, before, event, voice, now)
      return answer
    }),
  )
}

/** A silent call for help of somebody on a visit. Its answer is that of a report, whatever became of it. */
export async function duress(
  pool: pg.Pool,
  order: { readonly alert: number; readonly key: string; readonly by: string },
  now: Millis,
): Promise<Answer> {
  return await transaction(pool, (db) =>
    onceOnly(db, order, now, async (before) => {
      const relations = await readRelations(db, before, order.by, now)
      // Who has just left, or whose case was closed on another page, may still be at that door.
      const may = isAllowed('duress', relations) || (await hasVisited(db, before.id, order.by))
      if (!may) return deny(db, before, order.by, 'duress', now)
      await callDuress(db, before.id, order.by, now)
      // Not on the alert's record: whoever holds the phone may read it.
      return { kind: 'done', alert: Answer.options[0].shape.alert.parse(before) }
    }),
  )
}

/** What somebody is to an open or closed alert. */
export async function readRelations(
  db: Db,
  alert: Pick<StoredAlert, 'id' | 'householdId' | 'state' | 'offer'>,
  person: string,
  now: Millis,
): Promise<ReadonlySet<Relation>> {
  const [standing] = await query(
    db,
    z.object({
      role: StaffRole.nullable(),
      assigned: z.boolean(),
      told: z.boolean(),
      visiting: z.boolean(),
    }),
    `select case when p.office = h.office then p.role end as role,
       exists (select from assignment where household_id = h.id and person = p.person
         and since <= $4 and (until is null or until > $4)) as assigned,
       exists (select from delivery where alert_id = $1 and person = p.person) as told,
       exists (select from visit where alert_id = $1 and p.person in (person, companion)
         and ended_at is null) as visiting
     from person p, household h where p.person = $3 and h.id = $2`,
    [alert.id, alert.householdId, person, instant(now)],
  )
  return standing ? relationsOf(person, alert, standing) : new Set()
}

// The key first: whoever comes second with it waits here until the first has an answer.
async function onceOnly(
  db: Db,
  order: { readonly key: string; readonly alert: number; readonly by: string },
  now: Millis,
  work: (before: StoredAlert) => Promise<Answer>,
): Promise<Answer> {
  const { key, alert, by } = order
  const before = await lockAlert(db, alert)
  if (!before) return { kind: 'unknown' }
  const first = await db.query(
    `insert into command (key, person, alert_id, at) values ($1, $2, $3, $4) on conflict do nothing`,
    [key, by, alert, instant(now)],
  )
  if (first.rowCount === 0) return firstAnswer(db, order)
  const answer = await work(before)
  await db.query('update command set answer = $2 where key = $1', [key, JSON.stringify(answer)])
  return answer
}

async function firstAnswer(
  db: Db,
  { key, alert, by }: { readonly key: string; readonly alert: number; readonly by: string },
): Promise<Answer> {
  const [row] = await query(
    db,
    z.object({ answer: Answer }),
    'select answer from command where key = $1 and person = $2 and alert_id = $3',
    [key, by, alert],
  )
  // Somebody else's key, or of another alert: none that a form of ours has made.
  return row?.answer ?? { kind: 'denied' }
}

async function deny(
  db: Db,
  alert: StoredAlert,
  by: string,
  name: CommandName,
  now: Millis,
): Promise<Answer> {
  await recordEvent(db, alert, { type: 'denied', by, command: name }, now)
  return { kind: 'denied' }
}

function isIncomplete(event: Extract<StaffEvent, { type: 'outcome' }>): boolean {
  return event.outcome === 'self' || missing(event).length > 0
}

// Whoever cannot go says so of what they were told, whatever the page showed that they pressed it on.
async function asTold(db: Db, { id }: StoredAlert, event: StaffEvent): Promise<StaffEvent> {
  if (event.type !== 'decline') return event
  const [asOf] = await query(
    db,
    z.object({ generation: z.int(), loop: z.int(), step: z.int() }),
    `select generation, loop, step from delivery
     where alert_id = $1 and person = $2 and not is_news(purpose)
     order by id desc limit 1`,
    [id, event.by],
  )
  return asOf ? { ...event, asOf } : event
}

// Whoever cancels the case that stood for an outage has seen to nothing: the next home of it stands for the others.
async function passOnGroup(
  db: Db,
  { id, kind, outage }: StoredAlert,
  voice: Voice,
  now: Millis,
): Promise<void> {
  const lead = await lockAlert(db, id)
  if (kind !== 'blind' || outage === null || !lead || !isClosed(lead.state)) return
  const [next] = await query(
    db,
    z.object({ id: z.int(), signal: z.int() }),
    `select a.id, (select max(s.id) from signal s where s.alert_id = a.id) as signal
     from alert a where a.outage_id = $1 and a.kind = 'blind' and a.state ->> 'state' = 'listed'
     order by a.id limit 1 for no key update of a`,
    [outage],
  )
  const alert = next ? await lockAlert(db, next.id) : null
  if (next && alert)
    await decide(db, alert, { type: 'signal', grade: alert.grade, signal: next.signal }, voice, now)
}

// Bulk only for devices: whoever has seen to an outage has seen to the homes that were listed under it.
async function closeGroup(
  db: Db,
  { id, kind, outage }: StoredAlert,
  event: Extract<StaffEvent, { type: 'outcome' }>,
  voice: Voice,
  now: Millis,
): Promise<void> {
  if (kind !== 'blind' || outage === null) return
  const others = await query(
    db,
    z.object({ id: z.int() }),
    `select id from alert where outage_id = $1 and kind = 'blind' and id <> $2
       and state ->> 'state' = 'listed'
     order by id for no key update`,
    [outage, id],
  )
  for (const other of others) {
    const alert = await lockAlert(db, other.id)
    if (alert && !isClosed(alert.state)) await act(db, alert, event, voice, now)
  }
}
