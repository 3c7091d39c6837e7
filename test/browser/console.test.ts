import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { type BrowserContextOptions, type Page, chromium } from 'playwright-core'
import { describe, expect } from 'vitest'
import { signInLink } from '../../services/console/session.ts'
import { startConsole } from '../../services/console/start.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { SESSION_KEY, VOICE } from '../console/desk.ts'
import {
  NAMES_KEY,
  NIGHT,
  SEOUL,
  type Town,
  buildTown,
  busyNight,
  liveFourWeeks,
} from '../console/town.ts'
import { test as optional } from '../optional.ts'

const PHONE = { viewport: { width: 390, height: 844 }, locale: 'ko-KR' }
const IMAGES = new URL('../../docs/images/', import.meta.url)

type Visit = {
  readonly town: Town
  readonly url: string
  /** A page of somebody who has signed in. What its console or its script complains of fails the test. */
  open(person: string, how?: BrowserContextOptions): Promise<Page>
  /** Ends the console and begins it again at the same address. */
  restart(meanwhile: () => Promise<void>): Promise<void>
}

const test = optional.extend('visit', async ({ pool, chromium: program }, { onCleanup }) => {
  const open = new AsyncDisposableStack()
  onCleanup(() => open.disposeAsync())
  const town = await buildTown(pool)
  const serve = (port: number) =>
    startConsole({
      pool,
      clock: town.clock,
      log: pino({ level: 'silent' }),
      sessionKey: SESSION_KEY,
      namesKey: NAMES_KEY,
      mail: null,
      callbacks: {},
      voice: VOICE,
      told: () => Promise.resolve(),
      raised: () => Promise.resolve(),
      pushKey: null,
      timeZone: SEOUL,
      host: '127.0.0.1',
      port,
    })
  let served = await serve(0)
  open.defer(() => served[Symbol.asyncDispose]())
  const browser = await chromium.launch({ executablePath: program })
  const complaints: string[] = []
  open.defer(async () => {
    await browser.close()
    expect(complaints).toEqual([])
  })
  const { url } = served
  const visit: Visit = {
    town,
    url,
    async open(person, how = PHONE) {
      const page = await (await browser.newContext(how)).newPage()
      page.setDefaultTimeout(8_000)
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(
        signInLink({ key: SESSION_KEY, base: url, person, until: Date.now() + MINUTE }),
      )
      return page
    },
    async restart(meanwhile) {
      await served[Symbol.asyncDispose]()
      await meanwhile()
      served = await serve(Number(new URL(url).port))
    },
  }
  return visit
})

