import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { expect } from 'vitest'
import { type Queue, openQueue } from '../../services/queue/queue.ts'
import { test } from '../optional.ts'

const log = pino({ level: 'silent' })
const NEVER = 3_600_000

async function wakesOnce(queue: Queue): Promise<void> {
  let runs = 0
  const handler = async () => {
    runs++
  }
  await queue.work('watch', handler, NEVER)
  // The first run comes at once.
  await expect.poll(() => runs, POLL).toBe(1)
  await queue.wake('watch')
  await expect.poll(() => runs, POLL).toBe(2)
}

async function neverOverlaps(queue: Queue): Promise<void> {
  let [running, most, runs] = [0, 0, 0]
  const handler = async () => {
    most = Math.max(most, ++running)
    // Asked while it runs: it may have passed what is meant, so it must run once more, and only once.
    if (runs === 0) await Promise.all(Array.from({ length: 20 }, () => queue.wake('escalate')))
    await sleep(30)
    running--
    runs++
  }
  await queue.work('escalate', handler, NEVER)
  await expect.poll(() => runs, POLL).toBeGreaterThanOrEqual(2)
  await sleep(200)
  expect({ most, runs }).toEqual({ most: 1, runs: 2 })
}

async function survivesFailure(queue: Queue): Promise<void> {
  let runs = 0
  const handler = async () => {
    if (++runs === 1) throw new Error('made up')
  }
  await queue.work('deliver', handler, 100)
  await expect.poll(() => runs, POLL).toBeGreaterThanOrEqual(3)
}

const POLL = { timeout: 10_000 }

for (const [sentence, check] of [
  ['a worker runs when woken, and at once when it starts', wakesOnce],
  ['runs of one job never overlap, and many askings during one are one more', neverOverlaps],
  ['a run that fails is run again by the next sweep', survivesFailure],
  ['it ends though a run still wakes another job', endsWhileAsking],
] as const) {
  test(`on PostgreSQL ${sentence}`, async ({ url }) => {
    await using queue = openQueue({ databaseUrl: url, log })
    await check(queue)
  })
  test(`on Redis ${sentence}`, { tags: 'redis' }, async ({ redisUrl }) => {
    await using queue = openQueue({ databaseUrl: '', redisUrl, log })
    await check(queue)
  })
}

async function endsWhileAsking(queue: Queue): Promise<void> {
  const begun = Promise.withResolvers<void>()
  const free = Promise.withResolvers<void>()
  await queue.work('deliver', () => Promise.resolve(), NEVER)
  await queue.work(
    'escalate',
    async () => {
      begun.resolve()
      await free.promise
      await queue.wake('deliver')
    },
    NEVER,
  )
  await begun.promise
  const ended = queue[Symbol.asyncDispose]()
  await sleep(100)
  free.resolve()
  await ended
}

async function survivesFlush(queue: Queue, flush: () => Promise<unknown>): Promise<void> {
  let runs = 0
  const handler = async () => {
    runs++
  }
  await queue.work('watch', handler, 200)
  await expect.poll(() => runs, POLL).toBeGreaterThanOrEqual(2)
  await flush()
  const before = runs
  await expect.poll(() => runs, POLL).toBeGreaterThan(before + 2)
}

test('on PostgreSQL work goes on when every job is deleted under it', async ({ url, pool }) => {
  await using queue = openQueue({ databaseUrl: url, log })
  await survivesFlush(queue, () => pool.query('delete from jobs.job'))
})

test(
  'on Redis work goes on when all of Redis is flushed',
  { tags: 'redis' },
  async ({ redisUrl }) => {
    await using queue = openQueue({ databaseUrl: '', redisUrl, log })
    await survivesFlush(queue, async () => {
      const redis = new Redis(redisUrl)
      await redis.flushall()
      await redis.quit()
    })
  },
)
