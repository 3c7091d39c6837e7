import { connectAsync } from 'mqtt'
import { expect } from 'vitest'
import { TOPIC } from '../../schemas/reading.ts'
import { addRejection, disableGateway, noteUnassigned } from '../../services/store/gateways.ts'
import { leaveHousehold } from '../../services/store/past-homes.ts'
import { addDevice, addGateway } from '../../services/store/homes.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, send, stored } from './door.ts'

const iso = (at: number) => new Date(at).toISOString()
const motion = { d: 'pir', m: 'motion', b: true, t: iso(NOW) }

test('an unreadable payload is acknowledged, kept with its reason, and costs nothing else', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await gateway.publishAsync(TOPIC.data('gw-made-up'), '{"v":1,', { qos: 1 })
  await send(gateway, [motion])
  await gateway.endAsync()
  const { rows } = await pool.query('select gateway, topic, reason, detail, payload from rejection')
  expect(rows).toEqual([
    {
      gateway: 'gw-made-up',
      topic: 'anbu/1/gw-made-up/up/data',
      reason: 'unreadable',
      detail: expect.stringContaining('JSON'),
      payload: Buffer.from('{"v":1,'),
    },
  ])
  expect(await stored(pool)).toEqual([{ uid: 'pir', at: NOW, value: 1 }])
})

test('one bad element of a message never costs the good ones', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'pir', m: 'motion', n: 1 }, motion, []])
  await gateway.endAsync()
  const { rows } = await pool.query(
    'select r.reason, detail, c.count from rejection r join rejection_count c using (gateway, reason)',
  )
  // One row for both: what is wrong with each, and that there were two.
  expect(rows).toEqual([
    {
      reason: 'unreadable',
      detail: expect.stringMatching(/^r\[0\]: .*b is for yes or no.*; r\[2\]: /),
      count: 2,
    },
  ])
  expect(await stored(pool)).toHaveLength(1)
})

test('a counter that ran below zero costs one reading, and not the gateway', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, age: 18_446_744_073_709_552_000 }, motion])
  await gateway.endAsync()
  expect(await stored(pool)).toHaveLength(1)
  const { rows } = await pool.query('select reason, detail from rejection')
  expect(rows).toEqual([{ reason: 'unreadable', detail: expect.stringContaining('r[0]: age') }])
})

test('a gateway without a clock is believed how long ago, and not when', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const body = {
    v: 1,
    boot: 'b1',
    seq: 1,
    clock: 'none',
    sent: '1970-01-01T00:10:00Z',
    r: [{ d: 'pir', m: 'motion', b: true, t: '1970-01-01T00:09:57Z', age: 3 }],
  }
  await gateway.publishAsync(TOPIC.data('gw-made-up'), JSON.stringify(body), { qos: 1 })
  await gateway.endAsync()
  expect(await stored(pool)).toEqual([{ uid: 'pir', at: NOW - 3000, value: 1 }])
})

test('a gateway that stands in one home is not moved to another by its name', async ({ pool }) => {
  await seedHome(pool)
  await seedHome(pool, 'gw-neighbour')
  const moved = addGateway(pool, { gateway: 'gw-made-up', household: 'home-of-gw-neighbour' }, NOW)
  await expect(moved).rejects.toThrow('stands in another one')
})

test('a reading of the future is acknowledged and refused with both times', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ ...motion, t: iso(NOW + 301_000) }])
  await send(gateway, [{ ...motion, t: iso(NOW + 300_000) }])
  await send(gateway, [{ ...motion, t: iso(NOW - 91 * 86_400_000) }])
  await gateway.endAsync()
  const { rows } = await pool.query('select reason, detail from rejection order by id')
  expect(rows).toEqual([
    {
      reason: 'future',
      detail: `pir motion says ${iso(NOW + 301_000)}, here it is ${iso(NOW)}`,
    },
    { reason: 'too-old', detail: expect.stringContaining('older than 90 days') },
  ])
  expect(await stored(pool)).toHaveLength(1)
})