/** Lets one of the pages be the README's: made by a test, so that it never shows what is not there. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env['ANBU_SCREENSHOTS'] !== '1') return
  await mkdir(IMAGES, { recursive: true })
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, IMAGES)) })
}

describe('a night on duty', { tags: 'chromium', timeout: 60_000 }, () => {
  test('an alert arrives without a reload, is taken, and ends with an outcome', async ({
    visit,
  }) => {
    const page = await visit.open('haneul')
    await page.getByText('지금 기다리는 알림이 없습니다.').waitFor()
    await visit.town.raise('home-01', 'danger')

    await page.getByRole('heading', { name: '미확인 위험 1' }).waitFor()
    expect(await page.title()).toMatch(/^\(1\) 근무 화면/)
    await page.getByRole('alert').filter({ hasText: '새 위험 알림: 행운동 3호' }).waitFor()

    await page.getByRole('button', { name: '내가 확인, 행운동 3호' }).click()
    await page.waitForURL(/\/alerts\/\d+$/)
    await page.getByText('김하늘 님이 맡음, 오늘 02:23까지 결과가 없으면 다시 알림').waitFor()

    await page.getByRole('link', { name: '결과 적기' }).click()
    await page.getByRole('button', { name: '결과 저장하고 끝내기' }).click()
    // The browser itself asks for the outcome that is missing.
    expect(await page.locator('input[name=outcome]:invalid').count()).toBeGreaterThan(0)
    await page.getByRole('radio', { name: '안전 확인' }).check()
    await page.getByRole('radio', { name: '전화' }).check()
    await page.getByRole('textbox', { name: /^메모/ }).first().fill('주무시고 계셨음')
    await page.getByRole('button', { name: '결과 저장하고 끝내기' }).click()
    await page.getByText('오늘 02:13 김하늘 님이 종결: 안전 확인').waitFor()

    await page.getByRole('link', { name: '근무 화면' }).click()
    await page.getByText('지금 기다리는 알림이 없습니다.').waitFor()
  })

  test('two people see one truth: who has it is on both screens at once', async ({ visit }) => {
    const id = await visit.town.raise('home-01', 'danger')
    const [one, two] = [await visit.open('haneul'), await visit.open('doyun')]
    await two.goto(`${visit.url}/alerts/${id}`)
    await two.getByRole('textbox', { name: /^메모/ }).fill('쓰던 글')
    await one.getByRole('button', { name: /^내가 확인/ }).click()
    await two.getByText('김하늘 님이 맡음').first().waitFor()
    // What was being written is still there.
    expect(await two.getByRole('textbox', { name: /^메모/ }).inputValue()).toBe('쓰던 글')
    expect(await two.getByRole('button', { name: /^내가 확인/ }).count()).toBe(0)
  })

  test('a line that is lost is said to be lost, and since when; then all is well again', async ({
    visit,
  }) => {
    const page = await visit.open('haneul')
    await page.getByText('지금 기다리는 알림이 없습니다.').waitFor()
    await visit.restart(async () => {
      await page.getByText(/실시간 연결 끊김 · \d\d:\d\d:\d\d 기준/).waitFor({ timeout: 12_000 })
      await visit.town.raise('home-01', 'danger')
    })
    await page.getByRole('heading', { name: '미확인 위험 1' }).waitFor({ timeout: 12_000 })
    await page.locator('#lost').waitFor({ state: 'hidden' })
  })

  test('nothing moves under the finger of who has scrolled', async ({ visit }) => {
    await busyNight(visit.town)
    const page = await visit.open('haneul')
    await page.evaluate('scrollTo(0, 900)')
    await visit.town.raise('home-09', 'danger')
    await page.getByRole('button', { name: '새 알림 보기' }).waitFor()
    expect(await page.getByRole('link', { name: '서원동 4호' }).count()).toBe(1)
    await page.getByRole('button', { name: '새 알림 보기' }).click()
    await page.getByRole('heading', { name: '미확인 위험 2' }).waitFor()
  })

  test('what somebody is writing, has chosen or ticked stays when the alert is renewed', async ({
    visit,
  }) => {
    const id = await visit.town.raise('home-01', 'warning')
    const page = await visit.open('haneul')
    await page.goto(`${visit.url}/alerts/${id}`)
    await page.getByRole('button', { name: '내가 확인' }).click()
    await page.getByText('다른 일').click()
    await page.getByLabel('얼마 동안').selectOption('40')
    await page.getByLabel('대상자나 가족과 직접 이야기했습니다').check()
    const writing = page.getByLabel(/무엇을 했나/)
    await writing.fill('이웃에게 물')
    const renewed = () => page.waitForResponse((answer) => answer.url().endsWith('/part'))
    const whileWriting = renewed()
    await visit.town.raise('home-02', 'danger')
    await whileWriting
    // Not even the cursor has moved.
    await page.keyboard.type('음')
    expect(await writing.inputValue()).toBe('이웃에게 물음')
    const old = "document.querySelector('#case .case-live')"
    await page.evaluate(`${old}.dataset.old = ''`)
    await writing.blur()
    await expect.poll(() => page.evaluate(`${old}.dataset.old`)).toBeUndefined()
    expect(await writing.inputValue()).toBe('이웃에게 물음')
    expect(await page.getByLabel('얼마 동안').inputValue()).toBe('40')
    expect(await page.getByLabel('대상자나 가족과 직접 이야기했습니다').isChecked()).toBe(true)
  })

  test('what somebody presses is not taken from under their finger', async ({ visit }) => {
    const id = await visit.town.raise('home-01', 'warning')
    const page = await visit.open('haneul')
    await page.goto(`${visit.url}/alerts/${id}`)
    await page.getByRole('button', { name: '내가 확인' }).click()
    await page.getByText('다른 일').click()
    await page.getByLabel(/무엇을 했나/).fill('문을 두드려 봄')
    await page.locator(`form[action="/alerts/${id}/note"] button`).hover()
    // The field loses the focus by it, and news come before the hand lets go.
    await page.mouse.down()
    const renewed = page.waitForResponse((answer) => answer.url().endsWith('/part'))
    await visit.town.raise('home-02', 'danger')
    await renewed
    await page.waitForTimeout(200)
    await page.mouse.up()
    await page.locator('#case').getByText('문을 두드려 봄').waitFor()
  })

  test('a press that never got an answer can be made again', async ({ visit }) => {
    const id = await visit.town.raise('home-01', 'danger')
    const page = await visit.open('haneul')
    await page.clock.install()
    await page.goto(`${visit.url}/alerts/${id}`)
    const act = `**/alerts/${id}/acknowledge`
    // Of what is stopped on its way a page learns as much: it stays.
    await page.route(act, (route) => route.fulfill({ status: 204 }))
    const take = page.getByRole('button', { name: /^내가 확인/ })
    await take.click()
    await page.unroute(act)
    await page.clock.fastForward(11_000)
    await visit.town.raise('home-02', 'danger')
    await take.click()
    await page.getByText('김하늘 님이 맡음').first().waitFor()
  })

  test('a name is behind a button, and the look at it is on the page', async ({ visit }) => {
    const page = await visit.open('haneul')
    await page.goto(`${visit.url}/households/home-01`)
    expect(await page.getByText('가나다').count()).toBe(0)
    await page.getByRole('button', { name: '이름 보기' }).click()
    await page.getByText('가나다').waitFor()
    await page.getByText('열람이 기록되었습니다').waitFor()
  })

  test('the whole way goes by keyboard', async ({ visit }) => {
    await visit.town.raise('home-01', 'danger')
    const page = await visit.open('haneul')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('본문으로 건너뛰기')
    await page.keyboard.press('Enter')
    await tabTo(page, '내가 확인, 행운동 3호')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/alerts\/\d+$/)
    await tabTo(page, '결과 적기')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#outcome$/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    expect(await page.getByRole('radio', { name: '부재' }).isChecked()).toBe(true)
    await page.keyboard.press('ArrowUp')
    // How it was made sure is asked now that the outcome demands it.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await tabTo(page, '결과 저장하고 끝내기')
    await page.keyboard.press('Enter')
    await page.getByText('김하늘 님이 종결: 안전 확인').waitFor()
  })

  test('the focus stays where it was when the board is renewed', async ({ visit }) => {
    const id = await visit.town.raise('home-01', 'danger')
    const page = await visit.open('haneul')
    await page.locator(`#take-${id}`).focus()
    await visit.town.raise('home-02', 'danger')
    await page.getByRole('heading', { name: '미확인 위험 2' }).waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe(`take-${id}`)
  })
})

