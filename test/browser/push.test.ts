import { chromium as browsers } from 'playwright-core'
import { expect } from 'vitest'
import { pino } from 'pino'
import { pushCallback, receiptKeyFrom } from '../../services/alerts/push.ts'
import { signInLink } from '../../services/console/session.ts'
import { startConsole } from '../../services/console/start.ts'
import { HOUR } from '../../services/core/time.ts'
import { addSubscription, vapidKeys } from '../../services/store/subscriptions.ts'
import { registerDevice } from '../alerts/device.ts'
import { buildTown, NAMES_KEY, SEOUL } from '../console/town.ts'
import { VOICE } from '../console/desk.ts'
import { test } from '../optional.ts'
import { createHmac } from 'node:crypto'

const SESSION_KEY = 'a made-up key for sessions, of enough characters'

test(
  'a device shows what is pushed to it, and says so; its owner sees when it last did',
  { tags: 'chromium', timeout: 60_000 },
  async ({ pool, chromium }) => {
    const town = await buildTown(pool)
    const key = receiptKeyFrom(SESSION_KEY)
    await using served = await startConsole({
      pool,
      clock: town.clock,
      log: pino({ level: 'silent' }),
      sessionKey: SESSION_KEY,
      namesKey: NAMES_KEY,
      mail: null,
      callbacks: { push: pushCallback(key) },
      voice: VOICE,
      told: () => Promise.resolve(),
      raised: () => Promise.resolve(),
      pushKey: (await vapidKeys(pool, NAMES_KEY)).publicKey,
      timeZone: SEOUL,
      host: '127.0.0.1',
      port: 0,
    })
    await town.raise('home-01', 'danger')
    const { rows } = await pool.query<{ id: number; person: string }>(
      `update delivery set channel = 'push', state = 'accepted', due_at = null returning id, person`,
    )
    const { id = 0, person = '' } = rows[0] ?? {}
    const { subscription } = registerDevice('https://push.example')
    await addSubscription(pool, person, subscription, 'a made-up telephone', town.clock.now())
    const browser = await browsers.launch({ executablePath: chromium })
    try {
      const context = await browser.newContext({ permissions: ['notifications'] })
      const page = await context.newPage()
      const until = Date.now() + HOUR
      await page.goto(signInLink({ key: SESSION_KEY, base: served.url, person, until }))
      await page.goto(`${served.url}/reach`)
      await page.getByRole('button', { name: '이 기기에서 푸시 알림 받기' }).waitFor()
      const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
      const receipt = `delivery_${id}.1`
      const proof = createHmac('sha256', key).update(receipt).digest('base64url')
      const told = {
        title: '[안부] 위험',
        body: '무활동',
        url: null,
        tag: 'alert-1',
        receipt,
        proof,
      }
      const session = await context.newCDPSession(page)
      const registered = new Promise<string>((resolve) => {
        session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
          const [first] = registrations
          if (first) resolve(first.registrationId)
        })
      })
      await session.send('ServiceWorker.enable')
      // A browser without a screen shows no notification and refuses each: here, and only here, it is kept instead.
      await worker.evaluate(
        'registration.showNotification = (title, { tag }) => Promise.resolve((self.shown = { title, tag }))',
      )
      // As the browser does it when its push service brings a message: no such service is reached from a test.
      await session.send('ServiceWorker.deliverPushMessage', {
        origin: served.url,
        registrationId: await registered,
        data: JSON.stringify(told),
      })
      await expect
        .poll(() =>
          pool.query('select state from delivery where id = $1', [id]).then((each) => each.rows),
        )
        .toEqual([{ state: 'delivered' }])
      const shown = { title: '[안부] 위험', tag: 'alert-1' }
      expect(await worker.evaluate('self.shown')).toEqual(shown)
      await page.reload()
      expect(await page.getByText('a made-up telephone').count()).toBe(1)
      await page.getByRole('button', { name: /등록 해제/ }).click()
      await page.getByText('등록된 기기가 없습니다.').waitFor()
    } finally {
      await browser.close()
    }
  },
)
