import { z } from 'zod'
import { DeliveryState } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import { Millis } from '../../schemas/time.ts'
import { HOUR } from '../core/time.ts'
import { CANARY } from './canary.ts'
import { type Db, instant, query } from './pool.ts'

const Figures = z.object({
  /** Open alerts by what they are of (a home, an office, an exercise), kind, grade and state. */
  open: z.array(
    z.object({
      purpose: z.string(),
      kind: z.string(),
      grade: z.string(),
      state: z.string(),
      count: z.int(),
    }),
  ),
  /** Since when the oldest alert of each grade has waited that staff were to answer and nobody did. */
  unanswered: z.array(z.object({ grade: z.string(), since: Millis })),
  /** Messages of the last hour by what became of them. */
  messages: z.array(z.object({ channel: Channel, state: DeliveryState, count: z.int() })),
  /** Messages that wait to be sent or are on their way. */
  waiting: z.array(z.object({ channel: Channel, count: z.int() })),
  /** Addresses of staff by which nothing can arrive, and those by which nothing is known to have arrived. */
  dead: z.array(z.object({ channel: Channel, count: z.int() })),
  /** Channels that reach nobody as they are set up. */
  faults: z.array(z.object({ channel: Channel })),
  /** Providers that are left alone just now. */
  resting: z.int(),
})

/** How the alert side stands, in figures that name nobody. */
export type Figures = z.infer<typeof Figures>

/** Reads how the alert side stands. The canary is in none of it. */
export async function readFigures(db: Db, now: Millis): Promise<Figures> {
  const [row] = await query(db, Figures, FIGURES, [instant(now), instant(now - HOUR)])
  if (!row) throw new Error('the figures of the alert side were not answered')
  return row
}

const FIGURES = `
  with open as (
    select h.purpose, a.kind, a.grade, a.state ->> 'state' as state, a.opened_at
    from alert a join household h on h.id = a.household_id
    where a.state ->> 'state' not in ('resolved', 'cancelled') and h.purpose <> 'canary'
  )
  select
    (select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (
      select purpose, kind, grade, state, count(*) from open group by 1, 2, 3, 4) each) as open,
    (select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (
      select grade, millis(min(opened_at)) as since from open
      where state in ('notifying', 'assigned', 'exhausted') and purpose <> 'exercise'
      group by 1) each) as unanswered,
    (select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (
      select channel, state, count(*) from delivery
      where planned_at > $2 and planned_at <= $1 and person <> '${CANARY}'
      group by 1, 2) each) as messages,
    (select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (
      select channel, count(*) from delivery where due_at is not null and person <> '${CANARY}' group by 1) each) as waiting,
    (select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (
      select c.channel, count(*) from contact c join person p on p.person = c.person
      where c.failed_at is not null and c.address = address_of(p, c.channel) group by 1) each) as dead,
    (select coalesce(jsonb_agg(jsonb_build_object('channel', channel)), '[]') from channel_fault) as faults,
    (select count(*) from breaker where open_until > $1) as resting`
