import { z } from 'zod'
import type { AlertEvent } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { wakeAt } from '../core/escalation.ts'
import { HOUR } from '../core/time.ts'
import type { Recipient } from '../core/roster.ts'
import { type Effect, type News, type Purpose, together } from '../core/rungs.ts'
import { linkPeople } from './ack-links.ts'
import type { StoredAlert, Voice } from './alerts.ts'
import { cancelStale, planDeliveries } from './deliveries.ts'
import { type Db, instant, query } from './pool.ts'
import type { AlertHome } from './roster.ts'
import { reportFaults } from './faults.ts'
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
    if (effect.type === 'inform') told += await inform(db, decided, effect, voice, now)
    if (effect.type === 'ask') await planAsk(db, alert, effect.until, now)
    if (effect.type === 'visit') await keepVisit(db, alert.id, effect, now)
  }
  const faulty = effects.filter((effect) => effect.type === 'fault')
  await reportFaults(db, decided, faulty, now)
  await db.query(`select pg_notify('board', '')`)
  return told
}

/** What is told in one place of the ladder, and to whom. */
type Place = Omit<Extract<Effect, { type: 'tell' }>, 'type' | 'purpose'> & {
  readonly purpose: Purpose | News
  /** Of news, who has it or has ended it. */
  readonly by?: string
}

async function tell(
  db: Db,
  decided: Decided,
  effect: Extract<Effect, { type: 'tell' }>,
  voice: Voice,
  now: Millis,
): Promise<number> {
  const told = await plan(db, decided, effect, voice, now)
  if (told > 0) await linkPeople(db, decided.alert, effect.people, voice.pass, now)
  return told
}

/** Lets everybody hear once who was told since they last heard news: who may be on the way now need not go. */
async function inform(
  db: Db,
  decided: Decided,
  { news, by, also }: Extract<Effect, { type: 'inform' }>,
  voice: Voice,
  now: Millis,
): Promise<number> {
  if (voice.write === null) return 0
  const { id, subjects } = decided.alert
  const people = together(await waiting(db, id, by), also).filter(
    ({ person }) => !subjects.includes(person),
  )
  if (people.length === 0) return 0
  const place = { loop: 0, step: 0, times: 0, purpose: news, people, by: await nameOf(db, by) }
  return plan(db, decided, place, voice, now)
}

async function plan(
  db: Db,
  { alert, home }: Decided,
  { loop, step, times, purpose, people, by }: Place,
  { write }: Voice,
  now: Millis,
): Promise<number> {
  if (write === null)
    throw new Error(`alert ${alert.id}: what was done in silence would have sent messages`)
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
  const reason = await readReason(db, alert.id)
  const message = write({ alert, home, reason, purpose, now, ...(by !== undefined && { by }) })
  const place = { alert: alert.id, generation: alert.generation, loop, step, times, purpose }
  // After that the next step is told, or this one anew.
  const expires = wakeAt(alert) ?? now + HOUR
  await planDeliveries(db, { ...place, people, message, expires }, now)
  return 1
}

const Waiting = z.object({ person: z.string(), channels: z.tuple([Channel]) })

/**
 * Whom a message of this alert may have reached since they last heard news of it, but not `by`; each by the way that
 * brought it, and by no other. A control room's own record is not closed by a word of ours.
 */
function waiting(db: Db, alert: number, by: string): Promise<Recipient[]> {
  return query(
    db,
    Waiting,
    `select distinct on (d.person) d.person, jsonb_build_array(d.channel) as channels
     from delivery d
     where d.alert_id = $1 and d.person <> $2 and not is_news(d.purpose)
       and d.channel <> 'cap' and d.state in ('sending', 'unknown', 'accepted', 'delivered', 'read')
       and not exists (select from delivery n where n.alert_id = d.alert_id and n.person = d.person
         and is_news(n.purpose) and n.state <> 'cancelled' and n.id > d.id)
     order by d.person, array_position(array['read', 'delivered', 'accepted', 'unknown', 'sending'], d.state),
       d.id desc`,
    [alert, by],
  )
}

async function nameOf(db: Db, person: string): Promise<string> {
  const [known] = await query(
    db,
    z.object({ name: z.string() }),
    'select name from person where person = $1',
    [person],
  )
  return known?.name ?? person
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
       deferrals = $8, cancelling = $9, offers = $10, plan = $11, plan_version = $12
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
      alert.offers,
      alert.plan,
      alert.planVersion,
    ],
  )
}

/** What of an alert its record holds: all that an event can change. */
function recorded(alert: StoredAlert): object {
  const { grade, generation, signals, state, offer, offers, deferrals, cancelling } = alert
  return { grade, generation, signals, state, offer, offers, deferrals, cancelling }
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
