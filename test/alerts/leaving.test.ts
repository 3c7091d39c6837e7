import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { Channel } from '../../schemas/channel.ts'
import { Environment } from '../../schemas/environment.ts'
import { openChannels } from '../../services/alerts/channels.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { MINUTE } from '../../services/core/time.ts'
import { command } from '../../services/store/commands.ts'
import { addHousehold, addPerson } from '../../services/store/homes.ts'
import { saveResident } from '../../services/store/residents.ts'
import { addSubscription } from '../../services/store/subscriptions.ts'
import { ACCOUNT } from './carriers.ts'
import { type Device, registerDevice } from './device.ts'
import { type Came, openFake } from './fake.ts'
import { NAMES_KEY, type Office, staff, test } from './office.ts'
import { SECRET } from './receiver.ts'

// Nobody is called so and nothing stands there: where these words turn up, they have leaked.
const TAINT = { name: '홍표식', address: '표식구 새는길 77', phone: '010-7654-3210' }
const ALIAS = '가상동 31호'

function environment(url: string, smtp: string, carrier: 'sens' | 'nhn' | 'solapi'): Environment {
  return Environment.parse({
    ANBU_OUTSIDE_ALLOW: '127.0.0.0/8',
    ANBU_SMTP_URL: smtp,
    ANBU_SMS_PROVIDER: carrier,
    ANBU_SMS_FROM: ACCOUNT.from,
    ANBU_ALIMTALK_PROVIDER: carrier,
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
    ANBU_NTFY_URL: url,
    ANBU_CAP_SENDER: 'anbu@office.example',
  })
}

/** A home whose resident is known and sealed, and a case of each kind and some grades in it. */
async function openCases(office: Office): Promise<void> {
  const given = { office: 'gwanak', alias: ALIAS, dong: '가상동', planner: 'kim' } as const
  const home = { ...given, household: 'h-1', timeZone: 'Asia/Seoul', tier: 'high' } as const
  await addHousehold(office.pool, home, office.now)
  await saveResident(office.pool, NAMES_KEY, 'h-1', TAINT)
  const id = Number((await office.row('select id from household'))['id'])
  await office.signal(id, 'danger')
  await office.signal(id, 'caution', 'blind')
  await office.signal(id, 'caution', 'sensor')
  await office.signal(id, 'danger', 'sos')
  await office.signal(id, 'caution', 'door')
  await office.escalate()
}

/** Each message that waits by every channel at once, as no plan would do it. */
async function byEveryChannel({ pool }: Office): Promise<void> {
  await pool.query(
    `insert into delivery (alert_id, generation, loop, step, times, purpose, person, channel, fallback, state,
       due_at, expires_at, message, planned_at)
     select alert_id, generation, loop, step, times, purpose, person, way, '[]', 'queued', due_at, expires_at,
       message, planned_at
     from delivery, unnest($1::text[]) as way where state = 'queued' on conflict do nothing`,
    [Channel.options],
  )
}

/** Somebody takes each case, so that the others hear of it. */
async function acknowledgeAll({ pool, voice, now }: Office): Promise<void> {
  const { rows } = await pool.query<{ alert: number }>('select id as alert from alert')
  for (const { alert } of rows) {
    const event = { type: 'acknowledge', by: 'oh' } as const
    await command(pool, { alert, key: `take ${alert}`, event }, voice, now)
  }
}

