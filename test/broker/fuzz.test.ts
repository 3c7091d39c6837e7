import { setTimeout as sleep } from 'node:timers/promises'
import { type Socket, connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { MqttClient } from 'mqtt'
import { type Packet, generate } from 'mqtt-packet'
import type pg from 'pg'
import { expect } from 'vitest'
import type { Broker } from '../../services/broker/broker.ts'
import { test } from '../database.ts'
import { NOW, connectGateway, openHouse, seedHome, send, stored } from './door.ts'
import { hello, motionAt, openRaw } from './raw.ts'

const GATEWAY = 'gw-made-up'

// Bytes that begin like MQTT come further than any others.
const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))
const topic = fc.oneof(
  fc.constantFrom('', '#', '+', '$SYS/#', '/', '\u0000', 'anbu/1/gw-made-up/up/data'),
  fc.constantFrom('anbu/1/gw-made-up/down/#', '$share/g/#', '/'.repeat(200), '\ud800'),
  fc.string({ maxLength: 40 }),
)
const messageId = fc.nat(65_535)
const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2)
const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    cmd: fc.constant('publish' as const),
    topic,
    payload,
    qos,
    messageId,
    dup: fc.boolean(),
    retain: fc.boolean(),
  }),
  fc.record({
    cmd: fc.constant('subscribe' as const),
    messageId,
    subscriptions: fc.array(fc.record({ topic, qos }), { maxLength: 30 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe' as const),
    messageId,
    unsubscriptions: fc.array(topic, { maxLength: 30 }),
  }),
  fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId }),
  fc.record({ cmd: fc.constantFrom('pingreq', 'pingresp', 'disconnect') }),
  fc.record({
    cmd: fc.constant('connack' as const),
    returnCode: fc.nat(5),
    sessionPresent: fc.boolean(),
  }),
  fc.record({
    cmd: fc.constant('suback' as const),
    messageId,
    granted: fc.array(fc.constantFrom(0, 1, 2, 128)),
  }),
  fc.record({
    cmd: fc.constant('connect' as const),
    clientId: fc.oneof(fc.constant(GATEWAY), fc.string({ maxLength: 30 })),
    protocolId: fc.constantFrom('MQTT', 'MQIsdp'),
    protocolVersion: fc.constantFrom(3, 4, 5),
    clean: fc.boolean(),
    keepalive: fc.nat(65_535),
    username: fc.oneof(fc.constant(GATEWAY), fc.string({ maxLength: 30 })),
    password: payload,
    will: fc.record({ topic: fc.constantFrom('a', '#', '$SYS/a'), payload, qos }),
  }),
)

/** Whole packets, some of them cut short or with one byte changed. */
const stream = fc
  .array(fc.tuple(packet, fc.option(fc.nat(200)), fc.option(fc.tuple(fc.nat(300), fc.nat(255)))), {
    maxLength: 12,
  })
  .map((packets) => Buffer.concat(packets.map(([each, cut, change]) => spoil(each, cut, change))))

function spoil(each: Packet, cut: number | null, change: [number, number] | null): Buffer {
  const bytes = write(each)
  if (change && change[0] < bytes.length) bytes[change[0]] = change[1]
  return cut === null ? bytes : bytes.subarray(0, cut)
}

// The library refuses to write some of what is wrong: then it is not sent.
function write(each: Packet): Buffer {
  try {
    return Buffer.from(generate(each))
  } catch {
    return Buffer.alloc(0)
  }
}

test('whatever strangers send, the broker goes on serving and keeps nothing', async ({ pool }) => {
  await using house = await openGoodHouse(pool)
  const anything = fc.oneof(noise, stream)
  await fc.assert(
    fc.asyncProperty(anything, (bytes) => throwAt(house.broker, [bytes])),
    { numRuns: 300 },
  )
  await house.stillGood()
})

test('whatever a gateway sends once it is signed in, the broker goes on serving and keeps nothing', async ({
  pool,
}) => {
  await using house = await openGoodHouse(pool)
  const secret = await seedHome(pool)
  const welcome = hello(GATEWAY, secret)
  const anything = fc.oneof(noise, stream, stream, stream)
  await fc.assert(
    fc.asyncProperty(anything, (bytes) => throwAt(house.broker, [welcome, bytes])),
    { numRuns: 300 },
  )
  await house.stillGood()
})

