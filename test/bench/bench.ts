import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { hashSecret } from '../../services/store/homes.ts'
import { migrate } from '../../services/store/migrate.ts'
import { instant, openPool } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import type { Pair } from '../broker/certificates.ts'
import { type BenchGateway, DEVICES } from './packets.ts'
import { type Load, connectAll, load } from './publisher.ts'

/** How the gateways publish. `perSecond` given: an open loop at that rate over all. */
export type Shape = {
  readonly gateways: number
  readonly inFlight: number
  readonly readings?: number
  readonly perSecond?: number
  readonly tls?: Pair
}

/** What stands behind the port: our broker with ingest, or with nothing behind it, or aedes alone. */
export type Manner = 'store' | 'nothing' | 'aedes'

/** A town of gateways on a database, and what measures it. */
export type Bench = AsyncDisposable & {
  readonly url: string
  readonly pool: pg.Pool
  readonly gateways: readonly BenchGateway[]
  /** Loads a broker in a process of its own; fails when less is stored than was acknowledged. */
  run(manner: Manner, shape: Shape): Promise<Load>
  /** KiB of the broker's process a connection, each with one reading a minute. */
  memory(connections: number): Promise<number>
}

const GATEWAYS = 10_000
const SECRET = 'made up for the bench only'
const WARM_UP = 3

/** Opens a bench on an empty database, or on one of a bench before. `keep`: what a run stores stays. */
export async function openBench(url: string, seconds: number, keep = false): Promise<Bench> {
  const pool = openPool(url, { max: 2 })
  await migrate(pool)
  await makePartitions(pool, Date.now() - DAY, Date.now() + DAY)
  const gateways = await settle(pool)
  return {
    url,
    pool,
    gateways,
    async run(manner, shape) {
      await using door = await openDoor(url, manner, shape.tls)
      const { tls, gateways: count, readings = 1, ...rest } = shape
      const chosen = gateways.slice(0, count)
      const secure = tls !== undefined
      const since = Date.now() - 2 * HOUR
      const before = await stored(pool, since)
      const options = { ...rest, port: door.port, secure, gateways: chosen, readings, seconds }
      const lines = await connectAll(options)
      const idle = await door.ask()
      const result = await load(lines, { ...options, warmUp: WARM_UP })
      const { cpu } = await door.ask()
      say(manner, shape, { ...result, doorMicros: (cpu - idle.cpu) / result.all })
      // What was acknowledged in the measured time is the least that must be there.
      const more = (await stored(pool, since)) - before
      if (manner === 'store' && more < result.perSecond * seconds * readings)
        throw new Error(`acknowledged more than the ${more} that are stored`)
      if (!keep) await pool.query('truncate reading, activity')
      return result
    },
    memory: (connections) => memory(url, gateways.slice(0, connections)),
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

function say(manner: Manner, shape: Shape, result: Load & { doorMicros: number }): void {
  const { perSecond, p50, p99, doorMicros } = result
  const { gateways, inFlight, readings = 1 } = shape
  process.stderr.write(
    `  ${manner.padEnd(8)} ${gateways} x ${inFlight} x ${readings}: ${Math.round(perSecond)}/s, ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, broker ${doorMicros.toFixed(1)} us a message\n`,
  )
}

async function memory(url: string, gateways: readonly BenchGateway[]): Promise<number> {
  await using door = await openDoor(url, 'store')
  const before = await door.ask()
  const lines = await connectAll({ port: door.port, secure: false, gateways, readings: 1 })
  for (const [place, line] of lines.entries()) {
    line.publish()
    if (place % 200 === 0) await sleep((200 * MINUTE) / lines.length)
  }
  await sleep(3000)
  const after = await door.ask()
  for (const line of lines) line.socket.destroy()
  return (after.memory - before.memory) / 1024 / lines.length
}

type Door = AsyncDisposable & {
  readonly port: number
  /** Its memory in bytes, and its CPU time in microseconds. */
  ask(): Promise<{ memory: number; cpu: number }>
}

async function openDoor(url: string, manner: Manner, tls?: Pair): Promise<Door> {
  const args = [url, manner, ...(tls ? [tls.cert, tls.key] : [])]
  const child: ChildProcess = fork(new URL('door.ts', import.meta.url), args, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  // A child that ends instead has said why.
  const answer = async () => {
    const ended = new AbortController()
    const end = () => ended.abort(new Error('the broker has ended'))
    child.once('exit', end)
    const [said] = await once(child, 'message', { signal: ended.signal })
    child.off('exit', end)
    return said
  }
  const said = await answer()
  return {
    port: z.object({ port: z.number() }).parse(said).port,
    async ask() {
      child.send('how are you')
      return z.object({ memory: z.number(), cpu: z.number() }).parse(await answer())
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function stored(db: pg.Pool, since: number): Promise<number> {
  const text = 'select count(*) as count from reading where at >= $1'
  const { rows } = await db.query<{ count: number }>(text, [instant(since)])
  return rows[0]?.count ?? 0
}

async function settle(db: pg.Pool): Promise<BenchGateway[]> {
  const gateways = Array.from({ length: GATEWAYS }, (_, i) => ({
    gateway: `bench-${i + 1}`,
    secret: SECRET,
  }))
  const settled = await db.query('select from household limit 1')
  if (settled.rowCount === 1) return gateways
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
  await db.query('vacuum analyze')
  return gateways
}
