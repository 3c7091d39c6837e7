import { z } from 'zod'
import { KINDS, Kind, type Reading } from '../../schemas/reading.ts'
import { Role } from '../../schemas/household.ts'
import { ExitSeenBy } from '../../schemas/seen.ts'
import { Millis } from '../../schemas/time.ts'
import { roleBeside } from '../core/evidence.ts'
import { Hold, Load, Recurring } from './meters.ts'
import { exitSeenBy } from './exits.ts'
import { type Db, instant, query } from './pool.ts'

/** What the front door needs to know of a gateway: its home and how to check its secret. */
export const KnownGateway = z.object({
  gateway: z.string(),
  householdId: z.int(),
  salt: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
  disabled: z.boolean(),
})
export type KnownGateway = z.infer<typeof KnownGateway>

/** Finds a gateway by its name, or null. */
export async function findGateway(db: Db, gateway: string): Promise<KnownGateway | null> {
  const rows = await query(
    db,
    KnownGateway,
    `select gateway, household_id as "householdId", salt, hash, disabled_at is not null as disabled
     from gateway where gateway = $1`,
    [gateway],
  )
  return rows[0] ?? null
}

/**
 * A device as ingest sees it; `machines`: what rises of its power nobody makes, as `core/power` has learnt; `hold`: what
 * it holds, as `core/meter` follows it; `stuck`: since when it is stored as stuck; `load`: what it has drawn, as `core/draw`
 * follows it; `running`: since when it is stored that something runs at it.
 */
export const KnownDevice = z.object({
  id: z.int(),
  uid: z.string(),
  householdId: z.int(),
  kind: Kind,
  role: Role,
  slot: z.int(),
  machines: z.array(Recurring).readonly(),
  hold: Hold.nullable(),
  load: Load.nullable(),
  running: Millis.nullable(),
  stuck: Millis.nullable(),
  /** Since when it stands there; null: ever since it was assigned. */
  placed: Millis.nullable(),
})
export type KnownDevice = z.infer<typeof KnownDevice>

/** The devices assigned at a gateway, each in the role that it has beside the others of its home. */
export async function devicesOf(db: Db, gateway: string): Promise<KnownDevice[]> {
  const rows = await query(
    db,
    KnownDevice.extend({ seenBy: ExitSeenBy.nullable() }),
    `select id, uid, household_id as "householdId", kind, role, slot, coalesce(machines, '[]') as machines,
       hold, load, stuck_since as stuck, running_since as running, placed_at as placed, ${exitSeenBy('device.household_id')} as "seenBy"
     from device where gateway = $1`,
    [gateway],
  )
  return rows.map(({ seenBy, ...device }) => ({
    ...device,
    role: roleBeside(device, seenBy),
  }))
}

/** A gateway was lost: its last will says so. What it says next, in `commit`, takes that back. */
export async function markOffline(db: Db, gateway: string, now: Millis): Promise<void> {
  // Look at it soon: the detector decides whether it is really gone.
  await db.query(
    `update gateway set offline_at = $2, check_at = least(check_at, $2) where gateway = $1`,
    [gateway, instant(now)],
  )
}

/** A reading of a device that nobody has assigned, and whose it is. */
export type Stray = Omit<Reading, 'nature'> & {
  readonly gateway: string
  readonly kindNumber: number
}

/**
 * Keeps readings of devices that nobody has assigned as the last of their kind, counts them, and no more. Of a gateway
 * that makes up names without end only those heard last are kept.
 */
export async function noteUnassigned(db: Db, strays: readonly Stray[]): Promise<void> {
  const noted = await query(
    db,
    z.object({ gateway: z.string(), isNew: z.boolean() }),
    `insert into unassigned_device as u (gateway, uid, kind, last_value, first_at, last_at, readings)
     select gateway, uid, kind, (array_agg(value order by at desc))[1], min(at), max(at), count(*)
     from unnest($1::text[], $2::text[], $3::smallint[], $4::float8[], $5::timestamptz[])
       as r (gateway, uid, kind, value, at)
     group by gateway, uid, kind order by gateway, uid, kind
     on conflict (gateway, uid, kind) do update set
       last_value = case when excluded.last_at >= u.last_at then excluded.last_value else u.last_value end,
       last_at = greatest(u.last_at, excluded.last_at),
       readings = u.readings + excluded.readings
     returning gateway, xmax = 0 as "isNew"`,
    [
      strays.map((r) => r.gateway),
      strays.map((r) => r.uid),
      strays.map((r) => r.kindNumber),
      strays.map((r) => r.value),
      strays.map((r) => instant(r.at)),
    ],
  )
  const grown = noted.filter(({ isNew }) => isNew).map(({ gateway }) => gateway)
  if (grown.length > 0) await db.query(FORGET_UNASSIGNED, [grown, UNASSIGNED])
}

// Names and kinds of a gateway: a hub of 200 devices has some 1,600.
const UNASSIGNED = 2000

const FORGET_UNASSIGNED = `delete from unassigned_device u using (
    select gateway, uid, kind,
      row_number() over (partition by gateway order by last_at desc, uid, kind) as place
    from unassigned_device where gateway = any ($1::text[])
  ) as known
  where known.place > $2 and (u.gateway, u.uid, u.kind) = (known.gateway, known.uid, known.kind)`

/**
 * What was refused, and why. `gateway` is who said it was; `payload` is cut to its first 4 KiB; `times`: how many
 * elements of it were refused for this reason, one when not given.
 */
export type Rejection = {
  readonly gateway: string
  readonly topic: string
  readonly reason: string
  readonly detail: string
  readonly payload: Uint8Array
  readonly times?: number
}

