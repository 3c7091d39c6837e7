import { pino } from 'pino'
import { describe, expect, vi } from 'vitest'
import { limit } from '../../services/console/limit.ts'
import { personOfTicket, signInLink } from '../../services/console/session.ts'
import { HOUR } from '../../services/core/time.ts'
import { leaveOffice } from '../../services/store/leaving.ts'
import { test } from '../database.ts'
import { BASE, SESSION_KEY, openDesk } from './desk.ts'

const NOON = Date.parse('2026-03-02T12:00:00Z')

function ticketOf(link: string): string {
  return new URL(link).searchParams.get('ticket') ?? ''
}

describe('a sign-in link', () => {
  const link = signInLink({ key: SESSION_KEY, base: BASE, person: 'haneul', until: NOON })

  test('names its person until its end and not a moment longer', () => {
    expect(personOfTicket(SESSION_KEY, ticketOf(link), NOON - 1)).toBe('haneul')
    expect(personOfTicket(SESSION_KEY, ticketOf(link), NOON)).toBeNull()
  })

  test('is worth nothing when any one character of it was changed', () => {
    const ticket = ticketOf(link)
    for (let at = 0; at < ticket.length; at++) {
      const bent = ticket.slice(0, at) + (ticket[at] === 'A' ? 'B' : 'A') + ticket.slice(at + 1)
      // The last character of base64url carries bits that no byte uses.
      if (at < ticket.length - 1) expect(personOfTicket(SESSION_KEY, bent, 0), bent).toBeNull()
    }
  })

  test('of another installation is worth nothing here', () => {
    expect(personOfTicket(`${SESSION_KEY}!`, ticketOf(link), 0)).toBeNull()
  })
})

