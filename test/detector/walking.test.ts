import { expect } from 'vitest'
import { SETTLE } from '../../services/core/presence.ts'
import { HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, test } from './district.ts'

const MIDNIGHT = NINE - 9 * HOUR

/** Two weeks with five signs of two sensors in each quarter hour from seven to ten in the evening. */
async function lively(district: District): Promise<TestHome> {
  const home = await district.home('made-up-1')
  await district.pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select $1, q, 5, 0, 3 from generate_series($2::timestamptz - interval '14 days', $2::timestamptz,
       interval '15 minutes') q
     where extract(hour from q at time zone 'Asia/Seoul') between 7 and 21`,
    [home.id, new Date(MIDNIGHT)],
  )
  // Somebody, or a cat, moves at seven after the exit was used at ten in the evening.
  await district.pool.query(
    `update activity set events = 6, exits = 1
     where extract(hour from quarter at time zone 'Asia/Seoul') = 21
       and extract(minute from quarter) = 45 and household_id = $1`,
    [home.id],
  )
  await district.learn()
  // 300 signs a day.
  expect((await district.rhythm(home))?.walking).toMatchObject({ least: 5, back: 4 })
  return home
}

/** So many signs inside, a second after one another, by turns of two sensors. */
async function walk({ pool, now }: District, home: TestHome, signs: number): Promise<void> {
  const readings = Array.from({ length: signs }, (_, i) => ({
    householdId: home.id,
    deviceId: i % 2 === 0 ? home.motion : home.door,
    slot: i % 2,
    kind: 'motion' as const,
    nature: 'event' as const,
    value: 1,
    active: true,
    exit: false,
    at: now + i * 1000,
  }))
  await commit(pool, readings, [`gw-${home.id}`], now + signs * 1000)
}

test('where people are seen to walk about, single signs bring nobody back whom the contact saw leave', async ({
  district,
}) => {
  const home = await lively(district)
  const where = async () => (await district.watch(home)).presence
  await walk(district, home, 6)
  await district.pass(HOUR, [home])
  await district.exit(home)
  const since = district.now
  await district.wait(SETTLE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since })
  await district.pass(3 * HOUR, [home])
  await walk(district, home, 3)
  await district.wait(MINUTE)
  await district.sweep()
  expect(await where()).toBe('away')
  // Four within half an hour are theirs.
  await walk(district, home, 1)
  await district.wait(MINUTE)
  await district.sweep()
  expect(await where()).toBe('home')
})

test('who has come home is at home, though nobody looked before single signs were all that was heard', async ({
  district,
}) => {
  const home = await lively(district)
  const where = async () => (await district.watch(home)).presence
  await district.exit(home)
  await district.pass(HOUR, [home])
  expect(await where()).toBe('away')
  // Back by the door, and about; then still. A detector that was down, or a gateway that kept it all back, comes to it late.
  await district.exit(home)
  await district.wait(QUARTER)
  await walk(district, home, 4)
  await district.wait(HOUR)
  await walk(district, home, 1)
  const lastInner = district.now
  await district.wait(MINUTE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'home', since: NINE + HOUR })
  expect(lastInner).toBeGreaterThan(NINE + 2 * HOUR)
})

test('single signs of many hours bring nobody back, however late they are looked at', async ({
  district,
}) => {
  const home = await lively(district)
  await district.exit(home)
  const since = district.now
  await district.pass(HOUR, [home])
  // Three in half an hour, and three in the one after the next.
  for (const signs of [2, 1, 0, 1, 2, 0, 0, 3]) {
    await walk(district, home, signs)
    await district.wait(QUARTER)
  }
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since })
})

test('who left at the end of a quarter hour is not brought back by what was still seen of them, and one sign of the cat', async ({
  district,
}) => {
  const home = await lively(district)
  await walk(district, home, 6)
  await district.pass(HOUR, [home])
  // Leaves twenty seconds before the quarter ends; the sensors see them for another minute.
  district.now += QUARTER - 20_000
  await district.exit(home)
  const since = district.now
  district.now += 25_000
  await walk(district, home, 4)
  await district.wait(SETTLE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since })
  await district.pass(3 * HOUR, [home])
  await walk(district, home, 1)
  await district.wait(MINUTE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away' })
})

test('where people are seen to walk about, single signs are believed for as long as its pauses are', async ({
  district,
}) => {
  const home = await lively(district)
  await walk(district, home, 6)
  for (let half = 0; half < 30; half++) {
    await district.pass(HOUR / 2, [home])
    await walk(district, home, 2)
  }
  const told = await district.signals()
  // The pauses count from any use of the exit: none is known but those of a quarter hour, and eight hours are the least.
  expect(told.map(({ reason, due }) => [reason.rule, due])).toContainEqual([
    'alone',
    NINE + 8 * HOUR,
  ])
  expect(await district.watch(home)).toMatchObject({ grade: 'caution' })
  expect(await district.returned()).toEqual([])
  await walk(district, home, 6)
  await district.wait(MINUTE)
  await district.sweep()
  expect(await district.returned()).toHaveLength(1)
})
