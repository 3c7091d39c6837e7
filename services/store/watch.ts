import { z } from 'zod'
import { Feedback } from '../../schemas/feedback.ts'
import { Role, Tier } from '../../schemas/household.ts'
import { Rhythm } from '../../schemas/rhythm.ts'
import { ExitSeenBy } from '../../schemas/seen.ts'
import { Grade, Presence } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { LIVELY_KINDS } from '../core/evidence.ts'
import type { Quarter } from '../core/restless.ts'
import { type Db, instant, query } from './pool.ts'

/** A home that must be looked at, with all that a judgement needs but the time out of sight. */
export const WatchedHome = z.object({
  id: z.int(),
  household: z.string(),
  office: z.string(),
  timeZone: z.string(),
  tier: Tier,
  lastActivity: Millis,
  lastInner: Millis.nullable(),
  lastExit: Millis.nullable(),
  /** How many signs of life inside came at most, as `core/stirs` counts them, since the exit was used; of who is not out, null. */
  stirs: z.int().nullable(),
  lastRoom: z.string().nullable(),
  /** What its silence is spent with at a meter, as `core/draw` has it: what goes on, or else what went off last, and when. */
  running: z
    .object({ since: Millis, until: Millis.optional(), room: z.string(), role: Role })
    .nullable(),
  /** The last sign of life of any device but the one that gave the last of all. */
  lastOther: Millis.nullable(),
  /** The reliability of the device that gave the last sign of life. */
  trust: z.number(),
  /** The last quarter hour of these eight days in which somebody walked about, as `core/walking` tells it. */
  lastCompany: Millis.nullable(),
  /** Which sensors spoke in the quarter hours of these eight days since its rhythm was learnt; of who was told of, in all of them. */
  spoke: z.instanceof(Buffer).transform(unpack),
  /** The sensor that does not rest, if the grade was raised for one: since when, by how long a rest, and when it was raised. */
  told: z.object({ slot: z.int(), since: Millis, rest: Millis, at: Millis }).nullable(),
  /** The same where it was raised for signs that were scant: since when, and of how few. */
  toldScant: z.object({ since: Millis, few: z.int(), at: Millis }).nullable(),
  /**
   * Since when it has given too few signs of the last eight days to be somebody's, as `core/scant` tells it; where its grade
   * tells of that, too few to end it.
   */
  scant: Millis.nullable(),
  /** When its gateway was last heard, or null when none is let in: of what came after we know nothing yet. */
  heardUntil: Millis.nullable(),
  /** Whether it has a sensor that can give signs of life, was ever heard and is not lost. */
  watched: z.boolean(),
  /** When such a sensor was last heard, or since when the home could have been watched. */
  sensedUntil: Millis,
  /** What on the exit is heard; null: nothing. */
  exitSeenBy: ExitSeenBy.nullable(),
  /** Whether the contact of an exit door says that it stands open. */
  open: z.boolean(),
  /** When a person last confirmed that all is well; 0: never. */
  confirmed: Millis,
  /** Until when no use of the exit was theirs, for a person found them at home; null: nobody did, or not since. */
  homeUntil: Millis.nullable(),
  presence: Presence,
  presenceSince: Millis,
  presenceUntil: Millis.nullable(),
  grade: Grade.nullable(),
  silenceSince: Millis.nullable(),
  /** Since when it has been due. */
  due: Millis,
  /** One that this version cannot read counts as none: it is learnt again, and the ceilings hold meanwhile. */
  rhythm: Rhythm.nullable().catch(null),
  /** Whether there is one, if it can be read or not. */
  isLearnt: z.boolean(),
  feedback: Feedback.nullable().catch(null),
})
export type WatchedHome = z.infer<typeof WatchedHome>

// Each row in two numbers, as `rhythms.ts` has them: the quarter hour since the epoch, and the sensors as bits.
function unpack(packed: Buffer): Quarter[] {
  return Array.from({ length: packed.length / 8 }, (_, i) => ({
    number: packed.readInt32BE(i * 8),
    sensors: packed.readInt32BE(i * 8 + 4),
  }))
}

/** Where a sweep stands: it takes what is due in the order in which it became so. */
export type DueKey = { readonly due: Millis; readonly id: number }

/**
 * Claims the homes that have been due the longest, from behind `after` on. The rows stay locked until the transaction
 * ends; what another detector holds, or ingest is writing, is passed over and comes with the next sweep.
 */
