import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { MODEL } from '../core/inactivity.ts'
import { type Hearing, hearSensor, lostSince } from '../core/liveness.ts'
import {
  type Check,
  type CheckKey,
  type DueSensor,
  claimSensors,
  saveSensors,
  withoutLostSensors,
} from '../store/liveness.ts'
import type { Db } from '../store/pool.ts'
import { type Finding, type Return, addReturned, tellBoard } from '../store/signals.ts'
import { lookSoon } from '../store/watch.ts'
import { type Absent, absentOf, raise } from './absences.ts'
import type { Running } from './pipeline.ts'
import { type Batch, type Tally, sweep } from './sweep.ts'

const BATCH = 500

/** Looks at every sensor that is due: one that is silent while its gateway is heard is a matter of its own. */
export function lookAtSensors(pool: pg.Pool, { until }: Running, now: Millis): Promise<Tally> {
  return sweep(pool, { checkAt: -1, key: 0 }, (db, after) => lookAtBatch(db, after, until, now))
}

type Heard = { readonly sensor: DueSensor; readonly hearing: Hearing }

async function lookAtBatch(
  db: Db,
  after: CheckKey<number>,
  until: Millis,
  now: Millis,
): Promise<Batch<CheckKey<number>>> {
  const sensors = await claimSensors(db, after, BATCH, now)
  const end = sensors.length < BATCH ? undefined : sensors.at(-1)
  const last = end ? { checkAt: end.checkAt, key: end.id } : null
  if (sensors.length === 0) return { looked: 0, news: 0, last }
  const all = sensors.map((sensor) => ({ sensor, hearing: hearSensor(sensor, until) }))
  const found = all.flatMap((each) => lost(each))
  const absent = await absentOf(
    db,
    found.map((each) => each.householdId),
    now,
  )
  const checks = all.map((each) => check(each, absent, now))
  await saveSensors(db, checks)
  const { length: raised } = await raise(db, found, absent, now)
  const back = await backAgain(db, all, now)
  await addReturned(db, back)
  await lookSoon(db, turned(all, checks), now)
  if (raised + back.length > 0) await tellBoard(db)
  return { looked: sensors.length, news: raised + back.length, last }
}

// What is withheld is not said to be lost: when the absence ends it is told, if it still is.
function check({ sensor, hearing }: Heard, absent: Absent, now: Millis): Check<number> {
  const since = lostSince(sensor.lostSince, hearing, now)
  return {
    key: sensor.id,
    checkAt: hearing.lookAt,
    lostSince: absent.has(sensor.home) ? sensor.lostSince && since : since,
  }
}

function lost({ sensor, hearing }: Heard): Finding[] {
  if (hearing.heard || hearing.reason === null || sensor.lostSince !== null) return []
  const { due, reason } = hearing
  return [{ householdId: sensor.home, kind: 'sensor', grade: 'caution', due, reason, model: MODEL }]
}

// With its last sensor a home goes out of sight, and with the first one it comes back.
function turned(all: readonly Heard[], checks: readonly Check<number>[]): number[] {
  return all
    .filter(({ sensor }, i) => (sensor.lostSince === null) !== (checks[i]?.lostSince === null))
    .map(({ sensor }) => sensor.home)
}

async function backAgain(db: Db, all: readonly Heard[], now: Millis): Promise<Return[]> {
  const mended = all
    .filter(({ sensor, hearing }) => hearing.heard && sensor.lostSince !== null)
    .map(({ sensor }) => sensor.home)
  const whole = await withoutLostSensors(db, mended)
  return whole.map((home): Return => ({ householdId: home, kind: 'sensor', at: now }))
}
