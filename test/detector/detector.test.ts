import { pino } from 'pino'
import { expect } from 'vitest'
import { HOUR } from '../../services/core/time.ts'
import { startDetector } from '../../services/detector/detector.ts'
import { openQueue } from '../../services/queue/queue.ts'
import { test } from './district.ts'

const log = pino({ level: 'silent' })

test('the detector sweeps by itself, and wakes who escalates', async ({ district, pool, url }) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.wait(10 * HOUR)
  await district.hear(home)
  await using queue = openQueue({ databaseUrl: url, log })
  let woken = 0
  const escalate = async () => {
    woken++
  }
  // By itself it would run only in an hour.
  await queue.work('escalate', escalate, HOUR)
  await expect.poll(() => woken, { timeout: 10_000 }).toBe(1)

  const clock = { now: () => district.now, speed: 100, after: () => Promise.resolve() }
  await startDetector({ pool, queue, clock, log, retentionDays: 90 })
  await expect.poll(() => district.signals(), { timeout: 10_000 }).toHaveLength(1)
  await expect.poll(() => woken, { timeout: 10_000 }).toBe(2)
})