test('an unknown device is acknowledged, listed with its last value, and counts for nothing', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'new-pir', m: 'motion', b: true, t: iso(NOW) }])
  await send(gateway, [{ d: 'new-pir', m: 'motion', b: false, t: iso(NOW + 1000) }])
  await gateway.endAsync()
  const { rows } = await pool.query(
    'select gateway, uid, last_value, last_at, readings from unassigned_device',
  )
  expect(rows).toEqual([
    { gateway: 'gw-made-up', uid: 'new-pir', last_value: 0, last_at: NOW + 1000, readings: 2 },
  ])
  expect(await stored(pool)).toEqual([])
  const activity = await pool.query('select from activity')
  expect(activity.rowCount).toBe(0)
})

test.for([
  ['a wrong password', { username: 'gw-made-up', password: 'guess' }],
  ['a gateway nobody knows', { username: 'gw-nobody', password: 'guess' }],
  ['no credential at all', {}],
] as const)('%s is answered with return code 4 and is on record', async ([, given], { pool }) => {
  await seedHome(pool)
  await using house = await openHouse(pool)
  const anybody = { clientId: 'gw-made-up', reconnectPeriod: 0, ...given }
  await expect(connectAsync(house.url, anybody)).rejects.toMatchObject({ code: 4 })
  await expect
    .poll(async () => (await pool.query('select gateway, topic, reason from rejection')).rows)
    .toEqual([
      {
        gateway: 'username' in given ? given.username : '',
        topic: '(connect)',
        reason: 'wrong-password',
      },
    ])
})

test('a disabled gateway is answered with return code 5', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  await pool.query('update gateway set disabled_at = now()')
  await expect(connectGateway(house, 'gw-made-up', secret)).rejects.toMatchObject({ code: 5 })
})

test('a gateway of a home that is watched no more is refused, and that is on record', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { limits: { disabledWithin: 50 } })
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  gateway.on('error', () => undefined)
  const { rows } = await pool.query('select household from household')
  const left = { household: String(rows[0]?.household), reason: 'moved' } as const
  expect((await leaveHousehold(pool, left, null, NOW))?.gateways).toEqual(['gw-made-up'])
  await expect.poll(() => gateway.connected).toBe(false)
  await expect(connectGateway(house, 'gw-made-up', secret)).rejects.toMatchObject({ code: 5 })
  const refused = () => pool.query('select gateway, reason from rejection').then((r) => r.rows)
  await expect.poll(refused).toEqual([{ gateway: 'gw-made-up', reason: 'disabled' }])
})

test('a gateway that is disabled is sent away from where it is signed in', async ({ pool }) => {
  const secret = await seedHome(pool)
  const other = await seedHome(pool, 'gw-neighbour')
  await using house = await openHouse(pool, undefined, { limits: { disabledWithin: 50 } })
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const neighbour = await connectGateway(house, 'gw-neighbour', other)
  gateway.on('error', () => undefined)
  await send(gateway, [motion])
  await disableGateway(pool, 'gw-made-up', NOW)
  await expect.poll(() => gateway.connected).toBe(false)
  expect(neighbour.connected).toBe(true)
  expect(house.counts().turned).toEqual({ disabled: 1 })
  await neighbour.endAsync()
})

test('a foreign topic ends the connection without an acknowledgement and stores nothing', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await seedHome(pool, 'gw-neighbour')
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  gateway.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => gateway.once('close', resolve))
  const message = JSON.stringify({ v: 1, boot: 'b', seq: 1, r: [motion] })
  gateway.publish(TOPIC.data('gw-neighbour'), message, { qos: 1 }, () => undefined)
  await closed
  expect(await stored(pool)).toEqual([])
  await expect
    .poll(async () => (await pool.query('select gateway, topic, reason from rejection')).rows)
    .toEqual([
      { gateway: 'gw-made-up', topic: TOPIC.data('gw-neighbour'), reason: 'foreign-topic' },
    ])
})

