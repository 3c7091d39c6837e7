import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { MODEL } from '../core/inactivity.ts'
import { type Hearing, hearGateway, lostSince } from '../core/liveness.ts'
import {
  type Check,
  type CheckKey,
  type DueGateway,
  claimGateways,
  saveGateways,
} from '../store/liveness.ts'
import type { Db } from '../store/pool.ts'
import { type Finding, type Return, addReturned, tellBoard } from '../store/signals.ts'
import { type Dark, closeUnseen, openUnseen } from '../store/unseen.ts'
import { lookSoon } from '../store/watch.ts'
import { type Absent, absentOf, raise } from './absences.ts'
import { together } from './outages.ts'
import type { Running } from './pipeline.ts'
import { type Batch, type Tally, sweep } from './sweep.ts'

const BATCH = 500

/**
 * Looks at every gateway that is due. One that is not heard makes its home blind from its last sign on; one that
 * is heard again ends that. Of what came after `pipeline.until` nothing is said: it may be on its way.
 */
export function lookAtGateways(pool: pg.Pool, pipeline: Running, now: Millis): Promise<Tally> {
  return sweep(pool, { checkAt: -1, key: '' }, (db, after) => lookAtBatch(db, after, pipeline, now))
}

type Heard = { readonly gateway: DueGateway; readonly hearing: Hearing }

// Gateways are locked before homes, as ingest does: the other way round they would wait for each other.
async function lookAtBatch(
  db: Db,
  after: CheckKey<string>,
  { until, excused }: Running,
  now: Millis,
): Promise<Batch<CheckKey<string>>> {
  const gateways = await claimGateways(db, after, BATCH, now)
  const end = gateways.length < BATCH ? undefined : gateways.at(-1)
  const last = end ? { checkAt: end.checkAt, key: end.gateway } : null
  if (gateways.length === 0) return { looked: 0, news: 0, last }
  const all = gateways.map((gateway) => ({
    gateway,
    hearing: hearGateway(gateway, excused, until),
  }))
  const found = all.flatMap((each) => lost(each))
  const absent = await absentOf(
    db,
    found.map((each) => each.householdId),
    now,
  )
  await saveGateways(
    db,
    all.map((each) => check(each, absent, now)),
  )
  const { length: raised } = await raise(db, await together(db, found, now), absent, now)
  const back = await turn(db, all, now)
  if (raised + back.length > 0) await tellBoard(db)
  return { looked: gateways.length, news: raised + back.length, last }
}

// What is withheld is not said to be lost: when the absence ends it is told, if it still is.
function check({ gateway, hearing }: Heard, absent: Absent, now: Millis): Check<string> {
  const since = lostSince(gateway.lostSince, hearing, now)
  return {
    key: gateway.gateway,
    checkAt: hearing.lookAt,
    lostSince: absent.has(gateway.home) ? gateway.lostSince && since : since,
  }
}

function lost({ gateway, hearing }: Heard): Finding[] {
  if (hearing.heard || hearing.reason === null || gateway.lostSince !== null) return []
  const { due, reason } = hearing
  return [{ householdId: gateway.home, kind: 'blind', grade: 'caution', due, reason, model: MODEL }]
}

// Opens and closes what is out of sight, and has the homes looked at that this concerns.
async function turn(db: Db, all: readonly Heard[], now: Millis): Promise<readonly Return[]> {
  const dark: Dark[] = all.flatMap(({ gateway, hearing }) =>
    hearing.heard ? [] : [{ home: gateway.home, since: hearing.since }],
  )
  const opened = await openUnseen(db, dark)
  const heard = all.filter((each) => each.hearing.heard).map((each) => each.gateway)
  const closed = await closeUnseen(db, homesOf(heard), now)
  await lookSoon(db, [...opened, ...closed], now)
  const mended = homesOf(heard.filter((gateway) => gateway.lostSince !== null))
  const back = mended
    .filter((home) => closed.includes(home))
    .map((home): Return => ({ householdId: home, kind: 'blind', at: now }))
  await addReturned(db, back)
  return back
}

function homesOf(gateways: readonly DueGateway[]): number[] {
  return [...new Set(gateways.map((gateway) => gateway.home))]
}