export function claimHomes(
  db: Db,
  after: DueKey,
  limit: number,
  now: Millis,
): Promise<WatchedHome[]> {
  return query(db, WatchedHome, CLAIM, [
    instant(after.due),
    after.id,
    limit,
    instant(now),
    LIVELY_KINDS,
  ])
}

// The latest sign by which there are so many, or the first one after a journey: the first of all of them is one too. Where it was
// told of, only the former counts.
const SCANT = `(
      select q.quarter from (
        select a.quarter, sum(a.events - a.exits) over (order by a.quarter desc) as signs,
          a.quarter - lag(a.quarter) over (order by a.quarter) as pause
        from activity a where a.household_id = w.household_id and a.quarter > $4::timestamptz - interval '8 days') q
      where q.signs >= coalesce(2 * (t.reason -> 'scant' ->> 'few')::int, k.few)
        or not coalesce(t.reason, '{}') ? 'scant' and coalesce(q.pause, interval '16 hours') >= interval '16 hours'
      order by q.quarter desc limit 1)`

// One walk along the index of deadlines: whoever is not due costs nothing. Ingest moves a deadline forward when somebody
// moves who was out or had been asked about. To look for those here cost 8 s a sweep with 400,000 people out.
const CLAIM = `
  with due as materialized (
    select * from watch
    where deadline_at <= $4 and deadline_at >= $1 and (deadline_at, household_id) > ($1, $2)
    order by deadline_at, household_id limit $3
    for no key update skip locked
  )
  select w.household_id as id, h.household, h.office, h.time_zone as "timeZone", h.tier,
    w.last_activity_at as "lastActivity", w.last_inner_at as "lastInner",
    w.last_exit_at as "lastExit", case when w.presence = 'away' then (
      -- Whoever came home before anybody looked, and sits still by now, has come home.
      select coalesce(max(a.signs), 0)::int from (
        select sum(q.events - q.exits) over (order by q.quarter
          range between interval '15 minutes' preceding and current row) as signs
        from activity q where q.household_id = w.household_id
          -- Until its afterglow is over, who left made some of them.
          and q.quarter > greatest(w.last_exit_at + interval '2 minutes', $4::timestamptz - interval '8 days')) a) end as stirs,
    d.room as "lastRoom",
    (select json_strip_nulls(json_build_object('since', (extract(epoch from o.since) * 1000)::bigint,
        'until', (extract(epoch from o.until) * 1000)::bigint, 'room', o.room, 'role', o.role))
      from (
        -- Of a meter that is lost or stuck nobody knows whether it goes on.
        select m.running_since as since, case when m.lost_since is not null or m.stuck_since is not null
          then least(m.last_seen_at, m.stuck_since) end as until, m.room, m.role
        from device m where m.household_id = w.household_id and m.running_since is not null
        union all
        select p.since, p.until, m.room, m.role from ran p join device m on m.id = p.device_id
        where p.household_id = w.household_id and p.until > w.last_activity_at
      ) o
      where o.since <= w.last_activity_at + interval '90 minutes'
        and (o.until is null or o.until > w.last_activity_at and o.until > o.since + interval '210 minutes')
      order by o.until desc nulls first, o.since limit 1) as running,
    s.other_active_at as "lastOther", coalesce(d.reliability, 1) as trust,
    (select max(a.quarter) from activity a
      where a.household_id = w.household_id and a.quarter > $4::timestamptz - interval '8 days'
        and case when k.least is null then bit_count(a.sensors::bit(32)) >= 3
          else a.events - a.exits >= k.least and bit_count(a.sensors::bit(32)) >= 2 end) as "lastCompany",
    (select coalesce(string_agg(int4send((date_part('epoch', q.quarter) / 900)::int) || int4send(q.sensors), ''
        order by q.quarter), '')
      from activity q
      where q.household_id = w.household_id and q.quarter > $4::timestamptz - interval '8 days'
        and (w.grade is not null or r.learnt_until is null or q.quarter > r.learnt_until)) as spoke,
    (select json_build_object('slot', m.slot, 'since', t.reason -> 'othersSince', 'rest', t.reason -> 'restless',
        'at', (extract(epoch from t.at) * 1000)::bigint)
      from device m where t.reason ? 'restless' and m.household_id = w.household_id and m.uid = t.reason ->> 'uid'
      order by m.id limit 1) as told,
    case when t.reason ? 'scant' then json_build_object('since', t.reason -> 'othersSince',
      'few', t.reason -> 'scant' -> 'few', 'at', (extract(epoch from t.at) * 1000)::bigint) end as "toldScant",
    case when k.few is not null or t.reason ? 'scant' then ${SCANT} end as scant,
    (select min(g.last_seen_at) from gateway g
      where g.household_id = w.household_id and g.disabled_at is null) as "heardUntil",
    coalesce(s.watched, false) as watched, coalesce(s.open, false) as open,
    case when s.has_contact then 'contact' when s.has_entry then 'motion' end as "exitSeenBy",
    greatest(w.last_activity_at, s.last_seen_at) as "sensedUntil",
    coalesce(w.confirmed_at, 'epoch') as confirmed, w.home_until as "homeUntil", w.presence,
    w.presence_since as "presenceSince", w.presence_until as "presenceUntil", w.grade,
    w.silence_since as "silenceSince", w.deadline_at as due, r.body as rhythm,
    r.body is not null as "isLearnt", f.body as feedback
  from due w
  join household h on h.id = w.household_id
  left join device d on d.id = w.last_device_id
  left join rhythm r on r.household_id = w.household_id
  left join feedback f on f.household_id = w.household_id
  cross join lateral (
    -- Asked once: to unpack a rhythm for each quarter hour took most of the time of a look.
    select (r.body -> 'walking' ->> 'least')::int as least, (r.body -> 'walking' ->> 'few')::int as few offset 0
  ) k
  left join lateral (
    -- What the grade was raised for: a graver one tells of the hours alone, whatever went on before.
    select n.reason, n.at from signal n
    where w.grade is not null and n.household_id = w.household_id and n.kind = 'inactivity'
      and n.grade in ('watch', 'caution') and n.at > coalesce(w.confirmed_at, '-infinity')
    order by n.at desc, n.id desc limit 1
  ) t on true
  left join lateral (
    -- A meter that is stuck is as good as silent since then.
    select max(least(e.last_seen_at, e.stuck_since)) as last_seen_at,
      max(e.last_active_at) filter (where e.id is distinct from w.last_device_id) as other_active_at,
      bool_or(g.disabled_at is null and e.lost_since is null and e.stuck_since is null and e.role <> 'sos'
        and e.last_seen_at > coalesce(e.confirmed_at, '-infinity')) as watched,
      bool_or(e.role = 'exit' and e.kind = 'open' and e.lost_since is null and g.disabled_at is null) as has_contact,
      bool_or(e.role = 'exit' and e.kind in ('motion', 'presence') and e.lost_since is null
        and g.disabled_at is null) as has_entry,
      bool_or(e.role = 'exit' and e.opened_at > e.closed_at) as open
    from device e join gateway g on g.gateway = e.gateway
    where e.household_id = w.household_id
      -- A button for emergencies says nothing on a good day.
      and (e.kind = any ($5::text[]) and e.role <> 'sos' or e.id = w.last_device_id)
  ) s on true
  order by w.deadline_at, w.household_id`

