import type pg from 'pg'
import type { Logger } from 'pino'
import { type Clock, HOUR } from '../core/time.ts'
import type { Queue } from '../queue/queue.ts'
import { beat } from '../store/gateways.ts'
import { tidy } from '../store/readings.ts'
import { learnRhythms } from './learning.ts'
import { relearnRhythms } from './relearning.ts'
import { watchHomes } from './watch.ts'

/** What the detector needs. `retentionDays`: how long readings are kept. */
export type Detector = {
  readonly pool: pg.Pool
  readonly queue: Queue
  readonly clock: Clock
  readonly log: Logger
  readonly retentionDays: number
}

// Between two sweeps pass 5 s of the clock, and a fast one leaves the database time to breathe.
const SWEEP = 5000
const SHORTEST = 250

/**
 * Starts the detector on the queue: it sweeps the deadlines, learns the rhythms, and keeps the tables in shape. It
 * stops when the queue is closed.
 */
export async function startDetector(detector: Detector): Promise<void> {
  const { pool, queue, clock, retentionDays } = detector
  const log = detector.log.child({ service: 'detector' })
  const every = (length: number) => Math.max(SHORTEST, Math.round(length / clock.speed))
  // Half of the time, and not while homes have waited for several sweeps.
  const bounds = { atMost: every(SWEEP) / 2, lateness: 6 * SWEEP * clock.speed }
  await queue.work(
    'watch',
    async () => {
      const { news } = await watchHomes({ pool, log, speed: clock.speed }, clock.now())
      await beat(pool, 'detector', clock.now())
      if (news > 0) await queue.wake('escalate')
    },
    every(SWEEP),
  )
  await queue.work(
    'learn',
    async () => {
      const learnt = await learnRhythms(pool, clock.now())
      if (learnt > 0) log.debug({ learnt }, 'rhythms learnt')
      const anew = await relearnRhythms({ pool, log }, bounds, clock.now())
      if (anew > 0) log.debug({ learnt: anew }, 'rhythms learnt anew')
    },
    every(SWEEP),
  )
  await queue.work('tidy', () => tidy(pool, clock.now(), retentionDays), every(HOUR))
}
