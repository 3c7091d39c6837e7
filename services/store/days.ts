import { z } from 'zod'
import { AlertState } from '../../schemas/alert.ts'
import { Tier } from '../../schemas/household.ts'
import { Rhythm } from '../../schemas/rhythm.ts'
import { ExitSeenBy } from '../../schemas/seen.ts'
import { Grade, Presence, SignalKind } from '../../schemas/signal.ts'
import { Millis } from '../../schemas/time.ts'
import { exitSeenBy } from './exits.ts'
import { type Db, instant, query } from './pool.ts'
import { SUBJECTS } from './visits.ts'

/** A home as its own page shows it. */
export const Home = z.object({
  id: z.int(),
  household: z.string(),
  office: z.string(),
  alias: z.string(),
  dong: z.string(),
  timeZone: z.string(),
  tier: Tier,
  planner: z.string().nullable(),
  watchedSince: Millis,
  lastActivity: Millis,
  presence: Presence,
  since: Millis,
  until: Millis.nullable(),
  grade: Grade.nullable(),
  /** The last sign of life of any device but the one that gave the last of all. */
  lastOther: Millis.nullable(),
  /** What on the exit is heard; null: nothing. */
  exitSeenBy: ExitSeenBy.nullable(),
  rhythm: Rhythm.nullable().catch(null),
  /** When the detector looks at it next, or null. */
  deadline: Millis.nullable(),
  /** Whether it is kept who lives there. */
  named: z.boolean(),
})
export type Home = z.infer<typeof Home>

/** Finds a home as it is at `now` by its pseudonym, or null. */
export async function findHome(db: Db, household: string, now: Millis): Promise<Home | null> {
  const rows = await query(
    db,
    Home,
    `select h.id, h.household, h.office, h.alias, h.dong, h.time_zone as "timeZone", h.tier,
       p.name as planner, h.watched_since as "watchedSince", w.last_activity_at as "lastActivity",
       w.presence, w.presence_since as since, w.presence_until as until, w.grade,
       (select max(d.last_active_at) from device d
         where d.household_id = h.id and d.id is distinct from w.last_device_id) as "lastOther",
       ${exitSeenBy('h.id')} as "exitSeenBy",
       y.body as rhythm, w.deadline_at as deadline, r.household_id is not null as named
     from household h
     join watch w on w.household_id = h.id
     left join assignment a on a.household_id = h.id and a.duty = 'planner'
       and tstzrange(a.since, a.until) @> $2::timestamptz
     left join person p on p.person = a.person
     left join resident r on r.household_id = h.id
     left join rhythm y on y.household_id = h.id
     where h.household = $1`,
    [household, instant(now)],
  )
  return rows[0] ?? null
}

/** A quarter hour with signs of life. */
export const ActiveQuarter = z.object({ quarter: Millis, events: z.int(), exits: z.int() })
export type ActiveQuarter = z.infer<typeof ActiveQuarter>

/** A stretch in which a home could not be watched; `until` null while it lasts. */
export const UnseenSpan = z.object({ since: Millis, until: Millis.nullable() })
export type UnseenSpan = z.infer<typeof UnseenSpan>

/** A signal as a mark in the picture. */
export const SignalMark = z.object({ at: Millis, kind: SignalKind, grade: Grade })
export type SignalMark = z.infer<typeof SignalMark>

/** All that a picture of some days is drawn from. */
export type Days = {
  readonly quarters: readonly ActiveQuarter[]
  readonly unseen: readonly UnseenSpan[]
  readonly signals: readonly SignalMark[]
}

/** A home, and who looks at it: nobody's own telephone tells that they called for help. */
type Looked = { readonly home: number; readonly reader: string }

/** What happened in a home from `from` until `to`. */
export async function daysOf(
  db: Db,
  { home, reader }: Looked,
  from: Millis,
  to: Millis,
): Promise<Days> {
  const span = [home, instant(from), instant(to)]
  const [quarters, unseen, signals] = await Promise.all([
    activeQuarters(db, span),
    unseenSpans(db, span),
    signalMarks(db, [...span, reader]),
  ])
  return { quarters, unseen, signals }
}

function activeQuarters(db: Db, span: readonly unknown[]): Promise<ActiveQuarter[]> {
  return query(
    db,
    ActiveQuarter,
    `select quarter, events, exits from activity
     where household_id = $1 and quarter >= $2 and quarter < $3 order by quarter`,
    span,
  )
}

function unseenSpans(db: Db, span: readonly unknown[]): Promise<UnseenSpan[]> {
  return query(
    db,
    UnseenSpan,
    `select since, until from unseen
     where (household_id = $1 or household_id is null) and since < $3
       and (until is null or until > $2) order by since`,
    span,
  )
}

function signalMarks(db: Db, span: readonly unknown[]): Promise<SignalMark[]> {
  return query(
    db,
    SignalMark,
    `select at, kind, grade from signal
     where household_id = $1 and at >= $2 and at < $3
       and not (kind = 'staff' and reason ->> 'person' = $4) order by at`,
    span,
  )
}

/** An alert of the past or the present, as a line. */
export const PastAlert = z.object({
  id: z.int(),
  kind: SignalKind,
  grade: Grade,
  opened: Millis,
  state: AlertState,
})
export type PastAlert = z.infer<typeof PastAlert>

/** The alerts of a home, the newest first. */
export function pastAlerts(db: Db, { home, reader }: Looked): Promise<PastAlert[]> {
  return query(
    db,
    PastAlert,
    `select id, kind, grade, opened_at as opened, state from alert a
     where household_id = $1 and $2 <> all (${SUBJECTS}) order by opened_at desc, id desc limit 30`,
    [home, reader],
  )
}