/** What a look at a home has come to. */
export type Look = Pick<
  WatchedHome,
  'id' | 'presence' | 'presenceSince' | 'presenceUntil' | 'grade' | 'silenceSince'
> & { readonly deadline: Millis | null }

/** Writes what the looks have come to. The caller's transaction has claimed the homes. */
export async function saveLooks(db: Db, looks: readonly Look[]): Promise<void> {
  if (looks.length === 0) return
  await db.query(
    `update watch as w set deadline_at = l.deadline_at, presence = l.presence,
       presence_since = l.presence_since, presence_until = l.presence_until, grade = l.grade,
       silence_since = l.silence_since
     from unnest($1::int[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::timestamptz[],
       $6::text[], $7::timestamptz[])
       as l (household_id, deadline_at, presence, presence_since, presence_until, grade, silence_since)
     where w.household_id = l.household_id`,
    [
      looks.map((each) => each.id),
      looks.map((each) => instant(each.deadline)),
      looks.map((each) => each.presence),
      looks.map((each) => instant(each.presenceSince)),
      looks.map((each) => instant(each.presenceUntil)),
      looks.map((each) => each.grade),
      looks.map((each) => instant(each.silenceSince)),
    ],
  )
}

/** Has homes looked at by the next sweep: what their deadline was armed for no longer holds. */
export async function lookSoon(db: Db, homes: readonly number[], now: Millis): Promise<void> {
  if (homes.length === 0) return
  await db.query(
    `with due as (
       select household_id from watch where household_id = any ($1::int[])
       order by household_id for no key update
     )
     update watch as w set deadline_at = $2 from due where w.household_id = due.household_id`,
    [[...homes], instant(now)],
  )
}
