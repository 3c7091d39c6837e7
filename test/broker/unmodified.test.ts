import type { MqttClient } from 'mqtt'
import type pg from 'pg'
import { expect } from 'vitest'
import { type Kind, NATURES } from '../../schemas/reading.ts'
import { kindNumber } from '../../services/store/readings.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome } from './door.ts'

const iso = (at: number) => new Date(at).toISOString()

const LAST_SEEN = NOW - 1000

const WILL = {
  topic: 'zigbee2mqtt/bridge/state',
  payload: Buffer.from('{"state":"offline"}'),
  qos: 1,
  retain: true,
} as const

/** Publishes at QoS 1, and so waits until it is stored. */
async function say(client: MqttClient, topic: string, payload: object | string): Promise<void> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  await client.publishAsync(topic, text, { qos: 1 })
}

/** What is stored of a kind, in the order of time: `gateway uid value nature`, and whether it counts. */
async function storedOf(pool: pg.Pool, kind: Kind): Promise<string[]> {
  const { rows } = await pool.query(
    `select gateway, uid, at, value, nature, active from reading join device on device.id = device_id
     where reading.kind = $1 order by gateway, at, value`,
    [kindNumber(kind)],
  )
  return rows.map(
    ({ gateway, uid, value, nature, active }) =>
      `${gateway} ${uid} ${value} ${NATURES[nature]}${active ? ', a sign of life' : ''}`,
  )
}

test('an unmodified Zigbee2MQTT is understood, and what it only repeats is no sign of life', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret, { will: WILL })
  expect((await gateway.subscribeAsync('zigbee2mqtt/#'))[0]?.qos).toBe(0)
  await say(gateway, 'zigbee2mqtt/bridge/state', { state: 'online' })
  await say(gateway, 'zigbee2mqtt/bridge/info', 'x'.repeat(100_000))
  await say(gateway, 'zigbee2mqtt/bridge/devices', [{ friendly_name: 'pir' }])
  await say(gateway, 'zigbee2mqtt/pir/availability', { state: 'online' })
  const pir = (occupancy: boolean, seconds: number, more = {}) =>
    say(gateway, 'zigbee2mqtt/pir', {
      occupancy,
      battery: 97,
      linkquality: 90 + seconds,
      last_seen: iso(LAST_SEEN + seconds),
      ...more,
    })
  await pir(false, 0)
  await pir(true, 1)
  await pir(true, 2, { illuminance: 12 })
  await pir(true, 3, { battery: 96 })
  await pir(false, 4)
  await say(gateway, 'zigbee2mqtt/door', { contact: true, last_seen: iso(LAST_SEEN) })
  await say(gateway, 'zigbee2mqtt/door', { contact: false, last_seen: iso(LAST_SEEN + 5) })
  await gateway.endAsync()
  expect(await storedOf(pool, 'motion')).toEqual([
    'gw-made-up pir 0 snapshot',
    'gw-made-up pir 1 event, a sign of life',
    'gw-made-up pir 1 snapshot',
    'gw-made-up pir 1 snapshot',
    'gw-made-up pir 0 event',
  ])
  // Contact is true while it is closed.
  expect(await storedOf(pool, 'open')).toEqual([
    'gw-made-up door 0 snapshot',
    'gw-made-up door 1 event, a sign of life',
  ])
  const watch = await pool.query('select last_inner_at, last_exit_at from watch')
  expect(watch.rows).toEqual([{ last_inner_at: LAST_SEEN + 1, last_exit_at: LAST_SEEN + 5 }])
  const { rowCount } = await pool.query('select from rejection')
  expect(rowCount).toBe(0)
})

