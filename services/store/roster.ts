import { z } from 'zod'
import type { Channel } from '../../schemas/channel.ts'
import { AbsenceCause, Household, Person } from '../../schemas/household.ts'
import { Plan } from '../../schemas/plan.ts'
import {
  Assignment,
  Contact,
  Leave,
  Office,
  OfficeDay,
  Override,
  Rotation,
} from '../../schemas/roster.ts'
import { Millis } from '../../schemas/time.ts'
import { USUAL_HOURS, USUAL_QUIET } from '../core/office-hours.ts'
import type { Roster } from '../core/roster.ts'
import { HOUR } from '../core/time.ts'
import { holdsAt } from './absences.ts'
import { type Db, instant, query } from './pool.ts'
import { PERSON } from './staff.ts'

/** What a decision about an alert must know of the home: who answers for it, and what it may be called. */
export const AlertHome = Household.omit({ household: true, tier: true, planner: true }).extend({
  /** Who answers for it and when, from the past to the future. */
  assignments: z.array(Assignment),
  /** When its resident is not to be called by a machine, on the clock of the office. */
  quiet: z.object({ begins: Millis, ends: Millis }),
  /** The plan that a new alert is opened with. */
  plan: z.string(),
  /** The absence that staff have told of and that holds now; of several the one that ends last. */
  absent: z.object({ author: z.string(), cause: AbsenceCause, until: Millis }).nullable(),
})
export type AlertHome = z.infer<typeof AlertHome>

/** Reads what a decision must know of a home. It must exist. */
export async function readHome(db: Db, householdId: number, now: Millis): Promise<AlertHome> {
  const [home] = await query(
    db,
    AlertHome,
    `select office, alias, dong, time_zone as "timeZone", plan,
       coalesce((select jsonb_build_object('begins', begins, 'ends', ends) from quiet_hours q
         where q.office = household.office), $2) as quiet,
       coalesce((select jsonb_agg(jsonb_build_object('person', person, 'duty', duty,
           'since', millis(since), 'until', millis(until)) order by since, id)
         from assignment where household_id = household.id), '[]') as assignments,
       (select jsonb_build_object('author', author, 'cause', cause, 'until', millis(least(until, ended_at)))
         from absence where household_id = household.id and ${holdsAt('$3')}
         order by least(until, ended_at) desc, id limit 1) as absent
     from household where id = $1`,
    [householdId, USUAL_QUIET, instant(now)],
  )
  if (!home) throw new Error(`there is no household number ${householdId}`)
  return home
}

const PlanRow = z.object({ body: Plan })

/** Reads the version of a plan that an alert was opened with. */
export async function readPlan(db: Db, plan: string, version: number): Promise<Plan> {
  const [row] = await query(db, PlanRow, 'select body from plan where plan = $1 and version = $2', [
    plan,
    version,
  ])
  if (!row) throw new Error(`there is no version ${version} of the plan ${plan}`)
  return row.body
}

/**
 * Reads the newest version of `plan`, or of the standard plan where that name is not known: a slip of the pen
 * must not keep an alert from opening.
 */
export async function newestPlan(db: Db, plan: string): Promise<Plan> {
  const [row] = await query(
    db,
    PlanRow,
    `select body from plan where plan in ($1, 'standard')
     order by plan = $1 desc, version desc limit 1`,
    [plan],
  )
  if (!row) throw new Error(`there is no plan ${plan}, nor a standard plan: add one with addPlan`)
  return row.body
}

const RosterRow = z.object({
  people: z.array(Person),
  deputies: z.record(z.string(), z.string()),
  leaves: z.array(Leave),
  hours: Office.omit({ days: true }).nullable(),
  days: z.array(OfficeDay),
  rotations: z.array(Rotation),
  overrides: z.array(Override),
  load: z.record(z.string(), z.int()),
  contacts: z.array(Contact),
})

/** Which facts are wanted: of the home's office, of whom it is assigned to and whom its plan names (`named`). */
export type Wanted = {
  readonly home: Pick<AlertHome, 'office' | 'timeZone' | 'assignments'>
  readonly named: readonly string[]
  /** The channels that are set up here. */
  readonly channels: readonly Channel[]
  /** Facts that will hold until then are read too; not given: only those of now. */
  readonly until?: Millis
}