describe('I22: what leaves the house', () => {
  test.for(['sens', 'nhn', 'solapi'] as const)(
    'by any channel and %s says which home and never who lives where',
    async (carrier, { office, mailbox }) => {
      const came: Came[] = []
      await using fake = await openFake((request) => {
        came.push(request)
        return { status: 200, body: {} }
      })
      const device = registerDevice(fake.url)
      const all = { phone: '01000000000', slack: `${fake.url}/slack`, ntfy: 'made-up-topic' }
      const web = { cap: `${fake.url}/cap`, webhook: `${fake.url}/webhook` }
      for (const [person, role] of [
        ['kim', 'planner'],
        ['park', 'duty'],
        ['oh', 'supervisor'],
        ['han', 'technician'],
      ] as const) {
        await addPerson(office.pool, staff(person, role, { ...all, ...web }))
        await addSubscription(office.pool, person, device.subscription, '', office.now)
      }
      await openCases(office)
      await byEveryChannel(office)
      await office.pool.query(
        `update delivery set person = 'kim', fallback = '[]' where channel = 'push'`,
      )
      const secrets = { webhookSecret: SECRET, sessionKey: 'made up', namesKey: NAMES_KEY }
      const { log, pool } = office
      const env = environment(fake.url, mailbox.url, carrier)
      await pool.query(`update push_subscription set person = 'kim'`)
      const { channels } = await openChannels({ env, secrets, pool, log, now: Date.now })
      await office.deliver(channels)
      await acknowledgeAll(office)
      await byEveryChannel(office)
      await office.deliver(channels)
      fake.clear()
      const told = await pool.query(
        `select distinct concat(message ->> 'kind', purpose) from delivery`,
      )
      expect(told.rows).toHaveLength(2 * 5)
      const said = came.map((request) => textOf(request, device))
      for (let mails = await waitingMails(office); mails > 0; mails--) {
        const { subject, text, headers } = await mailbox.take()
        said.push(`mail ${subject}\n${text}\n${headers}`)
      }
      const ways = await pool.query('select distinct channel from delivery where attempts > 0')
      expect(ways.rows).toHaveLength(Channel.options.length)
      for (const text of said)
        for (const leak of Object.values(TAINT)) expect(text).not.toContain(leak)
      // And it would have been seen: the alias is there, in whatever form each channel writes it.
      const without = said.filter((text) => !text.includes(ALIAS))
      expect(without.every((text) => text.startsWith('/webhook'))).toBe(true)
      expect(without.length).toBeLessThan(said.length / 2)
      for (const text of said.filter((each) => /\/sms\/|"type":"(SMS|LMS)"/.test(each)))
        expect(text).not.toMatch(/https?:/)
    },
  )
})

function textOf(request: Came, device: Device): string {
  if (request.path.startsWith('/push/')) return JSON.stringify(device.open(request))
  return `${request.path} ${JSON.stringify(request.headers)} ${request.body.toString()}`
}

async function waitingMails(office: Office): Promise<number> {
  const { sent } = await office.row(
    `select count(*) as sent from delivery where channel = 'email' and attempts > 0`,
  )
  return Number(sent)
}

const anyManner = fc.constantFrom<'ok' | 'lost' | 'reset' | 503 | 429>(
  'ok',
  'lost',
  'reset',
  503,
  429,
)

describe('a message that is tried again', () => {
  test('I3, I11: is the very same bytes under the very same id, is never sent again once it was taken, and once only by however many workers', async ({
    office,
  }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyManner, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (manners, workers) => {
          await office.pool.query('truncate household cascade')
          const came: Came[] = []
          await using fake = await openFake((request) => {
            came.push(request)
            return { status: 204 }
          })
          await addPerson(office.pool, staff('kim', 'planner', { webhook: fake.url, email: null }))
          await office.signal(await office.home('h-1'), 'danger')
          await office.escalate()
          const webhook = webhookChannel(SECRET, openAsk({ total: 1500 }), Date.now)
          const requests: Came[] = []
          for (const manner of [...manners, 'ok', 'ok'] as const) {
            fake.answer(typeof manner === 'number' ? { status: manner } : manner)
            const before = requests.length
            await Promise.all(Array.from({ length: workers }, () => office.deliver({ webhook })))
            await office.pool.query(`update household set alias = 'another'`)
            for (const request of await takeAll(fake, office, before)) requests.push(request)
            office.now += MINUTE / 2
          }
          const { attempts, state } = await office.row('select attempts, state from delivery')
          expect(requests).toHaveLength(Number(attempts))
          expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
          expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1)
          // All failed until the first "ok"; after that nothing came any more.
          const firstOk = manners.indexOf('ok')
          const tries = firstOk === -1 ? manners.length + 1 : firstOk + 1
          expect(requests.length).toBeLessThanOrEqual(tries)
          if (requests.length === tries) expect(state).toBe('accepted')
        },
      ),
      { numRuns: 12 },
    )
  }, 60_000)
})

// As many requests as the store knows of have come: a "reset" never reaches what the provider does.
async function takeAll(
  fake: Awaited<ReturnType<typeof openFake>>,
  office: Office,
  had: number,
): Promise<Came[]> {
  const { attempts } = await office.row('select attempts from delivery')
  const taken: Came[] = []
  while (had + taken.length < Number(attempts)) taken.push(await fake.take())
  return taken
}
