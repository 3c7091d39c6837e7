import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { addPerson } from '../../services/store/homes.ts'
import { ACCOUNT, jsonOf, sens } from '../alerts/carriers.ts'
import { openFake } from '../alerts/fake.ts'
import { NAMES_KEY, staff, test } from '../alerts/office.ts'

const ANBU = fileURLToPath(new URL('../../services/anbu.ts', import.meta.url))

test('a channel can be tried on a person, and says what came back', async ({
  office,
  url,
  receiver,
}) => {
  const fates = new Map([
    [
      'sms-1-m',
      { messages: [{ messageId: 'sms-1-m', status: 'COMPLETED', statusName: 'success' }] },
    ],
  ])
  await using carrier = await openFake(sens(fates))
  await addPerson(
    office.pool,
    staff('kim', 'planner', { phone: '01000000000', webhook: receiver.url('kim') }),
  )
  const env = {
    PATH: process.env['PATH'],
    ANBU_DATABASE_URL: url,
    ANBU_SMS_PROVIDER: 'sens',
    ANBU_SMS_FROM: ACCOUNT.from,
    ANBU_SENS_URL: carrier.url,
    ANBU_SENS_ACCESS_KEY: ACCOUNT.access,
    ANBU_SENS_SECRET_KEY: ACCOUNT.secret,
    ANBU_SENS_SMS_SERVICE: ACCOUNT.service,
    ANBU_SESSION_KEY: 'a made-up key for sessions, of enough characters',
    ANBU_NAMES_KEY: NAMES_KEY,
    ANBU_WEBHOOK_SECRET: 'whsec_bWFkZSB1cCBmb3IgdGVzdHMsIDI0IGJ5dGVzIGFuZCBtb3Jl',
  }
  const anbu = (...words: string[]) =>
    promisify(execFile)(process.execPath, [ANBU, 'channel', 'test', ...words], {
      env,
      timeout: 30_000,
    }).catch((error: { stdout: string; stderr: string }) => error)
  const told = await anbu('sms', 'kim')
  expect(told.stderr).toBe('')
  expect(told.stdout).toMatch(/accepted by sens-sms as sms-1\n.*delivered\n$/)
  expect(jsonOf(await carrier.take())).toMatchObject({
    content: expect.stringMatching(/^\[훈련\] /),
  })
  carrier.clear()
  // It is on this machine, and nobody said that we may speak to that.
  const refused = JSON.parse((await anbu('webhook', 'kim', '--json')).stdout)
  expect(refused).toMatchObject({ reached: false, result: { kind: 'permanent', fault: 'address' } })
  expect((await anbu('sms', 'park')).stderr).toContain('park has no address for sms')
  expect((await anbu('ntfy', 'kim')).stderr).toContain('the channel ntfy is not set up')
}, 40_000)
