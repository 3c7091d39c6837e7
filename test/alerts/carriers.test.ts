import { describe, expect, test as plain } from 'vitest'
import { z } from 'zod'
import { Environment } from '../../schemas/environment.ts'
import type { Send } from '../../services/alerts/deliver.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { alimtalkBy, smsBy } from '../../services/alerts/providers.ts'
import { bytesOf, smsText } from '../../services/alerts/sms-text.ts'
import { ACCOUNT, type Fates, jsonOf, nhn, sens, solapi } from './carriers.ts'
import { type Came, type Fake, openFake, type Said } from './fake.ts'
import { MESSAGE } from './words.ts'

const Body = z.record(z.string(), z.unknown())
const TO = { person: 'kim', address: '01000000000', ttl: 180_000, lastResort: false }
const FILLED = `[안부] 위험 알림

대상: 가상동 3호 (가상동)
26시간 동안 움직임이 없습니다.

전화로 안부를 확인해 주세요.
알림 번호: 7`

const CARRIERS: Readonly<
  Record<'sens' | 'nhn' | 'solapi', (fates: Fates) => (came: Came) => Said>
> = { sens, nhn, solapi }
type Name = keyof typeof CARRIERS

function environment(name: Name, url: string): Environment {
  return Environment.parse({
    ANBU_SMS_PROVIDER: name,
    ANBU_SMS_FROM: ACCOUNT.from,
    ANBU_ALIMTALK_PROVIDER: name,
    ANBU_ALIMTALK_SENDER: '@made-up',
    ANBU_ALIMTALK_TEMPLATE: ACCOUNT.template,
    ANBU_SENS_URL: url,
    ANBU_SENS_ACCESS_KEY: ACCOUNT.access,
    ANBU_SENS_SECRET_KEY: ACCOUNT.secret,
    ANBU_SENS_SMS_SERVICE: ACCOUNT.service,
    ANBU_SENS_ALIMTALK_SERVICE: ACCOUNT.service,
    ANBU_NHN_SMS_URL: url,
    ANBU_NHN_SMS_APP_KEY: 'app',
    ANBU_NHN_SMS_SECRET_KEY: ACCOUNT.secret,
    ANBU_NHN_ALIMTALK_URL: url,
    ANBU_NHN_ALIMTALK_APP_KEY: 'app',
    ANBU_NHN_ALIMTALK_SECRET_KEY: ACCOUNT.secret,
    ANBU_SOLAPI_URL: url,
    ANBU_SOLAPI_API_KEY: ACCOUNT.access,
    ANBU_SOLAPI_API_SECRET: ACCOUNT.secret,
  })
}

/** A carrier, and the two ways that go through it. */
async function openCarrier(name: Name) {
  const fates: Fates = new Map()
  const fake = await openFake(CARRIERS[name](fates))
  const outside = { env: environment(name, fake.url), ask: openAsk({ total: 1500 }), now: Date.now }
  const [sms, alimtalk] = [smsBy(outside), alimtalkBy(outside)]
  if (!sms || !alimtalk) throw new Error('both are set up')
  return { fake, fates, sms, alimtalk }
}

const test = plain.extend('carrier', async ({ task }, { onCleanup }) => {
  const name =
    (['sens', 'nhn', 'solapi'] as const).find((each) => task.name.includes(each)) ?? 'sens'
  const carrier = await openCarrier(name)
  onCleanup(() => carrier.fake[Symbol.asyncDispose]())
  return carrier
})

async function sent(fake: Fake, send: Send, rest: Partial<typeof TO> = {}, message = MESSAGE) {
  const result = await send(message, { ...TO, ...rest }, 'delivery_1')
  const came = await fake.take()
  return { result, came, body: jsonOf(came) }
}

