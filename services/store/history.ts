import { z } from 'zod'
import { OutcomeCode } from '../../schemas/alert.ts'
import { Tier } from '../../schemas/household.ts'
import { Grade, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { exitSeenBy } from './exits.ts'
import { type Db, instant, query } from './pool.ts'

/** Which homes: by pseudonym, or all of an office, or simply all; `after` and `limit` page through them. */
export type Whose = {
  readonly households: readonly string[] | null
  readonly office: string | null
  readonly after: number
  readonly limit: number
}

/** Which time is read. */
export type When = { readonly from: Millis; readonly to: Millis }

/** A home with its quarter hours: parallel arrays, as long as there were quarter hours with signs of life. */
export const HomeHistory = z.object({
  id: z.int(),
  household: z.string(),
  office: z.string(),
  timeZone: z.string(),
  tier: Tier,
  watchedSince: Millis,
  /** Whether its exit is seen by a motion sensor, for it has no contact. */
  byMotion: z.boolean(),
  /** Whether something there measures power. */
  metered: z.boolean(),
  /** Numbers of quarter hours since 1970; events in each, of which exits, and which sensors. */
  quarters: z.array(z.int()),
  events: z.array(z.int()),
  exits: z.array(z.int()),
  sensors: z.array(z.int()),
})
export type HomeHistory = z.infer<typeof HomeHistory>

/** Reads the quarter hours of the next homes, in the order of their numbers. */
export function homeHistories(
  db: Db,
  { households, office, after, limit }: Whose,
  { from, to }: When,
): Promise<HomeHistory[]> {
  return query(db, HomeHistory, HISTORIES, [
    households,
    office,
    after,
    limit,
    instant(from),
    instant(to),
  ])
}

const HISTORIES = `
  with homes as (
    select * from household
    where ($1::text[] is null or household = any ($1)) and ($2::text is null or office = $2) and id > $3
      and purpose = 'home'
    order by id limit $4
  )
  select h.id, h.household, h.office, h.time_zone as "timeZone", h.tier,
    h.watched_since as "watchedSince", coalesce(${exitSeenBy('h.id')} = 'motion', false) as "byMotion",
    exists (select from device d where d.household_id = h.id and d.kind = 'power') as metered, a.*
  from homes h
  cross join lateral (
    select coalesce(array_agg((extract(epoch from quarter) / 900)::int order by quarter), '{}') as quarters,
      coalesce(array_agg(events order by quarter), '{}') as events,
      coalesce(array_agg(exits order by quarter), '{}') as exits,
      coalesce(array_agg(sensors order by quarter), '{}') as sensors
    from activity where household_id = h.id and quarter >= $5 and quarter < $6
  ) a
  order by h.id`

/** How many homes there are to read. */
export async function countHomes(
  db: Db,
  { households, office }: Pick<Whose, 'households' | 'office'>,
): Promise<number> {
  const [row] = await query(
    db,
    z.object({ count: z.int() }),
    `select count(*)::int as count from household
     where ($1::text[] is null or household = any ($1)) and ($2::text is null or office = $2)
       and purpose = 'home'`,
    [households, office],
  )
  return row?.count ?? 0
}

/** Time out of sight or absent by plan of one home; `home` null: of all. */
export const HiddenSpan = z.object({
  home: z.int().nullable(),
  since: Millis,
  until: Millis.nullable(),
})
export type HiddenSpan = z.infer<typeof HiddenSpan>

/** Reads when these homes could not be seen, or were known to be elsewhere. */
export function hiddenSpans(
  db: Db,
  homes: readonly number[],
  { from, to }: When,
): Promise<HiddenSpan[]> {
  return query(
    db,
    HiddenSpan,
    `select household_id as home, since, until from unseen
     where (household_id = any ($1::int[]) or household_id is null)
       and since < $3 and (until is null or until > $2)
     union all
     select household_id, since, least(until, ended_at) from absence
     where household_id = any ($1::int[]) and since < $3 and least(until, ended_at) > $2
     order by since`,
    [[...homes], instant(from), instant(to)],
  )
}

/** A silence that was really told of: its first signal that is told to somebody. */
export const ToldSilence = z.object({
  home: z.int(),
  grade: Grade,
  rule: z.string(),
  /** The last sign of life before it. */
  since: Millis,
  due: Millis,
  alert: z.int().nullable(),
  outcome: OutcomeCode.nullable().catch(null),
})
export type ToldSilence = z.infer<typeof ToldSilence>

/** Reads the signals of silence that were raised for these homes, from 주의 on, in order. */
export function toldSilences(
  db: Db,
  homes: readonly number[],
  { from, to }: When,
): Promise<ToldSilence[]> {
  return query(
    db,
    ToldSilence,
    `select s.household_id as home, s.grade, s.reason ->> 'rule' as rule,
       (s.reason -> 'since')::bigint as since, s.due_at as due, s.alert_id as alert,
       a.state ->> 'outcome' as outcome
     from signal s left join alert a on a.id = s.alert_id
     where s.household_id = any ($1::int[]) and s.kind = 'inactivity' and s.grade <> 'watch'
       and s.due_at >= $2 and s.due_at < $3
     order by s.household_id, s.due_at, s.id`,
    [[...homes], instant(from), instant(to)],
  )
}

/** How many signals of other kinds were raised: no setting of silence changes them. */
export async function otherSignals(
  db: Db,
  homes: readonly number[],
  { from, to }: When,
): Promise<{ kind: SignalKind; count: number }[]> {
  return query(
    db,
    z.object({ kind: SignalKind, count: z.int() }),
    `select kind, count(*)::int as count from signal
     where household_id = any ($1::int[]) and kind <> 'inactivity' and due_at >= $2 and due_at < $3
     group by kind order by kind`,
    [[...homes], instant(from), instant(to)],
  )
}
