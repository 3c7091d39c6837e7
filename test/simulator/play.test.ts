import { expect, test, vi } from 'vitest'
import type { Reading } from '../../schemas/reading.ts'
import { fastClock, stepClock } from '../../services/clock.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { SimulatedGateway } from '../../simulator/gateway.ts'
import { playLive } from '../../simulator/live.ts'
import { publishPast } from '../../simulator/past.ts'
import { SECRET, type TestBroker, openBroker, readingsOf, statesOf } from './broker.ts'

const NOON = Date.UTC(2026, 9, 5, 3)

const at = (instant: number, uid = 'pir'): Reading => ({
  uid,
  kind: 'motion',
  value: 1,
  at: instant,
  nature: 'event',
})

const gatewayAt = ({ url }: TestBroker, now: () => number, gateway = 'gw-made-up') =>
  new SimulatedGateway({ url, gateway, secret: SECRET, now, random: () => 0 })

/** Keeps what was published, and when, instead of sending it. */
function notebook() {
  const written: (readonly Reading[])[] = []
  const publish = (readings: readonly Reading[]) => {
    written.push(readings)
    return Promise.resolve()
  }
  return {
    written,
    publish,
    beat: vi.fn<() => Promise<void>>(() => Promise.resolve()),
    cut: vi.fn<() => void>(),
  }
}

function started(start: number, speed: number) {
  const clock = fastClock(start, speed)
  clock.go()
  return clock
}

const minutely = (count: number, uid?: string) =>
  Array.from({ length: count }, (_, i) => at(NOON + i * MINUTE, uid))

test('the past of many homes arrives whole, in order of time in each, and nothing of the future', async () => {
  await using broker = await openBroker()
  await using stack = new AsyncDisposableStack()
  const homes = ['a', 'b', 'c'].map((uid) => ({
    gateway: stack.use(gatewayAt(broker, () => NOON, `gw-${uid}-made-up`)),
    readings: minutely(3000, uid),
  }))
  await Promise.all(homes.map(({ gateway }) => gateway.ready()))
  const seen: { done: number; total: number }[] = []
  const until = NOON + 2500 * MINUTE
  const result = await publishPast({ homes, until, parallel: 2, onProgress: (p) => seen.push(p) })
  for (const uid of ['a', 'b', 'c']) {
    const times = readingsOf(broker.heard)
      .filter(({ d }) => d === uid)
      .map(({ t }) => t)
    expect(times).toEqual(minutely(2500).map((reading) => reading.at))
  }
  expect(result).toMatchObject({ done: 7500, total: 7500 })
  expect(seen.length).toBe(15)
  expect(seen.at(-1)?.total).toBeGreaterThan(7400)
})

test('a past that was broken off goes on from what is stored, with an overlap as wide as what can fly', async () => {
  const book = notebook()
  const stored = NOON + 5000 * MINUTE
  const readings = minutely(8000)
  await publishPast({ homes: [{ gateway: book, readings, from: stored }], until: Infinity })
  const times = book.written.flat().map((reading) => reading.at)
  const due = readings.map((reading) => reading.at).filter((instant) => instant > stored)
  expect(times.slice(-due.length)).toEqual(due)
  const overlap = times.length - due.length
  expect(overlap).toBeGreaterThanOrEqual(4 * 500)
  expect(overlap).toBeLessThanOrEqual(8 * 500)
})

test('a past whose broker refuses fails, and a past that is stopped says how far it came', async () => {
  const refused = { publish: () => Promise.reject(new Error('refused')) }
  const readings = minutely(6000)
  const failing = publishPast({ homes: [{ gateway: refused, readings }], until: Infinity })
  await expect(failing).rejects.toThrow('refused')
  const stop = new AbortController()
  const slow = { publish: () => new Promise<void>(() => setTimeout(() => stop.abort(), 20)) }
  const stopped = publishPast({
    homes: [{ gateway: slow, readings }],
    until: Infinity,
    signal: stop.signal,
  })
  expect(await stopped).toMatchObject({ done: 0 })
})