describe('every page', { tags: 'chromium', timeout: 90_000 }, () => {
  test.for([
    ['on a small phone', { viewport: { width: 320, height: 640 }, locale: 'ko-KR' }],
    ['on a small phone, in English', { viewport: { width: 320, height: 640 }, locale: 'en-GB' }],
    ['at night', { ...PHONE, colorScheme: 'dark' }],
    ['on a desk', { viewport: { width: 1280, height: 900 }, locale: 'ko-KR' }],
  ] as const)('%s fits, is named, and can be hit', async ([, how], { visit }) => {
    await liveFourWeeks(visit.town.pool, 'home-01')
    const ids = await busyNight(visit.town)
    const page = await visit.open('haneul', how)
    const paths = [
      '/',
      `/alerts/${ids['danger']}`,
      `/alerts/${ids['past']}`,
      '/households/home-01',
      '/households',
      '/?section=device',
      '/handover',
      '/follow-ups',
      '/roster',
      '/readiness',
      '/unwatched',
      '/reach',
      '/rejections',
      '/login',
    ]
    for (const path of paths) {
      await page.goto(visit.url + path)
      // What is folded away must fit as well.
      await page.evaluate(
        `document.querySelectorAll('details').forEach((one) => (one.open = true))`,
      )
      const faults: unknown = await page.evaluate(FAULTS)
      expect(faults, path).toEqual([])
    }
  })

  test('with a fault in it would be found out', async ({ visit }) => {
    const page = await visit.open('haneul')
    await page.evaluate(`document.getElementById('main').innerHTML = '<h1>a</h1><h1>b</h1><p id="say">c</p>' +
      '<button>low</button><button></button><input name="x"><svg></svg><i aria-labelledby="nobody"></i>' +
      '<hr width="2000"><table><tr><td>가상동의집</td></tr></table>';
      const cell = document.querySelector('#main td');
      cell.style.cssText = 'display: block; width: 20px; overflow-wrap: anywhere'`)
    const faults = await page.evaluate<string[]>(FAULTS)
    const kinds = [
      'first headings',
      'id twice: say',
      'low button: low',
      'nameless',
      'no label: x',
      'picture without words',
      'names nothing: nobody',
      'scrolls sideways',
      'narrow cell: 가상동의집',
      'broken word: 가상동의집',
    ]
    for (const kind of kinds)
      expect(
        faults.some((fault) => fault.includes(kind)),
        kind,
      ).toBe(true)
  })

  test('makes the pictures of the README', async ({ visit }) => {
    await liveFourWeeks(visit.town.pool, 'home-01')
    const ids = await busyNight(visit.town)
    const phone = await visit.open('doyun', { ...PHONE, deviceScaleFactor: 2 })
    await phone.getByRole('heading', { name: '미확인 위험 1' }).waitFor()
    await picture(phone, 'board-phone')
    await phone.goto(`${visit.url}/alerts/${ids['danger']}`)
    await phone.getByText('2단계, 다음 호출 오늘 02:15').waitFor()
    await picture(phone, 'alert-phone')
    const desk = await visit.open('doyun', {
      viewport: { width: 1280, height: 960 },
      locale: 'ko-KR',
      colorScheme: 'dark',
    })
    await desk.getByRole('heading', { name: '모든 가구 10' }).waitFor()
    await picture(desk, 'board-night')
    const home = await visit.open('doyun', {
      viewport: { width: 1280, height: 900 },
      locale: 'ko-KR',
    })
    visit.town.clock.set(NIGHT + HOUR / 60)
    await home.goto(`${visit.url}/households/home-01`)
    await home.getByRole('img', { name: '지난 28일' }).waitFor()
    await picture(home, 'home')
  })
})

