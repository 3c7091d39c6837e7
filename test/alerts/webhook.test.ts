import { describe, expect } from 'vitest'
import { openAsk } from '../../services/alerts/http.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { MINUTE } from '../../services/core/time.ts'
import { test } from './office.ts'
import { openReceiver, SECRET } from './receiver.ts'
import { MESSAGE } from './words.ts'

describe('the webhook', () => {
  test.for([
    [{ status: 202 }, 'accepted'],
    [{ status: 301, headers: { location: 'http://127.0.0.1:9/' } }, 'permanent'],
    [{ status: 404 }, 'permanent'],
    [{ status: 410 }, 'permanent'],
    [{ status: 408 }, 'temporary'],
    [{ status: 500 }, 'temporary'],
    ['slow', 'unknown'],
    ['reset', 'unknown'],
  ] as const)('that answers %j makes it %s', async ([answer, kind], { receiver }) => {
    receiver.answer('kim', answer)
    const to = { person: 'kim', address: receiver.url('kim'), ttl: MINUTE, lastResort: false }
    expect(
      (await webhookChannel(SECRET, openAsk({ total: 1500 }), Date.now)(MESSAGE, to, 'delivery_1'))
        .kind,
    ).toBe(kind)
    await receiver.take()
  })

  test('that is not there makes it temporary: nothing has left', async ({ expect: own }) => {
    const gone = await openReceiver()
    await gone[Symbol.asyncDispose]()
    const to = { person: 'kim', address: gone.url('kim'), ttl: MINUTE, lastResort: false }
    own(
      (await webhookChannel(SECRET, openAsk({ total: 1500 }), Date.now)(MESSAGE, to, 'delivery_1'))
        .kind,
    ).toBe('temporary')
  })

  test('may name a date to try again', async ({ receiver }) => {
    const headers = { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }
    receiver.answer('kim', { status: 503, headers })
    const to = { person: 'kim', address: receiver.url('kim'), ttl: MINUTE, lastResort: false }
    const result = await webhookChannel(SECRET, openAsk(), Date.now)(MESSAGE, to, 'delivery_1')
    await receiver.take()
    expect(result).toMatchObject({ kind: 'temporary' })
    const wait = result.kind === 'temporary' ? (result.retryAfter ?? 0) : 0
    expect(wait).toBeGreaterThan(50_000)
    expect(wait).toBeLessThanOrEqual(60_000)
  })
})
