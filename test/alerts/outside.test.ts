import { describe, expect, test } from 'vitest'
import { openGuard, REFUSED } from '../../services/alerts/guard.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { ntfyChannel } from '../../services/alerts/ntfy.ts'
import { slackChannel } from '../../services/alerts/slack.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { jsonOf } from './carriers.ts'
import { openFake } from './fake.ts'
import { SECRET } from './receiver.ts'
import { MESSAGE } from './words.ts'

const to = (address: string) => ({ person: 'kim', address, ttl: 1000, lastResort: false })
const ask = openAsk({ total: 1500 })

describe('a notice in Slack', () => {
  test.for([
    [
      { status: 200, body: 'ok' },
      { kind: 'accepted', providerId: null },
    ],
    [
      { status: 404, body: 'no_service' },
      { kind: 'permanent', fault: 'address' },
    ],
    [
      { status: 410, body: 'channel_is_archived' },
      { kind: 'permanent', fault: 'address' },
    ],
    [
      { status: 400, body: 'invalid_payload' },
      { kind: 'permanent', fault: null },
    ],
    [{ status: 500, body: 'rollup_error' }, { kind: 'temporary' }],
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { kind: 'temporary', retryAfter: 30_000 },
    ],
    ['lost', { kind: 'unknown' }],
  ] as const)('that is answered %j is %j', async ([manner, result]) => {
    await using fake = await openFake(() => ({ status: 200, body: 'ok' }))
    fake.answer(manner)
    expect(await slackChannel(ask, Date.now)(MESSAGE, to(fake.url), 'delivery_1')).toMatchObject(
      result,
    )
    expect(jsonOf(await fake.take())).toEqual({
      text: `${MESSAGE.subject}\n${MESSAGE.why}\n<${MESSAGE.link}|안부에서 보기>`,
    })
  })
})

test('a notice in Slack calls nobody by the name of a home, a room or one of the staff', async () => {
  await using fake = await openFake(() => ({ status: 200, body: 'ok' }))
  const why = '<!channel> 님이 맡았습니다 & <https://evil.example|여기>'
  await slackChannel(ask, Date.now)({ ...MESSAGE, why }, to(fake.url), 'delivery_1')
  expect(jsonOf(await fake.take())).toMatchObject({
    text: expect.stringContaining(
      '&lt;!channel&gt; 님이 맡았습니다 &amp; &lt;https://evil.example|여기&gt;',
    ),
  })
})

describe('a message by ntfy', () => {
  test('rings as loud as it is grave, to a topic that only the person knows', async () => {
    await using fake = await openFake(() => ({ status: 200, body: { id: 'n-1' } }))
    const send = ntfyChannel({ url: fake.url, token: 'tk_made_up' }, ask, Date.now)
    const accepted = { kind: 'accepted', providerId: 'n-1' }
    expect(await send(MESSAGE, to('made-up-topic'), 'delivery_1')).toEqual(accepted)
    const came = await fake.take()
    expect(came.headers['authorization']).toBe('Bearer tk_made_up')
    const body = {
      topic: 'made-up-topic',
      title: MESSAGE.subject,
      priority: 5,
      click: MESSAGE.link,
    }
    expect(jsonOf(came)).toMatchObject(body)
    await send({ ...MESSAGE, exercise: true }, to('made-up-topic'), 'delivery_2')
    expect(jsonOf(await fake.take())).toMatchObject({ priority: 2 })
  })

  test.for([
    [{ status: 403 }, { kind: 'permanent', fault: 'channel' }],
    [
      { status: 429, headers: { 'retry-after': '5' } },
      { kind: 'temporary', retryAfter: 5000 },
    ],
    [
      { status: 200, body: 'not JSON' },
      { kind: 'accepted', providerId: null },
    ],
    ['slow', { kind: 'unknown' }],
    ['reset', { kind: 'unknown' }],
  ] as const)('that is answered %j is %j', async ([manner, result]) => {
    await using fake = await openFake(() => ({ status: 200, body: {} }))
    fake.answer(manner)
    const send = ntfyChannel({ url: fake.url, token: null }, ask, Date.now)
    expect(await send(MESSAGE, to('made-up-topic'), 'delivery_1')).toMatchObject(result)
    await fake.take()
  })
})

describe('an address that somebody entered', () => {
  const refused = [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://localhost/',
    'http://10.0.0.1/',
    'http://172.16.3.4/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'ftp://example.org/',
    'file:///etc/passwd',
  ]
  test.for(refused)('such as %s is not spoken to', async (url) => {
    const guarded = openAsk({ total: 1500, guard: openGuard([]) })
    const result = await webhookChannel(SECRET, guarded, Date.now)(MESSAGE, to(url), 'delivery_1')
    expect(result).toMatchObject({ kind: 'permanent', fault: 'address' })
  })

  test.for(['https://93.184.215.14/', 'https://[2606:2800:21f:cb07::1]/'])(
    'such as %s is',
    (url) => {
      expect(() => openGuard([]).check(new URL(url))).not.toThrow()
    },
  )

  test('may be in a network that the operator allows, and only there', () => {
    const guard = openGuard(['10.1.0.0/16', 'fd00:1::/32'])
    expect(() => guard.check(new URL('http://10.1.2.3/'))).not.toThrow()
    expect(() => guard.check(new URL('http://[fd00:1::2]/'))).not.toThrow()
    expect(() => guard.check(new URL('http://10.2.2.3/'))).toThrow('ANBU_OUTSIDE_ALLOW')
  })

  test('is looked up once, for the connection itself: what was checked is what is spoken to', async () => {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
      openGuard([]).lookup('localhost', {}, resolve),
    )
    expect(error?.code).toBe(REFUSED)
    const found = await new Promise((resolve) =>
      openGuard(['127.0.0.0/8', '::1/128']).lookup('localhost', { family: 4 }, (_error, address) =>
        resolve(address),
      ),
    )
    expect(found).toBe('127.0.0.1')
  })

  test('that sends us elsewhere is not followed', async () => {
    await using fake = await openFake(() => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:9/' },
    }))
    const allowed = openAsk({ total: 1500, guard: openGuard(['127.0.0.0/8']) })
    const result = await webhookChannel(SECRET, allowed, Date.now)(
      MESSAGE,
      to(fake.url),
      'delivery_1',
    )
    expect(result).toMatchObject({
      kind: 'permanent',
      fault: 'address',
      detail: 'the webhook answered 302',
    })
    await fake.take()
  })
})
