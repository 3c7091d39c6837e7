import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from 'mqtt-packet'
import { expect } from 'vitest'
import { TOPIC } from '../../schemas/reading.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, stored } from './door.ts'
import { hello, motionAt, next, openRaw, signInRaw, untilClosed } from './raw.ts'

test('a CONNECT that says it is large is cut off by its first five bytes', async ({ pool }) => {
  await using house = await openHouse(pool)
  const socket = await openRaw(house)
  // A remaining length of 100 MiB, and nothing of it.
  socket.write(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x32]))
  expect(await untilClosed(socket)).toHaveLength(0)
  expect(house.counts().turned).toEqual({ 'frame-too-large': 1 })
})

test('a CONNECT of 8 KiB is read, and one byte more is not', async ({ pool }) => {
  await using house = await openHouse(pool)
  const connect = (length: number) => {
    const socket = openRaw(house)
    const bytes = Buffer.alloc(length + 3)
    bytes.set([0x10, (length & 127) | 128, length >> 7])
    return socket.then((each) => (each.write(bytes), untilClosed(each)))
  }
  await connect(8192)
  expect(house.counts().turned).toEqual({})
  await connect(8193)
  expect(house.counts().turned).toEqual({ 'frame-too-large': 1 })
})

test.for([
  ['a PUBLISH', Buffer.from([0x30, 2, 0, 0])],
  ['a letter', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a length that has no end', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 1])],
] as const)('%s instead of a CONNECT is cut off', async ([, bytes], { pool }) => {
  await using house = await openHouse(pool)
  const socket = await openRaw(house)
  socket.write(bytes)
  expect(await untilClosed(socket)).toHaveLength(0)
  expect(house.counts().turned).toEqual({ 'no-mqtt': 1 })
})

test('who does not send CONNECT in time is sent away, half a CONNECT or none', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool, undefined, { limits: { connectWithin: 300 } })
  const sockets = await Promise.all([openRaw(house), openRaw(house)])
  sockets[0].write(hello('gw-made-up', secret).subarray(0, 20))
  await Promise.all(sockets.map(untilClosed))
  await expect.poll(() => house.counts().connections).toBe(0)
  expect(house.counts().turned).toEqual({ 'no-connect': 2 })
})

test('a PUBLISH of 1 MiB is read to its end and refused, a larger one ends the connection', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const topic = TOPIC.data('gw-made-up')
  const frame = 1024 * 1024 - 2 - topic.length - 2
  await gateway.publishAsync(topic, Buffer.alloc(frame), { qos: 1 })
  expect(house.counts().turned).toEqual({ 'too-large': 1 })
  gateway.on('error', () => undefined)
  gateway.publish(topic, Buffer.alloc(frame + 1), { qos: 1 }, () => undefined)
  await expect.poll(() => gateway.connected).toBe(false)
  expect(house.counts().turned).toEqual({ 'too-large': 1, 'frame-too-large': 1 })
})

test('only a PUBLISH may be larger than 8 KiB', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const socket = await signInRaw(house, 'gw-made-up', secret)
  const subscriptions = Array.from({ length: 200 }, (_, i) => ({
    topic: `anbu/1/gw-made-up/down/a-rather-long-name-of-a-topic/${i}`,
    qos: 0 as const,
  }))
  socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }))
  await untilClosed(socket)
  expect(house.counts().turned).toEqual({ 'frame-too-large': 1 })
})

