import { describe, expect } from 'vitest'
import { health } from '../../services/console/health.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addRejection, noteUnassigned } from '../../services/store/gateways.ts'
import { instant, openPool } from '../../services/store/pool.ts'
import { test } from '../database.ts'
import { openDesk } from './desk.ts'
import { buildTown, busyNight, liveFourWeeks, NIGHT, stillClock } from './town.ts'

const EN = { 'accept-language': 'en-GB,en;q=0.9' }

/** What a reader reads: the page without its marks, in single spaces. */
async function read(answer: Response): Promise<string> {
  const main = /<main[\s\S]*<\/main>/.exec(await answer.text())?.[0] ?? ''
  return main.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

describe('the board', () => {
  test('reads from the gravest to the least, and says of each where it stands', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    await busyNight(desk.town)
    const text = await read(await desk.get('/', await desk.enter('doyun')))
    const order = [
      '미확인 위험 1',
      '행운동 3호',
      '미확인 1',
      '보라매동 7호',
      '확인됨 1',
      '청룡동 11호',
      '움직임이 돌아옴 (미확인) 1',
      '기기·통신 1',
      '지켜보기 1',
      '지금 볼 수 없는 가구 1',
      '모든 가구 10',
    ]
    expect(order.map((words) => text.indexOf(words))).toEqual(
      order.map((words) => text.indexOf(words)).toSorted((a, b) => a - b),
    )
    expect(text).not.toContain('-1')
    // Danger was raised at 02:09, its first step waits 3 minutes: told again at 02:12, next at 02:15.
    expect(text).toContain('2단계, 다음 호출 오늘 02:15, 아직 아무도 답하지 않음')
    expect(text).toContain('알림: 받아들여짐 1, 실패 1')
    // A warning is held for 30 minutes: taken at 01:55.
    expect(text).toContain('김하늘 님이 맡음, 오늘 02:25까지 결과가 없으면 다시 알림')
    expect(text).toContain('외출 어제 17:13부터 , 늦어도 오늘 13:13까지'.replace(' ,', ','))
  })

  test('is calm only where nothing waits for an answer, be it of a device', async ({ pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('doyun')
    const calm = '지금 기다리는 알림이 없습니다.'
    expect(await read(await desk.get('/', cookie))).toContain(calm)
    const alert = await desk.town.raise('home-04', 'caution', 'blind')
    expect(await read(await desk.get('/', cookie))).not.toContain(calm)
    await desk.post(`/alerts/${alert}/acknowledge`, cookie)
    const text = await read(await desk.get('/', cookie))
    expect(text).toContain(calm)
    expect(text).toContain('기기·통신 1')
  })

  test('says it in English to who asks for it, and remembers', async ({ pool }) => {
    const desk = await openDesk(pool)
    await busyNight(desk.town)
    const cookie = await desk.enter('doyun')
    expect(await read(await desk.get('/', cookie, EN))).toContain('Unanswered danger')
    const chosen = await desk.get('/?lang=ko', cookie, EN)
    expect(await read(chosen)).toContain('미확인 위험')
    const language = (chosen.headers.get('set-cookie') ?? '').split(';')[0]
    expect(await read(await desk.get('/', `${cookie}; ${language}`, EN))).toContain('미확인 위험')
  })

  test('offers no button on what somebody else has in hand', async ({ pool }) => {
    const desk = await openDesk(pool)
    const ids = await busyNight(desk.town)
    const held = `action="/alerts/${ids['held']}/acknowledge"`
    expect(await (await desk.get('/board', await desk.enter('doyun'))).text()).not.toContain(held)
    expect(await (await desk.get('/board', await desk.enter('haneul'))).text()).toContain(held)
  })

  test('says that nobody is watched while the pipeline stands still', async ({ pool }) => {
    const desk = await openDesk(pool)
    await pool.query(`insert into unseen (since, cause) values ($1, 'pipeline')`, [
      instant(NIGHT - HOUR),
    ])
    const text = await read(await desk.get('/', await desk.enter('doyun')))
    expect(text).toContain('오늘 01:13부터 시스템이 멈춰 있어')
  })
})

describe('an alert', () => {
  test('is taken by whoever is first, and the second is told who and when', async ({ pool }) => {
    const desk = await openDesk(pool)
    const id = await desk.town.raise('home-01', 'danger')
    const path = `/alerts/${id}/acknowledge`
    const first = await desk.post(path, await desk.enter('haneul'))
    expect([first.status, first.headers.get('location')]).toEqual([303, `/alerts/${id}`])
    desk.town.clock.set(NIGHT + 2 * MINUTE)
    // Pressed twice: the lease is renewed, and nobody is told off.
    expect((await desk.post(path, await desk.enter('haneul'))).status).toBe(303)
    const second = await desk.post(path, await desk.enter('doyun'))
    expect(second.status).toBe(409)
    expect(await read(second)).toContain('이미 김하늘 님이 오늘 02:13에 확인했습니다.')
  })

  test('ends only with an outcome, and who comes late is told who closed it', async ({ pool }) => {
    const desk = await openDesk(pool)
    const id = await desk.town.raise('home-01', 'danger')
    const haneul = await desk.enter('haneul')
    await desk.post(`/alerts/${id}/acknowledge`, haneul)
    const path = `/alerts/${id}/outcome`
    const nothing = await desk.post(path, haneul)
    expect(nothing.status).toBe(400)
    expect(await read(nothing)).toContain('결과를 하나 고르십시오.')
    expect((await desk.post(path, haneul, { outcome: 'fine' })).status).toBe(400)
    desk.town.clock.set(NIGHT + 20 * MINUTE)
    const bare = { outcome: 'transported', note: '<b>119</b> 이송' }
    const lacking = await desk.post(path, haneul, { ...bare, who: '가상 "병원"' })
    expect(await read(lacking.clone())).toContain('이 결과에는 다음을 적어야 합니다: 일어난 시각')
    // What was written is still there.
    const again = await lacking.text()
    expect(again).toContain('&lt;b&gt;119&lt;/b&gt; 이송</textarea')
    expect(again).toContain('value="가상 &quot;병원&quot;"')
    const ticked = [...again.matchAll(/value="([\w-]+)"\s+required\s+checked/g)]
    expect(ticked.map(([, value]) => value)).toEqual(['transported'])
    // Whoever loads such a page anew, or changes its language, asks for it by its address.
    const anew = await desk.get(`${path}?lang=en`, haneul)
    expect([anew.status, anew.headers.get('location')]).toEqual([303, `/alerts/${id}`])
    // Nothing but blanks is no note.
    const blank = { outcome: 'fault', note: ' \r\n ' }
    expect((await desk.post(path, haneul, blank)).status).toBe(400)
    // A browser counts a new line as one letter, and sends two.
    const long = { outcome: 'fault', note: 'x\r\n'.repeat(1000) }
    const other = await desk.town.raise('home-02', 'danger')
    expect((await desk.post(`/alerts/${other}/outcome`, haneul, long)).status).toBe(303)
    const form = { ...bare, happened: '2026-11-23T02:20', who: '가상병원' }
    expect((await desk.post(path, haneul, form)).status).toBe(303)
    expect((await desk.post(path, haneul, form)).status).toBe(303)
    const late = await desk.post(path, await desk.enter('doyun'), { outcome: 'safe' })
    expect(late.status).toBe(409)
    const page = await late.clone().text()
    expect(await read(late)).toContain('이미 김하늘 님이 오늘 02:33에 끝냈습니다.')
    expect(page).toContain('&lt;b&gt;119&lt;/b&gt; 이송')
    expect(page).not.toContain('name="outcome"')
  })

  test('of a silence asks whether somebody who is well is at home or elsewhere', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('doyun')
    const silence = await desk.town.raise('home-01', 'danger')
    const door = await desk.town.raise('home-01', 'caution', 'door')
    const asked = '안전 확인은 집에 무사히 계실 때, 부재는 다른 곳에 무사히 계실 때입니다.'
    expect(await read(await desk.get(`/alerts/${silence}`, cookie))).toContain(asked)
    expect(await read(await desk.get(`/alerts/${silence}`, cookie, EN))).toContain(
      'Found safe: well, and at home. Was away: well, and elsewhere.',
    )
    // An open door says nothing of where they are, and asks for neither.
    expect(await read(await desk.get(`/alerts/${door}`, cookie))).not.toContain(asked)
  })

  test('says which of two sensors of a room never rests', async ({ pool }) => {
    const desk = await openDesk(pool)
    await pool.query(`update device set room = '현관' where uid in ('motion-2', 'door-1')`)
    const since = NIGHT - MINUTE
    const id = await desk.town.raise('home-01', 'caution', 'inactivity', {
      rule: 'alone',
      since,
      silentFor: MINUTE,
      expected: 0,
      longest: 9 * HOUR,
      lastRoom: '현관',
      presence: 'home',
      othersSince: NIGHT - 23 * HOUR,
      limit: 23 * HOUR,
      restless: 30 * MINUTE,
      uid: 'motion-2',
    })
    const page = await read(await desk.get(`/alerts/${id}`, await desk.enter('doyun')))
    expect(page).toContain('23시간째 현관의 센서가 30분도 쉬지 않고 반응합니다.')
    expect(page).toContain('현관 움직임 쉬지 않고 반응하는 센서')
    expect(page).not.toContain('현관 문 쉬지 않고 반응하는 센서')
  })

  test('tells its whole story in sentences', async ({ pool }) => {
    const desk = await openDesk(pool)
    const ids = await busyNight(desk.town)
    const cookie = await desk.enter('doyun')
    const danger = await read(await desk.get(`/alerts/${ids['danger']}`, cookie))
    const story = [
      '오늘 02:12 김하늘 님에게 메일: 받아들여짐',
      '오늘 02:12 2단계에 알림',
      '이도윤 님에게 메일: 실패 550 no such mailbox',
      // By night the duty desk stands first on the ladder.
      '1단계 당직실',
      '2단계 담당 복지플래너, 이웃살피미',
      '위험 알림이 열림, 1단계에 알림',
    ]
    for (const words of story) expect(danger).toContain(words)
    const back = await read(await desk.get(`/alerts/${ids['back']}`, cookie))
    expect(back).toContain('움직임이 돌아옴 (01:51), 사람의 확인을 기다림')
    const past = await read(await desk.get(`/alerts/${ids['past']}`, cookie))
    expect(past).toContain('김하늘 님이 끝냄: 안전 확인 문 두드리니 나오심')
  })

  test('that is not there is a page that says so', async ({ pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('doyun')
    for (const path of [
      '/alerts/999',
      '/alerts/x',
      '/alerts/999/part',
      '/households/nowhere',
      '/alerts/999/acknowledge',
      '/x',
    ])
      expect((await desk.get(path, cookie)).status, path).toBe(404)
    expect((await desk.post('/alerts/999/acknowledge', cookie)).status).toBe(404)
  })
})

describe('a home', () => {
  test('shows a name once, after a button, and writes down who looked', async ({ pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('doyun')
    expect(await read(await desk.get('/households/home-01', cookie))).not.toContain('가나다')
    expect((await pool.query('select from resident_look')).rowCount).toBe(0)
    const shown = await desk.post('/households/home-01/name', cookie)
    expect(shown.headers.get('cache-control')).toBe('no-store')
    expect(await read(shown)).toContain('가나다')
    const { rows } = await pool.query('select person, at from resident_look')
    expect(rows).toEqual([{ person: 'doyun', at: NIGHT }])
    expect(await read(await desk.get('/households/home-01', cookie))).not.toContain('가나다')
    const anew = await desk.get('/households/home-01/name', cookie)
    expect([anew.status, anew.headers.get('location')]).toEqual([303, '/households/home-01'])
  })

  test('says that a name cannot be opened rather than that there is none', async ({ pool }) => {
    const desk = await openDesk(pool, { namesKey: 'not the key that the names were sealed with' })
    const shown = await desk.post('/households/home-01/name', await desk.enter('doyun'))
    expect(await read(shown)).toContain('ANBU_NAMES_KEY')
  })

  test('says in words what its picture shows', async ({ pool }) => {
    const desk = await openDesk(pool)
    await liveFourWeeks(pool, 'home-01')
    await busyNight(desk.town)
    const answer = await desk.get('/households/home-01', await desk.enter('doyun'))
    const page = await answer.clone().text()
    expect(page).toMatch(/role="img"\s+aria-labelledby="picture-title picture-text"/)
    // Two stretches of 9 and 5 hours; signals of four days ago and of tonight.
    expect(page).toMatch(
      /<desc id="picture-text">최근 28일: .*볼 수 없던 시간 14시간, 신호 2건<\/desc>/,
    )
    const text = await read(answer)
    expect(text).toContain('보통 05:30에 하루를 시작하고 22:30에 잠잠해집니다.')
    expect(text).toContain('게이트웨이 gw-home-01 오늘 02:11 (2분 전)')
    // All of it, with every bar, within what a poor line takes in a second.
    expect(page.length).toBeLessThan(100_000)
  })
})

test('what could not be read is shown as it came, and harms nobody', async ({ pool }) => {
  const desk = await openDesk(pool)
  const payload = Buffer.from('<script>alert(1)</script>\u202e{"t":')
  await addRejection(
    pool,
    { gateway: 'gw-home-02', topic: 'g/<x>', reason: 'not json', detail: 'at 0', payload },
    NIGHT,
  )
  const stray = {
    gateway: 'gw-home-03',
    uid: '0xab',
    kind: 'motion',
    value: 1,
    at: NIGHT,
    nature: 'event',
    kindNumber: 0,
  } as const
  await noteUnassigned(pool, [stray])
  const answer = await desk.get('/rejections', await desk.enter('jian'))
  const page = await answer.clone().text()
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\uFFFD')
  expect(page).not.toContain('<script>alert')
  expect(await read(answer)).toContain('0xab 움직임 1 오늘 02:13 1 gw-home-03 보라매동 7호')
})

describe('health', () => {
  test('says what is late, to anybody, and nothing of anybody', async ({ pool }) => {
    const desk = await openDesk(pool)
    const fine = await desk.app.request('/health')
    expect([fine.status, await fine.json()]).toMatchObject([
      200,
      { late: [], database: 'reachable' },
    ])
    await pool.query(`insert into pulse (service, at) values ('detector', $1)`, [
      instant(NIGHT - HOUR),
    ])
    await desk.town.raise('home-01', 'danger')
    desk.town.clock.set(NIGHT + 6 * MINUTE)
    const late = await desk.app.request('/health')
    expect(late.status).toBe(503)
    const found = await late.text()
    // The beat is an hour and 6 minutes old, the message 6 minutes, the timer 3.
    expect(JSON.parse(found)).toMatchObject({
      late: ['detector', 'timer', 'delivery'],
      pulses: { detector: 66 * MINUTE },
      overdue: { deadline: 0, timer: 3 * MINUTE, signal: 0, delivery: 6 * MINUTE },
    })
    expect(found).not.toMatch(/행운동|home-01|haneul/)
  })
})

test('a message that nobody got makes health bad for an hour', async ({ pool }) => {
  await (await buildTown(pool)).raise('home-01', 'danger')
  const fine = await health(pool, stillClock(NIGHT), true)
  expect([fine.failed, fine.late.includes('failed')]).toEqual([0, false])
  const ended = NIGHT - 10 * MINUTE
  await pool.query(
    `update delivery set state = 'failed', due_at = null, done_at = $1
     where id = (select min(id) from delivery)`,
    [instant(ended)],
  )
  const bad = await health(pool, stillClock(NIGHT), true)
  expect([bad.failed, bad.late.includes('failed')]).toEqual([1, true])
  const later = await health(pool, stillClock(ended + HOUR), true)
  expect([later.failed, later.late.includes('failed')]).toEqual([0, false])
})

test('an open alert of a person that has reached nobody at all makes health bad', async ({
  pool,
}) => {
  const town = await buildTown(pool)
  await pool.query('update person set email = null')
  const alert = await town.raise('home-01', 'danger')
  await town.raise('home-02', 'caution', 'blind', {
    rule: 'gateway-offline',
    lastSeen: NIGHT - HOUR,
  })
  const bad = await health(pool, stillClock(NIGHT), true)
  expect([bad.unreached, bad.late]).toEqual([1, ['unreached']])
  await applyEvent(pool, alert, { type: 'acknowledge', by: 'doyun' }, NIGHT)
  expect((await health(pool, stillClock(NIGHT), true)).late).toEqual([])
})

test('a database that is away is said to be away, within seconds', async () => {
  const pool = openPool('postgres://nobody@127.0.0.1:1/nowhere')
  const found = await health(pool, stillClock(NIGHT), false)
  expect(found).toMatchObject({ late: ['database'], database: 'away', listening: false })
  await pool.end()
})

test('no page may be stored, framed, or run a script that is not ours', async ({ pool }) => {
  const desk = await openDesk(pool)
  const answer = await desk.get('/', await desk.enter('doyun'))
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const policy = answer.headers.get('content-security-policy')
  expect(policy).toContain(`default-src 'none'`)
  expect(policy).toContain(`script-src 'self'`)
  expect(policy).toContain(`frame-ancestors 'none'`)
  expect(policy).not.toContain('unsafe')
  // Nothing that the policy would stop.
  expect(await answer.text()).not.toMatch(/<script>|style="|\son[a-z]+="/)
})
