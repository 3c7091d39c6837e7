import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { Acks, Answers } from '../../services/broker/answers.ts'
import { readData, readHeader } from '../../services/broker/frames.ts'
import { Turns } from '../../services/broker/turns.ts'

const TOPIC = 'anbu/1/gw-made-up/up/data'
const publishes = fc.record({
  topic: fc.constantFrom(
    TOPIC,
    `${TOPIC}x`,
    'anbu/1/gw-made-up/up/dat',
    'anbu/1/gw-other-1/up/data',
  ),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  dup: fc.boolean(),
  retain: fc.boolean(),
  messageId: fc.integer({ min: 1, max: 65_535 }),
})

test('data is read as its sender wrote it: QoS 1, its own topic, whole; nothing else is data', () => {
  const property = fc.property(publishes, fc.nat(20), (publish, before) => {
    const packet = generate({ cmd: 'publish', ...publish, dup: publish.qos > 0 && publish.dup })
    const bytes = Buffer.concat([Buffer.alloc(before), packet, Buffer.from([0x30])])
    const header = readHeader(bytes, before)
    if (typeof header === 'string') throw new Error('a packet has a header')
    const { topic, qos, payload, messageId, dup } = publish
    const isData = topic === TOPIC && qos === 1
    const data = readData(bytes, before, header, Buffer.from(TOPIC))
    expect(data).toEqual(isData ? { messageId, payload, repeated: dup } : null)
    const cut = bytes.subarray(0, before + packet.length - 1)
    expect(readData(cut, before, header, Buffer.from(TOPIC))).toBeNull()
  })
  fc.assert(property, { numRuns: 1000 })
})

test('in whatever order works end, their answers come in the order in which they began', async () => {
  const order = fc.array(fc.record({ place: fc.nat(9), fails: fc.boolean() }), { minLength: 1 })
  const property = fc.asyncProperty(order, async (works) => {
    const turns = new Turns()
    const answered: [number, boolean][] = []
    const ends = works.map((_, number) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      turns.take(promise, (error) => void answered.push([number, error !== null]))
      return { resolve, reject }
    })
    const ending = [...works.entries()].toSorted(([, a], [, b]) => a.place - b.place)
    for (const [number, { fails }] of ending) {
      if (fails) ends[number]?.reject(new Error('made up'))
      else ends[number]?.resolve()
      await Promise.resolve()
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toEqual(works.map(({ fails }, number) => [number, fails]))
  })
  await fc.assert(property)
})

test('acknowledgements that are ready together are one write', async () => {
  const conn = new PassThrough()
  const answers = new Answers(conn, new Acks())
  const writes: Buffer[] = []
  conn.on('data', (chunk: Buffer) => writes.push(chunk))
  for (const id of [1, 258, 65_535]) void Promise.resolve().then(() => answers.acknowledge(id))
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes).toEqual([Buffer.from([0x40, 2, 0, 1, 0x40, 2, 1, 2, 0x40, 2, 255, 255])])
})
