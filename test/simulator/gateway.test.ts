import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { NativeMessage, NativeState, type Reading } from '../../schemas/reading.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import { SECRET, type TestBroker, openBroker, readingsOf, statesOf } from './broker.ts'

const NOW = Date.UTC(2026, 9, 5, 12)

const motion = (i: number): Reading => ({
  uid: 'pir',
  kind: 'motion',
  value: 1,
  at: NOW + i * 1000,
  nature: 'event',
})

const open = ({ url }: TestBroker, secret = SECRET) =>
  // The shortest pause that chance can give.
  new SimulatedGateway({ url, gateway: 'gw-made-up', secret, now: () => NOW, random: () => 0 })

test('a gateway is born, says what it measured, and leaves without a last will', async () => {
  await using broker = await openBroker()
  const gateway = open(broker)
  await gateway.ready()
  await gateway.publish([
    motion(1),
    { ...motion(2), kind: 'power', value: 84.5, nature: 'snapshot' },
  ])
  await gateway[Symbol.asyncDispose]()
  // A last will would be heard before the next gateway is.
  await using next = open(broker)
  await next.ready()
  await next.publish([motion(3)])
  expect(broker.heard[0]).toMatchObject({ topic: 'anbu/1/gw-made-up/up/state', retain: true })
  expect(NativeState.parse(JSON.parse(broker.heard[0]?.payload ?? ''))).toMatchObject({
    state: 'online',
  })
  expect(NativeMessage.parse(JSON.parse(broker.heard[1]?.payload ?? ''))).toMatchObject({
    v: 1,
    seq: 0,
    sent: NOW,
    clock: 'ntp',
  })
  expect(readingsOf(broker.heard)).toEqual([
    { d: 'pir', m: 'motion', b: true, t: NOW + 1000, k: 'event' },
    { d: 'pir', m: 'power', n: 84.5, t: NOW + 2000, k: 'snapshot' },
    { d: 'pir', m: 'motion', b: true, t: NOW + 3000, k: 'event' },
  ])
  expect(statesOf(broker.heard)).toEqual(['online', 'online'])
})

test('whatever breaks, nothing is lost, and what was acknowledged had been stored', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  let data = 0
  broker.treat = () => {
    data++
    if (data === 5 || data === 12) return 'break-before'
    return data === 8 || data === 20 ? 'break-after' : 'take'
  }
  const has = (i: number) => readingsOf(broker.heard).some(({ t }) => t === motion(i).at)
  const acknowledged: boolean[] = []
  await gateway.ready()
  const all = Array.from({ length: 40 }, async (_, i) => {
    await gateway.publish([motion(i)])
    acknowledged[i] = has(i)
  })
  await Promise.all(all)
  expect(acknowledged).toEqual(Array.from({ length: 40 }, () => true))
  expect(gateway.pending).toBe(0)
  expect(data).toBeGreaterThan(40)
  // What was stored but not acknowledged comes twice: as it happened, and as what waited.
  const natures = readingsOf(broker.heard).map(({ t, k }) => `${t} ${k}`)
  const twice = Array.from({ length: 40 }, (_, i) => motion(i).at).filter(
    (t) => natures.includes(`${t} event`) && natures.includes(`${t} historical`),
  )
  expect(twice.length).toBeGreaterThan(0)
  // Each break is a new connection, with a birth of its own.
  expect(statesOf(broker.heard)).toContain('offline')
  expect(statesOf(broker.heard).filter((state) => state === 'online')).toHaveLength(5)
})

test('what waited while the line was down says so, and a state that was re-stated does not become an event', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  await gateway.ready()
  await gateway.publish([motion(1)])
  broker.breakLines()
  await vi.waitUntil(() => statesOf(broker.heard).includes('offline'))
  await gateway.publish([motion(2), { ...motion(3), nature: 'snapshot' }])
  await gateway.publish([motion(4)])
  expect(readingsOf(broker.heard).map(({ k }) => k)).toEqual([
    'event',
    'historical',
    'snapshot',
    'event',
  ])
})

test('the messages of one boot are numbered, and a repeat keeps its number', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  broker.treat = ({ payload }) =>
    JSON.parse(payload).seq === 1 && broker.heard.length < 4 ? 'break-after' : 'take'
  await gateway.ready()
  for (const i of [0, 1, 2]) await gateway.publish([motion(i)])
  const sent = broker.heard
    .filter(({ topic }) => topic.endsWith('/data'))
    .map(({ payload }) => NativeMessage.parse(JSON.parse(payload)))
  expect(sent.map(({ seq }) => seq)).toEqual([0, 1, 1, 2])
  expect(new Set(sent.map(({ boot }) => boot)).size).toBe(1)
})

test('a cut gateway does not say goodbye, so its last will is heard, and it never comes back', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  await gateway.ready()
  gateway.cut()
  await vi.waitUntil(() => statesOf(broker.heard).includes('offline'))
  await expect(gateway.publish([motion(1)])).rejects.toThrow('has lost its power')
  expect(statesOf(broker.heard)).toEqual(['online', 'offline'])
})

test('a cut fails what was still under way, and nothing else ever settles it', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  broker.treat = () => 'break-before'
  await gateway.ready()
  const never = gateway.publish([motion(1)])
  gateway.cut()
  await expect(never).rejects.toThrow('has lost its power')
  expect(gateway.pending).toBe(0)
})

test('a wrong secret is an error at once, and not a thousand tries', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker, 'guessed')
  await expect(gateway.ready()).rejects.toThrow('gateway gw-made-up is refused')
  await expect(gateway.publish([motion(1)])).rejects.toThrow('is refused')
})

test('a gateway without a broker waits for it, and can be closed meanwhile', async () => {
  const gateway = open({ ...(await gone()) })
  const published = gateway.publish([motion(1)])
  const outcome = expect(published).rejects.toThrow('was closed')
  await gateway[Symbol.asyncDispose]()
  await outcome
})

test('many readings travel in messages that the broker takes: 500 at most, and under 64 KiB', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  const long = '가'.repeat(64) // three bytes each
  await gateway.ready()
  await gateway.publish(Array.from({ length: 1200 }, (_, i) => motion(i)))
  await gateway.publish(Array.from({ length: 600 }, (_, i) => ({ ...motion(i), uid: long })))
  const sizes = broker.heard.map(({ payload }) => Buffer.byteLength(payload))
  expect(readingsOf(broker.heard)).toHaveLength(1800)
  expect(Math.max(...sizes)).toBeLessThan(64 * 1024 - 500 * 17)
  expect(broker.heard.filter(({ topic }) => topic.endsWith('/data')).length).toBeGreaterThan(5)
})

async function gone(): Promise<TestBroker> {
  const broker = await openBroker()
  await broker[Symbol.asyncDispose]()
  return broker
}

test('however long its messages are, no memory is kept for each length', async () => {
  await using broker = await openBroker()
  await using gateway = open(broker)
  await gateway.ready()
  await gateway.publish([motion(0)])
  const before = kept()
  for (let length = 2000; length < 3000; length++) {
    await gateway.publish([{ ...motion(0), uid: 'p'.repeat(length) }])
    // Whatever else a process writes: four of these fill a pool of Node's, which is kept with each length in it.
    Buffer.allocUnsafe(16_000)
  }
  expect((kept() - before) / 2 ** 20).toBeLessThan(6)
})

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

// Outside of V8's heap, after a collection.
function kept(): number {
  if (typeof collect !== 'function') throw new Error('there is no gc to call')
  collect()
  return process.memoryUsage().arrayBuffers
}
