import type pg from 'pg'
import { expect } from 'vitest'
import { NO_CONTACTS } from '../../schemas/household.ts'
import { HOUR } from '../../services/core/time.ts'
import { addLeave, setDeputy } from '../../services/store/leave.ts'
import { addPerson } from '../../services/store/homes.ts'
import { addOverride, listOverrides, saveRotation } from '../../services/store/rotations.ts'
import { rotation } from '../core/rota.ts'
import { test } from '../database.ts'
import { openDesk } from './desk.ts'
import { NIGHT } from './town.ts'

const words = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

async function rota(pool: pg.Pool): Promise<void> {
  const start = Date.parse('2026-11-20T18:00Z')
  await saveRotation(
    pool,
    rotation(['doyun', 'haneul'], { rotation: 'night-desk', start }),
    null,
    NIGHT,
  )
}

test('the roster shows who is on duty, and at which hours an alert would not arrive', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const cookie = await desk.enter('haneul')
  await rota(pool)
  const page = words(await (await desk.get('/roster', cookie)).text())
  // Turns of a day from the 20th at six: the third one is doyun's again.
  expect(page).toContain('지금 당직 이도윤 야간')
  expect(page).toContain('night-desk 어제 18:00 오늘 18:00 이도윤 이도윤')
  expect(page).toContain('확인된 연락처가 없음')
  // Homes are named as staff know them.
  expect(page).toMatch(/행운동 \d+호/)
  expect(page).not.toContain('home-0')

  const leave = {
    person: 'seoyeon',
    since: NIGHT,
    until: NIGHT + HOUR,
    deputy: null,
    reason: '연가',
  }
  await addLeave(pool, leave, null, NIGHT)
  await pool.query(`update person set email = null where person in ('haneul', 'doyun')`)
  const dark = words(await (await desk.get('/roster', cookie)).text())
  expect(dark).toContain('아무에게도 가지 않음')
  expect(dark).toContain('책임자 박서연: 휴가, 대직자 없음')
})

test('a leave is entered by whoever takes it or by a supervisor, and by nobody else', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const [planner, supervisor] = [await desk.enter('haneul'), await desk.enter('seoyeon')]
  await setDeputy(pool, { person: 'haneul', deputy: 'doyun' }, null, NIGHT)
  const form = {
    person: 'haneul',
    from: '2026-12-24',
    until: '2026-12-24',
    deputy: '',
    reason: '연가',
  }
  const entered = await desk.post('/roster/leaves', planner, form)
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/roster'])
  const page = words(await (await desk.get('/roster', planner)).text())
  expect(page).toContain('김하늘 12월 24일 (목) 00:00 12월 25일 (금) 00:00 이도윤 연가')

  expect((await desk.post('/roster/leaves', planner, form)).status).toBe(409)
  const other = { ...form, person: 'doyun' }
  const refused = await desk.post('/roster/leaves', planner, other)
  expect([refused.status, words(await refused.text())]).toEqual([
    403,
    expect.stringContaining('책임자만'),
  ])
  expect((await desk.post('/roster/leaves', supervisor, other)).status).toBe(303)
  expect((await desk.post('/roster/leaves', supervisor, { ...other, from: 'soon' })).status).toBe(
    400,
  )
  // What the roster could not read back is none of its forms either.
  const ancient = { ...other, from: '1969-12-24', until: '1969-12-24' }
  expect((await desk.post('/roster/leaves', supervisor, ancient)).status).toBe(400)
  const { rows } = await pool.query('select by, act from roster_change order by id')
  expect(rows.slice(1)).toEqual([
    { by: 'haneul', act: 'add-leave' },
    { by: 'seoyeon', act: 'add-leave' },
  ])
  expect((await desk.post('/roster/leaves/1/end', supervisor)).status).toBe(303)
  expect(words(await (await desk.get('/roster', planner)).text())).not.toContain(
    '12월 24일 (목) 00:00 12월 25일 (금) 00:00 이도윤 연가',
  )
})

test('turns are changed by a supervisor, one change of one person at a time', async ({ pool }) => {
  const desk = await openDesk(pool)
  const [planner, supervisor] = [await desk.enter('haneul'), await desk.enter('seoyeon')]
  await rota(pool)
  const form = {
    rotation: 'night-desk',
    from: '2026-11-23T00:00',
    until: '2026-11-23T09:00',
    out: 'doyun',
    in: 'jian',
  }
  expect((await desk.post('/roster/changes', planner, form)).status).toBe(403)
  const nameless = await desk.post('/roster/changes', supervisor, { ...form, rotation: '당직' })
  expect([nameless.status, words(await nameless.text())]).toEqual([
    400,
    expect.stringContaining('날짜와 사람을 확인하십시오.'),
  ])
  expect((await desk.post('/roster/changes', supervisor, form)).status).toBe(303)
  expect(words(await (await desk.get('/roster', planner)).text())).toContain('지금 당직 최지안')
  const again = await desk.post('/roster/changes', supervisor, { ...form, in: 'haneul' })
  expect([again.status, words(await again.text())]).toEqual([
    409,
    expect.stringContaining('다른 당직 변경이 이미 있습니다.'),
  ])
  expect((await desk.post('/roster/changes/1/remove', supervisor)).status).toBe(303)
  expect(words(await (await desk.get('/roster', planner)).text())).toContain('지금 당직 이도윤')
})

test('no supervisor changes the turns of another office', async ({ pool }) => {
  const desk = await openDesk(pool)
  await rota(pool)
  const change = { since: NIGHT, until: NIGHT + HOUR, out: 'doyun', in: 'jian', reason: '' }
  const id = await addOverride(pool, { rotation: 'night-desk', ...change }, 'seoyeon', NIGHT)
  const stranger = {
    person: 'stranger',
    name: '남가상',
    role: 'supervisor',
    office: 'dongjak',
  } as const
  await addPerson(pool, { ...stranger, ...NO_CONTACTS })
  const theirs = await desk.enter('stranger')
  await desk.post(`/roster/changes/${id}/remove`, theirs)
  const form = { from: '2026-11-24T00:00', until: '2026-11-24T09:00', out: 'doyun', in: '' }
  const added = await desk.post('/roster/changes', theirs, { rotation: 'night-desk', ...form })
  expect(added.status).toBe(400)
  expect(await listOverrides(pool, 'gwanak', NIGHT)).toMatchObject([{ id, in: 'jian' }])
})

test('readiness shows what is confirmed, what arrived and what is dead, of each', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const cookie = await desk.enter('seoyeon')
  await pool.query(
    `insert into contact (person, channel, address, verified_at, succeeded_at, failed_at, failure) values
       ('haneul', 'email', 'haneul@office.example', $1, $1, null, null),
       ('doyun', 'email', 'doyun@office.example', null, null, $1, '550 no such mailbox'),
       ('jian', 'email', 'earlier@office.example', $1, $1, null, null)`,
    [new Date(NIGHT - HOUR).toISOString()],
  )
  await pool.query(`update person set email = null where person = 'seoyeon'`)
  const page = words(await (await desk.get('/readiness', cookie)).text())
  expect(page).toContain('메일 본인 확인 오늘 01:13 · 마지막 도착 오늘 01:13')
  expect(page).toContain('메일 오늘 01:13부터 닿지 않음 550 no such mailbox')
  expect(page).toMatch(/최지안 기기 담당 메일 본인 확인 안 됨 · 도착한 적 없음/)
  expect(page).toMatch(/박서연 책임자 연락처 없음/)
})
