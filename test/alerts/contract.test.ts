import { describe, expect, test as plain } from 'vitest'
import { Channel } from '../../schemas/channel.ts'
import { Environment } from '../../schemas/environment.ts'
import { capChannel } from '../../services/alerts/cap.ts'
import { openCallbacks } from '../../services/alerts/channels.ts'
import type { Send } from '../../services/alerts/deliver.ts'
import { type Ask, openAsk } from '../../services/alerts/http.ts'
import { ntfyChannel } from '../../services/alerts/ntfy.ts'
import { pushChannel, receiptKeyFrom } from '../../services/alerts/push.ts'
import { smsBy } from '../../services/alerts/providers.ts'
import { slackChannel } from '../../services/alerts/slack.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { HOUR } from '../../services/core/time.ts'
import { addPerson } from '../../services/store/homes.ts'
import { takeReceipts } from '../../services/store/receipts.ts'
import { vapidKeys } from '../../services/store/subscriptions.ts'
import { ACCOUNT, nhn, solapi } from './carriers.ts'
import { registerDevice } from './device.ts'
import { type Came, openFake, type Said } from './fake.ts'
import { NAMES_KEY, staff, test } from './office.ts'
import { SECRET } from './receiver.ts'
import { MESSAGE } from './words.ts'

// The carriers of text messages and AlimTalk have the same in carriers.test.ts, mail in deliver.test.ts.
const CHANNELS = ['push', 'webhook', 'slack', 'ntfy', 'cap'] as const
const MANNERS = [
  ['ok', 'accepted'],
  ['slow', 'unknown'],
  ['reset', 'unknown'],
  ['lost', 'unknown'],
  [{ status: 429, headers: { 'retry-after': '7' } }, 'temporary'],
  [{ status: 408 }, 'temporary'],
  [{ status: 500 }, 'temporary'],
  [{ status: 503, headers: { 'retry-after': '7' } }, 'temporary'],
  [{ status: 301, headers: { location: 'http://127.0.0.1:9/' } }, 'permanent'],
  [{ status: 400 }, 'permanent'],
  [{ status: 403 }, 'permanent'],
  [{ status: 404 }, 'permanent'],
] as const

describe('a channel whose other side', () => {
  for (const channel of CHANNELS)
    test.for(MANNERS)(
      `behaves as %j makes it %s, by ${channel}, asks once, and ends by itself`,
      async ([manner, kind], { pool }) => {
        await using fake = await openFake(() => ({ status: channel === 'push' ? 201 : 200 }))
        fake.answer(manner)
        const ask = openAsk({ total: 600 })
        const send = await channelOf(channel, { url: fake.url, ask, pool })
        const address = channel === 'ntfy' ? 'made-up-topic' : `${fake.url}/made-up`
        const to = { person: 'kim', address, ttl: 180_000, lastResort: false }
        const result = await send(MESSAGE, to, 'delivery_1')
        expect(result.kind).toBe(kind)
        if (result.kind === 'temporary' && typeof manner === 'object' && 'headers' in manner)
          expect(result.retryAfter).toBe(7000)
        // Another request would be one that nobody expected, and fails this.
        await fake.take()
      },
    )
})

type Where = {
  readonly url: string
  readonly ask: Ask
  readonly pool: Parameters<typeof vapidKeys>[0]
}

async function channelOf(
  name: (typeof CHANNELS)[number],
  { url, ask, pool }: Where,
): Promise<Send> {
  const now = Date.now
  switch (name) {
    case 'webhook':
      return webhookChannel(SECRET, ask, now)
    case 'slack':
      return slackChannel(ask, now)
    case 'ntfy':
      return ntfyChannel({ url, token: null }, ask, now)
    case 'cap':
      return capChannel({ sender: 'anbu@gasang-gu.example', timeZone: 'Asia/Seoul' }, ask, now)
    case 'push': {
      const devices = [{ id: 1, ...registerDevice(url).subscription }]
      return pushChannel({
        keys: await vapidKeys(pool, NAMES_KEY),
        subject: 'mailto:anbu@office.example',
        receiptKey: receiptKeyFrom('made up'),
        devicesOf: () => Promise.resolve(devices),
        forget: () => Promise.resolve(),
        ask,
        now,
      })
    }
  }
}

const CALLBACK_SECRET = 'a made-up secret of callbacks'
const CALLBACKS = openCallbacks(
  { ANBU_NHN_WEBHOOK_SECRET: CALLBACK_SECRET, ANBU_SOLAPI_WEBHOOK_SECRET: CALLBACK_SECRET },
  { sessionKey: 'made up' },
)

/** What each carrier calls back of its first message, and with which proof. */
const CALLS = {
  nhn: {
    headers: { 'X-Toast-Webhook-Signature': CALLBACK_SECRET },
    body: {
      event: 'MESSAGE_RESULT_UPDATE',
      productName: 'SMS',
      hooks: [{ requestId: 'nhn1', recipientSeq: 1, messageStatus: 'COMPLETED' }],
    },
  },
  solapi: {
    headers: { 'X-Solapi-Secret': CALLBACK_SECRET },
    body: [{ messageId: 'M1', statusCode: '4000' }],
  },
} as const

describe('a carrier that calls back', () => {
  test.for(['nhn', 'solapi'] as const)(
    'before it answers, twice, and an hour later moves a message once: %s',
    async (name, { office }) => {
      const call = async () => {
        const { headers, body } = CALLS[name]
        const receipts = CALLBACKS[name]?.({
          headers: new Headers(headers),
          body: JSON.stringify(body),
        })
        return await takeReceipts(office.pool, receipts ?? [], office.now)
      }
      const early: number[] = []
      const behave = (name === 'nhn' ? nhn : solapi)(new Map())
      await using fake = await openFake(async (came: Came): Promise<Said> => {
        early.push(await call(), await call())
        return behave(came)
      })
      const env = Environment.parse({
        ANBU_SMS_PROVIDER: name,
        ANBU_SMS_FROM: ACCOUNT.from,
        ANBU_NHN_SMS_URL: fake.url,
        ANBU_NHN_SMS_APP_KEY: 'app',
        ANBU_NHN_SMS_SECRET_KEY: ACCOUNT.secret,
        ANBU_SOLAPI_URL: fake.url,
        ANBU_SOLAPI_API_KEY: ACCOUNT.access,
        ANBU_SOLAPI_API_SECRET: ACCOUNT.secret,
      })
      const sms = smsBy({ env, ask: openAsk({ total: 5000 }), now: Date.now })?.send ?? null
      await addPerson(office.pool, staff('kim', 'planner', { phone: '01000000000', email: null }))
      await office.signal(await office.home('h-1'), 'danger')
      await office.escalate()
      await office.deliver({ sms, alimtalk: null, push: null })
      await fake.take()
      // Both came before we knew by which name it calls the message: kept, and applied with the answer.
      expect(early).toEqual([0, 0])
      expect(await office.deliveries()).toContain('kim sms delivered')
      office.now += HOUR
      expect(await call()).toBe(0)
      expect(await office.deliveries()).toContain('kim sms delivered')
      expect(await office.row('select times, applied from receipt')).toEqual({
        times: 4,
        applied: true,
      })
    },
  )
})

plain('every channel has its manners tested', () => {
  expect([...CHANNELS, 'sms', 'alimtalk', 'email'].toSorted()).toEqual(Channel.options.toSorted())
})
