import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence, listAbsences } from '../../services/store/absences.ts'
import { instant } from '../../services/store/pool.ts'
import { addChoice } from '../../services/store/policies.ts'
import { test } from '../database.ts'
import { openDesk } from './desk.ts'
import { NIGHT, busyNight } from './town.ts'

async function read(answer: Response): Promise<string> {
  const main = /<main[\s\S]*<\/main>/.exec(await answer.text())?.[0] ?? ''
  return main.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

const WHICH = { household: 'home-01', past: true }

describe('a planner', () => {
  test('records an absence with its end and its reason, and ends it', async ({ pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('haneul')
    // What an input of type datetime-local sends is the home's clock.
    const form = { cause: 'hospital', until: '2026-12-20T10:00', reason: '무릎 수술' }
    const saved = await desk.post('/households/home-01/absences', cookie, form)
    expect(saved.status).toBe(303)
    const [absence] = await listAbsences(pool, WHICH, NIGHT)
    expect(absence).toMatchObject({
      cause: 'hospital',
      since: NIGHT,
      until: Date.parse('2026-12-20T10:00:00+09:00'),
      author: 'haneul',
    })
    const page = await read(await desk.get('/households/home-01', cookie))
    expect(page).toContain('김하늘 님: 무릎 수술')
    expect(page).toContain('14일 넘음')
    expect(await read(await desk.get('/unwatched', cookie))).toContain('김하늘 님: 무릎 수술')
    expect(await read(await desk.get('/', cookie))).toContain(
      '입원 늦어도 12월 20일 (일) 10:00까지',
    )

    await desk.post(`/households/home-01/absences/${absence?.id}/end`, await desk.enter('doyun'))
    expect(await listAbsences(pool, WHICH, NIGHT)).toMatchObject([
      { ended: NIGHT, endedBy: 'doyun' },
    ])
    expect(await read(await desk.get('/households/home-01', cookie))).toContain('이도윤 님이')
  })

  test('sees on an open alert every absence of its home, of the last day or to come, and what each does to it', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const open = await desk.town.raise('home-01', 'danger')
    const call = await desk.town.raise('home-01', 'danger', 'sos')
    const author = 'seoyeon'
    const plan = (reason: string, since: number, until: number, recorded = NIGHT) =>
      addAbsence(
        pool,
        { household: 'home-01', cause: 'trip', since, until, author, reason },
        recorded,
      )
    await plan('그제 끝남', NIGHT - 3 * DAY, NIGHT - 25 * HOUR, NIGHT - 3 * DAY)
    await plan('어제 끝남', NIGHT - 2 * DAY, NIGHT - 23 * HOUR, NIGHT - 2 * DAY)
    await plan('지난주 예약', NIGHT - HOUR, NIGHT + HOUR, NIGHT - 7 * DAY)
    await plan('다음 주 여행', NIGHT + 7 * DAY, NIGHT + 9 * DAY)
    const cookie = await desk.enter('haneul')
    const bearings = async (alert: number) => {
      const page = await (await desk.get(`/alerts/${alert}`, cookie)).text()
      return [...page.matchAll(/박서연 님: ([^<]*)<[^>]*>\s*<span class="does">([^<]*)</g)].map(
        ([, reason, does]) => `${reason}: ${does}`,
      )
    }
    expect(await bearings(open)).toEqual([
      '다음 주 여행: 시작해도 이미 열린 이 알림은 멈추지 않고, 그동안 새로 알리지만 않습니다.',
      '지난주 예약: 미리 등록해 둔 부재라 먼저 열린 이 알림은 멈추지 않습니다.',
      '어제 끝남: 끝남',
    ])
    const never = '이런 알림은 부재로 멈추지 않습니다.'
    expect(await bearings(call)).toEqual([
      `다음 주 여행: ${never}`,
      `지난주 예약: ${never}`,
      '어제 끝남: 끝남',
    ])
    // Told of now, it stops what is open; and it makes the trip that follows it without a gap do so too.
    await plan('딸네 감', NIGHT, NIGHT + 7 * DAY)
    await desk.town.sweep()
    expect((await bearings(open)).slice(0, 2)).toEqual([
      '다음 주 여행: 시작하면 이 알림을 끝날 때까지 멈춥니다.',
      '딸네 감: 끝날 때까지 이 알림을 멈춥니다.',
    ])
    await desk.post(`/alerts/${open}/acknowledge`, cookie)
    expect((await bearings(open))[1]).toBe(
      '딸네 감: 맡은 사람이 손을 놓으면 끝날 때까지 이 알림을 멈춥니다.',
    )
  })

  test('stops an open alert by it, which the board, the alert and its record say, and goes on with it', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const open = await desk.town.raise('home-01', 'danger')
    const cookie = await desk.enter('haneul')
    const form = { cause: 'trip', until: '2026-11-25T10:00', reason: '딸네 감' }
    await desk.post('/households/home-01/absences', cookie, form)
    await desk.town.sweep()
    const stands = '여행: 김하늘 님이'
    expect(await read(await desk.get('/', cookie))).toMatch(new RegExp(`부재로 멈춤 1.*${stands}`))
    const page = await read(await desk.get(`/alerts/${open}`, cookie))
    expect(page).toContain(stands)
    expect(page).toContain('김하늘 님이 부재를 등록함, 부재가 끝날 때까지 알리지 않음 딸네 감')
    expect(page).not.toContain('즉시 상향')

    const [absence] = await listAbsences(pool, WHICH, NIGHT)
    await desk.post(`/households/home-01/absences/${absence?.id}/end`, cookie)
    await desk.town.sweep()
    expect(await read(await desk.get(`/alerts/${open}`, cookie))).toContain(
      '부재가 끝났는데 그대로여서 1단계부터 다시 알림',
    )
  })

  test('lets movement wait for its confirmation, which the record says in one line', async ({
    pool,
  }) => {
    const desk = await openDesk(pool)
    const open = await desk.town.raise('home-01', 'danger')
    await pool.query(
      `insert into returned (household_id, kind, at) select household_id, 'inactivity', $1 from alert where id = $2`,
      [instant(NIGHT), open],
    )
    await desk.town.sweep()
    const cookie = await desk.enter('haneul')
    const form = { cause: 'trip', until: '2026-11-25T10:00', reason: '딸네 감' }
    await desk.post('/households/home-01/absences', cookie, form)
    for (const minutes of [0, 30, 60]) {
      desk.town.clock.set(NIGHT + minutes * MINUTE)
      await desk.town.sweep()
    }
    const page = await read(await desk.get(`/alerts/${open}`, cookie))
    expect(page.match(/돌아온 움직임은 부재가 끝난 뒤에 확인/g)).toHaveLength(1)
    expect(page).not.toContain('근무가 끝났는데')
  })

  test('cannot be stopped by who only looks after devices', async ({ pool }) => {
    const desk = await openDesk(pool)
    await pool.query(`update person set role = 'technician' where person = 'doyun'`)
    const form = { cause: 'trip', until: '2026-11-25T10:00', reason: '여행' }
    const cookie = await desk.enter('doyun')
    const answer = await desk.post('/households/home-01/absences', cookie, form)
    expect(answer.status).toBe(403)
    expect(await read(answer)).toContain('맡은 사람만 등록하거나 끝낼 수 있습니다')
    expect(await listAbsences(pool, WHICH, NIGHT)).toEqual([])
  })

  test.for([
    { cause: 'trip', until: '', reason: '여행' },
    { cause: 'trip', until: '2026-11-20T10:00', reason: '여행' },
    { cause: 'trip', until: '2026-12-20T10:00', reason: ' ' },
    { cause: 'muted', until: '2027-12-20T10:00', reason: '요청' },
    { until: '2026-12-20T10:00', reason: '여행' },
  ])('records none that has no end, reason or cause: %j', async (form, { pool }) => {
    const desk = await openDesk(pool)
    const cookie = await desk.enter('haneul')
    const given = Object.fromEntries(Object.entries(form))
    const answer = await desk.post('/households/home-01/absences', cookie, given)
    expect(answer.status).toBe(400)
    expect(await read(answer)).toContain('끝나는 때와 설명을 확인하십시오')
    expect(await listAbsences(pool, WHICH, NIGHT)).toEqual([])
  })

  test('reads what holds for a home, and who chose it', async ({ pool }) => {
    const desk = await openDesk(pool)
    const choice = {
      household: null,
      office: 'gwanak',
      tier: null,
      since: NIGHT - DAY,
      until: null,
    }
    const why = { author: 'seoyeon', reason: '명절 연휴' }
    await addChoice(pool, { ...choice, ...why, name: 'ceiling', value: 20 })
    const page = await read(await desk.get('/households/home-01', await desk.enter('haneul')))
    expect(page).toContain('이 시간이 지나면 언제나 확인 20시간 기관 기준 · 박서연 님: 명절 연휴')
    expect(page).toContain('경보: 오경보 한 달에 0.1번까지 위험군의 기본값')
  })
})

