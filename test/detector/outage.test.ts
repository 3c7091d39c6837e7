import { describe, expect } from 'vitest'
import { z } from 'zod'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { query } from '../../services/store/pool.ts'
import { type District, NINE, STEP, type TestHome, test } from './district.ts'

/** Homes of one dong, all heard until nine. */
async function street(district: District, homes: number, dong = '가상동'): Promise<TestHome[]> {
  const all: TestHome[] = []
  for (let n = 0; n < homes; n++) all.push(await district.home(`${dong}-${n}`, { dong }))
  for (const home of all) await district.move(home)
  return all
}

function blind(district: District) {
  return query(
    district.pool,
    z.object({ home: z.int(), outage: z.int().nullable() }),
    `select household_id as home, outage_id as outage from signal where kind = 'blind' order by id`,
  )
}

describe('homes of one dong that go dark together', () => {
  test('are one matter, and each keeps its own clock and its own check of the person', async ({
    district,
  }) => {
    const homes = await street(district, 4)
    const elsewhere = await street(district, 1, '다른동')
    await district.pass(HOUR)
    const found = await blind(district)
    expect(found).toHaveLength(5)
    const ours = found.filter(({ home }) => homes.some(({ id }) => id === home))
    expect(new Set(ours.map(({ outage }) => outage)).size).toBe(1)
    expect(ours[0]?.outage).not.toBeNull()
    expect(found.find(({ home }) => home === elsewhere[0]?.id)?.outage).toBeNull()
    expect(await district.unseen()).toHaveLength(5)

    await district.pass(DAY)
    const asked = (await district.signals()).filter((each) => each.kind === 'inactivity')
    // Nobody knows how any of them is: after the hours of the tier each is asked about, whatever the outage.
    expect(asked.filter((each) => each.due === NINE + DAY)).toHaveLength(5)
  })

  test('are joined by those that are found later, and by none that went dark hours before', async ({
    district,
  }) => {
    const [first, ...homes] = await street(district, 5)
    await district.pass(3 * HOUR, homes)
    expect(await blind(district)).toEqual([{ home: first?.id, outage: null }])
    await district.hear(homes[0] ?? { id: 0, motion: 0, door: 0 })
    district.now += 8 * MINUTE
    // One is heard eight minutes longer than the others.
    await district.hear(homes[1] ?? { id: 0, motion: 0, door: 0 })
    district.now += 8 * MINUTE
    await district.sweep()
    const early = await blind(district)
    expect(early.slice(1).every(({ outage }) => outage !== null)).toBe(true)
    await district.pass(STEP)
    const all = await blind(district)
    expect(all).toHaveLength(5)
    expect(new Set(all.slice(1).map(({ outage }) => outage)).size).toBe(1)
  })

  test('are over when most are heard again, and who is not is told of alone', async ({
    district,
  }) => {
    const homes = await street(district, 5)
    await district.pass(HOUR)
    const [left, ...back] = homes
    await district.pass(HOUR, back)
    const alone = (await blind(district)).filter(({ outage }) => outage === null)
    expect(alone).toEqual([{ home: left?.id, outage: null }])
    const { rows } = await district.pool.query('select until is not null as over from outage')
    expect(rows).toEqual([{ over: true }])
    await district.pass(HOUR, back)
    expect(await blind(district)).toHaveLength(6)
  })

  test('are no outage when they are two', async ({ district }) => {
    await street(district, 2)
    await district.pass(HOUR)
    expect((await blind(district)).map(({ outage }) => outage)).toEqual([null, null])
  })
})