describe('a text message', () => {
  test('by sens is an SMS without a link, and asks what became of it', async ({ carrier }) => {
    const { fake, fates, sms } = carrier
    const { result, came, body } = await sent(fake, sms.send)
    expect(result).toEqual({
      kind: 'accepted',
      provider: 'sens-sms',
      providerId: 'sms-1',
      pollAfter: 2000,
    })
    expect(came.path).toBe(`/sms/v2/services/${encodeURIComponent(ACCOUNT.service)}/messages`)
    expect(body).toEqual({
      type: 'SMS',
      contentType: 'COMM',
      countryCode: '82',
      from: ACCOUNT.from,
      content: MESSAGE.sms,
      messages: [{ to: TO.address }],
    })
    const poll = sms.polls['sens-sms']
    expect(await poll?.('sms-1')).toBeNull()
    fates.set('sms-1-m', {
      messages: [{ messageId: 'sms-1-m', status: 'COMPLETED', statusName: 'success' }],
    })
    expect(await poll?.('sms-1')).toEqual({ status: 'delivered', detail: null })
    const failed = { statusName: 'fail', statusCode: '3018', statusMessage: '없는 번호' }
    fates.set('sms-1-m', { messages: [{ messageId: 'sms-1-m', status: 'COMPLETED', ...failed }] })
    expect(await poll?.('sms-1')).toEqual({ status: 'failed', detail: 'SENS: 3018 없는 번호' })
    fake.clear()
  })

  test('by nhn says who we are to it, and a second try never becomes a second message', async ({
    carrier,
  }) => {
    const { fake, fates, sms } = carrier
    const { result, came, body } = await sent(fake, sms.send)
    expect(result).toMatchObject({ kind: 'accepted', provider: 'nhn-sms', providerId: 'nhn1.1' })
    expect(came.path).toBe('/sms/v3.0/appKeys/app/sender/sms')
    expect(came.headers['x-nc-api-idempotency-key']).toBe('delivery_1')
    expect(body).toEqual({
      body: MESSAGE.sms,
      sendNo: ACCOUNT.from,
      recipientList: [{ recipientNo: TO.address, recipientGroupingKey: 'delivery_1' }],
    })
    const again = await sent(fake, sms.send)
    // It is found by our id, so that its fate can be asked for.
    expect(again.result).toEqual(result)
    expect((await fake.take()).path).toContain('recipientGroupingKey=delivery_1')
    const path = '/sms/v3.0/appKeys/app/sender/sms/nhn1?recipientSeq=1'
    const poll = sms.polls['nhn-sms']
    fates.set(path, { body: { data: { msgStatus: '2' } } })
    expect(await poll?.('nhn1.1')).toBeNull()
    fates.set(path, { body: { data: { msgStatus: '3', resultCode: '1000' } } })
    expect(await poll?.('nhn1.1')).toEqual({ status: 'delivered', detail: null })
    fates.set(path, { body: { data: { msgStatus: '5', resultCode: '2006' } } })
    expect(await poll?.('nhn1.1')).toEqual({ status: 'failed', detail: 'NHN Cloud: 2006' })
    fake.clear()
  })

  test('by solapi carries our id, and a 200 can be a refusal', async ({ carrier }) => {
    const { fake, fates, sms } = carrier
    const { result, body } = await sent(fake, sms.send)
    expect(result).toMatchObject({ kind: 'accepted', provider: 'solapi', providerId: 'M1' })
    expect(body).toMatchObject({
      messages: [{ type: 'SMS', text: MESSAGE.sms, customFields: { delivery: 'delivery_1' } }],
    })
    fates.set('list', { messageList: { M1: { statusCode: '3000' } } })
    expect(await sms.polls['solapi']?.('M1')).toBeNull()
    fates.set('list', { messageList: { M1: { statusCode: '4000' } } })
    expect(await sms.polls['solapi']?.('M1')).toMatchObject({ status: 'delivered', detail: null })
    fates.set('list', { messageList: { M1: { statusCode: '3059' } } })
    expect(await sms.polls['solapi']?.('M1')).toMatchObject({ status: 'failed', fault: null })
    fake.clear()
    const failedMessageList = [{ statusCode: '1062', statusMessage: '발신번호 미등록' }]
    fake.answer({ status: 200, body: { failedMessageList, messageList: [] } })
    expect((await sent(fake, sms.send)).result).toEqual({
      kind: 'permanent',
      detail: 'SOLAPI did not take it: 1062 발신번호 미등록',
      fault: 'channel',
    })
  })

  test.for(['sens', 'nhn', 'solapi'] as const)(
    'by %s is an LMS when it is longer than 90 bytes',
    async (_, { carrier }) => {
      const message = { ...MESSAGE, sms: '가'.repeat(46) }
      const { result, came } = await sent(carrier.fake, carrier.sms.send, {}, message)
      expect(result.kind).toBe('accepted')
      expect(`${came.path} ${came.body.toString()}`).toMatch(/"type":"LMS"|\/sender\/mms/)
    },
  )
})

