import { expect } from 'vitest'
import { NOTHING_LATELY, hearLatest, scantSince } from '../../services/core/scant.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'
import { transaction } from '../../services/store/pool.ts'
import { claimHomes } from '../../services/store/watch.ts'
import { type District, NINE, type TestHome, test } from './district.ts'

// Nobody is seen to walk about: one sensor, once an hour from seven to ten in the evening.
async function lived(district: District): Promise<TestHome> {
  const home = await district.home('made-up-1')
  await district.past(home, NINE - 11 * DAY, 11 * 96, (n) => n % 4 === 0 && !isNight(n % 96))
  await district.learn()
  return home
}

// From nine in the morning on.
function isNight(quarter: number): boolean {
  return quarter >= 4 * 13 && quarter < 4 * 22
}

test('who gives far fewer signs than usual is asked about after a day, though no silence was long', async ({
  district,
}) => {
  const home = await lived(district)
  // A quarter of 15 a day.
  expect((await district.rhythm(home))?.walking.few).toBe(4)
  for (let hour = 0; hour < 40; hour += 8) {
    await district.move(home)
    await district.pass(8 * HOUR, [home])
  }
  const told = (await district.signals()).filter(({ reason }) => reason.rule === 'alone')
  // At eight, nine, five and one.
  expect(told).toMatchObject([
    {
      grade: 'caution',
      due: NINE + 23 * HOUR,
      reason: { scant: { few: 4, usual: 15 }, othersSince: NINE - HOUR },
    },
  ])
})

test('who gives as many as usual is not', async ({ district }) => {
  const home = await lived(district)
  for (let hour = 0; hour < 48; hour++) {
    if (!isNight((hour % 24) * 4)) await district.move(home)
    await district.pass(HOUR, [home])
  }
  expect(await district.signals()).toEqual([])
})

test('that the home was out of sight meanwhile begins nothing anew', async ({ district }) => {
  const home = await lived(district)
  for (let hour = 0; hour < 40; hour += 8) {
    await district.move(home)
    await district.pass(4 * HOUR, [home])
    await district.hangUp(home)
    await district.pass(HOUR)
    await district.hear(home)
    await district.pass(3 * HOUR, [home])
  }
  const told = (await district.signals()).filter(({ reason }) => reason.rule === 'alone')
  // Since nine; four times an hour and a half, for that the gateway is heard again is seen half an hour later.
  expect(told.map(({ due }) => (due - NINE) / HOUR)).toEqual([24 + 6])
})

test('whose signs are scant is not back by a few more, nor after days out of sight, but by twice as many', async ({
  district,
}) => {
  const home = await lived(district)
  const say = async (hours: number, every: number) => {
    for (let hour = 0; hour < hours; hour++) {
      if (hour % every === 0) await district.move(home)
      await district.pass(HOUR, [home])
    }
  }
  const backs = async () => (await district.returned()).filter(({ kind }) => kind === 'inactivity')
  const told = async () => {
    const all = (await district.signals()).filter(({ reason }) => reason.rule === 'alone')
    return all.map(({ due }) => (due - NINE) / HOUR)
  }
  await say(32, 8)
  expect(await told()).toEqual([23])
  const before = (await backs()).length
  // Fewer than four are scant: six a day now.
  await say(24, 4)
  await district.hangUp(home)
  await district.pass(20 * HOUR)
  await district.hear(home)
  await say(4, 4)
  expect(await backs()).toHaveLength(before)
  await say(8, 1)
  expect(await told()).toEqual([23])
  expect((await district.watch(home)).grade).toBeNull()
})

test('the store tells since when signs are scant as core does', async ({ district }) => {
  const seeds = Array.from({ length: 12 }, (_, seed) => seed)
  const homes = new Map<number, number[]>()
  for (const seed of seeds) {
    const home = await district.home(`made-up-${seed}`)
    const quarters = pastOf(seed)
    await district.past(home, NINE - 7 * DAY, 7 * 96, (n) => quarters.has(n))
    await district.pool.query(
      `update activity set exits = 1 where household_id = $1 and extract(epoch from quarter) / 900 % 5 = 0`,
      [home.id],
    )
    homes.set(
      home.id,
      [...quarters].map((n) => NINE - 7 * DAY + n * QUARTER),
    )
  }
  await district.learn()
  await district.pool.query(`update rhythm set body = jsonb_set(body, '{walking,few}', '5')`)
  await district.pool.query('update watch set deadline_at = $1', [new Date(NINE)])
  const claimed = await transaction(district.pool, (db) =>
    claimHomes(db, { due: -1, id: 0 }, 100, NINE),
  )
  expect(claimed).toHaveLength(seeds.length)
  for (const { id, scant } of claimed) expect(scant).toBe(sinceOf(homes.get(id) ?? []))
})

// A home in another mood each time: from a sign an hour to one a day.
function pastOf(seed: number): Set<number> {
  const quarters = new Set<number>()
  for (let n = seed; n < 7 * 96; n += 1 + ((n * 7919 + seed * 104_729) % (8 * (seed + 1))))
    quarters.add(n)
  return quarters
}

function sinceOf(times: readonly number[]): number | null {
  let latest = NOTHING_LATELY
  for (const [i, at] of times.entries())
    latest = hearLatest(latest, { at, exit: (at / QUARTER) % 5 === 0 }, times[i - 1] ?? NaN)
  return scantSince(latest, 5)
}