test('a live reading is published when the clock reaches it, never before', async () => {
  const clock = started(NOON, 60_000)
  const book = notebook()
  const late: number[] = []
  const gateway = {
    ...book,
    publish(readings: readonly Reading[]) {
      const now = clock.now()
      late.push(...readings.map((reading) => now - reading.at))
      return Promise.resolve()
    },
  }
  await playLive({ clock, homes: [{ gateway, readings: minutely(600) }] })
  expect(late).toHaveLength(600)
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  // The gateway says every five minutes that it lives, as far as the machine keeps up.
  expect(book.beat.mock.calls.length).toBeGreaterThan(20)
})

test('readings that come close together travel together: a fast year needs no timer for each', async () => {
  const book = notebook()
  await playLive({
    clock: started(NOON, 60_000),
    homes: [{ gateway: book, readings: minutely(1000) }],
  })
  expect(book.written.flat()).toHaveLength(1000)
  expect(book.written.length).toBeLessThan(250)
})

test('a home whose gateway loses its power goes dark at that moment, and the others live on', async () => {
  await using broker = await openBroker()
  const clock = stepClock(NOON, 1)
  await using lost = gatewayAt(broker, () => clock.now(), 'gw-lost')
  await using kept = gatewayAt(broker, () => clock.now(), 'gw-kept')
  await Promise.all([lost.ready(), kept.ready()])
  const homes = [
    { gateway: lost, readings: minutely(240, 'lost'), cutAt: NOON + HOUR },
    { gateway: kept, readings: minutely(240, 'kept') },
  ]
  const playing = playLive({ clock, homes })
  const timesOf = (uid: string) =>
    readingsOf(broker.heard)
      .filter(({ d }) => d === uid)
      .map(({ t = 0 }) => t)
  // Up to the minute before all is heard; in that of the cut its last word may be lost, and nothing comes after it.
  clock.moveTo(NOON + 59 * MINUTE)
  await expect.poll(() => timesOf('lost')).toHaveLength(60)
  clock.moveTo(NOON + HOUR)
  await expect.poll(() => statesOf(broker.heard)).toContain('offline')
  clock.moveTo(NOON + 4 * HOUR)
  await playing
  expect(timesOf('kept')).toHaveLength(240)
  expect(timesOf('lost').length).toBeLessThanOrEqual(61)
  expect(Math.max(...timesOf('lost'))).toBeLessThanOrEqual(NOON + HOUR)
})

test('life stops when it is told to, though the broker is silent and life has no end', async () => {
  const stop = new AbortController()
  const clock = started(NOON, 100_000)
  let published = 0
  const deaf = {
    ...notebook(),
    publish: () => {
      // By now it waits for an acknowledgement: so many messages are the most that may be under way.
      if (++published === 100) setTimeout(() => stop.abort(), 20)
      return new Promise<void>(() => undefined)
    },
  }
  const endless = (function* () {
    for (let i = 0; ; i++) yield at(NOON + i * 1000)
  })()
  await playLive({ clock, homes: [{ gateway: deaf, readings: endless }], signal: stop.signal })
  expect(published).toBe(100)
})

test('life ends with the error of a gateway that was not cut', async () => {
  const gateway = { ...notebook(), publish: () => Promise.reject(new Error('refused')) }
  const homes = [
    { gateway, readings: minutely(3) },
    { gateway: notebook(), readings: minutely(3000) },
  ]
  await expect(playLive({ clock: started(NOON, 100_000), homes })).rejects.toThrow('refused')
})

test('readings that are out of order are still not published before their time', async () => {
  const clock = started(NOON, 60_000)
  const early: number[] = []
  const gateway = {
    ...notebook(),
    publish(readings: readonly Reading[]) {
      const now = clock.now()
      early.push(...readings.map((reading) => now - reading.at))
      return Promise.resolve()
    },
  }
  const backward = minutely(200).toSorted(
    (a, b) => Math.floor(a.at / (5 * MINUTE)) - Math.floor(b.at / (5 * MINUTE)) || b.at - a.at,
  )
  await playLive({ clock, homes: [{ gateway, readings: backward }] })
  expect(early).toHaveLength(200)
  expect(Math.min(...early)).toBeGreaterThanOrEqual(0)
})
