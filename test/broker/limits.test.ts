import { connectAsync } from 'mqtt'
import { generate } from 'mqtt-packet'
import type pg from 'pg'
import { expect } from 'vitest'
import { TOPIC } from '../../schemas/reading.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, send, stored } from './door.ts'
import { hello, next, openRaw, signInRaw, untilClosed } from './raw.ts'

test.for([
  ['connections in all', { connections: 2 }, 'full'],
  ['connections from one address', { perAddress: 2 }, 'address-full'],
  ['new connections a second', { connectsAtOnce: 2, connectsPerSecond: 0.01 }, 'too-fast'],
] as const)('beyond the limit of %s one is closed unheard', async ([, limits, why], { pool }) => {
  await using house = await openHouse(pool, undefined, { limits })
  const inside = [await openRaw(house), await openRaw(house)]
  await untilClosed(await openRaw(house))
  expect(house.counts()).toMatchObject({ connections: 2, turned: { [why]: 1 } })
  for (const socket of inside) socket.destroy()
  await expect.poll(() => house.counts().connections).toBe(0)
})

test('who says nothing makes way for who may, the one that has waited longest first', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { limits: { strangers: 3 } })
  const silent = [await openRaw(house), await openRaw(house), await openRaw(house)]
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await expect.poll(() => silent.map((socket) => socket.closed)).toEqual([true, false, false])
  // Signed in, it is no stranger any more and makes way for nobody.
  const more = [await openRaw(house), await openRaw(house), await openRaw(house)]
  await send(gateway, [{ d: 'pir', m: 'motion', b: true }])
  expect(house.counts()).toMatchObject({ signedIn: 1, connections: 4 })
  await gateway.endAsync()
  for (const socket of [...silent, ...more]) socket.destroy()
})

test('a client id that comes again takes over, and only its own gateway can bring it', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  const other = await seedHome(pool, 'gw-neighbour')
  await using house = await openHouse(pool)
  const first = await connectGateway(house, 'gw-made-up', secret)
  const thief = connectGateway(house, 'gw-neighbour', other, { clientId: 'gw-made-up' })
  await expect(thief).rejects.toMatchObject({ code: 5 })
  expect(first.connected).toBe(true)
  const second = await connectGateway(house, 'gw-made-up', secret)
  await expect.poll(() => first.connected).toBe(false)
  await send(second, [{ d: 'pir', m: 'motion', b: true }])
  await second.endAsync()
})

test('one gateway has so many connections, and a further one closes its oldest', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { limits: { perGateway: 2 } })
  const enter = (n: number) =>
    connectGateway(house, 'gw-made-up', secret, { clientId: `gw-made-up:${n}` })
  const clients = [await enter(1), await enter(2), await enter(3)]
  await expect.poll(() => clients.map((each) => each.connected)).toEqual([false, true, true])
  expect(house.counts()).toMatchObject({ signedIn: 2, turned: { replaced: 1 } })
  for (const client of clients) await client.endAsync()
})

test('a session ends with its connection: nothing is queued for who is away', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  for (let i = 0; i < 2; i++) {
    const socket = await openRaw(house)
    const welcome = next(socket, 'connack')
    // The connect flags are the eighth byte after the fixed header; 2 is "clean session".
    const wish = hello('gw-made-up', secret)
    wish[9] = (wish[9] ?? 0) & ~2
    socket.write(wish)
    expect(await welcome).toMatchObject({ returnCode: 0, sessionPresent: false })
    const subscriptions = [{ topic: 'anbu/1/gw-made-up/down/#', qos: 1 as const }]
    const granted = next(socket, 'suback')
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }))
    expect(await granted).toMatchObject({ granted: [1] })
    socket.destroy()
  }
})

test('who is silent for one and a half times its keep-alive is gone, and its will says so', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await signInRaw(house, 'gw-made-up', secret, 1)
  const began = performance.now()
  await untilClosed(gateway)
  const after = performance.now() - began
  expect(after).toBeGreaterThan(1400)
  expect(after).toBeLessThan(4000)
  expect(house.counts().turned).toEqual({ 'keep-alive': 1 })
})

test.for([0, 65_535])(
  'a keep-alive of %i is taken for the longest there is',
  async (keepalive, { pool }) => {
    const secret = await seedHome(pool)
    await using house = await openHouse(pool, undefined, { limits: { keepAlive: 500 } })
    await untilClosed(await signInRaw(house, 'gw-made-up', secret, keepalive))
    expect(house.counts().turned).toEqual({ 'keep-alive': 1 })
  },
)

test('a gateway may hold 20 subscriptions', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  for (let n = 0; n < 20; n++) await gateway.subscribeAsync(down(n))
  await expect(gateway.subscribeAsync(down(20))).rejects.toThrow()
  await gateway.unsubscribeAsync(down(0))
  await gateway.subscribeAsync(down(20))
  await gateway.endAsync()
})

