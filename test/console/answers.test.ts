import type pg from 'pg'
import { describe, expect } from 'vitest'
import { askPath } from '../../services/console/resident.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence } from '../../services/store/absences.ts'
import { command } from '../../services/store/commands.ts'
import { addLeave } from '../../services/store/leave.ts'
import { leaveOffice } from '../../services/store/leaving.ts'
import { test } from '../database.ts'
import { type Desk, openDesk, SESSION_KEY, VOICE } from './desk.ts'
import { NIGHT } from './town.ts'

async function one(pool: pg.Pool, text: string, values: readonly unknown[] = []) {
  const { rows } = await pool.query<Record<string, unknown>>(text, [...values])
  return rows[0] ?? {}
}

const stored = (pool: pg.Pool, alert: number) =>
  one(
    pool,
    `select state, generation, (select count(*) from alert_event where alert_id = $1) as events
     from alert where id = $1`,
    [alert],
  )

const link = (alert: number, person: string) => `/a/${VOICE.pass?.(alert, person, 0) ?? ''}`

/** By night the duty desk is told of danger, and after three minutes the planner. */
async function bothTold(desk: Desk): Promise<number> {
  desk.town.voice = VOICE
  const alert = await desk.town.raise('home-01', 'danger')
  desk.town.clock.set(NIGHT + 3 * MINUTE)
  await desk.town.sweep()
  return alert
}