test('a thousand connections cut off anywhere leave nothing behind', async ({ pool }) => {
  await using house = await openGoodHouse(pool)
  const secret = await seedHome(pool)
  const whole = Buffer.concat([
    hello(GATEWAY, secret),
    ...Array.from({ length: 5 }, (_, i) => motionAt(GATEWAY, NOW, i + 1)),
  ])
  const cut = async (i: number) => {
    const socket = await openRaw(house.broker)
    socket.write(whole.subarray(0, (i * 37) % whole.length))
    await sleep(i % 10)
    socket.destroy()
  }
  for (let i = 0; i < 1000; i += 100)
    await Promise.all(Array.from({ length: 100 }, (_, n) => cut(i + n)))
  await house.stillGood()
}, 40_000)

test('5,000 connections that say nothing cost little, and are gone when their time is up', async ({
  pool,
}) => {
  await using house = await openGoodHouse(pool, { connectWithin: 3000, strangers: 4000 })
  const before = heap()
  const silent: Socket[] = []
  for (let i = 0; i < 5000; i += 100)
    silent.push(...(await Promise.all(Array.from({ length: 100 }, () => openQuiet(house.broker)))))
  // The others have made way already.
  await expect.poll(() => house.broker.counts().connections).toBeLessThanOrEqual(4001)
  expect((heap() - before) / 5000).toBeLessThan(60 * 1024)
  await house.stillGood(15_000)
  const { turned } = house.broker.counts()
  expect((turned['crowded-out'] ?? 0) + (turned['no-connect'] ?? 0)).toBe(5000)
  for (const socket of silent) socket.destroy()
}, 40_000)

type GoodHouse = AsyncDisposable & {
  readonly broker: Broker
  /** Checks that the good gateway was served all the time, and that nobody else is left. */
  stillGood(timeout?: number): Promise<void>
}

// A house with one good gateway, which sends all the while.
async function openGoodHouse(
  pool: pg.Pool,
  limits: NonNullable<Parameters<typeof openHouse>[2]>['limits'] = {},
): Promise<GoodHouse> {
  const secret = await seedHome(pool, 'gw-good-one')
  const broker = await openHouse(pool, undefined, { limits })
  const gateway = await connectGateway(broker, 'gw-good-one', secret)
  const life = goOn(gateway)
  const before = heap()
  return {
    broker,
    async stillGood(timeout = 5_000) {
      await expect.poll(() => broker.counts().connections, { timeout }).toBe(1)
      const sent = await life.stop()
      expect(gateway.connected).toBe(true)
      expect(await stored(pool)).toEqual(expect.arrayContaining(sent))
      const quiet = { signedIn: 1, pending: 0, held: { room: 0 } }
      await expect.poll(() => broker.counts(), { timeout }).toMatchObject(quiet)
      expect(heap() - before).toBeLessThan(40 * 1024 * 1024)
    },
    async [Symbol.asyncDispose]() {
      await life.stop()
      await gateway.endAsync(true)
      await broker[Symbol.asyncDispose]()
    },
  }
}

function goOn(gateway: MqttClient) {
  const sent: { uid: string; at: number; value: number }[] = []
  const stop = new AbortController()
  let slowest = 0
  const run = async () => {
    for (let at = NOW - 3_600_000; !stop.signal.aborted; at += 1000) {
      const began = performance.now()
      const reading = { d: 'door', m: 'open', b: true, t: new Date(at).toISOString() }
      await send(gateway, [reading], 'gw-good-one')
      slowest = Math.max(slowest, performance.now() - began)
      sent.push({ uid: 'door', at, value: 1 })
      await sleep(20)
    }
  }
  const running = run()
  return {
    async stop() {
      stop.abort()
      await running
      // Two busy cores, and the attackers in the same process.
      expect(slowest).toBeLessThan(3000)
      return sent
    },
  }
}

async function throwAt(broker: Broker, parts: readonly Buffer[]): Promise<void> {
  const socket = await openRaw(broker)
  for (const part of parts) socket.write(part)
  await sleep(2)
  socket.destroy()
}

function openQuiet(broker: Broker): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(broker.port, '127.0.0.1')
    socket.on('error', () => undefined).once('connect', () => resolve(socket))
  })
}

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

function heap(): number {
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