test('a gateway may read its own branch only', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const granted = async (topic: string) => (await gateway.subscribeAsync(topic))[0]?.qos
  expect(await granted('anbu/1/gw-made-up/down/#')).toBe(0)
  for (const topic of ['#', '$SYS/#', 'anbu/1/+/down/#', 'anbu/1/gw-neighbour/down/#'])
    expect(await granted(topic).catch(() => 128), topic).toBe(128)
  await gateway.endAsync()
})

test('a value that no sensor can measure costs itself, and neither its message nor its gateway', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  const plug = { kind: 'power', room: '거실', role: 'plug', silentAfter: null } as const
  await addDevice(pool, { gateway: 'gw-made-up', uid: 'plug', ...plug }, NOW)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  // Two phases whose sum is no number any more.
  const beyond = JSON.stringify({ ENERGY: { Power: [1.7e308, 1.7e308] } })
  await gateway.publishAsync('tele/plug/SENSOR', beyond, { qos: 1 })
  await send(gateway, [motion, { d: 'pir', m: 'battery', n: 1e300 }])
  await send(gateway, [
    { ...motion, t: iso(NOW + 1) },
    { d: 'pir', m: 'battery', n: 1e-300, t: iso(NOW + 1) },
  ])
  await gateway.endAsync()
  expect(await stored(pool)).toMatchObject([
    { uid: 'pir', at: NOW, value: 1 },
    { uid: 'pir', at: NOW + 1, value: 1e-300 },
    { uid: 'pir', at: NOW + 1, value: 1 },
  ])
  const { rows } = await pool.query('select reason, detail from rejection order by detail')
  expect(rows).toEqual([
    { reason: 'implausible', detail: expect.stringContaining('pir battery says 1e+300') },
    { reason: 'implausible', detail: expect.stringContaining('plug power says Infinity') },
  ])
})

test('names that are made up fill no table', async ({ pool }) => {
  await seedHome(pool)
  for (let n = 0; n < 150; n++) {
    const said = { topic: '(connect)', reason: 'wrong-password', detail: '', payload: NOTHING }
    await addRejection(pool, { gateway: `guess-${n}`, ...said }, NOW)
  }
  const counts = await pool.query('select gateway, count from rejection_count')
  expect(counts.rows).toEqual([{ gateway: '', count: 150 }])
  expect((await pool.query('select from rejection')).rowCount).toBe(100)
  for (let n = 0; n < 5; n++) {
    const heard = {
      gateway: 'gw-made-up',
      kind: 'motion',
      kindNumber: 0,
      value: 1,
      at: NOW + n,
    } as const
    const names = Array.from({ length: 500 }, (_, i) => ({ uid: `made-up-${n}-${i}`, ...heard }))
    await noteUnassigned(pool, names)
  }
  const { rows } = await pool.query(
    'select count(*)::int as n, min(last_at) as first from unassigned_device',
  )
  expect(rows).toEqual([{ n: 2000, first: NOW + 1 }])
})

const NOTHING = Buffer.alloc(0)

test('a gateway that says nothing but rubbish costs few statements, and all of it is counted', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [motion])
  let statements = 0
  const count = () => void statements++
  pool.on('acquire', count)
  const rubbish = Array.from({ length: 300 }, (_, n) => [
    gateway.publishAsync(TOPIC.data('gw-made-up'), `{${n}`, { qos: 1 }),
    send(gateway, [{ ...motion, d: 'stranger', t: iso(NOW + n) }]),
  ])
  await Promise.all(rubbish.flat())
  pool.off('acquire', count)
  // One a message were 600.
  expect(statements).toBeLessThan(200)
  await gateway.endAsync()
  const counts = await pool.query('select gateway, reason, count from rejection_count')
  expect(counts.rows).toEqual([{ gateway: 'gw-made-up', reason: 'unreadable', count: 300 }])
  const samples = await pool.query('select payload from rejection order by id')
  expect(samples.rows.map(({ payload }) => String(payload))).toEqual(
    Array.from({ length: 100 }, (_, n) => `{${n}`),
  )
  const strays = await pool.query('select uid, readings, last_at from unassigned_device')
  expect(strays.rows).toEqual([{ uid: 'stranger', readings: 300, last_at: NOW + 299 }])
})
