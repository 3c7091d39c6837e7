import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { pino } from 'pino'
import { DAY } from '../../services/core/time.ts'
import { learnRhythms } from '../../services/detector/learning.ts'
import { relearnRhythms } from '../../services/detector/relearning.ts'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'
import { coreSeconds } from './cores.ts'
import { readArguments } from '../usage.ts'
import { type Row, print } from './table.ts'
import { buildTown } from './town.ts'

// How fast homes are learnt anew after an upgrade: `npm run bench:relearn`.
const CITY = 1_600_000
const ROUNDS = 3

const HELP = `npm run bench:relearn -- [--homes 2000] [--json]
  how fast homes are learnt anew after an upgrade`

const { values } = readArguments(HELP, {
  options: { homes: { type: 'string', default: '2000' }, json: { type: 'boolean' } },
})
const homes = Number(values.homes)
const log = pino({ level: 'silent' })
const dataDir = await mkdtemp(join(tmpdir(), 'anbu-relearn-'))
const server = await startServer({
  dataDir,
  settings: { shared_buffers: '2GB', max_wal_size: '8GB' },
})
const pool = openPool(server.url, { max: 4 })
try {
  await migrate(pool)
  const noon = await buildTown(pool, homes)
  await learnRhythms(pool, noon)
  print('relearn', await measure(pool, noon))
} finally {
  await pool.end()
  await server[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
}

async function measure(db: pg.Pool, noon: number): Promise<Row[]> {
  const rounds = []
  for (let i = 0; i < ROUNDS; i++) rounds.push(await relearnAll(db, noon))
  // The first waits for the compiler.
  const best = Math.min(...rounds.slice(1).map(({ seconds }) => seconds))
  const cores = Math.min(...rounds.slice(1).map((each) => each.cores))
  return [
    { name: 'homes of 90 days, learnt anew', value: homes, unit: 'homes' },
    { name: 'homes a second, without a pause', value: homes / best, unit: 'homes/s' },
    { name: 'a home, in Node and PostgreSQL', value: (cores / homes) * 1000, unit: 'core ms' },
    {
      name: 'a city of 1.6 million, half of the time',
      value: (2 * CITY * best) / homes / 3600,
      unit: 'h',
    },
  ]
}

/** As if a version before had learnt them all. */
async function relearnAll(db: pg.Pool, now: number): Promise<{ seconds: number; cores: number }> {
  await db.query(`update rhythm set model = 'rhythm-1'`)
  const [from, before] = [performance.now(), await coreSeconds(db)]
  const learnt = await relearnRhythms({ pool: db, log }, { atMost: Infinity, lateness: DAY }, now)
  const seconds = (performance.now() - from) / 1000
  if (learnt !== homes) throw new Error(`${learnt} of ${homes} homes were learnt anew`)
  return { seconds, cores: (await coreSeconds(db)) - before }
}
