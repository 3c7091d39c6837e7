import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { NINE, setLearnAt, test } from './district.ts'

describe('learning', () => {
  test('takes a past of weeks in at once, and the next days one by one', async ({ district }) => {
    const home = await district.home('made-up-1')
    const start = NINE - 9 * HOUR - 9 * DAY
    await district.past(home, start, 9 * 96, (quarter) => quarter % 96 >= 28 && quarter % 96 < 84)
    await district.learn()
    const rhythm = await district.rhythm(home)
    // From 07:00 to 21:00 on nine days; the last is Sunday, and its last quarter hour begins at 20:45.
    expect(rhythm?.until).toBe((NINE - 12.25 * HOUR) / QUARTER)
    expect(rhythm?.peaks).toHaveLength(9)
    expect(rhythm?.weekday.active[20]).toBeGreaterThan(4)
    expect(rhythm?.weekday.active[5]).toBe(0)
    expect(rhythm?.rest.active[20]).toBeGreaterThan(3)

    const again = await district.learn()
    expect(again).toBe(0)
    // The next is due at three in the morning.
    district.now = NINE + 18 * HOUR
    expect(await district.learn()).toBe(1)
  })

  test('goes on by the hour while little is known, for the past may still arrive', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    expect(await district.learn()).toBe(1)
    await district.past(home, NINE - 9 * HOUR - 8 * DAY, 8 * 96, (quarter) => quarter % 3 === 0)
    district.now += HOUR
    expect(await district.learn()).toBe(1)
    expect((await district.rhythm(home))?.peaks).toHaveLength(8)
  })

  test('a rhythm that cannot be read begins anew with all that is kept', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.past(home, NINE - 9 * HOUR - 9 * DAY, 9 * 96, (quarter) => quarter % 96 >= 28)
    await district.learn()
    const rhythm = await district.rhythm(home)
    expect(rhythm?.peaks).toHaveLength(9)
    await district.pool.query(`update rhythm set body = '{}'`)
    await setLearnAt(district.pool, home, district.now)
    await district.learn()
    expect(await district.rhythm(home)).toEqual(rhythm)
  })

  test('has the home looked at, for a busier rhythm means an earlier deadline', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.sweep()
    const before = await district.watch(home)
    await district.past(home, NINE - 9 * HOUR - 9 * DAY, 9 * 96, (quarter) => quarter % 96 >= 28)
    await district.learn()
    await district.sweep()
    const after = await district.watch(home)
    expect(after.deadline).toBeLessThan(before.deadline ?? 0)
  })

  test('by two at once, or after one died over it, comes to the same', async ({ district }) => {
    const homes = [await district.home('made-up-1'), await district.home('made-up-2')]
    for (const home of homes)
      await district.past(home, NINE - 9 * HOUR - 9 * DAY, 9 * 96, (quarter) => quarter % 4 > 0)
    const [once, twice] = await Promise.all([district.learn(), district.learn()])
    expect((once ?? 0) + (twice ?? 0)).toBe(2)
    const [first, second] = homes
    if (!first || !second) throw new Error('there are two homes')
    const rhythm = await district.rhythm(first)
    expect(await district.rhythm(second)).toEqual(rhythm)
    // As if the learner had died after it took the home.
    await district.pool.query('delete from rhythm where household_id = $1', [second.id])
    await setLearnAt(district.pool, second, district.now + HOUR)
    district.now += HOUR + MINUTE
    await district.learn()
    expect(await district.rhythm(second)).toEqual(rhythm)
  })
})