describe('the link in a message', () => {
  test('changes nothing by being looked at, and answers once however often it is pressed', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const before = await stored(pool, alert)
    for (let looks = 0; looks < 3; looks++) {
      const page = await desk.get(link(alert, 'doyun'), '')
      expect(page.status).toBe(200)
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
      expect(await page.text()).toContain('행운동 3호')
    }
    expect(await stored(pool, alert)).toEqual(before)
    const form = { act: 'acknowledge', key: crypto.randomUUID() }
    const pressed = await desk.post(link(alert, 'doyun'), '', form)
    expect(await pressed.text()).toContain('확인했습니다.')
    const held = await stored(pool, alert)
    expect(held).toMatchObject({ state: { state: 'acknowledged', by: 'doyun' }, generation: 1 })
    await desk.post(link(alert, 'doyun'), '', form)
    expect(await stored(pool, alert)).toEqual(held)
    // Who comes second is told who has it.
    const second = await desk.post(link(alert, 'haneul'), '', { act: 'acknowledge' })
    expect(await second.text()).toContain('이도윤 님이 맡았습니다.')
    expect(await stored(pool, alert)).toMatchObject({ state: held['state'] })
  })

  test('says what declining has come to: who cannot go calls the next, but nobody while an absence stops the pages', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const decline = async (person: string) =>
      (await desk.post(link(alert, person), '', { act: 'decline' })).text()
    const nextTold = '다음 사람에게 바로 알렸습니다.'
    // The duty desk's turn is over: the planner's goes on.
    const late = await decline('doyun')
    expect(late).toContain('못 가신다고 적었습니다.')
    expect(late).not.toContain(nextTold)
    expect(await decline('haneul')).toContain(nextTold)

    const other = await desk.town.raise('home-02', 'danger')
    const since = desk.town.clock.now()
    const absence = { cause: 'hospital', author: 'seoyeon', reason: '무릎 수술' } as const
    await addAbsence(pool, { household: 'home-02', since, until: since + DAY, ...absence }, since)
    await desk.town.sweep()
    expect(await stored(pool, other)).toMatchObject({ state: { state: 'away' } })
    const { person } = await one(pool, 'select person from delivery where alert_id = $1', [other])
    const away = await (await desk.post(link(other, String(person)), '', { act: 'decline' })).text()
    expect(away).toContain('부재가 등록되어 있어 지금은 아무에게도 알리지 않습니다.')
    expect(away).not.toContain(nextTold)
  })

  test('of a case that somebody has taken says who has it, also to who declines', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    await desk.post(link(alert, 'doyun'), '', { act: 'acknowledge' })
    const page = await (await desk.post(link(alert, 'haneul'), '', { act: 'decline' })).text()
    expect(page).toContain('이도윤 님이 맡았습니다.')
  })

  test('takes it anew once the time in hand is over, and says no more than what is true', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const press = async () => {
      const page = await (await desk.get(link(alert, 'haneul'), '')).text()
      const key = /name="key" value="([^"]+)"/.exec(page)?.[1] ?? ''
      return (await desk.post(link(alert, 'haneul'), '', { act: 'acknowledge', key })).text()
    }
    expect(await press()).toContain('이 알림은 이제 내가 맡습니다.')
    desk.town.clock.set(desk.town.clock.now() + HOUR)
    await desk.town.sweep()
    expect(await stored(pool, alert)).toMatchObject({ state: { state: 'notifying' } })
    // The message of an hour ago is still on top of the telephone.
    expect(await press()).toContain('이 알림은 이제 내가 맡습니다.')
    // Whoever reads the database has no link by it.
    const { rows } = await pool.query('select key from command')
    const [, , pass = ''] = link(alert, 'haneul').split('/')
    for (const { key } of rows) expect(key).not.toContain(pass)
    expect(await stored(pool, alert)).toMatchObject({
      state: { state: 'acknowledged', by: 'haneul' },
    })
  })

  test('is none for somebody who was not told, and none after a day', async ({ pool }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const before = await stored(pool, alert)
    const refused = [link(alert, 'jian'), link(alert + 1, 'doyun'), `/a/${'x'.repeat(22)}`]
    for (const path of refused) {
      expect((await desk.get(path, '')).status).toBe(404)
      expect((await desk.post(path, '', { act: 'acknowledge' })).status).toBe(404)
    }
    desk.town.clock.set(NIGHT + DAY + HOUR)
    const late = await desk.post(link(alert, 'doyun'), '', { act: 'acknowledge' })
    expect(late.status).toBe(404)
    expect(await late.text()).toContain('이 링크는 시간이 지났거나 맞지 않습니다.')
    expect(await stored(pool, alert)).toEqual(before)
  })

  test('answers no more once its reader is on leave, and says so', async ({ pool }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const now = desk.town.clock.now()
    const leave = { person: 'doyun', since: now, until: now + DAY, deputy: null, reason: '병가' }
    await addLeave(pool, leave, 'doyun', now)
    const before = await stored(pool, alert)
    for (const page of [
      await desk.get(link(alert, 'doyun'), ''),
      await desk.post(link(alert, 'doyun'), '', { act: 'acknowledge' }),
    ]) {
      expect(page.status).toBe(403)
      const text = await page.text()
      expect(text).toContain('휴가 중이십니다.')
      expect(text).not.toContain('<button class="do"')
    }
    expect(await stored(pool, alert)).toEqual(before)
  })

  test('is none for somebody who has left the office', async ({ pool }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    await leaveOffice(pool, 'doyun', null, desk.town.clock.now())
    const before = await stored(pool, alert)
    expect((await desk.get(link(alert, 'doyun'), '')).status).toBe(404)
    const pressed = await desk.post(link(alert, 'doyun'), '', { act: 'acknowledge' })
    expect(pressed.status).toBe(404)
    expect(await stored(pool, alert)).toEqual(before)
  })

  test('answers no more once the alert was told anew without its reader; its owner’s own goes on', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const voice = VOICE
    const order = (by: string, type: 'acknowledge' | 'decline') =>
      command(
        pool,
        { alert, key: `${by} ${type}`, event: { type, by } },
        voice,
        desk.town.clock.now(),
      )
    await order('haneul', 'acknowledge')
    // Told by none: what haneul was told of before, she still has in hand.
    expect((await desk.get(link(alert, 'haneul'), '')).status).toBe(200)
    expect((await desk.get(link(alert, 'doyun'), '')).status).toBe(200)
    await order('haneul', 'decline')
    // It went to the supervisor: neither of the two is asked any more.
    expect(await stored(pool, alert)).toMatchObject({ state: { state: 'notifying', step: 2 } })
    const before = await stored(pool, alert)
    for (const person of ['haneul', 'doyun']) {
      const pressed = await desk.post(link(alert, person), '', { act: 'acknowledge' })
      expect(pressed.status).toBe(403)
      expect(await pressed.text()).toContain('다른 사람에게 넘어갔습니다.')
    }
    expect(await stored(pool, alert)).toEqual(before)
    const fresh = `/a/${VOICE.pass?.(alert, 'seoyeon', 2) ?? ''}`
    expect((await desk.post(fresh, '', { act: 'acknowledge' })).status).toBe(200)
    expect(await stored(pool, alert)).toMatchObject({ state: { by: 'seoyeon' } })
  })

  test('of a closed alert says who closed it', async ({ pool }) => {
    const desk = await openDesk(pool)
    const alert = await bothTold(desk)
    const form = { outcome: 'safe', how: 'phone', note: '통화함' }
    await desk.post(`/alerts/${alert}/outcome`, await desk.enter('haneul'), form)
    const closed = await stored(pool, alert)
    expect(closed).toMatchObject({ state: { state: 'resolved', by: 'haneul' } })
    const words = '이미 김하늘 님이 오늘 02:16에 끝냈습니다.'
    expect(await (await desk.get(link(alert, 'doyun'), '')).text()).toContain(words)
    const pressed = await desk.post(link(alert, 'doyun'), '', { act: 'acknowledge' })
    expect(await pressed.text()).toContain(words)
    expect(await stored(pool, alert)).toMatchObject({ state: closed['state'] })
  })
})

