import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { WITHIN, DAYS_BACK, learnAgreement, trustOf } from '../core/agreement.ts'
import { faultsFound } from '../core/feedback.ts'
import { DAY, fromLocal, localDay } from '../core/time.ts'
import { type ActivityOf, type Learner, activityOf } from '../store/rhythms.ts'
import {
  type AgreeingSensor,
  type Fault,
  agreeingSensors,
  faultsOf,
  saveTrust,
} from '../store/trust.ts'
import { type Unseen, unseenOf } from '../store/unseen.ts'

// After half a year a fault counts for an eighth, and is left out.
const REMEMBERED = 180 * DAY

/** Learns, once a day, how far each sensor of these homes is believed: from the others, and from the faults that staff found. */
export async function learnTrust(
  pool: pg.Pool,
  learners: readonly Learner[],
  now: Millis,
): Promise<void> {
  const ids = learners.map(({ id }) => id)
  const sensors = Map.groupBy(await agreeingSensors(pool, ids), ({ home }) => home)
  const due = learners.flatMap((home) => dueOf(home, sensors.get(home.id) ?? [], now))
  const faults = await faultsOf(pool, ids, now - REMEMBERED)
  if (due.length === 0) return
  const since = Math.min(...due.map((each) => each.learntUntil))
  const activity = new Map((await activityOf(pool, due, now)).map((each) => [each.id, each]))
  const unseen = await unseenOf(pool, ids, since)
  const learnt = due.flatMap((home) => learnHome(home, { activity, unseen, faults }, now))
  await saveTrust(pool, learnt)
}

type DueHome = Pick<Learner, 'id' | 'timeZone' | 'learntUntil'> & {
  readonly sensors: readonly AgreeingSensor[]
}

// From two hours before the first day that one of them has not been counted for.
function dueOf(
  { id, timeZone }: Learner,
  sensors: readonly AgreeingSensor[],
  now: Millis,
): DueHome[] {
  const today = localDay(now, timeZone)
  const first = Math.min(
    today,
    ...sensors.map(({ agreement }) => agreement?.day ?? today - DAYS_BACK),
  )
  const learntUntil = fromLocal(first * DAY, timeZone) - WITHIN
  return first < today ? [{ id, timeZone, sensors, learntUntil }] : []
}

type Past = {
  readonly activity: ReadonlyMap<number, ActivityOf>
  readonly unseen: readonly Unseen[]
  readonly faults: readonly Fault[]
}

function learnHome({ id, timeZone, sensors }: DueHome, past: Past, now: Millis) {
  const activity = past.activity.get(id)?.activity ?? []
  const unseen = past.unseen.filter((span) => span.home === null || span.home === id)
  const learnt = learnAgreement(sensors, { activity, unseen, timeZone }, localDay(now, timeZone))
  return learnt.map((sensor) => {
    const faults = past.faults.filter((each) => each.home === id && each.uid === sensor.uid)
    const reliability = trustOf(sensor.agreement, faultsFound(faults, now))
    return { id: sensor.id, agreement: sensor.agreement, reliability }
  })
}
