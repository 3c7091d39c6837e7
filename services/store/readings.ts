import type pg from 'pg'
import { z } from 'zod'
import { KINDS, type Kind, NATURES, type Nature } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY } from '../core/time.ts'
import { booleans, floats, instants, ints, smallints } from './arrays.ts'
import { type Db, instant, query, transaction } from './pool.ts'
import { COMMIT, COMMIT_NEW } from './statement.ts'
import { sumUp, sumValues } from './sums.ts'

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
 * Throws `MissingPartition` for a day that has no partition.
 */
export async function commit(
  db: Db,
  rows: readonly StoredReading[],
  heard: readonly string[],
  now: Millis,
): Promise<void> {
  const numbers = [kindNumber('battery'), kindNumber('open'), NATURES.indexOf('snapshot')]
  const values = [...rowValues(rows), heard, instant(now), ...numbers]
  // Named: parsed and planned once a connection, and not once a batch.
  await explained(db.query({ name: 'commit', text: COMMIT, values }))
}

/**
 * Stores a batch like `commit`, for two thirds of the time where all of it is new. Throws `Repeated` when it is
 * not; then nothing of it is stored.
 */
export async function commitNew(
  db: Db,
  rows: readonly StoredReading[],
  heard: readonly string[],
  now: Millis,
): Promise<void> {
  const values = [...rowValues(rows), heard, instant(now), ...sumValues(sumUp(rows))]
  await explained(db.query({ name: 'commit-new', text: COMMIT_NEW, values }))
}

function rowValues(rows: readonly StoredReading[]): Buffer[] {
  return [
    instants(rows, (r) => r.at),
    ints(rows, (r) => r.deviceId),
    ints(rows, (r) => r.householdId),
    smallints(rows, (r) => kindNumber(r.kind)),
    smallints(rows, (r) => NATURES.indexOf(r.nature)),
    booleans(rows, (r) => r.active),
    booleans(rows, (r) => r.exit),
    floats(rows, (r) => r.value),
    smallints(rows, (r) => r.slot),
  ]
}

async function explained(stored: Promise<unknown>): Promise<void> {
  try {
    await stored
  } catch (error) {
    if (isMissingPartition(error)) throw new MissingPartition({ cause: error })
    if (codeOf(error) === UNIQUE_VIOLATION) throw new Repeated({ cause: error })
    throw error
  }
}

/** A batch was to be all new, and is not. */
export class Repeated extends Error {
  constructor(options: ErrorOptions) {
    super('a reading of the batch was stored before: store it with `commit`', options)
  }
}

const UNIQUE_VIOLATION = '23505'

/** A reading fell on a day for which no partition has been made. */
export class MissingPartition extends Error {
  constructor(options: ErrorOptions) {
    super('a reading fell on a day that has no partition yet: make it, and store again', options)
  }
}

/** Whether a row fell on a day for which its table has no partition. */
// "no partition of relation found for row" shares its code with every check; only its text tells them apart,
// and the text is translated unless lc_messages is C, so the missing constraint name decides: a check has one.
export function isMissingPartition(error: unknown): boolean {
  if (!(error instanceof Error) || codeOf(error) !== '23514') return false
  return !('constraint' in error && error.constraint)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const PARTITIONED = [
  { table: 'reading', span: DAY, fillfactor: 100 },
  // A quarter hour is counted up as its readings come: room for its next version (a HOT update).
  { table: 'activity', span: 28 * DAY, fillfactor: 70 },
  { table: 'ran', span: 28 * DAY, fillfactor: 100 },
] as const

/** Makes the partitions from `from` to `to`, both included. On TimescaleDB there is nothing to do. */
export async function makePartitions(pool: pg.Pool, from: Millis, to: Millis): Promise<void> {
  if (await isTimescale(pool)) return
  await transaction(pool, async (db) => {
    // Of two that make the same table at once, the second finds it.
    await db.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK])
    for (const each of PARTITIONED)
      for (let start = Math.floor(from / each.span) * each.span; start <= to; start += each.span)
        await makePartition(db, each, start)
  })
}

const PARTITION_LOCK = 20_261_124

// Made beside its table and attached: "create ... partition of" waits for everybody who reads that table, and all who
// store wait behind it, for as long as a backup takes.
async function makePartition(
  db: Db,
  { table, span, fillfactor }: (typeof PARTITIONED)[number],
  start: Millis,
): Promise<void> {
  const name = partition(table, start)
  const lacking = await db.query('select where to_regclass($1) is null', [name])
  if (lacking.rowCount === 0) return
  await db.query(
    `create table ${name} (like ${table} including defaults including constraints) with (fillfactor = ${fillfactor})`,
  )
  await db.query(
    `alter table ${table} attach partition ${name}
     for values from ('${instant(start)}') to ('${instant(start + span)}')`,
  )
}

/**
 * Keeps the tables in shape: partitions for the days to come, none beyond the retention, no old rejections,
 * no devices that nobody has assigned and nobody has heard since.
 * Safe to run at any time, by any number of processes.
 */
export async function tidy(pool: pg.Pool, now: Millis, retentionDays: number): Promise<void> {
  await makePartitions(pool, now, now + 2 * DAY)
  const before = now - retentionDays * DAY
  if (await isTimescale(pool)) await dropChunks(pool, before)
  else await dropPartitions(pool, before)
  await pool.query('delete from rejection where at < $1', [instant(before)])
  await pool.query('delete from rejection_count where day < $1', [instant(before)])
  await pool.query('delete from unassigned_device where last_at < $1', [instant(before)])
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
      if (name < last && !(await dropUnread(pool, `drop table if exists ${name}`))) return
  }
}

async function dropChunks(pool: pg.Pool, before: Millis): Promise<void> {
  for (const { table } of PARTITIONED)
    if (
      !(await dropUnread(pool, `select drop_chunks('${table}', '${instant(before)}'::timestamptz)`))
    )
      return
}

// In milliseconds, while all who store wait too. What somebody reads for longer is dropped an hour later.
const PATIENCE = 1000
const LOCK_NOT_AVAILABLE = '55P03'

// False: somebody reads it.
async function dropUnread(pool: pg.Pool, drop: string): Promise<boolean> {
  try {
    await transaction(pool, async (db) => {
      await db.query(`set local lock_timeout = ${PATIENCE}`)
      await db.query(drop)
    })
    return true
  } catch (error) {
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return false
    throw error
  }
}

function partition(table: string, start: Millis): string {
  return `${table}_${new Date(start).toISOString().slice(0, 10).replaceAll('-', '')}`
}

async function isTimescale(db: Db): Promise<boolean> {
  const found = await db.query(`select from pg_extension where extname = 'timescaledb'`)
  return found.rowCount === 1
}
