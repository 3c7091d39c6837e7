import { describe, expect } from 'vitest'
import { emailChannel } from '../../services/alerts/email.ts'
import { MINUTE } from '../../services/core/time.ts'
import { test } from './office.ts'

describe('the mail server', () => {
  const to = { person: 'park', address: 'park@example.org', ttl: MINUTE, lastResort: false }
  const message = {
    alert: 7,
    kind: 'blind',
    grade: 'caution',
    at: 0,
    subject: '안부',
    text: '안녕하세요',
    link: null,
    what: '',
    where: '',
    why: '',
    todo: '',
    sms: '',
    last: false,
    news: null,
    exercise: false,
  } as const

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
    expect((await send(message, to, 'delivery_1')).kind).toBe(kind)
    if (typeof manner !== 'object') await mailbox.take()
  })

  test('that is not there makes it temporary: nothing has left', async ({ expect: own }) => {
    const send = emailChannel('smtp://127.0.0.1:9', 'anbu@office.example', 400)
    own((await send(message, to, 'delivery_1')).kind).toBe('temporary')
  })
})
