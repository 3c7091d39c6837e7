import type pg from 'pg'
import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Lateness, TOLD_FOR } from '../core/lateness.ts'
import type { Clock } from '../core/time.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** How late everything is; null when the database does not answer within two real seconds. */
export async function readLateness(
  pool: pg.Pool,
  { now, speed }: Pick<Clock, 'now' | 'speed'>,
): Promise<Lateness | null> {
  const at = now()
  const found = await within(PATIENCE, ask(pool, at, at - TOLD_FOR * speed))
  if (!found) return null
  const [waits, beats, failed, aside, unreached] = found
  return {
    overdue: waits,
    failed,
    aside,
    unreached,
    pulses: new Map(beats.map((each) => [each.service, each.at])),
  }
}

const PATIENCE = 2_000

// A question that is given up ends at the server too: else each that is asked anew holds another connection.
function ask(pool: pg.Pool, now: Millis, since: Millis) {
  return transaction(pool, async (db) => {
    await db.query(`set local statement_timeout = ${PATIENCE}`)
    const late = [await overdue(db, now), await pulses(db)] as const
    const failed = await failedDeliveries(db, since)
    return [...late, failed, await returnsAside(db), await unreachedAlerts(db)] as const
  })
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const { promise: over, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(resolve, ms, null)
  try {
    // Why it failed stands in the log of whoever works on the database; here it is only away.
    return await Promise.race([work.catch(() => null), over])
  } finally {
    clearTimeout(timer)
  }
}

/** When the oldest thing of each kind should have been done, or null when nothing is overdue. */
const Overdue = z.object({
  deadline: Millis.nullable(),
  timer: Millis.nullable(),
  signal: Millis.nullable(),
  delivery: Millis.nullable(),
})
type Overdue = z.infer<typeof Overdue>

/** What should have been done by `now` and is not: homes to look at, timers, signals to take, messages to send. */
export async function overdue(db: Db, now: Millis): Promise<Overdue> {
  const rows = await query(
    db,
    Overdue,
    `select
       (select min(deadline_at) from watch where deadline_at <= $1) as deadline,
       (select min(due_at) from alert where due_at <= $1) as timer,
       (select min(at) from signal where alert_id is null) as signal,
       (select min(due_at) from delivery where due_at <= $1) as delivery`,
    [instant(now)],
  )
  return rows[0] ?? { deadline: null, timer: null, signal: null, delivery: null }
}

/** How many messages were given up, by one channel or another, after `since`. */
async function failedDeliveries(db: Db, since: Millis): Promise<number> {
  const rows = await query(
    db,
    z.object({ count: z.int() }),
    `select count(*) from delivery where state = 'failed' and done_at > $1`,
    [instant(since)],
  )
  return rows[0]?.count ?? 0
}

/** How many returns could not be taken again and again. */
async function returnsAside(db: Db): Promise<number> {
  const rows = await query(
    db,
    z.object({ count: z.int() }),
    'select count(*) from returned where failures >= 3',
  )
  return rows[0]?.count ?? 0
}

/**
 * How many open alerts of persons, told to the end of their ladder, have reached nobody; in a storm of a thousand of them.
 * A notice on a wall reaches nobody.
 */
async function unreachedAlerts(db: Db): Promise<number> {
  const rows = await query(
    db,
    z.object({ count: z.int() }),
    `with unanswered as (
       select a.id from alert a join household h on h.id = a.household_id
       where a.due_at is not null and not is_thing(a.kind) and a.state ->> 'state' = 'exhausted' and h.purpose = 'home'
       order by a.due_at limit 1000
     )
     select count(*) from unanswered a where not exists (select from delivery d where d.alert_id = a.id
       and d.channel <> 'slack' and d.state in ('accepted', 'delivered', 'read'))`,
  )
  return rows[0]?.count ?? 0
}

/** When each process last said that it still does its work. */
const Pulse = z.object({ service: z.string(), at: Millis })
type Pulse = z.infer<typeof Pulse>

/** The newest pulse of each service. */
function pulses(db: Db): Promise<Pulse[]> {
  return query(db, Pulse, 'select service, at from pulse order by service')
}
