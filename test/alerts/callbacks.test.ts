import { describe, expect, test } from 'vitest'
import { nhnCallback } from '../../services/alerts/nhn.ts'
import { solapiCallback } from '../../services/alerts/solapi.ts'

describe('a report of SOLAPI', () => {
  const read = solapiCallback('a made-up secret')
  const call = (body: object, secret = 'a made-up secret') =>
    read({ headers: new Headers({ 'X-Solapi-Secret': secret }), body: JSON.stringify(body) })
  const report = { messageId: 'M1', groupId: 'G1', statusCode: '4000', to: '01000000000' }

  test('is believed only with the secret that was agreed', () => {
    expect(call([report], 'another')).toBeNull()
    expect(call([report], '')).toBeNull()
    expect(call({ event: 'something else' })).toEqual([])
  })

  test('says what became of each message, by its id, and by ours where it is handed back', () => {
    const ours = { customFields: { delivery: 'delivery_4' } }
    const failed = { ...report, ...ours, messageId: 'M2', statusCode: '3059' }
    const underway = { ...report, messageId: 'M3', statusCode: '3000' }
    const base = { provider: 'solapi', fault: null }
    expect(call([report, failed, underway])).toEqual([
      { ...base, providerId: 'M1', delivery: null, status: 'delivered', detail: null },
      {
        ...base,
        providerId: 'M2',
        delivery: 'delivery_4',
        status: 'failed',
        detail: 'SOLAPI: 3059',
      },
    ])
  })
})

describe('a callback of NHN Cloud', () => {
  const read = nhnCallback('a made-up signature')
  const call = (body: object, signature = 'a made-up signature') =>
    read({
      headers: new Headers({ 'X-Toast-Webhook-Signature': signature }),
      body: JSON.stringify(body),
    })
  const hook = {
    requestId: 'r1',
    recipientSeq: 1,
    messageStatus: 'COMPLETED',
    recipientGroupingKey: 'delivery_4',
    resultCode: '1000',
  }
  const event = 'MESSAGE_RESULT_UPDATE'

  test('is believed only with the signature that was agreed', () => {
    expect(call({ event, hooks: [hook] }, 'another')).toBeNull()
    expect(call({ event, hooks: [hook] }, '')).toBeNull()
    expect(call({ event: 'UNSUBSCRIBE', hooks: [] })).toEqual([])
  })

  test('says what became of each message, by its id and by ours', () => {
    const productName = 'SMS'
    const failed = { ...hook, recipientSeq: 2, messageStatus: 'FAILED', resultCode: '3015' }
    expect(call({ event, productName, hooks: [hook, failed] })).toEqual([
      {
        provider: 'nhn-sms',
        providerId: 'r1.1',
        delivery: 'delivery_4',
        status: 'delivered',
        detail: null,
      },
      {
        provider: 'nhn-sms',
        providerId: 'r1.2',
        delivery: 'delivery_4',
        status: 'failed',
        detail: 'NHN Cloud: 3015',
        fault: null,
      },
    ])
    const [kakao] = call({ event, productName: 'KakaoTalk Bizmessage', hooks: [hook] }) ?? []
    expect(kakao?.provider).toBe('nhn-alimtalk')
  })
})
