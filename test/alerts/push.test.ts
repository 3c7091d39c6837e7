import { describe, expect } from 'vitest'
import { z } from 'zod'
import { openAsk } from '../../services/alerts/http.ts'
import { pushCallback, pushChannel, receiptKeyFrom } from '../../services/alerts/push.ts'
import {
  addSubscription,
  dropSubscription,
  subscriptionsOf,
  vapidKeys,
} from '../../services/store/subscriptions.ts'
import { takeReceipts } from '../../services/store/receipts.ts'
import { type Device, registerDevice, vapidClaims } from './device.ts'
import { type Fake, openFake } from './fake.ts'
import { NAMES_KEY, type Office, test as inOffice } from './office.ts'
import { MESSAGE } from './words.ts'

const KEY = receiptKeyFrom('made up')
const Pushed = z.object({ receipt: z.string(), proof: z.string() })
const TO = { person: 'kim', address: 'kim', ttl: 180_000, lastResort: false }

// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const test = inOffice.extend('service', async ({}, { onCleanup }) => {
  const fake = await openFake(() => ({ status: 201 }))
  onCleanup(() => fake[Symbol.asyncDispose]())
  return fake
})

async function register(office: Office, service: Fake, device = 'a telephone'): Promise<Device> {
  const made = registerDevice(service.url)
  await addSubscription(office.pool, 'kim', made.subscription, device, office.now)
  return made
}

async function channelOf({ pool }: Office) {
  return pushChannel({
    keys: await vapidKeys(pool, NAMES_KEY),
    subject: 'mailto:anbu@office.example',
    receiptKey: KEY,
    devicesOf: (person) => subscriptionsOf(pool, person),
    forget: (endpoint) => dropSubscription(pool, endpoint),
    ask: openAsk({ total: 1500 }),
    now: Date.now,
  })
}

describe('a push message', () => {
  test('is sealed for the device, signed by us, lives until the next step, and replaces the last one', async ({
    office,
    service,
  }) => {
    const device = await register(office, service)
    const send = await channelOf(office)
    const result = { kind: 'accepted', provider: 'push', providerId: 'delivery_1' }
    expect(await send(MESSAGE, TO, 'delivery_1')).toEqual(result)
    const came = await service.take()
    expect(came.headers).toMatchObject({ ttl: '180', urgency: 'high', topic: 'alert-7' })
    const { publicKey } = await vapidKeys(office.pool, NAMES_KEY)
    expect(vapidClaims(came, publicKey)).toMatchObject({
      aud: service.url,
      sub: 'mailto:anbu@office.example',
    })
    expect(came.body.includes(MESSAGE.where)).toBe(false)
    expect(device.open(came)).toMatchObject({
      title: MESSAGE.subject,
      body: `${MESSAGE.why}\n${MESSAGE.todo}`,
      url: MESSAGE.link,
      tag: 'alert-7',
      receipt: 'delivery_1.1',
    })
  })

  test('fits whatever is said', async ({ office, service }) => {
    await register(office, service)
    const send = await channelOf(office)
    await send({ ...MESSAGE, why: '가'.repeat(5000) }, TO, 'delivery_1')
    // RFC 8030, section 7.2: a push service takes 4,096 bytes at least.
    expect((await service.take()).body.length).toBeLessThan(4096)
  })

  test.for([
    [
      { status: 429, headers: { 'retry-after': '8' } },
      { kind: 'temporary', retryAfter: 8000 },
    ],
    [{ status: 500 }, { kind: 'temporary' }],
    [{ status: 403 }, { kind: 'permanent', fault: 'channel' }],
    [{ status: 413 }, { kind: 'permanent' }],
    ['lost', { kind: 'unknown' }],
    ['slow', { kind: 'unknown' }],
  ] as const)(
    'to a service that answers %j is %j',
    async ([manner, result], { office, service }) => {
      await register(office, service)
      service.answer(manner)
      expect(await (await channelOf(office))(MESSAGE, TO, 'delivery_1')).toMatchObject(result)
      await service.take()
    },
  )

  test('to a device that is gone forgets it, and with the last one says that nothing is left', async ({
    office,
    service,
  }) => {
    await using other = await openFake(() => ({ status: 201 }))
    await register(office, service)
    await register(office, other)
    service.answer({ status: 410 })
    const send = await channelOf(office)
    expect(await send(MESSAGE, TO, 'delivery_1')).toMatchObject({ kind: 'accepted' })
    await Promise.all([service.take(), other.take()])
    expect(await subscriptionsOf(office.pool, 'kim')).toHaveLength(1)
    other.answer({ status: 404 })
    const gone = { kind: 'permanent', fault: 'address' }
    expect(await send(MESSAGE, TO, 'delivery_2')).toMatchObject(gone)
    await other.take()
    expect(await subscriptionsOf(office.pool, 'kim')).toEqual([])
  })
})

describe('a receipt of a device', () => {
  test('is believed only of what it was sent, and says shown, then opened', async ({
    office,
    service,
  }) => {
    const device = await register(office, service)
    await office.signal(await office.home('h-1'), 'danger')
    await office.escalate()
    await office.pool.query(`update delivery set channel = 'push'`)
    await office.deliver({ push: await channelOf(office) })
    const { receipt, proof } = Pushed.parse(device.open(await service.take()))
    const read = pushCallback(KEY)
    const say = (told: object) => read({ headers: new Headers(), body: JSON.stringify(told) })
    expect(say({ receipt: 'delivery_2.1', proof, event: 'shown' })).toBeNull()
    expect(say({ receipt, proof: `${proof}x`, event: 'shown' })).toBeNull()
    expect(read({ headers: new Headers(), body: 'no JSON' })).toBeNull()
    // Opened may overtake shown.
    await takeReceipts(office.pool, say({ receipt, proof, event: 'opened' }) ?? [], office.now)
    await takeReceipts(office.pool, say({ receipt, proof, event: 'shown' }) ?? [], office.now)
    expect(await office.deliveries()).toEqual(['kim push read'])
    expect(await office.row('select shown_at as shown from push_subscription')).toEqual({
      shown: office.now,
    })
  })
})

test('the keys by which push services know us are made once, whoever asks first', async ({
  office,
}) => {
  const [one, ...others] = await Promise.all([1, 2, 3].map(() => vapidKeys(office.pool, NAMES_KEY)))
  for (const other of others) expect(other).toEqual(one)
  const { value } = await office.row(`select value from setting where name = 'vapid'`)
  expect(JSON.stringify(value)).not.toContain(one?.privateKey)
  await expect(vapidKeys(office.pool, 'another key')).rejects.toThrow('ANBU_NAMES_KEY')
})
