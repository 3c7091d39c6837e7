import type pg from 'pg'
import type { Logger } from 'pino'
import { type Clock, MINUTE } from '../core/time.ts'
import type { Queue } from '../queue/queue.ts'
import { lookAtDay } from './daily.ts'

/** What the warden needs. `timeZone`: the clock of an office that has not said its own. */
export type WardenOptions = {
  readonly pool: pg.Pool
  readonly queue: Queue
  readonly clock: Clock
  readonly log: Logger
  readonly timeZone: string
}

// Whether a day has begun somewhere.
const DAILY_EVERY = 10 * MINUTE
const SHORTEST = 250

/** Starts to watch the watchers; it stops when the queue is closed. */
export async function startWarden({ queue, clock, ...deps }: WardenOptions): Promise<void> {
  const log = deps.log.child({ service: 'warden' })
  await queue.work(
    'daily',
    async () => {
      const raised = await lookAtDay({ ...deps, log }, clock.now())
      if (raised > 0) await queue.wake('escalate')
    },
    Math.max(SHORTEST, Math.round(DAILY_EVERY / clock.speed)),
  )
}