test('who is not watched is on one page, with the reason, in both languages', async ({ pool }) => {
  const desk = await openDesk(pool)
  await busyNight(desk.town)
  const cookie = await desk.enter('haneul')
  expect(await read(await desk.get('/unwatched', cookie))).toContain('게이트웨이 소식 없음')
  expect(await read(await desk.get('/unwatched?lang=en', cookie))).toContain('Gateway not heard')
  await pool.query('update unseen set until = $1', [new Date(NIGHT + HOUR)])
  expect(await read(await desk.get('/unwatched', cookie))).toContain(
    '모든 가구를 지켜보고 있습니다',
  )
})

test('a planner reads where the person is and why, and which sensors are not to be believed', async ({
  pool,
}) => {
  const desk = await openDesk(pool)
  const cookie = await desk.enter('haneul')
  const page = async () => await read(await desk.get('/households/home-01', cookie))
  expect(await page()).toContain('집 안에서 움직이셨고, 그 뒤로 현관문을 쓰지 않으셨습니다')
  expect(await page()).toContain('현관문을 열어 두는 한도, 낮 1시간 이 가구의 습관이나 기본값')

  await pool.query(`update device set reliability = 0.2 where uid = 'motion-1'`)
  await pool.query(
    `update device set stuck_since = $1, hold = '{"value": 230}' where uid = 'plug-1'`,
    [new Date(NIGHT - DAY)],
  )
  await pool.query(`delete from device where uid = 'door-1'`)
  expect(await page()).toContain('외출을 볼 수 있는 문 센서가 없어 나가셨는지는 알 수 없습니다')
  expect(await page()).toContain('믿는 정도 20%')
  expect(await page()).toContain('같은 값(230 W)만 보냄')
})
