import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect } from 'vitest'
import { startAlerts } from '../../services/alerts/alerts.ts'
import { MINUTE } from '../../services/core/time.ts'
import { type Queue, openQueue } from '../../services/queue/queue.ts'
import { instant } from '../../services/store/pool.ts'
import { type Office, test } from './office.ts'

const log = pino({ level: 'silent' })
const nobodyWaits = () => Promise.reject(new Error('nobody waits for a time in these tests'))

async function start(office: Office, databaseUrl: string): Promise<Queue> {
  const queue = openQueue({ databaseUrl, log })
  const clock = { now: () => office.now, speed: 1, after: nobodyWaits }
  const { pool, channels } = office
  await startAlerts({
    pool,
    queue,
    clock,
    log,
    channels,
    polls: {},
    publicUrl: 'https://anbu.example',
  })
  return queue
}

async function until(office: Office, deliveries: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await office.deliveries()).join() === deliveries.join()) return
    await sleep(50)
  }
  expect(await office.deliveries()).toEqual(deliveries)
}

test('a service that starts again, with every job lost, goes on where the last one stopped', async ({
  office,
  url,
  receiver,
  mailbox,
}) => {
  await office.signal(await office.home('h-1'), 'danger')
  {
    await using queue = await start(office, url)
    expect(queue).toBeDefined()
    await receiver.take()
    await until(office, ['kim webhook accepted'])
  }
  await office.pool.query('drop schema jobs cascade')
  office.now += 3 * MINUTE
  await using queue = await start(office, url)
  await mailbox.take()
  await until(office, ['kim webhook accepted', 'park email accepted'])
  await expect
    .poll(() => office.row(`select at from pulse where service = 'alerts'`), { timeout: 5000 })
    .toEqual({ at: office.now })
  // And awake, it needs no sweep to see what is new.
  await office.signal(await office.home('h-2'), 'danger')
  const raised = performance.now()
  await queue.wake('escalate')
  await receiver.take()
  expect(performance.now() - raised).toBeLessThan(2000)
  await until(office, ['kim webhook accepted', 'park email accepted', 'kim webhook accepted'])
})

test('residents are asked also while messages never cease to be sent', async ({ office, url }) => {
  const home = await office.home('h-1')
  await office.signal(home, 'danger')
  await using queue = openQueue({ databaseUrl: url, log })
  const begun = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<string>()
  await startAlerts({
    pool: office.pool,
    queue,
    clock: { now: () => office.now, speed: 1, after: nobodyWaits },
    log,
    channels: {
      ...office.channels,
      webhook: async () => {
        begun.resolve()
        await answered.promise
        return { kind: 'accepted', providerId: null }
      },
    },
    polls: {},
    publicUrl: null,
    ask: ({ household }) => {
      asked.resolve(household)
      return Promise.resolve({ taken: true, detail: '' })
    },
  })
  await begun.promise
  // The sending of this run has begun and does not end; only now somebody is to be asked.
  await office.pool.query(
    `insert into ask (alert_id, generation, state, due_at, until)
     select id, generation, 'queued', $1, $2 from alert`,
    [instant(office.now), instant(office.now + MINUTE)],
  )
  expect(await Promise.race([asked.promise, sleep(8000, 'nobody')])).toBe('h-1')
  answered.resolve()
})

test('a channel that is not set up is warned of once, says how to set it up, and plans no mail', async ({
  office,
  url,
}) => {
  const warnings: unknown[] = []
  const loud = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line)) })
  await office.pool.query('update person set webhook = null')
  await office.signal(await office.home('h-1'), 'danger')
  await using queue = openQueue({ databaseUrl: url, log: loud })
  const clock = { now: () => office.now, speed: 1, after: nobodyWaits }
  const channels = { ...office.channels, email: null }
  await startAlerts({
    pool: office.pool,
    queue,
    clock,
    log: loud,
    channels,
    polls: {},
    publicUrl: null,
  })
  expect(warnings).toMatchObject([
    { channel: 'email', msg: expect.stringContaining('ANBU_SMTP_URL') },
  ])
  await expect
    .poll(() => office.row(`select count(*) from alert where kind = 'configuration'`), {
      timeout: 15_000,
    })
    // The home's own people, and the office's supervisor.
    .toEqual({ count: 2 })
  expect(await office.deliveries()).toEqual([])
  expect(warnings).toHaveLength(1)
})
