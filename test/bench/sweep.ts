import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { pino } from 'pino'
import { HOUR } from '../../services/core/time.ts'
import { learnRhythms } from '../../services/detector/learning.ts'
import type { Watching } from '../../services/detector/pipeline.ts'
import { watchHomes } from '../../services/detector/watch.ts'
import { beat } from '../../services/store/gateways.ts'
import { migrate } from '../../services/store/migrate.ts'
import { instant, openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'
import { ELEVEN, RHYTHM_SHARE, buildCity, givePast, liveADay } from './city.ts'
import { coreSeconds } from './cores.ts'
import { readArguments } from '../usage.ts'
import { type Row, print } from './table.ts'

const PERIOD = 30_000
const PERIODS = 3
const LEARNERS = 4000
const ALL = 1_600_000

const HELP = `npm run bench:sweep -- [--homes ${ALL}] [--json]
  what a sweep of the detector costs with so many homes`

const { values } = readArguments(HELP, {
  options: { homes: { type: 'string', default: String(ALL) }, json: { type: 'boolean' } },
})
const homes = Number(values.homes)
const started = performance.now()
const say = (what: string) =>
  process.stderr.write(
    `${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s  ${what}\n`,
  )

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-sweep-'))
const server = await startServer({
  dataDir,
  settings: { shared_buffers: '2GB', max_wal_size: '8GB' },
})
const pool = openPool(server.url, { max: 2 })
try {
  await migrate(pool)
  await buildCity(pool, homes, say)
  print('sweep', await measure(pool))
} finally {
  await pool.end()
  await server[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
}

async function measure(db: pg.Pool): Promise<Row[]> {
  const watching: Watching = { pool: db, log: pino({ level: 'silent' }), speed: 1 }
  const sweep = async (now: number) => {
    await beat(db, 'ingest', now)
    return await timed(() => watchHomes(watching, now))
  }
  // The first sweep fills the caches and is not counted.
  let now = ELEVEN + 1
  await sweep(now)
  const periods: Period[] = []
  for (let i = 0; i < PERIODS; i++) {
    now += PERIOD
    const due = await count(db, 'select count(*) from watch where deadline_at <= $1', now)
    const before = await coreSeconds(db)
    const { seconds, result } = await sweep(now)
    const cores = (await coreSeconds(db)) - before
    periods.push({ seconds, cores, looked: result.looked, due })
    say(
      `a period: ${due} homes due, ${result.looked} looked at, ${seconds.toFixed(2)} s, ${cores.toFixed(2)} core seconds`,
    )
  }
  // The one before it clears away what the periods left behind in the indexes.
  await watchHomes(watching, now)
  const idle = await timed(() => watchHomes(watching, now))
  say(`an idle sweep: ${idle.result.looked} looked at, ${(idle.seconds * 1000).toFixed(1)} ms`)
  const only = await homesOnly(db, watching, now)
  const bare = await bareUpdates(db, only.due, now)
  const learning = await learnADay(db)
  return rows({ periods, idle: idle.seconds, only, bare, learning })
}

type Period = { seconds: number; cores: number; looked: number; due: number }

type Measured = {
  readonly periods: readonly Period[]
  readonly idle: number
  readonly only: { seconds: number; due: number }
  readonly bare: number
  readonly learning: number
}

function rows({ periods, idle, only, bare, learning }: Measured): Row[] {
  const slowest = Math.max(...periods.map(({ seconds }) => seconds))
  const mean = (of: (period: (typeof periods)[number]) => number) =>
    periods.reduce((sum, each) => sum + of(each), 0) / periods.length
  return [
    { name: 'homes watched', value: homes, unit: 'homes' },
    { name: 'due in 30 s: homes', value: mean(({ due }) => due), unit: 'homes' },
    {
      name: 'due in 30 s: homes, gateways and sensors',
      value: mean(({ looked }) => looked),
      unit: 'looks',
    },
    {
      name: 'a sweep of all that is due in 30 s, the slowest',
      value: slowest,
      unit: 's',
      bar: 30,
      less: true,
    },
    {
      name: '… of both cores: Node and PostgreSQL together, the mean',
      value: mean(({ cores }) => cores),
      unit: 'core s',
      bar: 60,
      less: true,
    },
    {
      name: 'a due home',
      value: (only.seconds / only.due) * 1e6,
      unit: 'us',
      ratio: only.seconds / bare,
    },
    { name: '… against a bare update of the same rows', value: only.seconds / bare, unit: 'x' },
    {
      name: 'a sweep in which nothing is due',
      value: idle * 1000,
      unit: 'ms',
      bar: 50,
      less: true,
    },
    { name: 'an idle home', value: (idle / homes) * 1e9, unit: 'ns' },
    {
      name: 'rhythms learnt on by a day',
      value: learning,
      unit: 'homes/s',
      bar: ALL / (24 * 3600),
      ratio: learning / (ALL / (24 * 3600)),
    },
  ]
}

/** As many homes as in a period, each with the past that a look reads, and nothing else. */
async function homesOnly(db: pg.Pool, watching: Watching, now: number) {
  const due = Math.min(8000, Math.floor(homes / RHYTHM_SHARE / 4))
  const ids = await givePast(db, due)
  await db.query('update watch set deadline_at = $2 where household_id = any ($1::int[])', [
    ids,
    instant(now),
  ])
  const { seconds, result } = await timed(() => watchHomes(watching, now))
  if (result.looked < due) throw new Error(`only ${result.looked} of ${due} homes were looked at`)
  say(`${due} homes alone: ${seconds.toFixed(2)} s`)
  return { seconds, due }
}

/** What the same rows cost when their deadlines are only written, 200 a transaction. */
async function bareUpdates(db: pg.Pool, due: number, now: number): Promise<number> {
  const { rows: ids } = await db.query<{ id: number }>(
    'select household_id as id from rhythm order by household_id desc limit $1',
    [due],
  )
  const { seconds } = await timed(async () => {
    for (let from = 0; from < ids.length; from += 200)
      await db.query(`update watch set deadline_at = $2 where household_id = any ($1::int[])`, [
        ids.slice(from, from + 200).map(({ id }) => id),
        instant(now + 3 * HOUR + from),
      ])
  })
  return seconds
}

async function learnADay(db: pg.Pool): Promise<number> {
  const learners = Math.min(LEARNERS, Math.floor(homes / RHYTHM_SHARE))
  await liveADay(db, learners)
  const { seconds, result } = await timed(() => learnRhythms(db, ELEVEN))
  if (result < learners) throw new Error(`only ${result} of ${learners} homes were learnt`)
  say(`${learners} homes learnt in ${seconds.toFixed(2)} s`)
  return result / seconds
}

async function count(db: pg.Pool, text: string, now: number): Promise<number> {
  const { rows: found } = await db.query<{ count: number }>(text, [instant(now)])
  return Number(found[0]?.count)
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const from = performance.now()
  const result = await work()
  return { seconds: (performance.now() - from) / 1000, result }
}
