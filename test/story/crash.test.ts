import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Reading } from '../../schemas/reading.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import { type Neighbourhood, neighbourhood } from '../../simulator/neighbourhood.ts'
import { freePort } from '../../services/commands/ports.ts'
import { migrateAt } from '../../services/commands/start.ts'
import { DAY } from '../../services/core/time.ts'
import { addDevice, addGateway, addHousehold, addPerson } from '../../services/store/homes.ts'
import { openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'

const HOMES = 6
const DAYS = 10

test('killed in the middle of the past, with its database, it loses nothing acknowledged and stores nothing twice', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-crash-'))
  const place = neighbourhood(7, Date.now() - (DAYS + 1) * DAY)
  const secrets = await settle(dataDir, place)
  const port = await freePort('127.0.0.1', 20_000 + Math.floor(Math.random() * 20_000), () => {})
  const acknowledged = new Set<string>()
  let sent = 0
  let broker = await startBroker(dataDir, port)
  const gateways = [...secrets].map(([household, given]) => ({
    household,
    gateway: new SimulatedGateway({ url: `mqtt://127.0.0.1:${port}`, ...given, now: Date.now }),
  }))
  const publishing = gateways.map(async ({ household, gateway }) => {
    for (const message of messages(place, household)) {
      sent += message.length
      await gateway.publish(message)
      for (const reading of message) acknowledged.add(nameOf(household, reading))
    }
  })
  // Twice in the middle: first with the database server, then without.
  for (const [share, alsoDatabase] of [
    [0.2, true],
    [0.5, false],
  ] as const) {
    const enough = share * HOMES * DAYS * 200
    await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(enough)
    await kill(broker, alsoDatabase ? dataDir : null)
    broker = await startBroker(dataDir, port)
  }
  await Promise.all(publishing)
  for (const { gateway } of gateways) await gateway[Symbol.asyncDispose]()
  broker.kill('SIGTERM')
  await once(broker, 'exit')
  const stored = await readBack(dataDir)
  expect(sent).toBe(acknowledged.size)
  expect(stored.length).toBe(new Set(stored).size)
  expect(new Set(stored)).toEqual(acknowledged)
  await rm(dataDir, { recursive: true, force: true })
}, 180_000)

/** Makes the first homes known, and returns the sign-in of each one's gateway. */
async function settle(dataDir: string, place: Neighbourhood) {
  await using server = await startServer({ dataDir })
  await migrateAt(server.url)
  const pool = openPool(server.url, { max: 2 })
  const secrets = new Map<string, { gateway: string; secret: string }>()
  const now = Date.now()
  for (const person of place.people) await addPerson(pool, person)
  for (const home of place.households.slice(0, HOMES)) await addHousehold(pool, home, now)
  for (const known of place.gateways.slice(0, HOMES))
    secrets.set(known.household, {
      gateway: known.gateway,
      secret: await addGateway(pool, known, now),
    })
  const known = new Set([...secrets.values()].map(({ gateway }) => gateway))
  for (const device of place.devices)
    if (known.has(device.gateway)) await addDevice(pool, device, now)
  await pool.end()
  return secrets
}

/** The readings of the past, 50 a message. */
function* messages(place: Neighbourhood, household: string): Generator<Reading[]> {
  let message: Reading[] = []
  const end = Date.now() - DAY
  for (const reading of place.readings(household, Date.now() - (DAYS + 1) * DAY)) {
    if (reading.at > end) break
    if (message.push(reading) < 50) continue
    yield message
    message = []
  }
  if (message.length > 0) yield message
}

const nameOf = (household: string, r: Pick<Reading, 'uid' | 'at' | 'value'> & { kind: string }) =>
  `${household} ${r.uid} ${r.kind} ${r.at} ${r.value}`

async function startBroker(dataDir: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['services/anbu.ts', 'start', 'broker'], {
    env: { ...process.env, ANBU_DATA_DIR: dataDir, ANBU_MQTT_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    if (line.includes('"msg":"started"')) {
      child.stderr.resume()
      return child
    }
  }
  throw new Error(`it did not start:\n${said.join('\n')}`)
}

async function kill(broker: ChildProcess, dataDir: string | null): Promise<void> {
  const exit = once(broker, 'exit')
  broker.kill('SIGKILL')
  await exit
  if (dataDir === null) return
  const pid = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  process.kill(Number.parseInt(pid, 10), 'SIGKILL')
}

async function readBack(dataDir: string): Promise<string[]> {
  await using server = await startServer({ dataDir })
  const pool = openPool(server.url, { max: 1 })
  const { rows } = await pool.query(
    `select household, uid, at, value, (array['motion','presence','open','power','energy','current',
       'voltage','illuminance','temperature','humidity','button','battery','battery_low'])[r.kind + 1] as kind
     from reading r join device d on d.id = r.device_id join household h on h.id = r.household_id`,
  )
  await pool.end()
  return z
    .array(
      z.object({
        household: z.string(),
        uid: z.string(),
        at: z.number(),
        value: z.number(),
        kind: z.string(),
      }),
    )
    .parse(rows)
    .map((row) => nameOf(row.household, row))
}