test('the past of weeks is taken as fast as it is stored, for all limits', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const began = performance.now()
  await Promise.all(Array.from({ length: 40 }, (_, i) => send(gateway, batch(i * 500))))
  // 20,000 readings, two weeks: 1.8 MB. At 256 KiB/s they would take 7 s.
  expect(performance.now() - began).toBeLessThan(6000)
  expect(await stored(pool)).toHaveLength(20_000)
  await gateway.endAsync()
})

test('guesses are answered more and more slowly, and the right password at once', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  const other = await seedHome(pool, 'gw-neighbour')
  await using house = await openHouse(pool)
  const guess = async () => {
    const began = performance.now()
    const wrong = { username: 'gw-made-up', clientId: 'gw-made-up', password: 'guess' }
    await expect(connectAsync(house.url, { ...wrong, reconnectPeriod: 0 })).rejects.toMatchObject({
      code: 4,
    })
    return performance.now() - began
  }
  // Known to be right from before: what others do in its name does not slow it down.
  await (await connectGateway(house, 'gw-made-up', secret)).endAsync()
  for (let i = 0; i < 3; i++) await guess()
  expect(await guess()).toBeGreaterThan(900)
  const began = performance.now()
  await (await connectGateway(house, 'gw-made-up', secret)).endAsync()
  expect(performance.now() - began).toBeLessThan(900)
  // A gateway that is new here waits for what its address did, and is let in.
  await (await connectGateway(house, 'gw-neighbour', other)).endAsync()
  expect(house.counts().turned).toEqual({ 'wrong-password': 4 })
})

test('while passwords cannot be checked a gateway is not refused but cut off, and tries again', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  await pool.query('alter table gateway rename to gateway_elsewhere')
  const socket = await openRaw(house)
  socket.write(hello('gw-made-up', secret))
  // No CONNACK: after one that refuses, mqtt.js would never try again.
  expect(await untilClosed(socket)).toHaveLength(0)
  expect(house.counts().turned).toEqual({ 'store-away': 1 })
  await pool.query('alter table gateway_elsewhere rename to gateway')
  await (await connectGateway(house, 'gw-made-up', secret)).endAsync()
})

test('2,000 gateways that come back at once are all let in within seconds', async ({ pool }) => {
  const count = 2000
  const secret = await seedDistrict(pool, count)
  await using house = await openHouse(pool)
  const all = () =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const socket = await openRaw(house)
        const welcome = next(socket, 'connack')
        socket.write(hello(`gw-district-${i}`, secret))
        expect(await welcome).toMatchObject({ returnCode: 0 })
        return socket
      }),
    )
  // The first time no password is known to be right, as after a restart.
  for (const [time, most] of [
    ['first', 15_000],
    ['again', 15_000],
  ] as const) {
    const began = performance.now()
    const sockets = await all()
    expect(performance.now() - began, time).toBeLessThan(most)
    expect(house.counts().signedIn).toBe(count)
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => house.counts().connections, { timeout: 10_000 }).toBe(0)
  }
  expect(house.counts().turned).toEqual({})
}, 45_000)

// Gateways with one secret: making 2,000 would only derive as many passwords more.
async function seedDistrict(pool: pg.Pool, count: number): Promise<string> {
  const secret = await seedHome(pool)
  await pool.query(
    `insert into gateway (gateway, household_id, salt, hash)
     select 'gw-district-' || n, household_id, salt, hash
     from gateway, generate_series(0, $1 - 1) n where gateway = 'gw-made-up'`,
    [count],
  )
  return secret
}

test('what a gateway says lands in its own branch whatever its pace', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, {
    limits: { bytesPerSecond: 20_000, bytesAtOnce: 2000 },
  })
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const topic = TOPIC.data('gw-made-up')
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => {
      const at = new Date(NOW - i * 1000).toISOString()
      const body = { v: 1, boot: 'b', seq: i, r: [{ d: 'pir', m: 'motion', b: true, t: at }] }
      return gateway.publishAsync(topic, JSON.stringify(body), { qos: 1 })
    }),
  )
  expect(await stored(pool)).toHaveLength(60)
  expect(gateway.connected).toBe(true)
  expect(house.counts().turned).toEqual({})
  await gateway.endAsync()
})

const down = (n: number) => `anbu/1/gw-made-up/down/${n}`

function batch(from: number): object[] {
  return Array.from({ length: 500 }, (_, i) => ({
    d: 'pir',
    m: 'motion',
    b: true,
    t: new Date(NOW - (from + i) * 60_000).toISOString(),
    k: 'historical',
  }))
}
