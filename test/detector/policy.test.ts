import { expect } from 'vitest'
import type { NewChoice } from '../../schemas/policy.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { addChoice, endChoice, listChoices } from '../../services/store/policies.ts'
import { type District, NINE, addKim, test } from './district.ts'

async function choose(district: District, rest: Partial<NewChoice> = {}): Promise<number> {
  await addKim(district.pool)
  const choice = {
    household: null,
    office: null,
    tier: null,
    name: 'ceiling',
    value: 4,
    since: district.now,
    until: null,
    author: 'kim',
    reason: 'made up',
    ...rest,
  } as const
  return (await addChoice(district.pool, choice)) ?? 0
}

test('a lower ceiling holds from the next sweep on, for homes that were armed before too', async ({
  district,
}) => {
  const home = await district.home('made-up-1', { tier: 'low' })
  const other = await district.home('made-up-2', { tier: 'low', office: 'another' })
  for (const each of [home, other]) await district.move(each)
  await district.sweep()
  const before = (await district.watch(home)).deadline ?? 0
  await choose(district, { office: 'gwanak', tier: 'low' })
  await district.sweep()
  expect((await district.watch(home)).deadline).toBe(NINE + 4 * HOUR)
  expect((await district.watch(other)).deadline).toBe(before)
  await district.pass(4 * HOUR, [home, other])
  expect(await district.signals()).toMatchObject([
    { grade: 'caution', due: NINE + 4 * HOUR, reason: { rule: 'ceiling', ceiling: 4 * HOUR } },
  ])
})

test('a choice begins and ends at its time, though nobody sweeps for it then', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  const from = NINE + 2 * HOUR
  await choose(district, { household: 'made-up-1', since: from, until: from + HOUR, value: 5 })
  await district.sweep()
  // It will be looked at when the choice begins, and then when it ends.
  expect((await district.watch(home)).deadline).toBe(from)
  await district.pass(2 * HOUR, [home])
  expect((await district.watch(home)).deadline).toBe(from + HOUR)
})

test('a choice that is ended holds no more, and stays on the record', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.sweep()
  const before = (await district.watch(home)).deadline
  const id = await choose(district)
  await district.sweep()
  expect((await district.watch(home)).deadline).toBe(NINE + 4 * HOUR)
  expect(await endChoice(district.pool, id, 'kim', district.now)).toBe(true)
  expect(await endChoice(district.pool, id, 'kim', district.now)).toBe(false)
  await district.sweep()
  expect((await district.watch(home)).deadline).toBe(before)
  expect(await listChoices(district.pool, null, district.now)).toEqual([])
  const { rows } = await district.pool.query('select ended_by as by from policy')
  expect(rows).toEqual([{ by: 'kim' }])
})

test('a home’s list of choices holds those that are for it and no others', async ({ district }) => {
  await district.home('made-up-1')
  await district.home('made-up-2')
  const names = ['budget-watch', 'budget-caution', 'budget-warning', 'floor'] as const
  await choose(district, { name: names[0] })
  await choose(district, { name: names[1], office: 'gwanak', tier: 'high' })
  await choose(district, { name: names[2], tier: 'low' })
  await choose(district, { name: names[3], household: 'made-up-2' })
  const listed = async (household: string | null) =>
    (await listChoices(district.pool, household, district.now)).map((each) => each.name)
  expect(await listed('made-up-1')).toEqual(['budget-watch', 'budget-caution'])
  expect((await listed(null)).toSorted()).toEqual([...names].toSorted())
})

test('a choice without an author who is known is none', async ({ district }) => {
  expect(await choose(district, { author: 'nobody' })).toBe(0)
  expect(await choose(district, { household: 'no-such-home' })).toBe(0)
})

test('a choice for all reaches every home, however many stretches that takes', async ({
  district,
  pool,
}) => {
  await pool.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'many-' || n, 'gwanak', 'made up ' || n, '가상동', 'Asia/Seoul', 'mid', $1
       from generate_series(1, 4500) n returning id
     ) insert into watch (household_id, last_activity_at, presence_since, deadline_at, learn_at)
       select id, $1, $1, $2, $2 from home`,
    [new Date(NINE), new Date(NINE + 10 * DAY)],
  )
  await choose(district)
  await district.sweep()
  const { rows } = await pool.query<{ late: number }>(
    'select count(*)::int as late from watch where deadline_at > $1',
    [new Date(NINE + DAY)],
  )
  expect(rows).toEqual([{ late: 0 }])
})