describe('what a resident answers', () => {
  test('counts once, and only from whoever has the address', async ({ pool }) => {
    const desk = await openDesk(pool)
    desk.town.voice = { ...VOICE, asks: true }
    const alert = await desk.town.raise('home-03', 'warning')
    expect(await stored(pool, alert)).toMatchObject({ state: { state: 'pending' } })
    const { id } = await one(pool, 'select id from ask')
    const path = askPath(SESSION_KEY, Number(id))
    expect((await desk.post(askPath('another key', Number(id)), '', { key: '1' })).status).toBe(404)
    expect((await desk.post(path, '', {})).status).toBe(400)
    expect((await desk.get(path, '')).status).not.toBe(200)
    expect(await stored(pool, alert)).toMatchObject({ state: { state: 'pending' } })
    const press = async (key: string) => (await desk.post(path, '', { key })).json()
    for (const key of ['1', '1']) expect(await press(key)).toEqual({ answer: 'fine' })
    expect(await stored(pool, alert)).toMatchObject({
      state: { state: 'resolved', by: 'resident', outcome: 'self' },
    })
    // Whoever was fine may not be any more; whoever asked for help is not to be talked out of it by a second key.
    for (const key of ['2', '1']) expect(await press(key)).toEqual({ answer: 'help' })
    await desk.town.sweep()
    expect(await one(pool, `select count(*) from alert where kind = 'sos'`)).toEqual({ count: 1 })
  })

  test('that is no 1 calls the staff at once', async ({ pool }) => {
    const desk = await openDesk(pool)
    desk.town.voice = { ...VOICE, asks: true }
    const alert = await desk.town.raise('home-03', 'warning')
    const { id } = await one(pool, 'select id from ask')
    await desk.post(askPath(SESSION_KEY, Number(id)), '', { key: '3' })
    expect(await stored(pool, alert)).toMatchObject({ state: { state: 'notifying', step: 0 } })
  })
})

test('at the end of a shift each case stays with its giver until the other has accepted it', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const alert = await desk.town.raise('home-01', 'danger')
  const [doyun, haneul] = [await desk.enter('doyun'), await desk.enter('haneul')]
  await desk.post(`/alerts/${alert}/acknowledge`, doyun)
  expect(await (await desk.get('/handover', doyun)).text()).toContain('행운동 3호')
  const form = { to: 'haneul', until: '09:00' }
  expect((await desk.post('/handover', doyun, form)).status).toBe(400)
  const given = await desk.post('/handover', doyun, { ...form, alert: String(alert) })
  expect([given.status, given.headers.get('location')]).toEqual([303, '/handover'])
  expect(await stored(pool, alert)).toMatchObject({ state: { by: 'doyun' } })
  expect(await (await desk.get('/handover', haneul)).text()).toContain(`/alerts/${alert}/accept`)
  expect((await desk.post(`/alerts/${alert}/accept`, haneul)).status).toBe(303)
  expect(await stored(pool, alert)).toMatchObject({ state: { by: 'haneul' } })
  // Nothing is offered to anybody now.
  expect((await desk.post(`/alerts/${alert}/accept`, haneul)).status).toBe(403)
})