describe('an AlimTalk', () => {
  test('by sens is the approved text with its variables filled, and the link is its button', async ({
    carrier,
  }) => {
    const { fake, fates, alimtalk } = carrier
    const { result, body } = await sent(fake, alimtalk.send)
    expect(result).toMatchObject({
      kind: 'accepted',
      provider: 'sens-alimtalk',
      providerId: 'alimtalk-1',
    })
    const link = MESSAGE.link
    expect(body).toEqual({
      plusFriendId: '@made-up',
      templateCode: ACCOUNT.template,
      messages: [
        {
          countryCode: '82',
          to: TO.address,
          content: FILLED,
          buttons: [{ type: 'WL', name: '안부에서 보기', linkMobile: link, linkPc: link }],
          useSmsFailover: false,
        },
      ],
    })
    const poll = alimtalk.polls['sens-alimtalk']
    expect(await poll?.('alimtalk-1')).toBeNull()
    fates.set('alimtalk-1', { messageStatusCode: '0000' })
    expect(await poll?.('alimtalk-1')).toEqual({ status: 'delivered', detail: null })
    fates.set('alimtalk-1', {
      messageStatusCode: '3018',
      messageStatusDesc: '메시지를 전송할 수 없음',
    })
    expect(await poll?.('alimtalk-1')).toMatchObject({ status: 'failed', fault: null })
    fates.set('alimtalk-1', { messageStatusCode: '1003', messageStatusDesc: 'InvalidSenderKey' })
    expect(await poll?.('alimtalk-1')).toMatchObject({ status: 'failed', fault: 'channel' })
    fake.clear()
  })

  test('by nhn names the variables and carries our id', async ({ carrier }) => {
    const { body } = await sent(carrier.fake, carrier.alimtalk.send)
    const named = {
      templateParameter: { 무엇: '위험', 번호: '7' },
      recipientGroupingKey: 'delivery_1',
    }
    const alone = { resendParameter: { isResend: false } }
    expect(body).toMatchObject({ senderKey: '@made-up', recipientList: [{ ...named, ...alone }] })
  })

  test('by solapi names the variables and carries our id', async ({ carrier }) => {
    const { body } = await sent(carrier.fake, carrier.alimtalk.send)
    const kakaoOptions = {
      disableSms: true,
      variables: { '#{무엇}': '위험', '#{경로}': 'alerts/7' },
    }
    const customFields = { delivery: 'delivery_1' }
    expect(body).toMatchObject({ messages: [{ type: 'ATA', kakaoOptions, customFields }] })
  })

  test.for([
    ['sens', { useSmsFailover: true, failoverConfig: { type: 'SMS', from: ACCOUNT.from } }],
    ['nhn', { resendParameter: { isResend: true, resendType: 'SMS', resendSendNo: ACCOUNT.from } }],
    ['solapi', { kakaoOptions: { disableSms: false }, text: MESSAGE.sms }],
  ] as const)(
    'by %s lets the carrier try SMS too only when nobody answered at all: %j',
    async ([, one], { carrier }) => {
      const { body } = await sent(carrier.fake, carrier.alimtalk.send, { lastResort: true })
      expect(Object.values(Body.parse(body)).flat()).toEqual(
        expect.arrayContaining([expect.objectContaining(matching(one))]),
      )
    },
  )
})

function matching(part: object): object {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      typeof value === 'object' ? expect.objectContaining(value) : value,
    ]),
  )
}

