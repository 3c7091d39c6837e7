import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { startMosquitto } from '../servers/mosquitto.ts'
import { find } from '../servers/optional.ts'
import { freePort, startTied } from '../servers/tied.ts'
import type { Bench, Shape } from './bench.ts'
import { type Line, connectAll } from './publisher.ts'

/** What one would write first: it listens at Mosquitto and inserts each message as it comes. */
export type Peer = {
  readonly name: string
  readonly start: (mqttUrl: string, databaseUrl: string) => Promise<AsyncDisposable>
}

/** The peers that are installed here; the others are named as skipped. */
export function findPeers(): Peer[] {
  if (find('mosquitto')?.by !== 'path') {
    process.stderr.write('  skipped: Mosquitto, which is not installed\n')
    return []
  }
  const inserter: Peer = {
    name: 'Mosquitto, mqtt.js and one INSERT a message',
    start: startInserter,
  }
  // A folder with `npm install node-red pg`.
  const folder = process.env['ANBU_BENCH_NODE_RED']
  if (folder !== undefined && existsSync(programIn(folder)))
    return [inserter, { name: 'Mosquitto and Node-RED', start: startNodeRed(folder) }]
  process.stderr.write('  skipped: Node-RED, for ANBU_BENCH_NODE_RED names no folder that has it\n')
  return [inserter]
}

async function startInserter(mqttUrl: string, databaseUrl: string): Promise<AsyncDisposable> {
  const child = fork(new URL('peer.ts', import.meta.url), [mqttUrl, databaseUrl])
  await once(child, 'message')
  return {
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

function programIn(folder: string): string {
  return join(folder, 'node_modules/node-red/red.js')
}

function startNodeRed(folder: string): Peer['start'] {
  return async (mqttUrl, databaseUrl) => {
    const flow = fileURLToPath(new URL('node-red.json', import.meta.url))
    const env = [`BENCH_MQTT_PORT=${new URL(mqttUrl).port}`, `BENCH_DATABASE_URL=${databaseUrl}`]
    const port = String(await freePort())
    const program = [process.execPath, programIn(folder), '--userDir', folder, '--port', port]
    const settings = ['-D', 'functionExternalModules=true', '-D', 'telemetry.enabled=false']
    return await startTied(['env', ...env, ...program, ...settings, flow], 'Connected to broker')
  }
}

const WARM_UP = 5000
const MESSAGES = 20_000

/**
 * Rows a second of a peer: so many messages are published as fast as Mosquitto acknowledges them, and the time counts
 * until the last is stored, for its acknowledgements come long before.
 */
export async function measurePeer(peer: Peer, bench: Bench, shape: Shape): Promise<number> {
  const found = find('mosquitto')
  if (found?.by !== 'path') throw new Error('Mosquitto has gone')
  await using mosquitto = await startMosquitto(found.path)
  await bench.pool.query(
    `create table peer (at timestamptz, device text, kind text, value float8,
       primary key (at, device, kind, value))`,
  )
  const port = Number(new URL(mosquitto.url).port)
  const rate = await rateOf(peer, { bench, shape, port })
  await bench.pool.query('drop table peer')
  process.stderr.write(
    `  ${peer.name} ${shape.gateways} x ${shape.inFlight}: ${Math.round(rate)}/s\n`,
  )
  return rate
}

type At = { readonly bench: Bench; readonly shape: Shape; readonly port: number }

async function rateOf(peer: Peer, at: At): Promise<number> {
  await using _ = await peer.start(`mqtt://127.0.0.1:${at.port}`, at.bench.url)
  const { pool } = at.bench
  // It may say that it listens before it does.
  while ((await stored(pool)) === 0) await Promise.all([publish(at, at.shape.gateways), sleep(500)])
  await sleep(500)
  await publishAndWait(at, WARM_UP)
  const began = performance.now()
  await publishAndWait(at, MESSAGES)
  return (MESSAGES / (performance.now() - began)) * 1000
}

async function publishAndWait(at: At, messages: number): Promise<void> {
  const { pool } = at.bench
  const before = await stored(pool)
  await publish(at, messages)
  while ((await stored(pool)) < before + messages) await sleep(100)
}

/** Resolves when all are acknowledged. */
async function publish({ bench, shape, port }: At, messages: number): Promise<void> {
  const gateways = bench.gateways.slice(0, shape.gateways)
  const lines = await connectAll({ port, secure: false, gateways, readings: 1 })
  const { promise, resolve } = Promise.withResolvers<void>()
  let [left, open] = [messages, messages]
  const next = (line: Line) => {
    if (left-- > 0) line.publish()
  }
  for (const line of lines) {
    line.acknowledged = () => {
      if (--open === 0) resolve()
      next(line)
    }
    for (let i = 0; i < shape.inFlight; i++) next(line)
  }
  await promise
  for (const line of lines) line.socket.destroy()
}

async function stored(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*) as count from peer')
  return rows[0]?.count ?? 0
}
