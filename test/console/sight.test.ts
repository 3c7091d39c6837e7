import { describe, expect } from 'vitest'
import { NO_CONTACTS } from '../../schemas/household.ts'
import { pauseOf } from '../../services/console/live.ts'
import { HOUR } from '../../services/core/time.ts'
import { addAbsence, listAbsences } from '../../services/store/absences.ts'
import { assign } from '../../services/store/assignments.ts'
import { addPerson } from '../../services/store/homes.ts'
import { test } from '../database.ts'
import { openDesk, VOICE } from './desk.ts'
import { NIGHT } from './town.ts'

const stranger = {
  person: 'stranger',
  name: '남가상',
  role: 'supervisor',
  office: 'dongjak',
  ...NO_CONTACTS,
} as const

describe('I22: somebody of another office', () => {
  test('sees no home and no case, cannot look at a name, and what they try is on the record', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    await addPerson(pool, stranger)
    const id = await desk.town.raise('home-01', 'danger')
    const theirs = await desk.enter('stranger')
    const own = await desk.enter('haneul')
    for (const path of ['/', '/board', '/unwatched', '/households', '/rejections', '/follow-ups'])
      expect(await (await desk.get(path, theirs)).text(), path).not.toContain('행운동')
    for (const path of [
      `/alerts/${id}`,
      `/alerts/${id}/part`,
      `/alerts/${id}/visit`,
      '/households/home-01',
    ]) {
      expect((await desk.get(path, theirs)).status, path).toBe(404)
      expect((await desk.get(path, own)).status, path).toBe(200)
    }
    expect((await desk.post('/households/home-01/name', theirs)).status).toBe(404)
    expect((await pool.query('select from resident_look')).rowCount).toBe(0)
    expect((await desk.post(`/alerts/${id}/acknowledge`, theirs)).status).toBe(404)
    const { rows } = await pool.query(
      `select event from alert_event where event ->> 'type' = 'denied'`,
    )
    expect(rows).toEqual([{ event: { type: 'denied', by: 'stranger', command: 'acknowledge' } }])
  })

  test('who is told of a case sees it and its home, for as long as it is open', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    await addPerson(pool, stranger)
    const id = await desk.town.raise('home-01', 'danger')
    await pool.query(`update delivery set person = 'stranger' where alert_id = $1`, [id])
    const theirs = await desk.enter('stranger')
    expect((await desk.get(`/alerts/${id}`, theirs)).status).toBe(200)
    expect(await (await desk.get('/', theirs)).text()).toContain('행운동 3호')
    expect((await desk.get('/households/home-01', theirs)).status).toBe(200)
    expect((await desk.get('/households/home-02', theirs)).status).toBe(404)
    await desk.post(`/alerts/${id}/acknowledge`, theirs)
    await desk.post(`/alerts/${id}/outcome`, theirs, {
      outcome: 'safe',
      note: '통화',
      how: 'phone',
    })
    expect((await desk.get('/households/home-01', theirs)).status).toBe(404)
  })

  test('ends no absence by naming another home', async ({ pool }) => {
    const desk = await openDesk(pool)
    const absence = {
      cause: 'trip',
      since: NIGHT,
      until: NIGHT + HOUR,
      author: 'haneul',
      reason: '가족 방문',
    } as const
    await addAbsence(pool, { household: 'home-01', ...absence }, NIGHT)
    const [{ id } = { id: 0 }] = await listAbsences(
      pool,
      { household: 'home-01', past: false },
      NIGHT,
    )
    const cookie = await desk.enter('haneul')
    await desk.post(`/households/home-02/absences/${id}/end`, cookie)
    expect(await listAbsences(pool, { household: 'home-01', past: false }, NIGHT)).toHaveLength(1)
    await desk.post(`/households/home-01/absences/${id}/end`, cookie)
    expect(await listAbsences(pool, { household: 'home-01', past: false }, NIGHT)).toHaveLength(0)
  })
})

