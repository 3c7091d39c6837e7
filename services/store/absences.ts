import { z } from 'zod'
import { Absence, type NewAbsence } from '../../schemas/absence.ts'
import { Millis } from '../../schemas/time.ts'
import type { Finding } from './signals.ts'
import { type Db, instant, query } from './pool.ts'

/** Records that nothing is to be raised for a home. Returns its number, or null without such a home or author. */
export async function addAbsence(db: Db, absence: NewAbsence, now: Millis): Promise<number | null> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `insert into absence (household_id, cause, since, until, author, reason, recorded_at)
     select h.id, $2, $3, $4, p.person, $6, $7
     from household h, person p where h.household = $1 and h.purpose <> 'past' and p.person = $5
     returning id`,
    [
      absence.household,
      absence.cause,
      instant(absence.since),
      instant(absence.until),
      absence.author,
      absence.reason,
      instant(now),
    ],
  )
  return rows[0]?.id ?? null
}

/** Ends an absence before its time and has the home looked at. False when there is none of that number to end. */
export async function endAbsence(db: Db, id: number, by: string, now: Millis): Promise<boolean> {
  const ended = await db.query(
    `with ended as (
       update absence set ended_at = greatest(since, $3), ended_by = $2
       where id = $1 and ended_at is null and until > $3
       returning household_id
     ), due as (
       select household_id from watch where household_id in (select household_id from ended)
       for no key update
     ), told as (
       update watch as w set deadline_at = $3 from due where w.household_id = due.household_id
     )
     select from ended`,
    [id, by, instant(now)],
  )
  return ended.rowCount === 1
}

const COLUMNS = `a.id, h.household, a.cause, a.since, a.until, a.author, a.reason,
  a.recorded_at as recorded, a.ended_at as ended, a.ended_by as "endedBy",
  (select grade from withheld where absence_id = a.id and kind = 'inactivity'
    order by array_position(array['danger', 'warning', 'caution', 'watch'], grade) limit 1) as withheld`

/** The absences of a home, or of all, the latest end first; those that are over only with `past`. */
export function listAbsences(
  db: Db,
  which: { readonly household: string | null; readonly past: boolean },
  now: Millis,
): Promise<Absence[]> {
  return query(
    db,
    Absence,
    `select ${COLUMNS} from absence a join household h on h.id = a.household_id
     where ($1::text is null or h.household = $1)
       and ($2 or least(a.until, a.ended_at) > $3)
     order by a.until desc, a.id desc limit 1000`,
    [which.household, which.past, instant(now)],
  )
}

/**
 * Whether an absence holds at `now` and was told of when it held already, or goes on without a gap from one that was. Of
 * one that was only planned nobody knows whether it explains a silence that began before it: what is open goes on. What
 * was told of holds from then on, though a clock is set back since.
 */
export const holdsAt = (now: string) =>
  `least(until, ended_at) > greatest(since, ${now}) and (since <= recorded_at or since <= ${now} and exists (
     with recursive before as (
       select absence.since, absence.recorded_at
       union
       select a.since, a.recorded_at from before b join absence a on a.household_id = absence.household_id
         and a.since < b.since and least(a.until, a.ended_at) >= b.since
     )
     select from before where since <= recorded_at))`

/** An absence; `holds`: what is open stands still for it, from its begin on. */
export const AbsenceHolding = Absence.extend({ holds: z.boolean() })
export type AbsenceHolding = z.infer<typeof AbsenceHolding>

/** The absences of a home that hold, are to come, or ended after `after`, the latest begin first. */
export function absencesSince(
  db: Db,
  household: string,
  after: Millis,
  now: Millis,
): Promise<AbsenceHolding[]> {
  return query(
    db,
    AbsenceHolding,
    `select ${COLUMNS}, a.id in (
         select id from absence where household_id = h.id and ${holdsAt('greatest(since, $3)')}
       ) as holds
     from absence a join household h on h.id = a.household_id
     where h.household = $1 and least(a.until, a.ended_at) > $2
     order by a.since desc, a.id desc`,
    [household, instant(after), instant(now)],
  )
}