test('packets arrive whole however the line cuts them, also those sent with the CONNECT', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const socket = await openRaw(house)
  const count = 100
  const publishes = Array.from({ length: count }, (_, i) =>
    motionAt('gw-made-up', NOW - i * 1000, i + 1),
  )
  const all = Buffer.concat([hello('gw-made-up', secret), ...publishes])
  const acknowledged: number[] = []
  socket.on('data', (chunk: Buffer) => {
    for (let i = 0; i < chunk.length; i += 4)
      if (chunk[i] === 0x40) acknowledged.push(chunk.readUInt16BE(i + 2))
  })
  // Pieces of 1 to 97 bytes, each a TCP segment of its own or nearly.
  for (let at = 0, size = 1; at < all.length; at += size, size = ((size * 31) % 97) + 1) {
    socket.write(all.subarray(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await expect.poll(() => acknowledged.length).toBe(count)
  // PUBACKs in the order of the PUBLISHes [MQTT-4.6.0-2].
  expect(acknowledged).toEqual(Array.from({ length: count }, (_, i) => i + 1))
  expect(await stored(pool)).toHaveLength(count)
  socket.destroy()
})

test('what one connection has under way is bounded, and flows on when it is answered', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  const store = openStore()
  await using house = await openHouse(pool, undefined, { accept: () => store.accept() })
  const socket = await signInRaw(house, 'gw-made-up', secret)
  const count = 1000
  for (let i = 1; i <= count; i++) socket.write(motionAt('gw-made-up', NOW, i))
  await expect.poll(() => store.waiting).toBe(64)
  await sleep(50)
  expect(store.waiting).toBe(64)
  // A PINGREQ behind them is not reached, and yet the connection is not taken for dead.
  store.open()
  await expect.poll(() => store.taken).toBe(count)
  socket.destroy()
})

test('while the store is away a fixed number of readings waits here, and PINGREQ is answered', async ({
  pool,
}) => {
  const names = ['gw-made-up-1', 'gw-made-up-2', 'gw-made-up-3']
  const store = openStore()
  await using house = await openHouse(pool, undefined, {
    accept: () => store.accept(),
    limits: { pending: 30 },
  })
  // Keep-alive: 1 s.
  const enter = async (name: string) => await signInRaw(house, name, await seedHome(pool, name), 1)
  const sockets = await Promise.all(names.map(enter))
  const idle = await enter('gw-made-up-idle')
  for (const [i, name] of names.entries())
    for (let n = 1; n <= 50; n++) sockets[i]?.write(motionAt(name, NOW, n))
  await expect.poll(() => house.counts().held.room).toBe(3)
  // A message of about 130 bytes counts as three readings; the last one in may go beyond.
  expect(house.counts().pending).toBeLessThan(30 + 3)
  const before = store.waiting
  const ping = generate({ cmd: 'pingreq' })
  // Longer than 1.5 times the keep-alive of the others: it is we who do not read them.
  for (let i = 0; i < 5; i++) {
    const answered = next(idle, 'pingresp')
    idle.write(ping)
    await answered
    await sleep(450)
  }
  expect(sockets.map((socket) => socket.closed)).toEqual([false, false, false])
  expect(store.waiting).toBe(before)
  store.open()
  await expect.poll(() => store.taken).toBe(150)
  for (const socket of [...sockets, idle]) socket.destroy()
})

test('behind messages that wait for the store PINGREQ is answered for as long as it takes', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  const store = openStore()
  await using house = await openHouse(pool, undefined, { accept: () => store.accept() })
  const socket = await signInRaw(house, 'gw-made-up', secret)
  socket.write(
    Buffer.concat(Array.from({ length: 20 }, (_, i) => motionAt('gw-made-up', NOW, i + 1))),
  )
  await expect.poll(() => store.waiting).toBe(20)
  const answered = next(socket, 'pingresp')
  socket.write(generate({ cmd: 'pingreq' }))
  await answered
  store.open()
  await expect.poll(() => store.taken).toBe(20)
  socket.destroy()
})

/** A store that takes nothing until it is opened. */
function openStore() {
  const opened = Promise.withResolvers<void>()
  const store = {
    waiting: 0,
    taken: 0,
    async accept() {
      store.waiting++
      await opened.promise
      store.waiting--
      store.taken++
    },
    open: () => opened.resolve(),
  }
  return store
}