async function focused(page: Page): Promise<string> {
  const name: unknown = await page.evaluate(
    `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).replace(/\\s+/g, ' ').trim()`,
  )
  return String(name)
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no press of Tab reaches "${name}"`)
}

// What a person could stumble over, found in the page itself. KWCAG 2.2 and WCAG 2.2 AA: 1.1.1, 1.3.1, 1.4.10, 2.5.8,
// 3.1.1, 4.1.2; buttons at our own 48 px.
const FAULTS = `(() => {
  const faults = []
  const all = (selector) => [...document.querySelectorAll(selector)]
  const seen = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 1
  if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways')
  if (!['ko', 'en'].includes(document.documentElement.lang)) faults.push('has no language')
  if (all('h1').length !== 1) faults.push(all('h1').length + ' first headings')
  if (all('main').length !== 1) faults.push('no single main part')
  const ids = all('[id]').map((one) => one.id)
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) faults.push('id twice: ' + id)
  for (const one of all('[aria-labelledby], [aria-describedby]'))
    for (const id of ((one.getAttribute('aria-labelledby') ?? '') + ' ' + (one.getAttribute('aria-describedby') ?? '')).trim().split(' '))
      if (!document.getElementById(id)) faults.push('names nothing: ' + id)
  // A place so narrow that it breaks a short word into letters.
  const texts = document.createTreeWalker(document.getElementById('main'), NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!seen(node.parentElement)) continue
    for (const { 0: word, index } of node.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange()
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
      if (word.length <= 8 && lines.size > 1) faults.push('broken word: ' + word)
    }
  }
  // A column so narrow that it breaks a name into letters.
  for (const one of all('td, th').filter(seen)) {
    const style = getComputedStyle(one)
    const inner = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    const longest = Math.max(0, ...one.textContent.trim().split(/\\s+/).map((word) => Math.min(word.length, 4)))
    if (inner < longest * parseFloat(style.fontSize) * 0.5) faults.push('narrow cell: ' + one.textContent.trim())
  }
  for (const one of all('button, .do, .soft').filter(seen)) {
    const box = one.getBoundingClientRect()
    if (box.height < 48) faults.push('low button: ' + one.textContent.trim() + ' ' + box.height)
  }
  for (const one of all('a').filter(seen)) {
    const box = one.getBoundingClientRect()
    // A link within a sentence is exempt (2.5.8, inline).
    if (box.height < 24 && !one.closest('p, td')) faults.push('low link: ' + one.textContent.trim())
  }
  for (const one of all('button, a').filter(seen)) if (!one.textContent.trim()) faults.push('nameless: ' + one.outerHTML)
  for (const one of all('input, textarea').filter(seen)) if (one.labels.length === 0) faults.push('no label: ' + one.name)
  for (const one of all('svg')) if (!one.closest('[aria-hidden], [role=img]')) faults.push('picture without words')
  return faults
})()`
