import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { TOPIC } from '../../schemas/reading.ts'
import { migrateAt } from '../../services/commands/start.ts'
import { openPool } from '../../services/store/pool.ts'
import { type Server, startServer } from '../../services/store/server.ts'
import { between, oneOf, seeded } from '../../simulator/random.ts'
import { seedHome } from '../broker/door.ts'
import { type Publisher, openPublisher } from './publisher.ts'

/** What a run is made of. */
export type Chaos = {
  readonly rounds: number
  readonly seed: number
  /** Our own door, or the one to this broker (its URL), which itself is not killed. */
  readonly door: 'own' | { readonly url: string }
  readonly log: Pick<Logger, 'info'>
}

/** What became of it. Every acknowledged reading must be stored once, and counted once. */
export type Aftermath = {
  readonly kills: number
  readonly acknowledged: number
  readonly missing: number
  readonly stored: number
  /** Signs of life by the quarter hours: as many as readings are stored. */
  readonly counted: number
}

const GATEWAYS = 8
// A broker that stores nothing acknowledges faster than anybody can store: eight gateways with ten in flight each
// then say 4,000 a second.
const PAUSE = 20
/** In the first half second everything is still starting, in the third all flows again. */
const LONGEST_ROUND = 3000
const BETWEEN = 200

/**
 * Gateways publish numbered readings without a pause while the service that stores them, PostgreSQL, or both are
 * killed (SIGKILL) at moments that the seed decides. At the end all that was acknowledged is looked for.
 */
export async function chaos({ rounds, seed, door, log }: Chaos): Promise<Aftermath> {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-chaos-'))
  const house = await open(dataDir, door)
  const publishers = openPublishers(house, door)
  const random = seeded('chaos', seed)
  for (let round = 1; round <= rounds; round++) {
    await sleep(between(random, 0, LONGEST_ROUND))
    const killed = oneOf(random, 'service', 'database', 'both')
    await strike(house, killed)
    const acknowledged = publishers.reduce((sum, each) => sum + each.acknowledged.length, 0)
    log.info({ round, rounds, killed, acknowledged }, 'killed, and started again')
  }
  await Promise.all(publishers.map((each) => each.finish()))
  if (door !== 'own') await untilStored(house.server.url, publishers)
  house.service.kill('SIGTERM')
  await once(house.service, 'exit')
  const aftermath = await lookFor(house.server.url, publishers)
  await house.server[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
  return { kills: rounds, ...aftermath }
}

/** What is killed and started again, in its place and on its port. */
type House = {
  readonly dataDir: string
  readonly mqttPort: number
  readonly secrets: ReadonlyMap<string, string>
  readonly launch: () => Promise<ChildProcess>
  server: Server
  service: ChildProcess
}

// Ports below those that a system gives to whoever asks for any: nobody else takes them while their owner is killed.
const [LOW, SPAN] = [20_000, 5000]

async function open(dataDir: string, door: Chaos['door']): Promise<House> {
  const server = await startServer({ dataDir, port: LOW + (process.pid % SPAN) })
  const mqttPort = LOW + SPAN + (process.pid % SPAN)
  const secrets = await settle(server.url)
  const args = door === 'own' ? ['broker'] : ['ingest', '--mqtt-url', door.url]
  const launch = () => startService(args, { databaseUrl: server.url, mqttPort, dataDir })
  return { dataDir, mqttPort, secrets, launch, server, service: await launch() }
}

function openPublishers({ secrets, mqttPort }: House, door: Chaos['door']): Publisher[] {
  const url = door === 'own' ? `mqtt://127.0.0.1:${mqttPort}` : door.url
  const pause = door === 'own' ? 0 : PAUSE
  return [...secrets].map(([gateway, secret]) =>
    openPublisher({ url, gateway, secret, topic: TOPIC.data(gateway), pause }),
  )
}

async function strike(house: House, killed: 'service' | 'database' | 'both'): Promise<void> {
  const { dataDir, server } = house
  if (killed !== 'service') await killDatabase(dataDir)
  // What came in between is stored nowhere: it must not have been acknowledged.
  if (killed === 'both') await sleep(BETWEEN)
  if (killed !== 'database') await killService(house.service)
  if (killed !== 'service') house.server = await startServer({ dataDir, port: server.port })
  if (killed !== 'database') house.service = await house.launch()
}

async function settle(databaseUrl: string): Promise<Map<string, string>> {
  await migrateAt(databaseUrl)
  const pool = openPool(databaseUrl, { max: 1 })
  const secrets = new Map<string, string>()
  for (let i = 1; i <= GATEWAYS; i++)
    secrets.set(`gw-chaos-${i}`, await seedHome(pool, `gw-chaos-${i}`))
  await pool.end()
  return secrets
}

type Where = { readonly databaseUrl: string; readonly mqttPort: number; readonly dataDir: string }

async function startService(args: readonly string[], where: Where): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['services/anbu.ts', 'start', ...args], {
    env: {
      ...process.env,
      ANBU_DATABASE_URL: where.databaseUrl,
      ANBU_DATA_DIR: where.dataDir,
      ANBU_MQTT_PORT: String(where.mqttPort),
      ANBU_MQTT_CLIENT_ID: 'anbu-chaos',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    if (!line.includes(args[0] === 'ingest' ? 'listening at the broker' : '"msg":"started"'))
      continue
    child.stderr.resume()
    return child
  }
  throw new Error(`the service did not start:\n${said.join('\n')}`)
}

async function killService(service: ChildProcess): Promise<void> {
  const exit = once(service, 'exit')
  service.kill('SIGKILL')
  await exit
}

async function killDatabase(dataDir: string): Promise<void> {
  const pid = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  process.kill(Number.parseInt(pid, 10), 'SIGKILL')
}

// What the other broker has acknowledged waits there until we have stored it.
async function untilStored(databaseUrl: string, publishers: readonly Publisher[]): Promise<void> {
  for (let left = 600; left > 0; left--) {
    if ((await lookFor(databaseUrl, publishers)).missing === 0) return
    await sleep(100)
  }
}

async function lookFor(databaseUrl: string, publishers: readonly Publisher[]) {
  const pool = openPool(databaseUrl, { max: 1 })
  const { rows } = await pool.query<{ name: string }>(
    `select gateway || ' ' || (extract(epoch from at) * 1000)::bigint as name
     from reading r join device d on d.id = r.device_id`,
  )
  const counts = await pool.query<{ counted: number }>(
    'select coalesce(sum(events), 0)::int as counted from activity',
  )
  await pool.end()
  const stored = new Set(rows.map(({ name }) => name))
  const acknowledged = publishers.flatMap((each) => each.acknowledged)
  return {
    acknowledged: acknowledged.length,
    missing: acknowledged.filter((name) => !stored.has(name)).length,
    stored: rows.length,
    counted: counts.rows[0]?.counted ?? 0,
  }
}
