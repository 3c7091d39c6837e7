import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { hashSecret } from '../../services/store/homes.ts'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { startServer } from '../../services/store/server.ts'
import { type BenchGateway, DEVICES, type LoadOptions, connectAll, load } from './publisher.ts'
import { type Row, print } from './table.ts'

const GATEWAYS = 10_000
const SECRET = 'made up for the bench only'
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 8)

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir })
const pool = openPool(server.url, { max: 2 })
const gateways = await settle(pool)
const rows: Row[] = []

const one = await pair('1,000 gateways, 1 reading a message, 1 in flight', {
  gateways: 1000,
  inFlight: 1,
})
rows.push(
  { ...one, bar: 35_000 },
  { name: '… against the same broker storing nothing', value: one.ratio, unit: 'x', bar: 0.6 },
)
const ten = await pair('200 gateways, 10 in flight', { gateways: 200, inFlight: 10 })
rows.push(
  { ...ten, bar: 60_000 },
  { name: '… against the same broker storing nothing', value: ten.ratio, unit: 'x', bar: 0.5 },
)
const many = await run('store', { gateways: 200, inFlight: 4, readings: 20 })
rows.push({
  name: 'messages of 20 readings',
  value: many.perSecond * 20,
  unit: 'readings/s',
  bar: 150_000,
})
const open = await run('store', { gateways: 1000, inFlight: 1, perSecond: 18_500 })
rows.push({ name: 'publish to acknowledged at 18,500/s, p50', value: open.p50, unit: 'ms' })
rows.push({
  name: 'publish to acknowledged at 18,500/s, p99',
  value: open.p99,
  unit: 'ms',
  bar: 60,
  less: true,
})
rows.push({
  name: 'memory of the broker a connection, 10,000 connected',
  value: await memory(),
  unit: 'KiB',
  bar: 40,
  less: true,
})

print('ingest', rows)
await pool.end()
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true, force: true })

type Given = { gateways: number; inFlight: number; readings?: number; perSecond?: number }

async function pair(name: string, given: Given) {
  const nothing = await run('nothing', given)
  const store = await run('store', given)
  return {
    name,
    value: store.perSecond,
    unit: 'readings/s',
    ratio: store.perSecond / nothing.perSecond,
  }
}

async function run(manner: 'store' | 'nothing', given: Given) {
  const { child, port } = await openDoor(manner)
  const options: LoadOptions = {
    port,
    gateways: gateways.slice(0, given.gateways),
    inFlight: given.inFlight,
    readings: given.readings ?? 1,
    seconds: SECONDS,
    warmUp: 2,
    ...(given.perSecond === undefined ? {} : { perSecond: given.perSecond }),
  }
  const before = await count(pool)
  const result = await load(options)
  process.stderr.write(`${manner} ${JSON.stringify(given)}: ${JSON.stringify(result)}\n`)
  await close(child)
  // What was acknowledged in the measured time is the least that must be there.
  const stored = (await count(pool)) - before
  if (manner === 'store' && stored < result.perSecond * SECONDS * options.readings)
    throw new Error(`acknowledged more than the ${stored} that are stored`)
  await pool.query('truncate reading, activity')
  return result
}

async function memory(): Promise<number> {
  const { child, port } = await openDoor('store')
  const before = await ask(child)
  const lines = await connectAll({ port, gateways, readings: 1 })
  for (const line of lines) line.publish()
  await new Promise((resolve) => setTimeout(resolve, 5000))
  const after = await ask(child)
  for (const line of lines) line.socket.destroy()
  await close(child)
  return (after - before) / 1024 / lines.length
}

async function openDoor(manner: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL('door.ts', import.meta.url), [server.url, manner], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [said] = await once(child, 'message')
  return { child, port: z.object({ port: z.number() }).parse(said).port }
}

async function ask(child: ChildProcess): Promise<number> {
  child.send('memory')
  const [said] = await once(child, 'message')
  return z.object({ memory: z.number() }).parse(said).memory
}

async function close(child: ChildProcess): Promise<void> {
  child.disconnect()
  await once(child, 'exit')
}

async function count(db: pg.Pool): Promise<number> {
  const { rows: found } = await db.query<{ count: number }>('select count(*) as count from reading')
  return found[0]?.count ?? 0
}

async function settle(db: pg.Pool): Promise<BenchGateway[]> {
  await migrate(db)
  await makePartitions(db, Date.now() - 86_400_000, Date.now() + 86_400_000)
  const salt = randomBytes(32)
  const hash = await hashSecret(SECRET, salt)
  await db.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'bench-' || n, 'bench', 'bench ' || n, 'bench', 'Asia/Seoul', 'mid', now()
       from generate_series(1, $1) n returning id, household
     ), watched as (
       insert into watch (household_id, last_activity_at, presence_since, learn_at)
       select id, now() - interval '2 hours', now(), now() from home
     ), gate as (
       insert into gateway (gateway, household_id, salt, hash)
       select household, id, $2, $3 from home returning gateway, household_id
     )
     insert into device (gateway, uid, household_id, kind, room, role, silent_after)
     select gateway, 's' || n, household_id, 'motion', 'room', 'inner', interval '1 day'
     from gate, generate_series(0, $4 - 1) n`,
    [GATEWAYS, salt, hash, DEVICES],
  )
  await db.query('analyze')
  return Array.from({ length: GATEWAYS }, (_, i) => ({ gateway: `bench-${i + 1}`, secret: SECRET }))
}