test('a hub that starts again repeats what it has cached: snapshots, though the line was new', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  for (const seconds of [0, 10]) {
    const gateway = await connectGateway(house, 'gw-made-up', secret, { will: WILL })
    await say(gateway, 'zigbee2mqtt/bridge/state', { state: 'online' })
    const message = { occupancy: true, last_seen: iso(LAST_SEEN + seconds) }
    await say(gateway, 'zigbee2mqtt/pir', message)
    await gateway.endAsync()
  }
  expect(await storedOf(pool, 'motion')).toEqual([
    'gw-made-up pir 1 snapshot',
    'gw-made-up pir 1 snapshot',
  ])
})

test('two homes that name their sensors alike do not mix, nor hear each other', async ({
  pool,
}) => {
  const secret = await seedHome(pool, 'gw-here')
  const neighbours = await seedHome(pool, 'gw-there')
  await using house = await openHouse(pool)
  const here = await connectGateway(house, 'gw-here', secret)
  const there = await connectGateway(house, 'gw-there', neighbours)
  const heard: string[] = []
  for (const client of [here, there]) {
    await client.subscribeAsync(['zigbee2mqtt/#', 'homeassistant/status'])
    client.on('message', (topic) => heard.push(topic))
  }
  for (const [client, occupancy] of [
    [here, false],
    [there, true],
    [here, true],
    [there, true],
  ] as const)
    await say(client, 'zigbee2mqtt/pir', { occupancy })
  expect(await storedOf(pool, 'motion')).toEqual([
    'gw-here pir 0 snapshot',
    'gw-here pir 1 event, a sign of life',
    'gw-there pir 1 snapshot',
  ])
  expect(heard).toEqual([])
  await Promise.all([here.endAsync(), there.endAsync()])
})

test('the last will of a hub is its gateway lost; that of a device in Wi-Fi is not', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const offline = async () => (await pool.query('select offline_at from gateway')).rows
  const plug = await connectGateway(house, 'gw-made-up', secret, {
    clientId: 'gw-made-up:plug',
    will: { topic: 'tele/plug/LWT', payload: Buffer.from('Offline'), qos: 1, retain: true },
  })
  await say(plug, 'tele/plug/LWT', 'Online')
  const hub = await connectGateway(house, 'gw-made-up', secret, { will: WILL })
  plug.stream.destroy()
  await say(hub, 'zigbee2mqtt/bridge/state', { state: 'online' })
  expect(await offline()).toEqual([{ offline_at: null }])
  hub.stream.destroy()
  await expect.poll(offline).toEqual([{ offline_at: NOW }])
})

test('a topic that no dialect has is acknowledged and on record; so is one that is no text', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await say(gateway, 'made/up', '1')
  await say(gateway, `zigbee2mqtt/${'x'.repeat(250)}`, { occupancy: true })
  await say(gateway, 'zigbee2mqtt/pir', { x: 'x'.repeat(70_000) })
  await gateway.endAsync()
  const { rows } = await pool.query('select reason from rejection order by id')
  expect(rows.map((row) => row.reason)).toEqual(['unknown-topic', 'bad-topic', 'too-large'])
})

test.for(['$SYS/made-up', 'anbu/1/gw-neighbour/up/data', 'anbu/2/gw-made-up/up/data', 'anbu'])(
  'to publish to %s ends the connection',
  async (topic, { pool }) => {
    const secret = await seedHome(pool)
    await using house = await openHouse(pool)
    const gateway = await connectGateway(house, 'gw-made-up', secret)
    gateway.on('error', () => undefined)
    const closed = new Promise<void>((resolve) => gateway.once('close', resolve))
    gateway.publish(topic, '{}', { qos: 1 }, () => undefined)
    await closed
  },
)

test('a device of an unmodified gateway that nobody has assigned is listed, and counts for nothing', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await say(gateway, 'zigbee2mqtt/새 센서', { occupancy: false })
  await say(gateway, 'zigbee2mqtt/새 센서', { occupancy: true })
  await gateway.endAsync()
  const { rows } = await pool.query('select uid, last_value, readings from unassigned_device')
  expect(rows).toEqual([{ uid: '새 센서', last_value: 1, readings: 2 }])
  expect((await pool.query('select from activity')).rowCount).toBe(0)
})
