import type pg from 'pg'
import { z } from 'zod'
import { KINDS, type Kind, NATURES, type Nature } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY } from '../core/time.ts'
import { booleans, floats, instants, ints, smallints } from './arrays.ts'
import { type Db, instant, query, transaction } from './pool.ts'

/** A reading whose device is known, with what `core/evidence` made of it. */
export type StoredReading = {
  readonly at: Millis
  readonly deviceId: number
  readonly householdId: number
  /** The bit of the device among the sensors of its home. */
  readonly slot: number
  readonly kind: Kind
  readonly nature: Nature
  readonly value: number
  /** Counted as a sign of life. */
  readonly active: boolean
  /** A use of the exit door. */
  readonly exit: boolean
}

/** The number under which a kind is stored. */
export const kindNumber = (kind: Kind): number => KINDS.indexOf(kind)

/**
 * Stores a batch, and all that follows from it, in one statement: the readings that are really new, their
 * quarter hours, how far each home's activity, each device's and each gateway's sign of life have come.
 * Repeats change nothing, and late readings move nothing backward. `heard` are the gateways that spoke.
 * Resolves with how many readings were new. Throws `MissingPartition` for a day that has no partition.
 */
export async function commit(
  db: Db,
  rows: readonly StoredReading[],
  heard: readonly string[],
  now: Millis,
): Promise<number> {
  try {
    const values = [
      instants(rows, (r) => r.at),
      ints(rows, (r) => r.deviceId),
      ints(rows, (r) => r.householdId),
      smallints(rows, (r) => kindNumber(r.kind)),
      smallints(rows, (r) => NATURES.indexOf(r.nature)),
      booleans(rows, (r) => r.active),
      booleans(rows, (r) => r.exit),
      floats(rows, (r) => r.value),
      smallints(rows, (r) => r.slot),
      heard,
      instant(now),
      kindNumber('battery'),
    ]
    // Named: parsed and planned once a connection, and not once a batch.
    const stored = await db.query({ name: 'commit', text: COMMIT, values })
    return Stored.parse(stored.rows[0]).fresh
  } catch (error) {
    if (isMissingPartition(error)) throw new MissingPartition({ cause: error })
    throw error
  }
}

const Stored = z.object({ fresh: z.int() })

// Grouped rows are ordered by their keys, so that two committers meet in the same order. They can still
// deadlock on the updates (PostgreSQL gives no order there): then one is rolled back whole and tries again.
// A gateway that keeps talking is written once in 30 s, not once a batch.
const COMMIT = `
  with incoming as (
    select * from unnest($1::timestamptz[], $2::int[], $3::int[], $4::smallint[], $5::smallint[],
      $6::boolean[], $7::boolean[], $8::float8[], $9::smallint[])
      as r (at, device_id, household_id, kind, nature, active, exit, value, slot)
  ), fresh as (
    insert into reading (at, device_id, household_id, kind, nature, active, exit, value)
    select at, device_id, household_id, kind, nature, active, exit, value from incoming
    on conflict do nothing
    returning at, device_id, household_id, active, exit
  ), lively as (
    select f.*, i.slot from fresh f
    join (select distinct device_id, slot from incoming) i using (device_id) where f.active or f.exit
  ), counted as (
    insert into activity as a (household_id, quarter, events, exits, sensors)
    select household_id, date_bin('15 minutes', at, 'epoch'),
      count(*) filter (where active), count(*) filter (where exit), bit_or(1 << slot)
    from lively
    group by 1, 2 order by 1, 2
    on conflict (household_id, quarter) do update set events = a.events + excluded.events,
      exits = a.exits + excluded.exits, sensors = a.sensors | excluded.sensors
  ), signs as (
    select household_id, max(at) as at, max(at) filter (where not exit) as inner_at,
      max(at) filter (where exit) as exit_at,
      (array_agg(device_id order by at desc, device_id desc))[1] as device_id
    from lively
    group by household_id order by household_id
  ), moved as (
    update watch as w set
      last_activity_at = greatest(w.last_activity_at, s.at),
      -- Of two that moved at the same instant the higher number, whichever was stored first.
      last_device_id = case when s.at > w.last_activity_at then s.device_id
        when s.at = w.last_activity_at then greatest(s.device_id, w.last_device_id)
        else w.last_device_id end,
      last_inner_at = greatest(w.last_inner_at, s.inner_at),
      last_exit_at = greatest(w.last_exit_at, s.exit_at),
      -- Whoever went out is away after ten minutes of quiet: look then, not at the deadline of somebody at home.
      -- Whoever was out or had been asked about, and moves, is looked at at once: the detector finds by this alone.
      deadline_at = least(w.deadline_at, s.exit_at + interval '10 minutes', case
        when (w.presence = 'away' and s.inner_at > w.presence_since + interval '2 minutes')
          or (w.grade is not null and s.at > w.silence_since) then $11::timestamptz end)
    from signs as s where w.household_id = s.household_id
  ), spoke as (
    select device_id, max(at) as at, max(at) filter (where active or exit) as active_at,
      max(at) filter (where kind = $12) as battery_at,
      (array_agg(value order by at desc, value) filter (where kind = $12))[1] as battery
    from incoming
    group by device_id order by device_id
  ), seen as (
    update device as d set
      last_seen_at = greatest(d.last_seen_at, s.at),
      last_active_at = greatest(d.last_active_at, s.active_at),
      battery = case when s.battery_at > coalesce(d.battery_at, '-infinity') then s.battery
        when s.battery_at = d.battery_at then least(s.battery, d.battery) else d.battery end,
      battery_at = greatest(d.battery_at, s.battery_at)
    from spoke as s where d.id = s.device_id
  ), heard as (
    update gateway set last_seen_at = greatest(last_seen_at, $11), offline_at = null
    where gateway = any ($10::text[])
      and (last_seen_at is null or offline_at is not null
        or last_seen_at < $11::timestamptz - interval '30 seconds')
  )
  select count(*) as fresh from fresh`

