import { EmptyDesk, type Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { isOfOffice } from '../core/coverage.ts'
import type { Effect } from '../core/rungs.ts'
import { DAY } from '../core/time.ts'
import type { StoredAlert } from './alerts.ts'
import { deskOf } from './daily.ts'
import { type Db, instant, query } from './pool.ts'
import type { AlertHome } from './roster.ts'

type Fault = Extract<Effect, { type: 'fault' }>
type EmptyStep = Extract<Reason, { rule: 'empty-step' }>

/**
 * Reports steps that reach nobody as signals of their own: about the home; or once about its office, where a desk or a
 * role of it is empty and not this home's own people. A case about the set-up that itself reaches nobody makes no other.
 */
export async function reportFaults(
  db: Db,
  { alert, home }: { readonly alert: StoredAlert; readonly home: AlertHome },
  faults: readonly Fault[],
  now: Millis,
): Promise<void> {
  if (faults.length === 0 || alert.kind === 'configuration') return
  const { plan, kind, grade } = alert
  const reasons = faults.map(({ step, band, targets }): EmptyStep => ({
    rule: 'empty-step',
    plan,
    step,
    kind,
    grade,
    band,
    targets: [...targets],
  }))
  const ofOffice = reasons.filter(({ targets }) => isOfOffice(targets ?? []))
  const ofHome = reasons.filter(({ targets }) => !isOfOffice(targets ?? []))
  const model = `${plan} ${alert.planVersion}`
  await report(db, { household: alert.householdId, reasons: ofHome, model }, now)
  if (ofOffice.length === 0) return
  const desk = await deskOf(db, home, now)
  await report(db, { household: desk, reasons: ofOffice, model }, now)
}

/** For how long what a daily look has said of an office need not be said again by the cases that meet it. */
const SAID_FOR = 30 * DAY

// The same is said once while its case is open, and what the daily look has said already is not said by each case.
async function report(
  db: Db,
  fault: {
    readonly household: number
    readonly reasons: readonly EmptyStep[]
    readonly model: string
  },
  now: Millis,
): Promise<void> {
  if (fault.reasons.length === 0) return
  await db.query(
    `with fault as (
       select distinct on (place) reason, place from jsonb_array_elements($3::jsonb) with ordinality as f (reason, n),
         lateral (select jsonb_build_object('band', reason -> 'band', 'targets', reason -> 'targets') as place) p
       order by place, n
     )
     insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select $1, 'configuration', 'caution', $2, $2, reason, $4 from fault
     where not exists (
       select from signal s left join alert a on a.id = s.alert_id
       where s.household_id = $1 and s.kind = 'configuration' and s.reason @> place
         and (a.id is null or a.state ->> 'state' not in ('resolved', 'cancelled'))
     ) and not exists (
       select from signal s where s.household_id = $1 and s.kind = 'configuration' and s.at > $5
         and s.reason -> 'empty' @> jsonb_build_array(place)
     )`,
    [
      fault.household,
      instant(now),
      JSON.stringify(fault.reasons),
      fault.model,
      instant(now - SAID_FOR),
    ],
  )
}

/** Those of an office's empty desks that no daily look has told its supervisors of for a month. */
export function unsaid(
  db: Db,
  desk: number,
  empty: readonly EmptyDesk[],
  now: Millis,
): Promise<EmptyDesk[]> {
  return query(
    db,
    EmptyDesk,
    `select place -> 'band' as band, place -> 'targets' as targets
     from jsonb_array_elements($2::jsonb) with ordinality as e (place, n)
     where not exists (select from signal s where s.household_id = $1 and s.kind = 'configuration'
       and s.at > $3 and s.reason -> 'empty' @> jsonb_build_array(place))
     order by n`,
    [desk, JSON.stringify(empty), instant(now - SAID_FOR)],
  )
}
