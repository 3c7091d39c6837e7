import { expect, vi } from 'vitest'
import { addGateway, addHousehold, addPerson } from '../../services/store/homes.ts'
import { keepMeans } from '../../services/store/coverage.ts'
import { staff } from '../core/rota.ts'
import { test as withDatabase } from '../database.ts'
import { anbu } from './terminal.ts'

vi.setConfig({ testTimeout: 60_000 })

const test = withDatabase.extend('office', async ({ pool, url }) => {
  for (const person of [staff('kim', 'planner'), staff('lee', 'planner'), staff('park', 'duty')])
    await addPerson(pool, person)
  await addHousehold(
    pool,
    {
      household: 'h-1',
      office: 'gwanak',
      alias: '가상동 1호',
      dong: '가상동',
      timeZone: 'Asia/Seoul',
      tier: 'mid',
      planner: 'kim',
    },
    Date.now(),
  )
  await keepMeans(pool, { channels: ['email'], asks: true })
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await anbu(url, ...args)
    return code === 0 ? stdout : `${code}: ${stderr}${stdout}`
  }
})

test('who answers for a household is said from a day on, and listed', async ({ office }) => {
  const since = ['--from', '2030-01-07', '--until', '2030-01-11']
  expect(await office('assignment', 'add', 'h-1', 'lee', ...since)).toContain(
    'lee answers for h-1 as planner from 2030-01-07 00:00 until 2030-01-12 00:00',
  )
  const list = await office('assignment', 'list', '--household', 'h-1')
  expect(list.match(/kim|lee/g)).toEqual(['kim', 'kim', 'lee', 'lee', 'kim', 'kim'])
  const asJson = await office('assignment', 'list', '--json')
  expect(JSON.parse(asJson.split('\n')[1] ?? '')).toMatchObject({
    household: 'h-1',
    person: 'lee',
    since: '2030-01-06T15:00:00.000Z',
  })
  expect(await office('assignment', 'end', 'h-1', 'park')).toMatch(/^1: park is not assigned/)
  expect(await office('assignment', 'add', 'h-1', 'park', '--as', 'neighbour')).toContain(
    '--consent',
  )
})

test('a leave says who stands in, overlaps none, and the check of the coverage sees it', async ({
  office,
}) => {
  const days = ['--from', '2030-01-07', '--until', '2030-01-08']
  expect(await office('leave', 'add', 'kim', ...days)).toContain('nobody stands in')
  expect(await office('leave', 'add', 'kim', ...days)).toMatch(/^1: that person is on leave/)
  expect(await office('leave', 'add', 'gone', ...days)).toMatch(/^1: there is nobody called gone/)
  expect(await office('leave', 'deputy', 'kim', 'lee')).toContain('lee stands in for kim')
  expect(await office('leave', 'list')).toMatch(/1 +kim .* 2030-01-07 00:00 +2030-01-09 00:00 +lee/)
  expect(await office('leave', 'end', '1')).toContain('until')
  expect(await office('leave', 'list')).toBe('nobody is on leave\n')
})

test('a rota has turns, changes that do not clash, and hours', async ({ office }) => {
  const rota = ['--office', 'gwanak', '--people', 'park,lee', '--start', '2026-01-05T18:00']
  expect(
    await office('shift', 'set', 'desk', ...rota, '--length', '1d', '--bands', 'night,holiday'),
  ).toContain('2 take turns')
  expect(await office('shift', 'set', 'desk', ...rota, '--length', '1y')).toContain('12h, 1d or 1w')
  expect(await office('shift', 'list', '--days', '3')).toMatch(/desk .*18:00 .*18:00 +(park|lee)/)
  const change = ['--from', '2030-01-07', '--until', '2030-01-08', '--out', 'park']
  expect(await office('override', 'add', 'desk', ...change, '--in', 'kim')).toContain(
    'change 1 of desk',
  )
  expect(await office('override', 'add', 'desk', ...change)).toMatch(/^1: another change names/)
  expect(await office('override', 'list')).toContain('park')
  expect(await office('override', 'remove', '1')).toContain('taken back')
  expect(await office('office', 'hours', 'gwanak', '--opens', '08:30')).toContain('08:30 to 18:00')
  expect(await office('shift', 'remove', 'desk')).toContain('no more')
})

test('an office adds its own days of rest to those of the calendar', async ({ office }) => {
  expect(await office('holiday', 'add', 'gwanak', '2027-03-08', '임시공휴일')).toContain('rests')
  const list = await office('holiday', 'list', 'gwanak', '--days', '900')
  expect(list).toMatch(/2027-03-01 +rests +3·1절|2027-03-01 +rests/)
  expect(list).toMatch(/2027-03-08 +rests +임시공휴일 +own/)
  expect(await office('holiday', 'remove', 'gwanak', '2027-03-08')).toContain(
    'as the calendar says',
  )
})