/** A reading fell on a day for which no partition has been made. */
export class MissingPartition extends Error {
  constructor(options: ErrorOptions) {
    super('a reading fell on a day that has no partition yet: make it, and store again', options)
  }
}

// "no partition of relation found for row" shares its code with every check; only its text tells them apart,
// and the text is translated unless lc_messages is C, so the missing constraint name decides: a check has one.
function isMissingPartition(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23514' &&
    !('constraint' in error && error.constraint)
  )
}

const PARTITIONED = [
  { table: 'reading', span: DAY, fillfactor: 100 },
  // A quarter hour is counted up as its readings come: room for its next version (a HOT update).
  { table: 'activity', span: 28 * DAY, fillfactor: 70 },
] as const

/** Makes the partitions from `from` to `to`, both included. On TimescaleDB there is nothing to do. */
export async function makePartitions(pool: pg.Pool, from: Millis, to: Millis): Promise<void> {
  if (await isTimescale(pool)) return
  await transaction(pool, async (db) => {
    // "if not exists" alone can still fail when two make the same table at once.
    await db.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK])
    for (const { table, span, fillfactor } of PARTITIONED) {
      for (let start = Math.floor(from / span) * span; start <= to; start += span) {
        await db.query(
          `create table if not exists ${partition(table, start)} partition of ${table}
           for values from ('${instant(start)}') to ('${instant(start + span)}')
           with (fillfactor = ${fillfactor})`,
        )
      }
    }
  })
}

const PARTITION_LOCK = 20_261_124

/**
 * Keeps the tables in shape: partitions for the days to come, none beyond the retention, no old rejections.
 * Safe to run at any time, by any number of processes.
 */
export async function tidy(pool: pg.Pool, now: Millis, retentionDays: number): Promise<void> {
  await makePartitions(pool, now, now + 2 * DAY)
  const before = now - retentionDays * DAY
  if (await isTimescale(pool)) await dropChunks(pool, before)
  else await dropPartitions(pool, before)
  await pool.query('delete from rejection where at < $1', [instant(before)])
  await pool.query('delete from rejection_count where day < $1', [instant(before)])
}

async function dropPartitions(pool: pg.Pool, before: Millis): Promise<void> {
  for (const { table, span } of PARTITIONED) {
    const children = await query(
      pool,
      z.object({ name: z.string() }),
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = $1::regclass`,
      [table],
    )
    const last = partition(table, Math.floor(before / span) * span)
    // Names end in their first day, so they sort like time; the one that holds `before` stays.
    for (const { name } of children)
      if (name < last) await pool.query(`drop table if exists ${name}`)
  }
}

async function dropChunks(pool: pg.Pool, before: Millis): Promise<void> {
  for (const { table } of PARTITIONED)
    await pool.query('select drop_chunks($1::regclass, $2::timestamptz)', [table, instant(before)])
}

function partition(table: string, start: Millis): string {
  return `${table}_${new Date(start).toISOString().slice(0, 10).replaceAll('-', '')}`
}

async function isTimescale(db: Db): Promise<boolean> {
  const found = await db.query(`select from pg_extension where extname = 'timescaledb'`)
  return found.rowCount === 1
}
