import { createHmac, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Device, Gateway, Household, Person } from '../../schemas/household.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Millis } from '../../schemas/time.ts'
import { UNLEARNT } from '../core/interval.ts'
import { type Db, instant, query } from './pool.ts'
import { Refused } from './refused.ts'

const derive = promisify<string, Buffer, number, { N: number }, Buffer>(scrypt)

/** Adds one of the staff, or changes what is known of them. Who had left is back. */
export async function addPerson(db: Db, person: Person): Promise<void> {
  await db.query(
    `insert into person (person, name, role, office, email, webhook, phone, slack, ntfy, cap)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (person) do update set name = excluded.name, role = excluded.role,
       office = excluded.office, email = excluded.email, webhook = excluded.webhook,
       phone = excluded.phone, slack = excluded.slack, ntfy = excluded.ntfy, cap = excluded.cap,
       left_at = null, handed_at = null`,
    [
      person.person,
      person.name,
      person.role,
      person.office,
      person.email,
      person.webhook,
      person.phone,
      person.slack,
      person.ntfy,
      person.cap,
    ],
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

/**
 * Adds a household and begins to watch it at `now`; one that exists gets its new tier and names. A planner who is given
 * answers for it from now on; null leaves that as it is. One that was left begins anew: what was goes by another name.
 */
export async function addHousehold(db: Db, home: Household, now: Millis): Promise<void> {
  await freeName(db, home.household)
  await db.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       values ($1, $2, $3, $4, $5, $6, $8)
       on conflict (household) do update set office = excluded.office, alias = excluded.alias,
         dong = excluded.dong, time_zone = excluded.time_zone, tier = excluded.tier
       returning id
     ), other as (
       select a.* from assignment a join home on a.household_id = home.id
       where $7::text is not null and a.duty = 'planner' and a.person <> $7
         and tstzrange(a.since, a.until) @> $8::timestamptz
     ), never as (
       delete from assignment a using other where a.id = other.id and other.since = $8
     ), ended as (
       update assignment a set until = $8 from other where a.id = other.id and other.since < $8
     ), named as (
       insert into assignment (household_id, person, duty, since, until)
       select home.id, $7, 'planner', $8, (select min(a.since) from assignment a
         where a.household_id = home.id and a.duty = 'planner' and a.since > $8)
       from home where $7 is not null and not exists (select from assignment a
         where a.household_id = home.id and a.duty = 'planner' and a.person = $7
           and tstzrange(a.since, a.until) @> $8::timestamptz)
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

async function freeName(db: Db, household: string): Promise<void> {
  await db.query(
    `update household set household = left(household, 52) || '.' || id
     where household = $1 and purpose = 'past'`,
    [household],
  )
}

/**
 * Adds a gateway to a household, or gives one that exists a new secret, and returns the secret: it is kept
 * nowhere. The household must exist.
 */
export async function addGateway(db: Db, gateway: Gateway, now: Millis): Promise<string> {
  const { secret, salt, hash } = await newSecret()
  const added = await db.query(
    `insert into gateway (gateway, household_id, salt, hash, check_at)
     select $1, id, $3, $4, $5 from household where household = $2 and purpose <> 'past'
     on conflict (gateway) do update set
       salt = excluded.salt, hash = excluded.hash, disabled_at = null
     where gateway.household_id = excluded.household_id`,
    [gateway.gateway, gateway.household, salt, hash, instant(now)],
  )
  if (added.rowCount === 0)
    throw new Refused(
      `gateway ${gateway.gateway}: there is no household ${gateway.household}, or it stands in another one; a gateway that moves gets a new name`,
    )
  return secret
}

/**
 * Gives a gateway a new secret and returns it: it is kept nowhere. The old one lets nobody in any more; a
 * connection that stands stays. Null when there is no gateway of that name.
 */
export async function rotateSecret(db: Db, gateway: string): Promise<string | null> {
  const { secret, salt, hash } = await newSecret()
  const changed = await db.query('update gateway set salt = $2, hash = $3 where gateway = $1', [
    gateway,
    salt,
    hash,
  ])
  return changed.rowCount === 1 ? secret : null
}

async function newSecret(): Promise<{ secret: string; salt: Buffer; hash: Buffer }> {
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(SALT)
  return { secret, salt, hash: await hashSecret(secret, salt) }
}

/**
 * Assigns a device of a gateway to that gateway's household, and returns its number. The gateway must exist. One that is
 * moved to another room or role begins anew there.
 */
export async function addDevice(db: Db, device: Device, now: Millis): Promise<number> {
  await forgetMoved(db, device, now)
  const silentAfter = device.silentAfter ?? UNLEARNT
  const rows = await query(
    db,
    z.object({ id: z.int() }),
    `with claimed as (delete from unassigned_device where gateway = $1 and uid = $2)
     insert into device (gateway, uid, household_id, kind, room, role, silent_after, silent_set, check_at)
     select $1, $2, household_id, $3, $4, $5, make_interval(secs => $6), $7, $8
     from gateway where gateway = $1
     on conflict (gateway, uid) do update set kind = excluded.kind, room = excluded.room,
       role = excluded.role, silent_after = excluded.silent_after, silent_set = excluded.silent_set
     returning id`,
    [
      device.gateway,
      device.uid,
      device.kind,
      device.room,
      device.role,
      silentAfter / 1000,
      device.silentAfter !== null,
      instant(now + silentAfter),
    ],
  )
  const [row] = rows
  if (!row) throw new Refused(`device ${device.uid}: there is no gateway ${device.gateway}`)
  return row.id
}

// What was learnt of a plug at the fridge is not true of it at the television.
async function forgetMoved(db: Db, device: Device, now: Millis): Promise<void> {
  await db.query(
    `update device set placed_at = $6, machines = null, hold = null, load = null, stuck_since = null,
       stuck_due = null, running_since = null,
       opened_at = null, closed_at = null, usual_gap = null, gap_days = 0, learnt_silent_after = null,
       agreement = null, reliability = null
     where gateway = $1 and uid = $2 and (kind, room, role) is distinct from ($3, $4, $5)`,
    [device.gateway, device.uid, device.kind, device.room, device.role, instant(now)],
  )
}

// A secret is 192 random bits: nobody finds it from its hash, whatever the hash costs. So a fast one will do, and
// all gateways of a restarted broker are let in at once; at 8 ms of scrypt each, 2,000 had kept two cores busy for
// a minute. Hashes with a shorter salt are from before, and scrypt's.
const SALT = 32
const COST = { N: 2 ** 12 }

/** What is kept of a gateway's secret. */
export async function hashSecret(secret: string, salt: Buffer): Promise<Buffer> {
  if (salt.length < SALT) return await derive(secret, salt, 32, COST)
  return createHmac('sha256', salt).update(secret).digest()
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