describe('a carrier', () => {
  const manners = [
    ['ok', 'accepted'],
    ['slow', 'unknown'],
    ['reset', 'unknown'],
    ['lost', 'unknown'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'temporary'],
    [{ status: 503 }, 'temporary'],
    [{ status: 401 }, 'permanent'],
    [{ status: 404 }, 'permanent'],
    [{ status: 200, body: 'not JSON' }, 'unknown'],
  ] as const
  for (const name of ['sens', 'nhn', 'solapi'] as const)
    test.for(manners)(
      `${name} that behaves as %j makes a message %s`,
      async ([manner, kind], { carrier }) => {
        carrier.fake.answer(manner)
        for (const way of [carrier.sms, carrier.alimtalk]) {
          const { result } = await sent(carrier.fake, way.send)
          expect(result.kind).toBe(kind)
          if (result.kind === 'permanent') expect(result.fault).toBe('channel')
          if (result.kind === 'temporary' && manner !== 'ok' && 'headers' in Object(manner))
            expect(result.retryAfter).toBe(7000)
        }
      },
    )

  plain('that is not there makes a message temporary: nothing has left', async () => {
    const gone = await openCarrier('sens')
    await gone.fake[Symbol.asyncDispose]()
    expect((await gone.sms.send(MESSAGE, TO, 'delivery_1')).kind).toBe('temporary')
  })
})

describe('after its answer was lost', () => {
  test.for(['sms', 'alimtalk'] as const)(
    'a message by nhn that was taken is looked up, by %s',
    async (way, { expect: own }) => {
      const { fake, [way]: channel } = await openCarrier('nhn')
      await using _ = fake
      fake.answer('lost')
      own((await sent(fake, channel.send)).result.kind).toBe('unknown')
      fake.answer('ok')
      const { result } = await sent(fake, channel.send)
      own(result).toMatchObject({
        kind: 'accepted',
        provider: `nhn-${way}`,
        providerId: 'nhn1.1',
        pollAfter: 5000,
      })
      fake.clear()
    },
  )

  plain(
    'a message by nhn that cannot be looked up is taken all the same, and not sent again',
    async () => {
      const { fake, sms } = await openCarrier('nhn')
      await using _ = fake
      const resultMessage = 'Duplicated idempotency key'
      fake.answer({
        status: 409,
        body: { header: { isSuccessful: false, resultCode: -409, resultMessage } },
      })
      expect((await sent(fake, sms.send)).result).toEqual({ kind: 'accepted', providerId: null })
      fake.clear()
    },
  )
})

describe('the text of a text message', () => {
  plain(
    'counts two bytes a letter of Korean, as EUC-KR does: 90 are an SMS and 2,000 an LMS',
    () => {
      // 6 + 1 + 4: "[안부]" has two brackets and two letters.
      expect(bytesOf('[안부] 위험')).toBe(11)
      expect(smsText('가'.repeat(45)).type).toBe('SMS')
      expect(smsText(`${'가'.repeat(45)}.`).type).toBe('LMS')
      const cut = smsText('가'.repeat(1001))
      expect(bytesOf(cut.text)).toBe(2000)
      expect(smsText(MESSAGE.sms)).toEqual({ type: 'SMS', text: MESSAGE.sms })
    },
  )

  plain('has no link and no letter that a carrier cannot write', () => {
    expect(smsText('보세요 https://anbu.example/a/1 지금').text).toBe('보세요  지금')
    // U+1F6A8 is in no table of Korea, U+B620 (똠) only in Microsoft's.
    expect(smsText('위험 🚨 똠?').text).toBe('위험 ? ??')
  })
})

plain('a set-up that is only half there does not start, and says what is missing', () => {
  const strange = Environment.safeParse({ ANBU_ALIMTALK_TEXT: '[안부] #{무엇}\\n#{이름}' })
  expect(strange.error?.issues[0]?.message).toContain('only these variables')
  const half = Environment.safeParse({ ANBU_SMS_PROVIDER: 'sens', ANBU_SENS_ACCESS_KEY: 'a' })
  expect(half.error?.issues.map(({ message }) => message)).toEqual([
    'ANBU_SMS_PROVIDER needs ANBU_SMS_FROM too',
    'ANBU_SMS_PROVIDER needs ANBU_SENS_SECRET_KEY too',
    'ANBU_SMS_PROVIDER needs ANBU_SENS_SMS_SERVICE too',
  ])
})
