import { type Duplex, duplexPair } from 'node:stream'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { openTally } from '../../services/broker/counts.ts'
import { readHeader } from '../../services/broker/frames.ts'
import { LIMITS, type Limits } from '../../services/broker/limits.ts'
import { Lobby, addressOf } from '../../services/broker/lobby.ts'
import { Pace } from '../../services/broker/pace.ts'
import { Patience } from '../../services/broker/patience.ts'
import { openTurnstile } from '../../services/broker/turnstile.ts'
import { Visits } from '../../services/broker/visits.ts'
import { hello } from './raw.ts'

test('a header says of every packet where the next one begins', () => {
  const length = fc.nat(2 ** 28 - 1)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 14 }), length, fc.nat(9), (type, size, before) => {
      const head = [type << 4]
      for (let left = size; ; left >>= 7) {
        head.push((left & 127) | (left > 127 ? 128 : 0))
        if (left <= 127) break
      }
      const bytes = Buffer.from([...Array.from({ length: before }, () => 255), ...head, 0])
      expect(readHeader(bytes, before)).toEqual({ type, size: head.length, length: size })
      for (let cut = 0; cut < head.length; cut++)
        expect(readHeader(bytes.subarray(0, before + cut), before)).toBe('more')
    }),
  )
  expect(readHeader(Buffer.from([0x30, 255, 255, 255, 255, 1]), 0)).toBe('bad')
})

test('at its pace nobody gets more than the burst and the rate since', () => {
  const steps = fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 400 })))
  fc.assert(
    fc.property(steps, (taken) => {
      const pace = new Pace({ perSecond: 100, atOnce: 500 }, 0)
      let [now, sum, largest] = [0, 0, 0]
      for (const [after, amount] of taken) {
        now += after
        if (pace.wait(now) > 0) now += pace.wait(now)
        expect(pace.wait(now)).toBe(0)
        pace.take(amount, now)
        sum += amount
        largest = Math.max(largest, amount)
      }
      // Who waits until something is there may take one amount beyond it, and owes that.
      expect(sum).toBeLessThanOrEqual(500 + now / 10 + largest)
    }),
  )
})

test('a wrong password costs nothing once, then more each time up to four seconds, and is forgotten', () => {
  const patience = new Patience(() => 0.5)
  const waits = Array.from({ length: 8 }, () => {
    const wait = patience.wait('gateway a', 0)
    patience.fault('gateway a', 0)
    return wait
  })
  expect(waits).toEqual([0, 250, 500, 1000, 2000, 4000, 4000, 4000])
  // 8 faults halve each minute: 8, 4, 2, 1, then 0.5 after four, which waits 250 * 2^-0.5 = 177 ms.
  expect(patience.wait('gateway a', 180_000)).toBe(250)
  expect(patience.wait('gateway a', 240_000)).toBeCloseTo(176.8, 1)
  expect(patience.wait('gateway a', 241_000)).toBe(0)
  expect(patience.wait('gateway b', 0)).toBe(0)
})

test('a turnstile lets so many through at a time, in order, and all of them', async () => {
  const pass = openTurnstile(2)
  let [inside, most] = [0, 0]
  const order: number[] = []
  const works = Array.from({ length: 20 }, (_, i) =>
    pass(async () => {
      most = Math.max(most, ++inside)
      order.push(i)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
      if (i === 5) throw new Error('made up')
    }),
  )
  await Promise.allSettled(works)
  expect(most).toBe(2)
  expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i))
})

