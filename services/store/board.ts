import { z } from 'zod'
import { AlertState, Offer } from '../../schemas/alert.ts'
import { Grade, Reason, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, query } from './pool.ts'
import { SUBJECTS } from './visits.ts'

/** The sections of the board, in the order in which they are read at two in the morning. */
export const Section = z.enum([
  'danger',
  'open',
  'visiting',
  'held',
  'back',
  'device',
  'away',
  'listed',
])
export type Section = z.infer<typeof Section>

/** An open alert as the board shows it. `reason` is that of the newest signal of its grade. */
export const BoardAlert = z.object({
  id: z.int(),
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  purpose: z.enum(['home', 'office', 'canary', 'exercise', 'past']),
  kind: SignalKind,
  grade: Grade,
  section: Section,
  opened: Millis,
  state: AlertState,
  offer: Offer.nullable(),
  cancelling: z.object({ by: z.string() }).nullable(),
  reason: Reason.nullable(),
  /** The outage that it is of, and how many homes of it this one stands for, itself included: 1 when for itself alone. */
  outage: z.int().nullable(),
  stands: z.int(),
  /** How many alerts its section has, those that are not shown too. */
  total: z.int(),
  /** How many of its messages wait or are on their way, were taken, arrived, were seen, may have left, failed. */
  messages: z.object({
    waiting: z.int(),
    accepted: z.int(),
    delivered: z.int(),
    read: z.int(),
    unknown: z.int(),
    failed: z.int(),
  }),
})
export type BoardAlert = z.infer<typeof BoardAlert>

/** What of the board is looked at: all sections from their tops, one section, or the homes of one outage, from `from` on. */
export type Sight = {
  readonly section?: Section | undefined
  readonly outage?: number | undefined
  readonly from?: number | undefined
}

/** Whose eyes look: the alerts of the office that they see, if any, and those of others that were given or told to them. */
export type Reader = { readonly person: string; readonly office: string | null }

/** How many alerts of a section are shown at once. */
export const SHOWN = 40

/**
 * The open alerts, the gravest first, then the oldest, `SHOWN` of each section; but not what is about the reader: whoever
 * called for help without a word must not have their own telephone tell of it. Of homes that went dark together one stands
 * for all, unless that outage is what is looked at. Exercises are shown, marked by their purpose; the canary is not.
 */
export function boardAlerts(
  db: Db,
  { person, office }: Reader,
  { section, outage, from = 0 }: Sight = {},
): Promise<BoardAlert[]> {
  const sight = [section ?? null, outage ?? null, from, from + SHOWN]
  return query(db, BoardAlert, BOARD, [person, office, ...sight])
}

/** What somebody has in hand, or was offered. */
export function alertsWith(db: Db, person: string): Promise<BoardAlert[]> {
  return query(db, BoardAlert, IN_HAND, [person])
}

const OPEN = `a.state ->> 'state' not in ('resolved', 'cancelled')`

const SECTION = `case
    when a.state ->> 'state' = 'away' then 'away'
    when a.kind in ('blind', 'sensor', 'configuration') then 'device'
    when a.state ->> 'state' = 'visiting' then 'visiting'
    when a.state ->> 'state' in ('acknowledged', 'deferred') then 'held'
    when a.state ->> 'state' = 'recovered' then 'back'
    when a.state ->> 'state' in ('pending', 'listed') then 'listed'
    when a.grade = 'danger' then 'danger' else 'open' end`

const GIVEN = `(a.state ->> 'by' = $1 or a.state ->> 'to' = $1 or a.offer ->> 'to' = $1)`

const SHOW = `a.id, h.household, h.alias, h.dong, h.time_zone as "timeZone", h.purpose, a.kind, a.grade,
  a.opened_at as opened, a.state, a.offer, a.cancelling, a.outage_id as outage, s.reason, d.messages`

const DETAILS = `
  join household h on h.id = a.household_id
  left join lateral (
    select reason from signal where alert_id = a.id order by grade = a.grade desc, id desc limit 1
  ) s on true
  cross join lateral (
    select jsonb_build_object(
      'waiting', count(*) filter (where state in ('queued', 'sending', 'retrying')),
      'accepted', count(*) filter (where state = 'accepted'),
      'delivered', count(*) filter (where state = 'delivered'),
      'read', count(*) filter (where state = 'read'),
      'unknown', count(*) filter (where state = 'unknown'),
      'failed', count(*) filter (where state = 'failed')) as messages
    from delivery where alert_id = a.id and not is_news(purpose)
  ) d`

// Ranked lean; reasons and messages are read for what is shown only, which in a storm is one in hundreds. Whoever is of
// another office sees what they were told.
const BOARD = `
  with open as (
    select a.id, a.grade, a.opened_at, ${SECTION} as section, count(*) over herd as stands,
      row_number() over (herd order by a.state ->> 'state' = 'listed', a.id) as place
    from alert a join household h on h.id = a.household_id
    where ${OPEN} and h.purpose <> 'canary' and $1 <> all (${SUBJECTS})
      and (h.office = $2 or ${GIVEN} or a.id in (select alert_id from delivery where person = $1))
      and ($4::bigint is null or a.outage_id = $4)
    window herd as (partition by coalesce(case when a.kind = 'blind' and $4 is null then a.outage_id end, -a.id))
  ), ranked as (
    select *, count(*) over (partition by section) as total, row_number() over (partition by section
      order by array_position(array['danger', 'warning', 'caution', 'watch'], grade), opened_at, id) as rank
    from open where place = 1 and ($3::text is null or section = $3)
  )
  select ${SHOW}, r.section, r.stands, r.total
  from ranked r join alert a on a.id = r.id ${DETAILS}
  where r.rank > $5 and r.rank <= $6
  order by array_position(array['${Section.options.join(`', '`)}'], r.section), r.rank`

const IN_HAND = `
  select ${SHOW}, ${SECTION} as section, 1 as stands, 1 as total
  from alert a ${DETAILS}
  where ${OPEN} and ${GIVEN} and h.purpose <> 'canary' and $1 <> all (${SUBJECTS})
  order by a.opened_at, a.id`

/** Since when the pipeline itself stands still, so that no home is watched; null when it runs. */
export async function pipelineUnseenSince(db: Db): Promise<Millis | null> {
  const rows = await query(
    db,
    z.object({ since: Millis.nullable() }),
    `select min(since) as since from unseen where household_id is null and until is null`,
  )
  return rows[0]?.since ?? null
}