const KEPT_BYTES = 4096
const KEPT_A_DAY = 100

/** Puts one rejection on record. */
export async function addRejection(db: Db, rejection: Rejection, now: Millis): Promise<void> {
  await addRejections(db, [rejection], now)
}

/**
 * Counts rejections, and keeps the first hundred a day of each gateway and reason. Names that no gateway has are
 * counted together: whoever guesses makes them up without end.
 */
export async function addRejections(
  db: Db,
  rejections: readonly Rejection[],
  now: Millis,
): Promise<void> {
  await db.query(ADD_REJECTIONS, [
    instant(now),
    rejections.map(({ gateway }) => clean(gateway, 64)),
    rejections.map(({ topic }) => clean(topic, 256)),
    rejections.map(({ reason }) => reason),
    rejections.map(({ detail }) => clean(detail, 1000)),
    rejections.map(({ payload }) => Buffer.from(payload.subarray(0, KEPT_BYTES))),
    rejections.map(({ times = 1 }) => times),
    KEPT_A_DAY,
  ])
}

// `before`: how many of its gateway and reason stand in front of it here; `total`: how many there are of them here.
const ADD_REJECTIONS = `
  with said as (
    select s.*, coalesce(g.gateway, '') as known, sum(times) over kind - times as before,
      sum(times) over (partition by coalesce(g.gateway, ''), reason) as total
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[]) with ordinality
      as s (gateway, topic, reason, detail, payload, times, place)
    left join gateway g on g.gateway = s.gateway
    window kind as (partition by coalesce(g.gateway, ''), reason order by place)
  ), counted as (
    insert into rejection_count as c (day, gateway, reason, count)
    select $1::timestamptz, known, reason, sum(times) from said group by known, reason order by known, reason
    on conflict (day, gateway, reason) do update set count = c.count + excluded.count
    returning gateway as known, reason, count
  )
  insert into rejection (at, gateway, topic, reason, detail, payload)
  select $1, gateway, topic, reason, detail, payload from said join counted using (known, reason)
  where count - total + before < $8::bigint order by place`

// PostgreSQL stores no NUL in text, and a broken surrogate pair fails the statement.
function clean(text: string, most: number): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed().slice(0, most).toWellFormed()
}

/** Says that `service` still does its work at `now`. */
export async function beat(db: Db, service: string, now: Millis): Promise<void> {
  await db.query(
    `insert into pulse (service, at) values ($1, $2)
     on conflict (service) do update set at = greatest(pulse.at, excluded.at)`,
    [service, instant(now)],
  )
}

/** A gateway as an operator sees it. */
const ListedGateway = z.object({
  gateway: z.string(),
  household: z.string(),
  lastSeen: z.int().nullable(),
  disabled: z.boolean(),
})

/** Every gateway with its home, when it was last heard, and whether it is let in. */
export function listGateways(db: Db): Promise<z.infer<typeof ListedGateway>[]> {
  return query(
    db,
    ListedGateway,
    `select gateway, household, last_seen_at as "lastSeen", disabled_at is not null as disabled
     from gateway join household on household.id = household_id
     order by gateway`,
  )
}

const KindNumber = z.int().transform((position) => KINDS[position] ?? null)

/** A device with what it said last; `role` and `room` are null while nobody has assigned it. */
const ListedDevice = z.object({
  gateway: z.string(),
  uid: z.string(),
  role: Role.nullable(),
  room: z.string().nullable(),
  kind: KindNumber.nullable(),
  value: z.number().nullable(),
  at: Millis.nullable(),
})
export type ListedDevice = z.infer<typeof ListedDevice>

/** The devices of a gateway, or of all: those assigned, then those that only send. */
export function listDevices(db: Db, gateway: string | null): Promise<ListedDevice[]> {
  return query(
    db,
    ListedDevice,
    // A reading is found by its time: the newest of a device is the one it was seen by. Of several at that
    // instant the device's main kind goes before.
    `select gateway, uid, role, room, last.kind, last.value, last_seen_at as at
     from device left join lateral (
       select r.kind, r.value from reading r where r.at = last_seen_at and r.device_id = device.id
       order by r.kind <> array_position($2::text[], device.kind) - 1, r.kind limit 1
     ) last on true
     where $1::text is null or gateway = $1
     union all
     select gateway, uid, null, null, kind, last_value, last_at
     from unassigned_device where $1::text is null or gateway = $1
     order by gateway, role, uid, kind`,
    [gateway, KINDS],
  )
}

/** Lets a gateway in no more. False when there is none of that name. */
export async function disableGateway(db: Db, gateway: string, now: Millis): Promise<boolean> {
  const done = await db.query('update gateway set disabled_at = $2 where gateway = $1', [
    gateway,
    instant(now),
  ])
  return done.rowCount === 1
}

/** Which of these gateways are let in no more. */
export async function disabledAmong(db: Db, gateways: readonly string[]): Promise<string[]> {
  if (gateways.length === 0) return []
  const rows = await query(
    db,
    z.object({ gateway: z.string() }),
    'select gateway from gateway where gateway = any ($1::text[]) and disabled_at is not null',
    [gateways],
  )
  return rows.map(({ gateway }) => gateway)
}

/** Up to when the readings of each gateway are stored; one that never sent any is not there. */
export async function storedUntil(db: Db): Promise<ReadonlyMap<string, Millis>> {
  const rows = await query(
    db,
    z.object({ gateway: z.string(), until: z.int() }),
    `select gateway, max(last_seen_at) as until from device
     where last_seen_at is not null group by gateway`,
  )
  return new Map(rows.map((row) => [row.gateway, row.until]))
}
