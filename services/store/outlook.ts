import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

/** What the pipeline has before it, as far as it is known now. */
export const Outlook = z.object({
  /** When something has to be looked at next: a silence, a rhythm, a gateway that is not heard, a timer, a message. */
  due: Millis.nullable(),
  /** When a rhythm has to be learnt next. */
  learn: Millis.nullable(),
  /** When a case or a message waits for its time. */
  tell: Millis.nullable(),
  /** The gateways of homes that are out, out of sight or told of: the first thing from there counts. */
  close: z.array(z.string()),
  /** The number of the newest signal; 0: there is none. */
  signals: z.int(),
})
export type Outlook = z.infer<typeof Outlook>

/** Reads what is due next. Gateways that were heard at `now` or later are not waited for. */
export async function readOutlook(db: Db, now: Millis): Promise<Outlook> {
  const [outlook] = await query(db, Outlook, OUTLOOK, [instant(now)])
  if (!outlook) throw new Error('an aggregate without a group has one row')
  return outlook
}

const OUTLOOK = `
  select least(home, learn, tell, gateway) as due, learn, tell, close, signals from (
    select
      (select min(deadline_at) from watch) as home,
      (select min(learn_at) from watch) as learn,
      least((select min(due_at) from alert where due_at is not null),
        (select min(due_at) from delivery where due_at is not null)) as tell,
      (select min(check_at) from gateway where last_seen_at < $1 and disabled_at is null and lost_since is null) as gateway,
      (select coalesce(array_agg(g.gateway), '{}') from watch w
        join gateway g on g.household_id = w.household_id
        where w.grade is not null or w.presence <> 'home' or g.lost_since is not null) as close,
      (select coalesce(max(id), 0) from signal) as signals
  ) as each`

/** The gateways of homes that are to be looked at by `until`: what they have not confirmed is no silence. */
export async function gatewaysDue(db: Db, until: Millis): Promise<string[]> {
  const rows = await query(
    db,
    z.object({ gateway: z.string() }),
    `select g.gateway from watch w join gateway g on g.household_id = w.household_id
     where w.deadline_at <= $1 and g.last_seen_at < $1`,
    [instant(until)],
  )
  return rows.map(({ gateway }) => gateway)
}