/** An absence with the number of its home. */
export const PlannedFor = Absence.extend({ home: z.int() })
export type PlannedFor = z.infer<typeof PlannedFor>

/** Of each of these homes the absence that has begun and ends last: the one that holds, if any does. */
export function absencesOf(db: Db, homes: readonly number[], now: Millis): Promise<PlannedFor[]> {
  return query(
    db,
    PlannedFor,
    `select distinct on (a.household_id) a.household_id as home, ${COLUMNS}
     from absence a join household h on h.id = a.household_id
     where a.household_id = any ($1::int[]) and a.since <= $2
     order by a.household_id, least(a.until, a.ended_at) desc, a.id desc`,
    [[...homes], instant(now)],
  )
}

/** The stretches in which these homes were or are absent, as far as they lasted beyond `after`. */
export function absentTimes(
  db: Db,
  homes: readonly number[],
  after: Millis,
): Promise<{ home: number; since: Millis; until: Millis }[]> {
  return query(
    db,
    z.object({ home: z.int(), since: z.int(), until: z.int() }),
    `select household_id as home, since, least(until, ended_at) as until from absence
     where household_id = any ($1::int[]) and least(until, ended_at) > $2`,
    [[...homes], instant(after)],
  )
}

/** What an absence holds back. */
export type Withheld = Finding & { readonly absence: number }

/** Puts on the record what would have been raised, each kind and grade of an absence once. */
export async function addWithheld(db: Db, held: readonly Withheld[], now: Millis): Promise<void> {
  if (held.length === 0) return
  await db.query(
    `insert into withheld (absence_id, kind, grade, due_at, at, reason, model)
     select absence_id, kind, grade, due_at, $7, reason::jsonb, model
     from unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
       as f (absence_id, kind, grade, due_at, reason, model)
     on conflict do nothing`,
    [
      held.map((each) => each.absence),
      held.map((each) => each.kind),
      held.map((each) => each.grade),
      held.map((each) => instant(each.due)),
      held.map((each) => JSON.stringify(each.reason)),
      held.map((each) => each.model),
      instant(now),
    ],
  )
}

const Stirring = z.object({ home: z.int(), quarters: z.int(), first: Millis, last: Millis })

/** What moved inside these homes, each from its own `since` on: only homes in which anything did. */
export function stirringIn(
  db: Db,
  homes: readonly { readonly home: number; readonly since: Millis }[],
  now: Millis,
): Promise<z.infer<typeof Stirring>[]> {
  return query(
    db,
    Stirring,
    `select a.household_id as home, count(*)::int as quarters, min(a.quarter) as first, max(a.quarter) as last
     from unnest($1::int[], $2::timestamptz[]) as h (id, since)
     join activity a on a.household_id = h.id and a.quarter >= h.since and a.quarter < $3
     where a.events > a.exits group by a.household_id`,
    [homes.map(({ home }) => home), homes.map(({ since }) => instant(since)), instant(now)],
  )
}

/** Notes that somebody is told of movement in an absence, and returns which of them are news. */
export async function noteStirring(
  db: Db,
  held: readonly Withheld[],
  now: Millis,
): Promise<number[]> {
  const fresh = await query(
    db,
    z.object({ id: z.int() }),
    `insert into withheld (absence_id, kind, grade, due_at, at, reason, model)
     select absence_id, 'moved', grade, $5, $5, reason::jsonb, $4
     from unnest($1::int[], $2::text[], $3::text[]) as f (absence_id, grade, reason)
     on conflict do nothing returning absence_id as id`,
    [
      held.map((each) => each.absence),
      held.map((each) => each.grade),
      held.map((each) => JSON.stringify(each.reason)),
      held[0]?.model,
      instant(now),
    ],
  )
  return fresh.map(({ id }) => id)
}

/** Ends absences of which the person has come back: their end is now. */
export async function shorten(db: Db, absences: readonly number[], now: Millis): Promise<void> {
  if (absences.length === 0) return
  await db.query(
    `update absence set until = $2 where id = any ($1::int[]) and ended_at is null and since < $2 and until > $2`,
    [[...absences], instant(now)],
  )
}
