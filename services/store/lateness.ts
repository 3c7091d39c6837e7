import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** When the oldest thing of each kind should have been done, or null when nothing is overdue. */
export const Overdue = z.object({
  deadline: Millis.nullable(),
  timer: Millis.nullable(),
  signal: Millis.nullable(),
  delivery: Millis.nullable(),
})
export type Overdue = z.infer<typeof Overdue>

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
export async function failedDeliveries(db: Db, since: Millis): Promise<number> {
  const rows = await query(
    db,
    z.object({ count: z.int() }),
    `select count(*) from delivery where state = 'failed' and done_at > $1`,
    [instant(since)],
  )
  return rows[0]?.count ?? 0
}

/** When each process last said that it still does its work. */
export const Pulse = z.object({ service: z.string(), at: Millis })
export type Pulse = z.infer<typeof Pulse>

/** The newest pulse of each service. */
export function pulses(db: Db): Promise<Pulse[]> {
  return query(db, Pulse, 'select service, at from pulse order by service')
}
