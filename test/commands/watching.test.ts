import { expect, vi } from 'vitest'
import { makeCanary } from '../../services/store/canary.ts'
import { addHousehold, addPerson } from '../../services/store/homes.ts'
import { staff } from '../core/rota.ts'
import { test as withDatabase } from '../database.ts'
import { anbu } from './terminal.ts'

vi.setConfig({ testTimeout: 120_000 })

const test = withDatabase.extend('office', async ({ pool, url }) => {
  await addPerson(pool, staff('kim', 'planner'))
  const place = {
    alias: '가상동 1호',
    dong: '가상동',
    timeZone: 'Asia/Seoul',
    tier: 'mid',
  } as const
  await addHousehold(
    pool,
    { household: 'h-1', office: 'gwanak', planner: null, ...place },
    Date.now(),
  )
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await anbu(url, ...args)
    return code === 0 ? stdout : `${code}: ${stderr}${stdout}`
  }
})

const BY = ['--by', 'kim', '--reason', '무릎 수술']

test('an absence is recorded with its end, listed, and ended', async ({ office }) => {
  const add = ['absence', 'add', 'h-1', '--cause', 'hospital', ...BY]
  expect(await office(...add)).toContain("required option '--until <moment>'")
  expect(await office(...add, '--until', 'soon')).toMatch(/^1: "soon" is no moment/)
  expect(await office(...add, '--until', '2020-01-01')).toContain('it ends before it begins')
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
  expect(await office(...add, '--until', until)).toBe(
    `1: nothing is raised for h-1 until ${until} 18:00; longer than 14 days: have a second person look at it\n`,
  )
  expect(await office('absence', 'list')).toMatch(/^1 {2}h-1 {2}hospital .* now {2}kim: 무릎 수술 /)
  expect(JSON.parse(await office('absence', 'list', 'h-1', '--json'))).toMatchObject({ id: 1 })
  expect(await office('unwatched')).toContain('in hospital')
  expect(await office('absence', 'end', '1', '--by', 'kim')).toContain('1 has ended')
  expect(await office('absence', 'end', '1', '--by', 'kim')).toMatch(/^1: there is no absence 1/)
  expect(await office('absence', 'list')).toBe('nobody is absent by plan\n')
  expect(await office('absence', 'list', '--past')).toContain('over')
})

test('of an office of which nothing is known nothing is said to be well', async ({ office }) => {
  for (const command of [['unwatched'], ['roster', 'coverage']])
    expect(await office(...command, '--office', 'gwanka')).toBe(
      '1: there is no office gwanka; known are: gwanak\n',
    )
  expect(await office('roster', 'coverage', '--days', '1000000')).toContain('at most 366 days')
})

test('the choices of the canary are the machine’s own', async ({ office, pool }) => {
  await makeCanary(pool, 'Asia/Seoul', Date.now())
  expect(await office('policy', 'list')).not.toContain('canary')
  expect(await office('policy', 'unset', '1', '--by', 'kim')).toMatch(/^1: there is no choice 1/)
  expect(await office('policy', 'unset', 'one', '--by', 'kim')).toContain(
    'a whole number from 1 on',
  )
})

test('budgets, ceiling and floor are chosen within bounds, listed, and ended', async ({
  office,
}) => {
  const set = (...args: string[]) => office('policy', 'set', ...args, ...BY)
  expect(await set('ceiling', '100')).toContain('ceiling is 4 to 72')
  expect(await set('ceiling', '30', '--household', 'nowhere')).toMatch(
    /^1: there is no person kim, or/,
  )
  expect(await set('ceiling', '30', '--office', 'gwanak', '--tier', 'mid')).toBe(
    '1: ceiling is 30 for tier mid of gwanak\n',
  )
  const list = await office('policy', 'list', 'h-1')
  expect(list).toContain('default  mid: ceiling 36 h, floor 1 h')
  expect(list).toContain('1  ceiling 30  tier mid of gwanak')
  expect(await office('policy', 'unset', '1', '--by', 'kim')).toBe('1 holds no more\n')
  expect(await office('policy', 'unset', '1', '--by', 'kim')).toMatch(/^1: there is no choice 1/)
})
