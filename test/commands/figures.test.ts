import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import { expect } from 'vitest'
import { wallClock } from '../../services/clock.ts'
import { readEnvironment } from '../../services/commands/context.ts'
import { openFigures, serveFigures } from '../../services/commands/figures.ts'
import { loadSecrets } from '../../services/commands/secrets.ts'
import {
  type Addresses,
  type ServiceName,
  openHouse,
  startServices,
} from '../../services/commands/services.ts'
import { openStepQueue } from '../../services/commands/step-queue.ts'
import { seedHome, send } from '../broker/door.ts'
import { openRaw, untilClosed } from '../broker/raw.ts'
import { test } from '../database.ts'
import { openBroker, SECRET } from '../simulator/broker.ts'

const GATEWAY = 'gw-made-up'

// A house with the given services, on ports that are free.
async function start(
  databaseUrl: string,
  names: readonly ServiceName[],
  settings: Record<string, string>,
  open: AsyncDisposableStack,
): Promise<Addresses> {
  const dataDir = await mkdtemp(join(tmpdir(), 'anbu-figures-'))
  open.defer(() => rm(dataDir, { recursive: true }))
  const ports = { ANBU_MQTT_PORT: '0', ANBU_HTTP_PORT: '0' }
  const env = readEnvironment({ ...ports, ...settings })
  const secrets = await loadSecrets(env, dataDir)
  const log = pino({ level: 'silent' })
  const house = { env, databaseUrl, secrets, clock: wallClock, log }
  return await startServices(openHouse(house, open, openStepQueue()), names, open)
}

async function scrape(url: string): Promise<Map<string, number>> {
  const answer = await fetch(url)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await answer.text()).split('\n').filter((line) => /^[a-z]/.test(line))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

const portOf = (url: string | null) => ({ port: Number(new URL(url ?? '').port) })

test('a connection too many, a frame too large and a message refused stand in the scrape, beside the limits', async ({
  pool,
  url,
}) => {
  const password = await seedHome(pool)
  await using open = new AsyncDisposableStack()
  const limits = { ANBU_METRICS_PORT: '0', ANBU_MQTT_CONNECTIONS_PER_ADDRESS: '2' }
  const { mqtt, metrics } = await start(url, ['broker'], limits, open)
  const read = () => scrape(metrics ?? '')
  const before = await read()
  // What has not happened yet is told of as well: only so is its first time a rise.
  for (const reason of ['address-full', 'too-fast', 'frame-too-large', 'wrong-password'])
    expect(before.get(`anbu_door_turned_away_total{reason="${reason}"}`)).toBe(0)
  expect(before.get('anbu_intake_batch_seconds_count{service="broker"}')).toBe(0)

  const login = { username: GATEWAY, clientId: GATEWAY, password, reconnectPeriod: 0 }
  const client = await connectAsync(mqtt ?? '', login)
  await send(client, [
    { d: 'pir', m: 'motion', b: true, age: 0 },
    { d: 'door', m: 'open', b: true, age: 0 },
  ])
  await client.publishAsync(`anbu/1/${GATEWAY}/up/data`, 'not JSON', { qos: 1 })
  const quiet = await openRaw(portOf(mqtt))
  await untilClosed(await openRaw(portOf(mqtt)))
  // A CONNECT that says it is 16 KiB long; 8 are the most.
  quiet.write(Buffer.from([0x10, 0x80, 0x80, 0x01]))
  await untilClosed(quiet)

  const found = await read()
  expect(Object.fromEntries(found)).toMatchObject({
    anbu_door_connections: 1,
    anbu_door_signed_in: 1,
    anbu_door_pending_readings: 0,
    'anbu_door_held_connections{waits_for="room"}': 0,
    'anbu_door_turned_away_total{reason="address-full"}': 1,
    'anbu_door_turned_away_total{reason="frame-too-large"}': 1,
    'anbu_door_turned_away_total{reason="full"}': 0,
    'anbu_door_limit{limit="connections"}': 20_000,
    'anbu_door_limit{limit="connections_per_address"}': 2,
    'anbu_door_limit{limit="other_frame_bytes"}': 8192,
    'anbu_door_limit{limit="publish_frame_bytes"}': 1_048_576,
    'anbu_door_limit{limit="message_bytes"}': 65_536,
    'anbu_door_limit{limit="keep_alive_seconds"}': 1200,
    'anbu_intake_messages_total{service="broker"}': 1,
    'anbu_intake_readings_total{service="broker"}': 2,
    'anbu_intake_refused_total{service="broker",reason="unreadable"}': 1,
    'anbu_intake_waiting_messages{service="broker"}': 0,
    'anbu_intake_batch_seconds_count{service="broker"}': 1,
  })
  expect(found.get('anbu_intake_batch_seconds_sum{service="broker"}')).toBeGreaterThan(0)
  expect([...found.keys()].join('\n')).not.toContain(GATEWAY)
  // To look counts nothing.
  expect(await read()).toEqual(found)
  await client.endAsync()
})