describe('the way in', () => {
  test('is shown to whoever has no session, and nothing else is', async ({ pool }) => {
    const desk = await openDesk(pool)
    for (const path of ['/', '/alerts/1', '/households/home-01', '/rejections']) {
      const answer = await desk.get(path, '')
      expect([answer.status, answer.headers.get('location')], path).toEqual([303, '/login'])
    }
    for (const path of ['/board', '/events', '/alerts/1/part'])
      expect((await desk.get(path, '', { 'sec-fetch-mode': 'cors' })).status, path).toBe(401)
    expect((await desk.post('/alerts/1/acknowledge', '')).status).toBe(401)
    expect((await desk.post('/households/home-01/name', '')).status).toBe(401)
  })

  test('gives a session that scripts cannot read and other sites cannot use', async ({ pool }) => {
    const desk = await openDesk(pool, { publicUrl: 'https://anbu.example' })
    const link = signInLink({
      key: SESSION_KEY,
      base: BASE,
      person: 'haneul',
      until: Date.now() + HOUR,
    })
    const entered = await desk.app.request(link)
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/'])
    expect(entered.headers.get('set-cookie')).toMatch(/HttpOnly.*Secure.*SameSite=Lax/)
    expect((await desk.get('/', await desk.enter('haneul'))).status).toBe(200)
  })

  test('never takes a link for a session', async ({ pool }) => {
    const desk = await openDesk(pool)
    const link = signInLink({
      key: SESSION_KEY,
      base: BASE,
      person: 'haneul',
      until: Date.now() + HOUR,
    })
    expect((await desk.get('/', `anbu=${ticketOf(link)}`)).status).toBe(303)
  })

  test('is closed to a link that is forged, over, or of somebody who left', async ({ pool }) => {
    const { app } = await openDesk(pool)
    const over = signInLink({
      key: SESSION_KEY,
      base: BASE,
      person: 'haneul',
      until: Date.now() - 1,
    })
    const left = signInLink({
      key: SESSION_KEY,
      base: BASE,
      person: 'gone',
      until: Date.now() + HOUR,
    })
    for (const link of [over, left, `${BASE}/enter?ticket=a.b.c`, `${BASE}/enter`]) {
      const answer = await app.request(link)
      expect(answer.status, link).toBe(401)
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  })

  test('ends the session of somebody who is no longer of the staff', async ({ pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('jian')
    expect((await desk.get('/', cookie)).status).toBe(200)
    await pool.query(`delete from person where person = 'jian'`)
    expect((await desk.get('/', cookie)).status).toBe(303)
  })

  test('ends with who leaves the office: no session, link or mail of theirs opens anything', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('haneul')
    expect((await desk.get('/', cookie)).status).toBe(200)
    const until = Date.now() + HOUR
    const link = signInLink({ key: SESSION_KEY, base: BASE, person: 'haneul', until })
    await leaveOffice(pool, 'haneul', null, desk.town.clock.now())
    expect((await desk.get('/', cookie)).status).toBe(303)
    expect((await desk.get('/events', cookie, { 'sec-fetch-mode': 'cors' })).status).toBe(401)
    expect((await desk.app.request(link)).status).toBe(401)
    await desk.post('/login', '', { email: 'haneul@office.example' })
    await desk.post('/login', '', { email: 'doyun@office.example' })
    await vi.waitFor(() => expect(desk.mails).toHaveLength(1))
    expect(desk.mails[0]?.to).toBe('doyun@office.example')
  })

  test('mails a link to the staff, in whatever case they write their address', async ({ pool }) => {
    const desk = await openDesk(pool)
    await desk.post('/login', '', { email: 'Haneul@Office.Example' })
    await vi.waitFor(() => expect(desk.mails).toHaveLength(1))
    const link = /http\S+/.exec(desk.mails[0]?.text ?? '')?.[0] ?? ''
    expect((await desk.app.request(link)).status).toBe(303)
  })

  test('answers a stranger exactly as one of the staff', async ({ pool }) => {
    const desk = await openDesk(pool)
    const known = await desk.post('/login', '', { email: 'haneul@office.example' })
    const unknown = await desk.post('/login', '', { email: 'stranger@office.example' })
    expect(await unknown.text()).toBe(await known.text())
    expect(unknown.status).toBe(known.status)
    expect(desk.mails).toHaveLength(1)
  })

  test('mails no more than five links to one address in fifteen minutes', async ({ pool }) => {
    const desk = await openDesk(pool)
    const statuses = []
    for (let tries = 0; tries < 7; tries++)
      statuses.push((await desk.post('/login', '', { email: 'haneul@office.example' })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
    expect(desk.mails).toHaveLength(5)
  })

  test('is not shut on the staff by hundreds of made-up addresses', async ({ pool }) => {
    const desk = await openDesk(pool)
    for (let made = 0; made < 201; made++)
      await desk.post('/login', '', { email: `made-up-${made}@example.org` })
    const staff = await desk.post('/login', '', { email: 'haneul@office.example' })
    expect(staff.status).toBe(200)
    expect(desk.mails).toHaveLength(1)
  })

  test('mails two hundred links in fifteen minutes, and only the log hears of the next', async ({
    pool,
  }) => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
    const desk = await openDesk(pool, { log })
    await pool.query(
      `insert into person (person, name, role, office, email)
       select 'many-' || n, '가나다', 'duty', 'gwanak', 'many-' || n || '@office.example'
       from generate_series(0, 200) as n`,
    )
    for (let n = 0; n < 200; n++)
      await desk.post('/login', '', { email: `many-${n}@office.example` })
    expect([desk.mails.length, lines.length]).toEqual([200, 0])
    const next = await desk.post('/login', '', { email: 'many-200@office.example' })
    const stranger = await desk.post('/login', '', { email: 'stranger@office.example' })
    expect([next.status, await next.text()]).toEqual([200, await stranger.text()])
    expect([desk.mails.length, lines.length]).toEqual([200, 1])
    expect(lines[0]).toContain('many-200')
  })

  test('says so when this installation sends no mail', async ({ pool }) => {
    const desk = await openDesk(pool, { mail: null })
    expect(await (await desk.get('/login', '')).text()).toContain('이 설치에는 메일이 없습니다')
  })

  test('stays open for twelve hours of real time, however fast the clock runs', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('haneul')
    desk.town.clock.set(desk.town.clock.now() + 400 * 24 * HOUR)
    expect((await desk.get('/', cookie)).status).toBe(200)
  })

  test('is left by the button, which takes the cookie back', async ({ pool }) => {
    const desk = await openDesk(pool)
    const left = await desk.post('/leave', await desk.enter('haneul'))
    expect(left.headers.get('set-cookie')).toMatch(/anbu=;.*Max-Age=0/)
  })
})

test('a limit counts each for itself, lets go after its time, and a flood shuts nobody out', () => {
  const may = limit(2, 1000)
  expect([may('a', 0), may('a', 1), may('a', 2), may('b', 2)]).toEqual([true, true, false, true])
  expect([may('a', 999), may('a', 1000)]).toEqual([false, true])
  for (let made = 0; made < 20_000; made++) expect(may(`made-up-${made}`, 1001)).toBe(true)
  expect(may('c', 1001)).toBe(true)
})

test('a form of another site is refused', async ({ pool }) => {
  const desk = await openDesk(pool)
  const id = await desk.town.raise('home-01', 'danger')
  const cookie = await desk.enter('haneul')
  const sent = async (headers: Record<string, string>) => {
    const form = { method: 'POST', headers: { cookie, ...headers }, body: new URLSearchParams() }
    return (await desk.app.request(`${BASE}/alerts/${id}/acknowledge`, form)).status
  }
  expect(await sent({ origin: 'https://elsewhere.example' })).toBe(403)
  expect(await sent({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await sent({})).toBe(403)
  expect(await sent({ origin: BASE })).toBe(303)
})

test('a form of more than 16 KiB is refused', async ({ pool }) => {
  const desk = await openDesk(pool)
  const id = await desk.town.raise('home-01', 'danger')
  const cookie = await desk.enter('haneul')
  const form = { outcome: 'safe', note: 'a'.repeat(17 * 1024) }
  expect((await desk.post(`/alerts/${id}/outcome`, cookie, form)).status).toBe(413)
})
