import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'
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

  test.for([
    [{ rcpt: 550 }, 'address'],
    // A mailbox that is full will be empty again.
    [{ rcpt: 552 }, null],
    [554, null],
  ] as const)('that refuses by %j shows a fault of %s', async ([manner, fault], { mailbox }) => {
    mailbox.answer(manner)
    const send = emailChannel(mailbox.url, 'anbu@office.example', 400)
    const result = await send(MESSAGE, to, 'delivery_1')
    expect(result).toMatchObject({ kind: 'permanent', fault })
    if (typeof manner !== 'object') await mailbox.take()
  })

  test('that knows us by no such password shows a fault of the channel', async ({
    expect: own,
  }) => {
    const server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, done) => done(new Error('no such user')),
    })
    server.on('error', () => undefined)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const send = emailChannel(`smtp://anbu:wrong@127.0.0.1:${port}`, 'anbu@office.example', 400)
    own(await send(MESSAGE, to, 'delivery_1')).toMatchObject({
      kind: 'permanent',
      fault: 'channel',
    })
    await new Promise<void>((resolve) => server.close(resolve))
  })

  test('that is not there makes it temporary: nothing has left', async ({ expect: own }) => {
    const send = emailChannel('smtp://127.0.0.1:9', 'anbu@office.example', 400)
    own((await send(MESSAGE, to, 'delivery_1')).kind).toBe('temporary')
  })
})
