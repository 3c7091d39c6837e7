import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Device, Gateway, Household, Person } from '../../schemas/household.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Db, instant, query } from './pool.ts'

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)

/** Adds one of the staff, or changes what is known of them. */
export async function addPerson(db: Db, person: Person): Promise<void> {
  await db.query(
    `insert into person (person, name, role, office, email, webhook)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (person) do update set name = excluded.name, role = excluded.role,
       office = excluded.office, email = excluded.email, webhook = excluded.webhook`,
    [person.person, person.name, person.role, person.office, person.email, person.webhook],
  )
}

/** Publishes a version of an escalation plan; one that exists stays as it is. */
export async function addPlan(db: Db, plan: Plan): Promise<void> {
  await db.query(
    `insert into plan (plan, version, body) values ($1, $2, $3)
     on conflict (plan, version) do nothing`,
    [plan.plan, plan.version, plan],
  )
}

/** Adds a household and begins to watch it at `now`; one that exists gets its new tier, planner and names. */
export async function addHousehold(db: Db, home: Household, now: Millis): Promise<void> {
  await db.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, planner, watched_since)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (household) do update set office = excluded.office, alias = excluded.alias,
         dong = excluded.dong, time_zone = excluded.time_zone, tier = excluded.tier,
         planner = excluded.planner
       returning id
     )
     insert into watch (household_id, last_activity_at, presence_since, deadline_at, learn_at)
     select id, $8, $8, $8, $8 from home
     on conflict do nothing`,
    [
      home.household,
      home.office,
      home.alias,
      home.dong,
      home.timeZone,
      home.tier,
      home.planner,
      instant(now),
    ],
  )
}

/**
 * Adds a gateway to a household, or gives one that exists a new secret, and returns the secret: it is kept
 * nowhere. The household must exist.
 */
export async function addGateway(db: Db, gateway: Gateway, now: Millis): Promise<string> {
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(16)
  const added = await db.query(
    `insert into gateway (gateway, household_id, salt, hash, check_at)
     select $1, id, $3, $4, $5 from household where household = $2
     on conflict (gateway) do update set household_id = excluded.household_id,
       salt = excluded.salt, hash = excluded.hash, disabled_at = null`,
    [gateway.gateway, gateway.household, salt, await hashSecret(secret, salt), instant(now)],
  )
  if (added.rowCount === 0)
    throw new Error(`gateway ${gateway.gateway}: there is no household ${gateway.household}`)
  return secret
}

/** Assigns a device of a gateway to that gateway's household, and returns its number. The gateway must exist. */
export async function addDevice(db: Db, device: Device, now: Millis): Promise<number> {
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `with claimed as (delete from unassigned_device where gateway = $1 and uid = $2)
     insert into device (gateway, uid, household_id, kind, room, role, silent_after, check_at)
     select $1, $2, household_id, $3, $4, $5, make_interval(secs => $6), $7
     from gateway where gateway = $1
     on conflict (gateway, uid) do update set kind = excluded.kind, room = excluded.room,
       role = excluded.role, silent_after = excluded.silent_after
     returning id`,
    [
      device.gateway,
      device.uid,
      device.kind,
      device.room,
      device.role,
      device.silentAfter / 1000,
      instant(now + device.silentAfter),
    ],
  )
  const [row] = rows
  if (!row) throw new Error(`device ${device.uid}: there is no gateway ${device.gateway}`)
  return row.id
}

// A secret is 192 random bits, so it needs no high cost to be safe; 2^12 takes about 8 ms of a worker thread.
const COST = { N: 2 ** 12 }

/** What is kept of a gateway's secret. */
export function hashSecret(secret: string, salt: Buffer): Promise<Buffer> {
  return derive(secret, salt, 32, COST)
}

/** Reads a small fact about this installation, or null. */
export async function readSetting<T>(
  db: Db,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const rows = await query(
    db,
    z.object({ value: schema }),
    'select value from setting where name = $1',
    [name],
  )
  return rows[0]?.value ?? null
}

/** Keeps a small fact about this installation. */
export async function writeSetting(db: Db, name: string, value: unknown): Promise<void> {
  await db.query(
    `insert into setting (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value`,
    [name, JSON.stringify(value)],
  )
}