test('a visit has a page of its own, on which a call for help looks like a report', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const alert = await desk.town.raise('home-01', 'danger')
  const doyun = await desk.enter('doyun')
  const path = `/alerts/${alert}`
  await desk.post(`${path}/acknowledge`, doyun)
  const begun = await desk.post(`${path}/start-visit`, doyun, { minutes: '20', companion: '' })
  expect([begun.status, begun.headers.get('location')]).toEqual([303, `${path}/visit`])
  expect((await desk.get(`${path}/visit`, doyun)).status).toBe(200)
  const report = await desk.post(`${path}/check-in`, doyun, { minutes: '20' })
  const before = await (await desk.get(`${path}/visit/part`, doyun)).text()
  const home = await (await desk.get('/households/home-01', doyun)).text()
  const call = await desk.post(`${path}/duress`, doyun)
  expect([call.status, call.headers.get('location')]).toEqual([
    report.status,
    report.headers.get('location'),
  ])
  await desk.town.sweep()
  expect(await one(pool, `select subject from alert where kind = 'staff'`)).toEqual({
    subject: 'doyun',
  })
  expect(keyless(await (await desk.get(`${path}/visit/part`, doyun)).text())).toBe(keyless(before))
  // Nobody stands above who is there: a button that would be refused is none.
  expect(await (await desk.get(path, doyun)).text()).not.toContain(`${path}/escalate`)
  // Nor does the home's page, where its address stands, say a word to whom it is about.
  expect(await (await desk.get('/households/home-01', doyun)).text()).toBe(home)
  const others = await (await desk.get('/households/home-01', await desk.enter('seoyeon'))).text()
  expect(others).toContain('방문자 안전')
  // Whoever closes the case does not bring them home: they report and leave as before.
  const form = { outcome: 'safe', how: 'phone', note: '' }
  await desk.post(`${path}/outcome`, await desk.enter('seoyeon'), form)
  const still = await desk.post(`${path}/check-in`, doyun, { minutes: '20' })
  expect([still.status, still.headers.get('location')]).toEqual([303, `${path}/visit`])
  expect((await desk.post(`${path}/leave`, doyun)).status).toBe(303)
  expect(await (await desk.get(`${path}/visit/part`, doyun)).text()).not.toContain('id="fine"')
})

// Each form has a key of its own.
const keyless = (page: string) => page.replaceAll(/value="[0-9a-f-]{36}"/g, '')

test('what shall follow is never dropped without a word: where its date is missing, nothing is closed', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const alert = await desk.town.raise('home-01', 'danger')
  const doyun = await desk.enter('doyun')
  const form = { outcome: 'safe', how: 'phone', note: '', follow: 'visit', coordinator: 'haneul' }
  const dateless = await desk.post(`/alerts/${alert}/outcome`, doyun, { ...form, due: '' })
  const again = await dateless.text()
  expect([dateless.status, again]).toEqual([
    400,
    expect.stringContaining('적은 것을 다시 확인하십시오.'),
  ])
  // What was ticked is ticked still: else it would be dropped with the next press.
  expect(again).toMatch(/value="visit"\s+checked/)
  expect(again).toMatch(/value="haneul" selected/)
  expect(await stored(pool, alert)).toMatchObject({ state: { state: 'notifying' } })
  await desk.post(`/alerts/${alert}/outcome`, doyun, { ...form, due: '2026-11-30' })
  expect(await stored(pool, alert)).toMatchObject({ state: { state: 'resolved' } })
  const add = await desk.post(`/alerts/${alert}/follow-ups`, doyun, { ...form, due: '' })
  expect(add.status).toBe(400)
  expect(await one(pool, 'select kind, due::text from follow_up')).toEqual({
    kind: 'visit',
    due: '2026-11-30',
  })
})

test('what follows an outcome stands on its page until somebody has seen to it', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const alert = await desk.town.raise('home-01', 'danger')
  const haneul = await desk.enter('haneul')
  const follow = { follow: 'visit', due: '2026-12-01', coordinator: 'haneul', 'follow-note': '약' }
  const outcome = { outcome: 'safe', how: 'phone', note: '통화함' }
  await desk.post(`/alerts/${alert}/outcome`, haneul, { ...outcome, ...follow })
  const page = await (await desk.get('/follow-ups', haneul)).text()
  expect(page).toContain('2026-12-01')
  const { id } = await one(pool, 'select id from follow_up')
  expect((await desk.post(`/follow-ups/${String(id)}`, haneul, { state: 'done' })).status).toBe(303)
  expect(await one(pool, 'select state from follow_up')).toEqual({ state: 'done' })
  expect((await desk.post('/follow-ups/999', haneul, { state: 'done' })).status).toBe(404)
})
