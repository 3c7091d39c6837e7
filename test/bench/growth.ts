import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openPool } from '../../services/store/pool.ts'
import { type StoredReading, commitNew } from '../../services/store/readings.ts'
import { startServer } from '../../services/store/server.ts'
import { find } from '../servers/optional.ts'
import { startTimescale } from '../servers/timescaledb.ts'
import { type Bench, type Shape, openBench } from './bench.ts'
import { FILLING, fill } from './fill.ts'
import type { Row } from './table.ts'

/** What is compared: so many readings stored before, measured for so long; `keep` is a folder for the store. */
export type Growth = { readonly rows: number; readonly seconds: number; readonly keep?: string }

const BATCH = 1000
const DOOR: Shape = { gateways: 1000, inFlight: 1 }
const ROUNDS = 2

/** What a reading costs where so many are stored already over 90 days, against an empty store. */
export async function measureGrowth({ rows, seconds, keep }: Growth): Promise<Row[]> {
  const dataDir = keep ?? (await mkdtemp(join(tmpdir(), 'anbu-bench-')))
  try {
    await fillAt(dataDir, rows)
    // No vacuum in the middle of one of the two.
    await using server = await startServer({ dataDir, settings: { autovacuum: 'off' } })
    await using empty = await openBench(await database(server.url, 'bench_empty'), seconds)
    await using full = await openBench(await database(server.url, 'bench_full'), seconds, true)
    const [alone, beside] = await compare(empty, full, seconds)
    await empty.pool.query('truncate reading, activity')
    const [rate, rateBeside] = await compareDoors(empty, full)
    const before = `${rows.toLocaleString('en')} stored before`
    return [
      { name: 'a reading in an empty store', value: alone, unit: 'us' },
      { name: `a reading, ${before}`, value: beside, unit: 'us' },
      { name: '… against the empty store', value: beside / alone, unit: 'x', bar: 1.3, less: true },
      { name: '1,000 x 1, empty store', value: rate, unit: 'readings/s' },
      { name: `1,000 x 1, ${before}`, value: rateBeside, unit: 'readings/s' },
      { name: '… a reading in it', value: rate / rateBeside, unit: 'x', bar: 1.3, less: true },
    ]
  } finally {
    if (keep === undefined) await rm(dataDir, { recursive: true, force: true })
  }
}

async function fillAt(dataDir: string, rows: number): Promise<void> {
  await using server = await startServer({ dataDir, settings: FILLING })
  await using full = await openBench(await database(server.url, 'bench_full'), 0)
  await fill(full.pool, rows)
}

/** What a reading costs on TimescaleDB, against plain PostgreSQL; both here without fsync. */
export async function measureTimescale(seconds: number): Promise<Row[]> {
  if (find('timescaledb') === null) {
    process.stderr.write('  skipped: TimescaleDB, which is not installed\n')
    return []
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
  try {
    await using server = await startServer({ dataDir, settings: { fsync: 'off' } })
    await using timescale = await startTimescale()
    await using plain = await openBench(await database(server.url, 'bench_plain'), seconds)
    await using hyper = await openBench(await database(timescale.url, 'bench_hyper'), seconds)
    const [one, other] = await compare(plain, hyper, seconds)
    const ratio = other / one
    return [
      { name: 'a reading on plain PostgreSQL', value: one, unit: 'us' },
      { name: 'a reading on TimescaleDB', value: other, unit: 'us', ratio },
      { name: '… against plain PostgreSQL', value: ratio, unit: 'x', bar: 1.25, less: true },
    ]
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function database(url: string, name: string): Promise<string> {
  const admin = openPool(url, { max: 1 })
  const found = await admin.query('select from pg_database where datname = $1', [name])
  if (found.rowCount === 0) await admin.query(`create database ${name}`)
  await admin.end()
  return new URL(`/${name}`, url).href
}

/** The median cost of a reading in both, in microseconds; batch by batch in turn, so that both see the same machine. */
async function compare(one: Bench, other: Bench, seconds: number): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  const devices = [await devicesOf(one.pool), await devicesOf(other.pool)]
  const begin = performance.now() + 2000
  const end = begin + seconds * 1000
  let at = 0
  for (let turn = 0; performance.now() < end; turn++) {
    at = Math.max(Date.now(), at + 1)
    for (const [place, { pool }] of [one, other].entries()) {
      const rows = batch(devices[place] ?? [], turn, at)
      const now = performance.now()
      await commitNew(pool, rows, [], Date.now())
      if (now >= begin) times[place]?.push(performance.now() - now)
    }
  }
  return [median(times[0]), median(times[1])]
}

function median(times: readonly number[]): number {
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
  return (middle * 1000) / BATCH
}

type Device = { readonly deviceId: number; readonly householdId: number; readonly slot: number }

async function devicesOf(pool: pg.Pool): Promise<Device[]> {
  const { rows } = await pool.query<Device>(
    'select id as "deviceId", household_id as "householdId", slot from device order by slot, id',
  )
  return rows
}

// Each of another home. Clocks and lines differ: what arrives together is of the last half minute.
const LATE = 30_000

function batch(devices: readonly Device[], turn: number, now: number): StoredReading[] {
  const said = { kind: 'motion', nature: 'event', value: 1, active: true, exit: false } as const
  return Array.from({ length: BATCH }, (_, i) => {
    const place = (turn * BATCH + i) % devices.length
    const device = devices[place] ?? { deviceId: 0, householdId: 0, slot: 0 }
    return { ...said, ...device, at: now - ((place * 7919) % LATE) }
  })
}

/** Readings a second through the door, by turns. */
async function compareDoors(empty: Bench, full: Bench): Promise<[number, number]> {
  let [one, other] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    one += (await empty.run('store', DOOR)).perSecond
    other += (await full.run('store', DOOR)).perSecond
  }
  return [one / ROUNDS, other / ROUNDS]
}
