import { pino } from 'pino'
import { expect } from 'vitest'
import { type Queue, openQueue } from '../../services/queue/queue.ts'
import { test } from '../database.ts'

const log = pino({ level: 'silent' })
const NEVER = 3_600_000

async function wakesOnce(queue: Queue): Promise<void> {
  let runs = 0
  await queue.work('watch', async () => void runs++, NEVER)
  // The scheduler's first run comes at once.
  await expect.poll(() => runs).toBe(1)
  await queue.wake('watch')
  await expect.poll(() => runs).toBe(2)
}

async function neverOverlaps(queue: Queue): Promise<void> {
  let [running, most, runs] = [0, 0, 0]
  const handler = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 30))
    running--
    runs++
  }
  await queue.work('escalate', handler, NEVER)
  await Promise.all(Array.from({ length: 20 }, () => queue.wake('escalate')))
  await expect.poll(() => runs).toBeGreaterThanOrEqual(2)
  expect(most).toBe(1)
  // Twenty askings were at most: one that ran, one that was kept while it ran, and the scheduler's own.
  expect(runs).toBeLessThanOrEqual(3)
}

async function survivesFailure(queue: Queue): Promise<void> {
  let runs = 0
  const handler = async () => {
    if (++runs === 1) throw new Error('made up')
  }
  await queue.work('deliver', handler, 100)
  await expect.poll(() => runs).toBeGreaterThanOrEqual(3)
}

for (const [sentence, check] of [
  ['a worker runs when woken, and at once when it starts', wakesOnce],
  ['runs of one job never overlap, and many askings are few runs', neverOverlaps],
  ['a run that fails is run again by the next sweep', survivesFailure],
] as const) {
  test(`on PostgreSQL ${sentence}`, async ({ url }) => {
    await using queue = openQueue({ databaseUrl: url, log })
    await check(queue)
  })
}
