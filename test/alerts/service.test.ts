import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect } from 'vitest'
import { startAlerts } from '../../services/alerts/alerts.ts'
import { MINUTE } from '../../services/core/time.ts'
import { type Queue, openQueue } from '../../services/queue/queue.ts'
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
  expect(await office.row(`select service, at from pulse where service = 'alerts'`)).toEqual({
    service: 'alerts',
    at: office.now,
  })
  // And awake, it needs no sweep to see what is new.
  await office.signal(await office.home('h-2'), 'danger')
  const raised = performance.now()
  await queue.wake('escalate')
  await receiver.take()
  expect(performance.now() - raised).toBeLessThan(2000)
  await until(office, ['kim webhook accepted', 'park email accepted', 'kim webhook accepted'])
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
    .toEqual({ count: 1 })
  expect(await office.deliveries()).toEqual([])
  expect(warnings).toHaveLength(1)
})
