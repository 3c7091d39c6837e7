import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { expect } from 'vitest'
import { HOUR } from '../../services/core/time.ts'
import { openQueue } from '../../services/queue/queue.ts'
import { find } from '../servers/optional.ts'
import { startRedis } from '../servers/redis.ts'
import type { Office } from './office.ts'

/** Engines that sweep when the queue wakes them, and by no timer of their own. */
export type Wakers = AsyncDisposable & {
  /** Wakes so many of them, flushes the queue in the midst of that if wanted, and waits until one has swept since. */
  wake(engines: number, flushed: boolean): Promise<void>
  /** Waits until nobody sweeps any more. */
  quiet(): Promise<void>
}

const ENGINES = 4

/** Opens four engines on one Redis; where there is none, on PostgreSQL, whose jobs nobody flushes. */
export async function openWakers(office: Office, databaseUrl: string): Promise<Wakers> {
  await using open = new AsyncDisposableStack()
  const server = find('redis') ? open.use(await startRedis()) : null
  const redis = server && new Redis(server.url)
  open.defer(() => redis?.disconnect())
  const swept = { begun: 0, ended: 0 }
  const sweep = async () => {
    swept.begun += 1
    await office.escalate().finally(() => (swept.ended += 1))
  }
  const queues = await Promise.all(
    Array.from({ length: ENGINES }, async () => {
      const log = pino({ level: 'silent' })
      const queue = open.use(openQueue({ redisUrl: server?.url, databaseUrl, log }))
      await queue.work('escalate', sweep, HOUR)
      return queue
    }),
  )
  const wake = async (engines: number, flushed: boolean) => {
    const { begun } = swept
    await Promise.all(queues.slice(0, engines).map((queue) => queue.wake('escalate')))
    if (flushed) await redis?.flushall()
    // What was flushed is lost; each engine's own timer, which the test plays, finds it all the same.
    for (let tries = 1; swept.begun === begun; tries++) {
      expect(tries, 'nobody sweeps any more').toBeLessThan(500)
      await sleep(5)
      if (tries % 10 === 0) await queues[tries % engines]?.wake('escalate')
    }
    await quiet()
  }
  const quiet = async () => {
    while (swept.ended < swept.begun) await sleep(2)
  }
  const all = open.move()
  return { wake, quiet, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() }
}