/** How long a message weighs in who has how much to do. */
const REMEMBERED = 12 * HOUR

/** Reads all that decides whom a plan means for a home, in one round trip: each alert asks for it at each step. */
export async function readRoster(db: Db, wanted: Wanted, now: Millis): Promise<Roster> {
  const { home, named, channels, until = now } = wanted
  const assigned = home.assignments.map(({ person }) => person)
  const [row] = await query(db, RosterRow, ROSTER, [
    home.office,
    [...assigned, ...named],
    instant(now),
    instant(until),
    instant(now - REMEMBERED),
  ])
  if (!row) throw new Error(`the roster of the office ${home.office} was not answered`)
  const { people, leaves, days, rotations, overrides, contacts } = row
  const hours = row.hours ?? { ...USUAL_HOURS, timeZone: home.timeZone }
  return {
    people,
    leaves,
    rotations,
    overrides,
    contacts,
    channels,
    deputies: new Map(Object.entries(row.deputies)),
    load: new Map(Object.entries(row.load)),
    office: { ...hours, days },
  }
}

// From load 200 on somebody has too much to do to tell it apart, and a storm's thousands of messages are not counted.
const ROSTER = `
  with rota as (
    select * from rotation where office = $1
  ), change as (
    select o.* from rotation_override o join rota using (rotation) where o.since <= $4 and o.until > $3
  ), meant as (
    select * from person where left_at is null and (office = $1 or person = any ($2)
      or person in (select unnest(participants) from rota) or person in (select "in" from change))
  ), away as (
    select l.* from leave l join meant using (person) where l.since <= $4 and l.until > $3
  ), known as (
    select * from meant union
    select * from person where left_at is null
      and person in (select deputy from meant union select deputy from away)
  ), gone as (
    select l.* from leave l join known using (person) where l.since <= $4 and l.until > $3
  ), desk as (
    select person from known where role = 'duty' or person in (select unnest(participants) from rota)
      or person in (select "in" from change)
  )
  select
    (select coalesce(jsonb_agg(to_jsonb(one) order by one.person), '[]')
      from (select ${PERSON} from known as person) one) as people,
    (select coalesce(jsonb_object_agg(person, deputy), '{}') from known where deputy is not null) as deputies,
    (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'person', person, 'since', millis(since),
      'until', millis(until), 'deputy', deputy, 'reason', reason) order by since), '[]') from gone) as leaves,
    (select jsonb_build_object('timeZone', time_zone, 'opens', opens, 'closes', closes)
      from office where office = $1) as hours,
    (select coalesce(jsonb_agg(jsonb_build_object('day', day - date '1970-01-01', 'rest', rest,
      'name', name) order by day), '[]') from office_day where office = $1
      and day between $3::date - 2 and $4::date + 2) as days,
    (select coalesce(jsonb_agg(jsonb_build_object('rotation', rotation, 'office', office,
      'timeZone', time_zone, 'start', start, 'length', length, 'participants', participants,
      'bands', bands) order by rotation), '[]') from rota) as rotations,
    (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'rotation', rotation,
      'since', millis(since), 'until', millis(until), 'out', "out", 'in', "in", 'reason', reason)
      order by since), '[]') from change) as overrides,
    (select coalesce(jsonb_agg(jsonb_build_object('person', person, 'channel', channel, 'address', address,
      'proven', coalesce(verified_at, succeeded_at) is not null, 'dead', failed_at is not null)), '[]')
      from contact where person in (select person from known)) as contacts,
    (select coalesce(jsonb_object_agg(person,
      (select count(*) from alert a join household h on h.id = a.household_id
        where a.state ->> 'by' = desk.person and a.state ->> 'state' not in ('resolved', 'cancelled')
          and h.purpose <> 'exercise') +
      (select count(*) from (select from delivery d where d.person = desk.person and d.planned_at > $5
        and not d.exercise limit 200) lately)), '{}') from desk) as load`
