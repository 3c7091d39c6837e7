import { expect, test } from 'vitest'
import { HOUR } from '../../services/core/time.ts'
import { ACCENTS, type Accent } from '../../simulator/accents.ts'
import { playFleet } from '../../simulator/fleet.ts'
import { homeOf } from '../../simulator/homes.ts'
import type { Fate } from '../../simulator/fate.ts'
import { fastClock } from '../../services/clock.ts'
import { SECRET, type TestBroker, openBroker, readingsOf, statesOf } from './broker.ts'

const NOON = Date.UTC(2026, 9, 5, 3)

// Until so many readings were acknowledged, at 2,000 times the speed.
async function play(
  broker: TestBroker,
  accent: Accent,
  readings: number,
  fate: readonly Fate[] = [],
) {
  const enough = new AbortController()
  const clock = fastClock(NOON, 2000)
  clock.go()
  const homes = [1, 2, 3].map((number) =>
    homeOf({ seed: 5, number, persona: 'homebody', kit: 'full', fate }),
  )
  const url = broker.url
  await playFleet({
    homes,
    url,
    accent,
    clock,
    secret: () => SECRET,
    signal: enough.signal,
    onProgress: (progress) => {
      if (progress.readings >= readings) enough.abort()
    },
  })
}

test.each(ACCENTS)('homes live over a real broker, in %s', async (accent) => {
  await using broker = await openBroker()
  await play(broker, accent, 300)
  const topics = new Set(broker.heard.map(({ topic }) => topic.split('/').slice(0, 2).join('/')))
  const looks = {
    native: 'anbu/1',
    zigbee2mqtt: 'zigbee2mqtt/',
    tasmota: 'tele/',
    shelly: 'shellies/',
  }
  expect([...topics].some((topic) => topic.startsWith(looks[accent]))).toBe(true)
  expect(broker.heard.length).toBeGreaterThan(60)
})

test('while a line is down nothing comes, and then all of it, late and once', async () => {
  await using broker = await openBroker()
  const [from, to] = [NOON + HOUR, NOON + 3 * HOUR]
  await play(broker, 'native', 900, [{ type: 'line-lost', from, to }])
  const heard = readingsOf(broker.heard)
  const kept = heard.filter(({ t = 0 }) => t >= from && t < to)
  expect(kept.length).toBeGreaterThan(50)
  expect(new Set(kept.map(({ k }) => k))).toEqual(new Set(['historical', 'snapshot']))
  expect(statesOf(broker.heard)).toContain('offline')
  const said = heard.map(({ d, m, t }) => `${d} ${m} ${t}`)
  // Three homes have the same devices; no instant of one is said twice.
  expect(said.length).toBeLessThanOrEqual(3 * new Set(said).size)
})

test('an unmodified hub loses what it would have said while its line was down', async () => {
  await using broker = await openBroker()
  const [from, to] = [NOON + HOUR, NOON + 3 * HOUR]
  await play(broker, 'zigbee2mqtt', 900, [{ type: 'line-lost', from, to }])
  const times = broker.heard.flatMap(({ payload }) => {
    const seen = /"last_seen":"([^"]+)"/.exec(payload)?.[1]
    return seen === undefined ? [] : [Date.parse(seen)]
  })
  // At this speed a message is on its way for minutes of simulated time.
  const lost = times.filter((at) => at > from + HOUR / 2 && at < to - HOUR / 2)
  expect(times.length).toBeGreaterThan(300)
  expect(lost).toEqual([])
})
