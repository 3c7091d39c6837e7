import { expect } from 'vitest'
import type { AlertEvent } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import type { AbsenceCause } from '../../schemas/household.ts'
import type { Step } from '../../schemas/plan.ts'
import type { Leave } from '../../schemas/roster.ts'
import type { Grade } from '../../schemas/signal.ts'
import { advance, gradeAfter, isClosed, open, wakeAt } from '../../services/core/escalation.ts'
import { bandAt, isQuiet, USUAL_QUIET } from '../../services/core/office-hours.ts'
import { ladderFor, STANDARD_PLAN, stepsIn } from '../../services/core/plan.ts'
import { recipients } from '../../services/core/roster.ts'
import { isWaiting } from '../../services/core/standstill.ts'
import type { Case, Course, Decision, Standstill } from '../../services/core/rungs.ts'
import { rosterOf, since0 } from '../core/rota.ts'
import { type Office, staff } from './office.ts'

/** Who answers for the homes of the model: kim by each of four ways, the others by mail. */
export const PEOPLE = [
  staff('kim', 'planner', { webhook: 'http://127.0.0.1/kim', phone: '01000000000' }),
  staff('park', 'duty'),
  staff('oh', 'supervisor'),
]

/** What should have happened: the open case and every telling, as the reducer alone has it. */
export type Model = {
  readonly household: string
  alert: Case | null
  readonly told: string[]
  readonly leaves: (Leave & { taken: boolean })[]
  /** The absences of the home that staff have told of, in the order of their numbers. */
  readonly absences: {
    readonly id: number
    readonly author: string
    readonly cause: AbsenceCause
    readonly recorded: number
    readonly since: number
    until: number
    taken: boolean
  }[]
  /** Somebody took the case while messages were on their way: what fails of those waits once more, to be taken back then. */
  raced: boolean
  /** The resident has called for help in this case. */
  called: boolean
}

/** Lets an event happen to the model. */
export function expectEvent(model: Model, event: AlertEvent, now: number): void {
  const decision = decide(model, event, now)
  if (!decision) return
  const { alert, effects } = decision
  for (const effect of effects)
    if (effect.type === 'tell')
      for (const { person } of effect.people)
        model.told.push(placeOf(alert.generation, effect, person))
  model.alert = isClosed(alert.state) ? null : alert
}

/** Lets the leaves that have begun take what their takers had. */
export function expectLeaves(model: Model, now: number): void {
  for (const leave of model.leaves) {
    if (leave.taken || now < leave.since || now >= leave.until) continue
    expectEvent(model, { type: 'unavailable', person: leave.person }, now)
    leave.taken = true
  }
}

/** Lets the absences that hold be known to the case. */
export function expectAbsences(model: Model, now: number): void {
  for (const absence of model.absences) {
    if (absence.taken || now < absence.since || now >= absence.until) continue
    absence.taken = true
    if (model.alert && holds(model, absence, now))
      expectEvent(model, { type: 'absent', by: absence.author, reason: '' }, now)
  }
}

/** Whether a timer of the model's case has run out, or the absence for which it stands still is over. */
export function isDue(model: Model, now: number): boolean {
  const { alert } = model
  const due = alert && wakeAt(alert)
  if (alert && isWaiting(alert.state) && absentAt(model, now) === null) return true
  return due !== null && due <= now
}

/** The absence for which a case of the home stands still, if any does. */
export function absentAt(model: Model, now: number): Standstill | null {
  const holding = model.absences.filter((absence) => holds(model, absence, now))
  const last = holding.toSorted((a, b) => b.until - a.until)[0]
  return last ? { author: last.author, cause: last.cause, until: last.until } : null
}

// What was told of when it began holds, though a clock is set back since; what was planned, where it goes on from such a one.
function holds(
  model: Model,
  absence: Model['absences'][number],
  now: number,
  told = absence,
): boolean {
  if (Math.max(absence.since, now) >= absence.until) return false
  if (told.since <= told.recorded) return true
  if (absence.since > now) return false
  return model.absences.some(
    (each) =>
      each.since < told.since && each.until >= told.since && holds(model, absence, now, each),
  )
}

function placeOf(
  generation: number,
  { loop, step, times, purpose }: Extract<Decision['effects'][number], { type: 'tell' }>,
  person: string,
): string {
  return `${generation} ${loop}.${step}.${times} ${purpose} ${person}`
}

function decide(model: Model, event: AlertEvent, now: number): Decision | null {
  const { alert: before } = model
  if (event.type === 'resident' && event.answer === 'help') model.called = true
  if (before) return advance(before, event, courseOf(model, gradeAfter(before.grade, event), now))
  model.called = false
  return event.type === 'signal'
    ? open(event.grade, false, courseOf(model, event.grade, now))
    : null
}

function courseOf(model: Model, grade: Grade, now: number): Course {
  const ladder = ladderFor(STANDARD_PLAN, 'inactivity', grade)
  const home = { office: 'gwanak', assignments: [since0('kim')] }
  const roster = rosterOf(PEOPLE, { leaves: model.leaves })
  const of = (step: Step) => recipients(step, home, roster, now)
  const by = { channels: [...Channel.options], wait: 1, repeats: 0, every: 1 }
  const band = bandAt(now, roster.office)
  return {
    ladder,
    band,
    reach: stepsIn(ladder, band).map(of),
    find: (person) => of({ ...by, targets: [{ type: 'person', person }] })[0] ?? null,
    supervisors: of({ ...by, targets: [{ type: 'supervisor' }] }),
    asks: (ladder.askQuiet ?? false) || !isQuiet(now, USUAL_QUIET, roster.office.timeZone),
    absent: model.called ? null : absentAt(model, now),
    now,
  }
}

/** Holds the store to the model: the open case, and all that was told, in its order. */
export async function compare({ pool }: Office, home: number, model: Model): Promise<void> {
  const { rows } = await pool.query<Case & { due: number | null }>(
    `select grade, generation, signals, state, offer, offers, deferrals, cancelling, due_at as due from alert
     where household_id = $1 and kind = 'inactivity'
       and state ->> 'state' not in ('resolved', 'cancelled')`,
    [home],
  )
  expect(rows).toEqual(model.alert ? [{ ...model.alert, due: wakeAt(model.alert) }] : [])
  // Of each place and person the first message: the others are their next channels.
  const told = await pool.query<{ line: string }>(
    `select format('%s %s.%s.%s %s %s', d.generation, loop, step, times, purpose, person) as line
     from delivery d join alert on alert.id = alert_id
     where household_id = $1 and kind = 'inactivity' and not is_news(purpose)
     group by d.alert_id, d.generation, loop, step, times, purpose, person order by min(d.id)`,
    [home],
  )
  expect(told.rows.map(({ line }) => line)).toEqual(model.told)
  if (!model.raced) await expectNothingStale(pool)
}

/** Nothing waits to be sent that its alert has moved on from. */
export async function expectNothingStale(pool: Office['pool']): Promise<void> {
  const stale = await pool.query(
    `select from delivery d join alert a on a.id = d.alert_id
     where d.state in ('queued', 'retrying') and d.generation < a.generation`,
  )
  expect(stale.rowCount).toBe(0)
}