test('an address is an IPv4 address or one customer of IPv6', () => {
  expect(addressOf('192.0.2.7')).toBe('192.0.2.7')
  expect(addressOf('::ffff:192.0.2.7')).toBe('192.0.2.7')
  expect(addressOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(addressOf('2001:db8::5')).toBe('2001:db8:0:0::/64')
  expect(addressOf('::1')).toBe('0:0:0:0::/64')
  expect(addressOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  expect(addressOf(undefined)).toBe('')
})

// What goes by way of aedes, and what the gate answers itself; both of one length.
const WAYS = ['anbu/1/gw-made-up/up/else', 'anbu/1/gw-made-up/up/data'].map((topic) => [topic])

const publish = (topic: string) =>
  generate({
    cmd: 'publish',
    topic,
    payload: Buffer.alloc(100),
    qos: 1,
    dup: false,
    retain: false,
    messageId: 1,
  })
const { length: LENGTH } = publish('anbu/1/gw-made-up/up/data')

test.for(WAYS)(
  'who does not read its acknowledgements is not read either, and soon sent away: %s',
  async ([topic = '']) => {
    const line = openLine({ bytesPerSecond: 1e9, bytesAtOnce: 1e9 })
    const hundred = Buffer.concat(Array.from({ length: 100 }, () => publish(topic)))
    for (let i = 0; i < 1000; i++) line.far.write(hundred)
    const { taken, near } = line
    await expect.poll(() => near.writableNeedDrain).toBe(true)
    await settled()
    // 64 KiB of PUBACKs fit in the socket; what was under way then may come on top.
    expect(near.writableLength).toBeLessThan(65_536 + 64 * 4)
    expect(taken()).toBeLessThan(100_000)
    // What is not taken has stayed with its sender, all but what the near end reads ahead.
    const left = (100_000 - taken()) * LENGTH
    expect(line.far.writableLength).toBeGreaterThan(left - 128 * 1024)
    line.visits.sweep(performance.now() + LIMITS.drainWithin - 1000)
    expect(near.destroyed).toBe(false)
    line.visits.sweep(performance.now() + LIMITS.drainWithin + 1000)
    expect(line.visits.counts().turned).toEqual({ unread: 1 })
  },
)

test.for(WAYS)('who reads its acknowledgements again is read again: %s', async ([topic = '']) => {
  const line = openLine({ bytesPerSecond: 1e9, bytesAtOnce: 1e9 })
  line.far.write(Buffer.concat(Array.from({ length: 100_000 }, () => publish(topic))))
  await settled()
  expect(line.taken()).toBeLessThan(100_000)
  line.far.resume()
  await expect.poll(line.taken).toBe(100_000)
})

test.for(WAYS)(
  'a gateway that is too fast is read at its pace, and loses nothing: %s',
  async ([topic = '']) => {
    // 10 KB at once, then 100 KB/s: nothing is read while more than that has been.
    const line = openLine({ bytesPerSecond: 100_000, bytesAtOnce: 10_000 })
    line.far.resume()
    const began = performance.now()
    for (let i = 0; i < 200; i++) {
      line.far.write(publish(topic))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(line.taken).toBe(200)
    for (const { at, before } of line.reads)
      expect(before).toBeLessThanOrEqual(10_000 + (at - began) * 100 + 1)
    expect(line.reads.at(-1)?.before).toBeGreaterThan(10_000)
    expect(line.near.destroyed).toBe(false)
  },
)

/** A line with a gate at its near end, behind which every PUBLISH is acknowledged at once. */
function openLine(differing: Partial<Limits>) {
  const limits = { ...LIMITS, ...differing }
  const tally = openTally()
  const lobby = new Lobby(limits, tally)
  const visits = new Visits({ limits, lobby, tally })
  const [near, far] = duplexPair()
  const arrival = { address: '192.0.2.7', socket: new Socket(), at: 0, signedIn: false }
  let taken = 0
  const reads: { at: number; before: number }[] = []
  near.on('data', () => reads.push({ at: performance.now(), before: taken * LENGTH }))
  const visit = visits.receive(near, arrival, null)
  near.on('readable', () => {
    // As aedes does it: all there is, packet by packet.
    for (let bytes = read(near); bytes; bytes = read(near)) {
      for (let at = 0; at + LENGTH <= bytes.length; at += LENGTH) {
        if (bytes[at] === 0x10) return
        taken++
        near.write(Buffer.from([0x40, 2, 0, 1]))
        visit.gate.answered(LENGTH - 2)
      }
    }
  })
  visit.gate.listen()
  near.on('error', () => undefined)
  far.write(hello('gw-made-up', 'made up'))
  read(near)
  visits.signIn(visit, 'gw-made-up')
  visits.ready(visit, ({ messageId }, length) => {
    taken++
    visit.gate.answers.acknowledge(messageId)
    visit.gate.answered(length)
  })
  return { near, far, visits, reads, taken: () => taken }
}

function read(conn: Duplex): Buffer | null {
  // As aedes asks; the types know no null.
  const ask: unknown = Reflect.get(conn, 'read')
  const bytes: unknown = typeof ask === 'function' ? Reflect.apply(ask, conn, [null]) : null
  return bytes instanceof Buffer ? bytes : null
}

async function settled(): Promise<void> {
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
}
