import type { Relation } from '../core/permission.ts'
import { DAY } from '../core/time.ts'
import { type AbsenceHolding, absencesSince } from '../store/absences.ts'
import {
  type Case,
  type CaseDelivery,
  type CaseEvent,
  type CaseSignal,
  type HomeDevice,
  caseDeliveries,
  caseEvents,
  caseSignals,
  findCase,
  homeDevices,
} from '../store/cases.ts'
import { readRelations } from '../store/commands.ts'
import { type FollowUp, followUps } from '../store/follow-ups.ts'
import { type Colleague, colleagues, staffNames } from '../store/staff.ts'
import { type Visit, visitsOf } from '../store/visits.ts'
import type { ConsoleOptions } from './env.ts'
import type { Names } from './standing.ts'
import type { View } from './view.ts'

/** All that the pages of one alert show, and what its reader is to it. */
export type CaseFile = {
  readonly alert: Case
  readonly signals: readonly CaseSignal[]
  readonly events: readonly CaseEvent[]
  readonly deliveries: readonly CaseDelivery[]
  readonly devices: readonly HomeDevice[]
  readonly visits: readonly Visit[]
  /** The planned absences of its home: of today, past and to come. */
  readonly absences: readonly AbsenceHolding[]
  readonly followUps: readonly FollowUp[]
  readonly names: Names
  readonly colleagues: readonly Colleague[]
  readonly relations: ReadonlySet<Relation>
}

/** Reads an alert for `view`'s reader; null when there is none, or when it is about them. */
export async function readCase(
  { pool }: Pick<ConsoleOptions, 'pool'>,
  view: View,
  id: number,
): Promise<CaseFile | null> {
  const alert = await findCase(pool, id)
  if (!alert || alert.subjects.includes(view.person.person)) return null
  const [signals, events, deliveries, devices, visits, absences, todo, names, staff, relations] =
    await Promise.all([
      caseSignals(pool, id),
      caseEvents(pool, id),
      caseDeliveries(pool, id),
      homeDevices(pool, alert.household),
      visitsOf(pool, id),
      absencesSince(pool, alert.household, view.now - DAY, view.now),
      followUps(pool, { alert: id }),
      staffNames(pool),
      colleagues(pool, alert.office),
      readRelations(pool, alert, view.person.person, view.now),
    ])
  return {
    alert,
    signals,
    events,
    deliveries,
    devices,
    visits,
    absences,
    followUps: todo,
    names,
    colleagues: staff,
    relations,
  }
}

/** Whether its reader may look at an alert: whoever is nothing to it learns nothing of it. */
export function mayLook({ relations }: Pick<CaseFile, 'relations'>): boolean {
  return relations.size > 0
}
