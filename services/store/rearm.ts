import type { SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY } from '../core/time.ts'
import { type Db, instant } from './pool.ts'

/**
 * Has what a case was about reported anew when its limit has passed once more since `now`. The caller's
 * transaction closes the case.
 */
export async function rearm(
  db: Db,
  kind: SignalKind,
  { home, homeUntil }: Closed,
  now: Millis,
): Promise<void> {
  if (kind === 'inactivity') await confirmHome(db, { home, homeUntil }, now)
  else await REARM[kind]?.(db, home, now)
}

/** Which home's case was closed, and what that says of where the resident is, as `core/closing` has it. */
type Closed = { readonly home: number; readonly homeUntil: Millis | null }

/** Has nobody asked about the silence of a home, of whatever grade, until something moves there. */
export async function disarm(db: Db, home: number): Promise<void> {
  await db.query(`update watch set grade = 'danger', deadline_at = null where household_id = $1`, [
    home,
  ])
}

// Each of the others is reported anew whenever it happens again.
const REARM: Partial<Record<SignalKind, (db: Db, home: number, now: Millis) => Promise<void>>> = {
  sensor: confirmSensors,
  door: confirmDoors,
  async blind(db, home, now) {
    await confirmGateways(db, home, now)
    await confirmUnwatched(db, home, now)
  },
}

async function confirmHome(db: Db, { home, homeUntil }: Closed, now: Millis): Promise<void> {
  await db.query(
    `update watch set grade = null, silence_since = null, confirmed_at = $2, deadline_at = $2,
       home_until = coalesce($3, home_until)
     where household_id = $1`,
    [home, instant(now), instant(homeUntil)],
  )
}

// Only what is lost: the clock of what is heard runs on as it was.
async function confirmGateways(db: Db, home: number, now: Millis): Promise<void> {
  await db.query(
    `with lost as (
       select gateway from gateway where household_id = $1 and lost_since is not null
       order by gateway for no key update
     )
     update gateway as g set lost_since = null, confirmed_at = $2 from lost
     where g.gateway = lost.gateway`,
    [home, instant(now)],
  )
}

async function confirmUnwatched(db: Db, home: number, now: Millis): Promise<void> {
  await db.query(
    `update unseen set due_at = $2 where household_id = $1 and cause = 'sensor' and until is null`,
    [home, instant(now + DAY)],
  )
}

async function confirmSensors(db: Db, home: number, now: Millis): Promise<void> {
  await db.query(
    `with lost as (
       select id from device where household_id = $1 and lost_since is not null
       order by id for no key update
     )
     update device as d set lost_since = null, confirmed_at = $2 from lost where d.id = lost.id`,
    [home, instant(now)],
  )
}

async function confirmDoors(db: Db, home: number, now: Millis): Promise<void> {
  await db.query(
    `with open as (
       update opening set told_at = null, limit_from = $2
       where household_id = $1 and until is null and told_at is not null
     )
     update watch set deadline_at = least(deadline_at, $2) where household_id = $1`,
    [home, instant(now)],
  )
}
