import { z } from 'zod'
import { AlertEvent, AlertState, DeliveryState } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import { Grade, Presence, Reason, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

const Where = z.object({
  /** Names this piece of news: the same thing never has two. */
  key: z.string(),
  at: Millis,
  household: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
})

/** One thing that happened, as data: a narrator, a log or a test puts it into words. */
export const News = z.discriminatedUnion('type', [
  /** The detector raised a signal. */
  Where.extend({ type: z.literal('signal'), kind: SignalKind, grade: Grade, reason: Reason }),
  /** An alert took an event and became `state`; `seq` 0 or the lowest is its opening. `who` acted, if a person did. */
  Where.extend({
    type: z.literal('alert'),
    alert: z.int(),
    seq: z.int(),
    kind: SignalKind,
    grade: Grade,
    event: AlertEvent,
    state: AlertState,
    who: z.string().nullable(),
  }),
  /** A message reached the other side, or did not. */
  Where.extend({
    type: z.literal('delivery'),
    alert: z.int(),
    step: z.int(),
    /** 0 for a step of the ladder; above that, the last step told again because nobody answers. */
    times: z.int(),
    person: z.string(),
    who: z.string(),
    channel: Channel,
    state: DeliveryState,
    error: z.string().nullable(),
  }),
  /** Somebody is thought to have come home, gone out, or be out of sight. `until`: an absence ends by then. */
  Where.extend({ type: z.literal('presence'), presence: Presence, until: Millis.nullable() }),
])
export type News = z.infer<typeof News>

/**
 * Where a reader of the news stands. A row may become visible after one that is later by its own time,
 * so the reader looks back by `overlap` and passes over what it has `seen`.
 */
export type NewsCursor = {
  readonly at: Millis
  readonly overlap: Millis
  readonly seen: readonly string[]
}

/** A cursor for what happens after `at`. `overlap`: some real seconds times the clock's speed. */
export function newsFrom(at: Millis, overlap: Millis): NewsCursor {
  return { at: at + overlap, overlap, seen: [] }
}

/** At most `limit` pieces of news that the cursor has not passed, in order of time, and the cursor after them. */
export async function newsSince(
  db: Db,
  cursor: NewsCursor,
  limit: number,
): Promise<{ news: News[]; cursor: NewsCursor }> {
  const floor = cursor.at - cursor.overlap
  const rows = await query(db, z.object({ news: News }), HAPPENED, [
    instant(floor),
    cursor.seen,
    limit,
  ])
  const news = rows.map((row) => row.news)
  return { news, cursor: passed(cursor, news) }
}

function passed(cursor: NewsCursor, news: readonly News[]): NewsCursor {
  const last = news.at(-1)
  if (!last) return cursor
  const at = Math.max(cursor.at, last.at)
  // A key is "<milliseconds> <what>", so what lies below the new floor is forgotten without asking again.
  const keys = [...cursor.seen, ...news.map((each) => each.key)]
  const seen = keys.filter((key) => Number.parseInt(key, 10) > at - cursor.overlap)
  return { ...cursor, at, seen }
}

// Times become milliseconds here because they travel inside JSON.
const HAPPENED = `
  with happened as (
    select at, 1 as rank, id::text as name, household_id, jsonb_build_object(
      'type', 'signal', 'kind', kind, 'grade', grade, 'reason', reason) as body
    from signal where at > $1
    union all
    select e.at, 2, e.alert_id || '.' || lpad(e.seq::text, 9, '0'), a.household_id, jsonb_build_object(
      'type', 'alert', 'alert', e.alert_id, 'seq', e.seq, 'kind', a.kind, 'grade', a.grade,
      'event', e.event, 'state', e.state, 'who', p.name)
    from alert_event e
    join alert a on a.id = e.alert_id
    left join person p on p.person = e.event ->> 'by'
    where e.at > $1
    union all
    select d.done_at, 3, d.id::text, a.household_id, jsonb_build_object(
      'type', 'delivery', 'alert', d.alert_id, 'step', d.step, 'times', d.times, 'person', d.person, 'who', p.name,
      'channel', d.channel, 'state', d.state, 'error', d.error)
    from delivery d
    join alert a on a.id = d.alert_id
    join person p on p.person = d.person
    where d.done_at > $1 and d.state in ('accepted', 'delivered', 'read', 'unknown', 'failed')
    union all
    select presence_since, 0, household_id || '.' || presence, household_id, jsonb_build_object(
      'type', 'presence', 'presence', presence,
      'until', (extract(epoch from presence_until) * 1000)::bigint)
    from watch where presence_since > $1
  ), named as (
    select *, (extract(epoch from at) * 1000)::bigint || ' ' || (body ->> 'type') || ' ' || name as key
    from happened
  )
  select body || jsonb_build_object('key', key, 'at', (extract(epoch from at) * 1000)::bigint,
    'household', h.household, 'alias', h.alias, 'dong', h.dong, 'timeZone', h.time_zone) as news
  from named join household h on h.id = named.household_id
  where not key = any ($2) and h.purpose <> 'canary'
  order by at, rank, named.household_id, name
  limit $3`
