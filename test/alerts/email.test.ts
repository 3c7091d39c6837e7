import { describe, expect } from 'vitest'
import { emailChannel } from '../../services/alerts/email.ts'
import { MINUTE } from '../../services/core/time.ts'
import { test } from './office.ts'
import { MESSAGE } from './words.ts'

describe('the mail server', () => {
  const to = { person: 'park', address: 'park@example.org', ttl: MINUTE, lastResort: false }
  test.for([
    ['ok', 'accepted'],
    [451, 'temporary'],
    [554, 'permanent'],
    [{ rcpt: 450 }, 'temporary'],
    [{ rcpt: 550 }, 'permanent'],
    ['slow', 'unknown'],
    ['reset', 'unknown'],
  ] as const)('that behaves as %j makes it %s', async ([manner, kind], { mailbox }) => {
    mailbox.answer(manner)
    const send = emailChannel(mailbox.url, 'anbu@office.example', 400)
    expect((await send(MESSAGE, to, 'delivery_1')).kind).toBe(kind)
    if (typeof manner !== 'object') await mailbox.take()
  })

  test('that is not there makes it temporary: nothing has left', async ({ expect: own }) => {
    const send = emailChannel('smtp://127.0.0.1:9', 'anbu@office.example', 400)
    own((await send(MESSAGE, to, 'delivery_1')).kind).toBe('temporary')
  })
})
