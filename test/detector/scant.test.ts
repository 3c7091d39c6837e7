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
  // At nine, five and one; eight o'clock was before the home was watched.
  expect(told).toMatchObject([
    {
      grade: 'caution',
      due: NINE + DAY,
      reason: { scant: { few: 4, usual: 15 }, othersSince: NINE },
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

test('the store tells since when signs are scant as core does', async ({ district }) => {
  const seeds = Array.from({ length: 12 }, (_, seed) => seed)
  const homes = new Map<number, number[]>()
  for (const seed of seeds) {
    const home = await district.home(`made-up-${seed}`)
    const quarters = pastOf(seed)
    await district.past(home, NINE - 7 * DAY, 7 * 96, (n) => quarters.has(n))
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
    latest = hearLatest(latest, { at, exit: false }, times[i - 1] ?? NaN)
  return scantSince(latest, 5)
}