test('I22: care corps and neighbours see the homes that are theirs and what they were told of, and nothing else of the office', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  for (const role of ['neighbour', 'care'] as const)
    await addPerson(pool, { ...stranger, person: role, role, office: 'gwanak' })
  const given = { household: 'home-02', person: 'neighbour', duty: 'neighbour' } as const
  const span = { since: NIGHT - HOUR, until: null, consented: NIGHT - HOUR }
  await assign(pool, { ...given, ...span }, 'seoyeon', NIGHT - HOUR)
  const id = await desk.town.raise('home-01', 'danger')
  const theirs = await desk.town.raise('home-02', 'danger')
  for (const role of ['neighbour', 'care']) {
    const cookie = await desk.enter(role)
    const board = await (await desk.get('/', cookie)).text()
    expect(board).not.toContain('행운동')
    expect(board).not.toContain('href="/readiness"')
    for (const path of [
      '/households/home-01',
      '/households',
      '/unwatched',
      '/rejections',
      '/follow-ups',
      '/roster',
      '/readiness',
      `/alerts/${id}`,
    ])
      expect((await desk.get(path, cookie)).status, path).toBe(404)
    expect((await desk.post('/households/home-01/name', cookie)).status).toBe(404)
    expect((await desk.post('/roster/deputies', cookie, { person: role, deputy: '' })).status).toBe(
      404,
    )
    // What is theirs by consent.
    const isTheirs = role === 'neighbour' ? 200 : 404
    expect((await desk.get('/households/home-02', cookie)).status).toBe(isTheirs)
    expect((await desk.get(`/alerts/${theirs}`, cookie)).status).toBe(isTheirs)
  }
  await pool.query(`update delivery set person = 'care' where alert_id = $1`, [id])
  expect(await (await desk.get('/', await desk.enter('care'))).text()).toContain('행운동 3호')
})

test('care corps who are to see to what follows say how far it is, from the case', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  await addPerson(pool, { ...stranger, person: 'care', role: 'care', office: 'gwanak' })
  const alert = await desk.town.raise('home-01', 'danger')
  await pool.query(`update delivery set person = 'care' where alert_id = $1`, [alert])
  const cookie = await desk.enter('care')
  for (const coordinator of ['care', 'haneul']) {
    const form = { follow: coordinator === 'care' ? 'visit' : 'service', due: '2026-12-01' }
    await desk.post(`/alerts/${alert}/follow-ups`, cookie, {
      ...form,
      coordinator,
      'follow-note': '',
    })
  }
  const page = await (await desk.get(`/alerts/${alert}`, cookie)).text()
  const [theirs, ...others] = [...page.matchAll(/action="(\/follow-ups\/\d+)"/g)].map(
    ([, at]) => at,
  )
  expect(others).toEqual([])
  const moved = await desk.post(String(theirs), cookie, { state: 'done' })
  expect([moved.status, moved.headers.get('location')]).toEqual([303, `/alerts/${alert}#follow`])
  const rows = await pool.query('select coordinator, state from follow_up order by coordinator')
  expect(rows.rows).toEqual([
    { coordinator: 'care', state: 'done' },
    { coordinator: 'haneul', state: 'open' },
  ])
  expect((await desk.post('/follow-ups/2', cookie, { state: 'done' })).status).toBe(404)
})

test('a board that is slow to read, or has many readers, is told less often, but within five seconds', () => {
  expect(pauseOf({ streams: 3, cost: 5 })).toBe(250)
  // Ten readers at 80 ms: together a quarter of one connection.
  expect(pauseOf({ streams: 10, cost: 80 })).toBe(3200)
  expect(pauseOf({ streams: 400, cost: 900 })).toBe(5000)
})

test('homes are found by alias, dong or number', async ({ pool }) => {
  const desk = await openDesk(pool)
  const cookie = await desk.enter('haneul')
  const find = async (q: string) =>
    (await desk.get(`/households?q=${encodeURIComponent(q)}`, cookie)).text()
  expect(await find('청룡')).toContain('home-02')
  expect(await find('청룡')).not.toContain('home-01')
  expect(await find('home-05')).toContain('은천동 5호')
  expect(await find('없는')).toContain('찾는 가구가 없습니다')
})

test('an exercise is marked on every page that shows its case, and the canary is on none', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  await pool.query(`update household set purpose = 'exercise' where household = 'home-02'`)
  await pool.query(`update household set purpose = 'canary' where household = 'home-03'`)
  desk.town.voice = VOICE
  const id = await desk.town.raise('home-02', 'danger')
  await desk.town.raise('home-03', 'danger')
  const cookie = await desk.enter('doyun')
  await desk.post(`/alerts/${id}/acknowledge`, cookie)
  const link = `/a/${VOICE.pass?.(id, 'doyun', 0) ?? ''}`
  for (const path of ['/board', `/alerts/${id}`, `/alerts/${id}/visit`, '/handover', link]) {
    const shown = await (await desk.get(path, cookie)).text()
    expect(shown, path).toMatch(/badge exercise">훈련<\/span>/)
    expect(shown, path).not.toContain('보라매동')
  }
})