test('the coverage says which household would reach nobody when, and why', async ({
  office,
  pool,
}) => {
  expect(await office('roster', 'coverage', '--office', 'gwanak')).toContain('확인된 연락처가 없음')
  await pool.query(`update person set email = null where person in ('park', 'kim')`)
  const said = await office('roster', 'coverage', '--office', 'gwanak')
  expect(said).toMatch(/^1: /)
  expect(said).toMatch(
    /아무에게도 가지 않음 .*위험.* 담당 복지플래너 Made-up kim: 쓸 수 있는 연락처 없음/,
  )
  // The same each night of fourteen days is a line, and for programs each night is one.
  expect(said).toMatch(/그리고 \d+번 더 +아무에게도 가지 않음 +경보, 위험/)
  const [first, ...others] = (await office('roster', 'coverage', '--json'))
    .replace(/^1: /, '')
    .split('\n')
  expect(JSON.parse(first ?? '')).toMatchObject({ households: ['h-1'], lack: 'nobody' })
  expect(others.length).toBeGreaterThan(said.split('\n').length)
})

test('a simulated alert calls the resident first, where the alert service can, and then who is told', async ({
  office,
}) => {
  const given = ['plan', 'simulate', '--household', 'h-1', '--at', '2030-01-07T10:00']
  const said = await office(...given, '--grade', 'caution')
  const [, first, second] = said.split('\n')
  expect(first).toMatch(/2030-01-07 10:00 .*안부 확인 +대상자에게 먼저 물음, 2030-01-07 10:15까지/)
  expect(second).toMatch(/2030-01-07 10:15 .*알림 .*kim/)
  expect(await office(...given)).not.toContain('대상자')
  const [asked] = (await office(...given, '--grade', 'caution', '--json')).split('\n')
  expect(JSON.parse(asked ?? '')).toMatchObject({ act: 'ask', at: '2030-01-07T01:00:00.000Z' })
})

test('one who leaves the office is let go at once, and what nobody has now is named with what to do', async ({
  office,
}) => {
  await office('leave', 'deputy', 'lee', 'kim')
  const said = await office('person', 'leave', 'kim')
  expect(said).toMatch(/^kim left at \d{4}-\d\d-\d\d \d\d:\d\d: no link and no session of theirs/)
  expect(said).toContain('h-1 has no planner; next: anbu assignment add h-1 PERSON')
  expect(said).toContain('nobody stands in for lee; next: anbu leave deputy lee PERSON')
  expect(await office('person', 'leave', 'kim')).toBe(said)
  expect(await office('unwatched')).toContain('h-1')
  expect(await office('person', 'link', 'kim')).toMatch(/^1: there is nobody called kim/)
  expect(await office('assignment', 'add', 'h-1', 'kim')).toMatch(/^1: there is nobody called kim/)
  expect(await office('assignment', 'add', 'h-1', 'lee')).toContain('lee answers for h-1')
  expect(await office('person', 'leave', 'kim')).not.toContain('h-1')
  expect(await office('person', 'leave', 'nobody')).toMatch(/^1: there is nobody called nobody/)
  const back = ['--name', '김가상', '--role', 'planner', '--office', 'gwanak']
  expect(await office('person', 'add', 'kim', ...back)).toContain('kim (planner) is known')
  expect(await office('person', 'link', 'kim')).toContain('/enter?ticket=')
})

test('a home that is watched no more is let go with a reason, not while a case is open, and can begin anew', async ({
  office,
  pool,
}) => {
  await addGateway(pool, { gateway: 'gw-1', household: 'h-1' }, Date.now())
  expect(await office('household', 'leave', 'h-1')).toMatch(/--reason/)
  expect(await office('household', 'leave', 'h-9', '--reason', 'moved')).toMatch(
    /^1: there is no home h-9; next: anbu household add/,
  )
  await pool.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select id, 'blind', 'caution', now(), now(), '{}', 'test' from household`,
  )
  expect(await office('household', 'leave', 'h-1', '--reason', 'moved')).toMatch(
    /^1: something about h-1 was just raised/,
  )
  await pool.query('delete from signal')
  const said = await office('household', 'leave', 'h-1', '--reason', 'moved')
  expect(said).toMatch(/^h-1 is watched no more since \d{4}-\d\d-\d\d \d\d:\d\d \(moved\)/)
  expect(said).toContain('Let in no more: gw-1;')
  expect(await office('household', 'leave', 'h-1', '--reason', 'died')).toBe(said)
  expect(await office('gateway', 'list')).toContain('disabled')
  expect(await office('roster', 'coverage')).not.toContain('h-1')
  expect(await office('unwatched')).not.toContain('h-1')
  expect(await office('assignment', 'add', 'h-1', 'kim')).toMatch(/there is no household h-1/)
  const anew = ['--office', 'gwanak', '--alias', '가상동 1호', '--dong', '가상동', '--tier', 'low']
  expect(await office('household', 'add', 'h-1', ...anew)).toContain('h-1 (가상동 1호) is watched')
  expect(await office('unwatched')).toContain('h-1')
})
