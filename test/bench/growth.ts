import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { DAY } from '../../services/core/time.ts'
import { migrate } from '../../services/store/migrate.ts'
import { instant, openPool } from '../../services/store/pool.ts'
import { type StoredReading, commitNew, makePartitions } from '../../services/store/readings.ts'
import { startServer } from '../../services/store/server.ts'
import { find } from '../servers/optional.ts'
import { startTimescale } from '../servers/timescaledb.ts'
import type { Row } from './table.ts'

const HOMES = 20_000
const DEVICES = 5
const BATCH = 1000
const DAYS = 90

/** What a reading costs where so many are stored already over 90 days, against an empty store. */
export async function measureGrowth(rows: number, seconds: number): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
  try {
    // The log of a fill is large, and checkpoints in the middle would be measured with it.
    await using server = await startServer({ dataDir, settings: { max_wal_size: '8GB' } })
    await using empty = await openStore(await newDatabase(server.url, 'bench_empty'))
    await using full = await openStore(await newDatabase(server.url, 'bench_full'))
    await fill(full.pool, rows)
    const [alone, beside] = await compare(empty, full, seconds)
    const name = `a reading, ${rows.toLocaleString('en')} stored before`
    return [
      { name: 'a reading in an empty store', value: alone, unit: 'us' },
      { name, value: beside, unit: 'us', ratio: beside / alone },
      { name: '… against the empty store', value: beside / alone, unit: 'x', bar: 1.3, less: true },
    ]
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
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
    await using plain = await openStore(await newDatabase(server.url, 'bench_plain'))
    await using hyper = await openStore(await newDatabase(timescale.url, 'bench_hyper'))
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

type Store = AsyncDisposable & { readonly pool: pg.Pool; at: number }

async function newDatabase(url: string, name: string): Promise<string> {
  const admin = openPool(url, { max: 1 })
  await admin.query(`create database ${name}`)
  await admin.end()
  return new URL(`/${name}`, url).href
}

async function openStore(url: string): Promise<Store> {
  const pool = openPool(url, { max: 2 })
  await migrate(pool)
  await makePartitions(pool, Date.now() - DAYS * DAY, Date.now() + DAY)
  await pool.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'bench-' || n, 'bench', 'bench ' || n, 'bench', 'Asia/Seoul', 'mid', now()
       from generate_series(1, $1) n returning id, household
     ), watched as (
       insert into watch (household_id, last_activity_at, presence_since, learn_at)
       select id, now() - interval '2 hours', now(), now() from home
     ), gate as (
       insert into gateway (gateway, household_id, salt, hash)
       select household, id, '', '' from home returning gateway, household_id
     )
     insert into device (gateway, uid, household_id, kind, room, role, silent_after)
     select gateway, 's' || n, household_id, 'motion', 'room', 'inner', interval '1 day'
     from gate, generate_series(1, $2) n`,
    [HOMES, DEVICES],
  )
  await pool.query('vacuum analyze')
  return { pool, at: Date.now() - 3_600_000, [Symbol.asyncDispose]: () => pool.end() }
}

// Day by day up to now, evenly over the devices, each reading with a time of its own.
async function fill(pool: pg.Pool, rows: number): Promise<void> {
  const perDay = Math.ceil(rows / DAYS)
  const began = performance.now()
  for (let day = DAYS; day > 0; day--) {
    await pool.query(
      `insert into reading (at, device_id, household_id, kind, nature, active, exit, value)
       select $1::timestamptz + n * (interval '1 day' / $2::int), device, 1 + (device - 1) / $4::int, n % 3,
         0, n % 3 = 0, false, n % 7
       from (select n, 1 + n % ($3::int * $4::int) as device from generate_series(0, $2::int - 1) n) each`,
      [instant(Date.now() - day * DAY), perDay, HOMES, DEVICES],
    )
    const left = ((performance.now() - began) / (DAYS - day + 1)) * (day - 1)
    if (day % 10 === 0)
      process.stderr.write(
        `  filled ${((DAYS - day + 1) * perDay).toLocaleString('en')}, ${Math.round(left / 1000)} s left\n`,
      )
  }
  await pool.query('vacuum analyze reading')
  await pool.query('checkpoint')
}

/** The median cost of a reading in both, in microseconds; batch by batch in turn, so that both see the same machine. */
async function compare(one: Store, other: Store, seconds: number): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  const begin = performance.now() + 2000
  const end = begin + seconds * 1000
  while (performance.now() < end)
    for (const [place, store] of [one, other].entries()) {
      const rows = batch(store)
      const now = performance.now()
      await commitNew(store.pool, rows, [], Date.now())
      if (now >= begin) times[place]?.push(performance.now() - now)
    }
  return [median(times[0]), median(times[1])]
}

function median(times: readonly number[]): number {
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
  return (middle * 1000) / BATCH
}

function batch(store: Store): StoredReading[] {
  store.at += 1
  const first = Math.floor(Math.random() * HOMES)
  return Array.from({ length: BATCH }, (_, i) => {
    const home = (first + i * 17) % HOMES
    const said = { kind: 'motion', nature: 'event', value: 1, active: true, exit: false } as const
    return { ...said, at: store.at, deviceId: home * DEVICES + 1, householdId: home + 1, slot: 0 }
  })
}
