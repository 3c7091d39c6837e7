import { expect } from 'vitest'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, test } from './district.ts'

/** One sensor speaks every minute for half an hour, and a cat passes the other now and then. */
async function flap({ pool, now }: District, home: TestHome, isCatUp: boolean): Promise<void> {
  const signs = Array.from({ length: 29 }, (_, minute) => ({
    householdId: home.id,
    deviceId: isCatUp && minute % 5 === 3 ? home.door : home.motion,
    slot: isCatUp && minute % 5 === 3 ? 1 : 0,
    kind: 'motion' as const,
    nature: 'event' as const,
    value: 1,
    active: true,
    exit: false,
    at: now + minute * MINUTE,
  }))
  await commit(pool, signs, [`gw-${home.id}`], now + 29 * MINUTE)
}

test('a sensor that never rests keeps nobody alive beside a cat, and is somebody again once it has rested', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 48; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const [told, ...others] = await district.signals()
  // Of three sensors in a quarter hour, by which a new home tells walks, there are none; that the two are no walk is not known.
  expect(others).toEqual([])
  expect(told).toMatchObject({
    kind: 'inactivity',
    grade: 'caution',
    due: NINE + 23 * HOUR,
    reason: { rule: 'alone', restless: HOUR / 2, othersSince: NINE, lastRoom: '거실', uid: 'pir' },
  })
  // Nobody is taken to be back as long as it goes on, for more than two days.
  for (let half = 0; half < 60; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  expect(await district.returned()).toEqual([])
  expect(await district.signals()).toHaveLength(1)
  await district.pass(2 * HOUR, [home])
  await district.move(home)
  await district.wait(MINUTE)
  await district.sweep()
  expect(await district.returned()).toHaveLength(1)
})

test('who rests at night is somebody', async ({ district }) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 96; half++) {
    // From two in the morning to half past four.
    if (half % 48 < 34 || half % 48 > 38) await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  expect(await district.signals()).toEqual([])
})

test('of a home that was confirmed the hours count anew', async ({ district }) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 40; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const confirmed = district.now - QUARTER
  await district.pool.query('update watch set confirmed_at = $2 where household_id = $1', [
    home.id,
    new Date(confirmed),
  ])
  for (let half = 0; half < 47; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const told = await district.signals()
  expect(told.map(({ due }) => due)).toEqual([confirmed + 23 * HOUR])
})

test('where nobody is seen to walk about, a rest is two hours', async ({ district }) => {
  const home = await district.home('made-up-1')
  // Ten days of one sensor from seven to ten in the evening.
  await district.past(home, NINE - 10 * DAY, 10 * 96, (n) => n % 96 < 4 * 13 || n % 96 > 4 * 22)
  await district.learn()
  expect((await district.rhythm(home))?.tireless.rest).toBe(4)
  for (let half = 0; half < 48; half++) {
    // Every hour and a half.
    if (half % 3 === 0) await flap(district, home, true)
    await district.pass(HOUR / 2, [home])
  }
  const told = await district.signals()
  // By two hours of UTC: since seven, when they rose.
  expect(told.map(({ due, reason }) => ({ due, reason }))).toMatchObject([
    { due: NINE + 21 * HOUR, reason: { rule: 'alone', restless: 2 * HOUR, uid: 'pir' } },
  ])
})