test('who is turned away at the door stands there by reason', async ({ pool, url }) => {
  const password = await seedHome(pool)
  await using open = new AsyncDisposableStack()
  const { mqtt, metrics } = await start(url, ['broker'], { ANBU_METRICS_PORT: '0' }, open)
  const turned = async (reason: string) =>
    (await scrape(metrics ?? '')).get(`anbu_door_turned_away_total{reason="${reason}"}`)
  const login = { username: GATEWAY, clientId: GATEWAY, reconnectPeriod: 0 }
  await expect(connectAsync(mqtt ?? '', { ...login, password: 'guessed' })).rejects.toThrow()
  expect(await turned('wrong-password')).toBe(1)
  const client = await connectAsync(mqtt ?? '', { ...login, password })
  const topic = `anbu/1/${GATEWAY}/up/data`
  await client.publishAsync(topic, 'x'.repeat(65_537), { qos: 1 })
  expect(await turned('too-large')).toBe(1)
  await client.endAsync()
})

test('who waits for the database is told of while that is away', async ({ pool, url }) => {
  const password = await seedHome(pool)
  await using open = new AsyncDisposableStack()
  const { mqtt, metrics } = await start(url, ['broker'], { ANBU_METRICS_PORT: '0' }, open)
  const login = { username: GATEWAY, clientId: GATEWAY, password, reconnectPeriod: 0 }
  const client = await connectAsync(mqtt ?? '', login)
  await pool.query('alter table reading rename to reading_elsewhere')
  const acknowledged = send(client, [{ d: 'pir', m: 'motion', b: true, age: 0 }])
  const read = async (name: string) => (await scrape(metrics ?? '')).get(name)
  const waiting = 'anbu_intake_waiting_messages{service="broker"}'
  await expect.poll(() => read(waiting)).toBe(1)
  expect(await read('anbu_door_pending_readings')).toBeGreaterThan(0)
  // Whoever sends more than may wait for its answers is not read on.
  const more = Promise.all(
    Array.from({ length: 200 }, () => send(client, [{ d: 'pir', m: 'motion', b: true, age: 0 }])),
  )
  const held = 'anbu_door_held_connections{waits_for="answers"}'
  await expect.poll(() => read(held)).toBe(1)
  await pool.query('alter table reading_elsewhere rename to reading')
  await Promise.all([acknowledged, more])
  expect([await read(waiting), await read(held)]).toEqual([0, 0])
  await client.endAsync()
})

test('in one process the console tells of the door too, and of a line to another house', async ({
  url,
}) => {
  await using open = new AsyncDisposableStack()
  // Nobody listens there.
  const elsewhere = { ANBU_MQTT_URL: 'mqtt://127.0.0.1:9' }
  const addresses = await start(url, ['console', 'broker', 'ingest'], elsewhere, open)
  expect(addresses.metrics).toBeNull()
  expect(Object.fromEntries(await scrape(`${addresses.console}/metrics`))).toMatchObject({
    anbu_providers_resting: 0,
    anbu_door_connections: 0,
    'anbu_intake_messages_total{service="broker"}': 0,
    'anbu_intake_messages_total{service="ingest"}': 0,
    anbu_intake_listening: 0,
  })
})

test('a line to another house is told of while it stands', async ({ url }) => {
  await using open = new AsyncDisposableStack()
  await using house = await openBroker()
  const line = new URL(house.url)
  line.username = 'anbu'
  line.password = SECRET
  const settings = { ANBU_METRICS_PORT: '0', ANBU_MQTT_VERSION: '3.1.1', ANBU_MQTT_URL: line.href }
  const { metrics } = await start(url, ['ingest'], settings, open)
  const stands = async () => (await scrape(metrics ?? '')).get('anbu_intake_listening')
  await expect.poll(stands, { timeout: 15_000 }).toBe(1)
  house.breakLines()
  await expect.poll(stands).toBe(0)
})

test('nothing but /metrics is there, and a port that is taken says which setting is meant', async ({
  url,
}) => {
  await using open = new AsyncDisposableStack()
  const { metrics } = await start(url, ['broker'], { ANBU_METRICS_PORT: '0' }, open)
  const { port, origin } = new URL(metrics ?? '')
  expect((await fetch(`${origin}/`)).status).toBe(404)
  await expect(serveFigures(openFigures().registry, '127.0.0.1', Number(port))).rejects.toThrow(
    'Set ANBU_METRICS_PORT to another',
  )
})
