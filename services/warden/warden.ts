import type pg from 'pg'
import type { Logger } from 'pino'
import { type Clock, MINUTE } from '../core/time.ts'
import type { Queue } from '../queue/queue.ts'
import { forgetCanary } from '../store/canary.ts'
import { startCanary } from './canary.ts'
import { lookAtDay } from './daily.ts'
import { exerciseStaff } from './exercise.ts'
import { startHeartbeat } from './heartbeat.ts'

/** What the warden needs. */
export type WardenOptions = {
  readonly pool: pg.Pool
  readonly queue: Queue
  readonly clock: Clock
  readonly log: Logger
  /** The clock of an office that has not said its own. */
  readonly timeZone: string
  /** Where the heartbeat goes, or null: nobody outside listens. */
  readonly heartbeatUrl: string | null
  /** The broker's address for the canary, or null: there is none. */
  readonly brokerUrl: string | null
}

// Whether a day has begun somewhere.
const DAILY_EVERY = 10 * MINUTE

/** Starts to watch the watchers, until it is disposed of; the queue then waits for what is under way. */
export async function startWarden(options: WardenOptions): Promise<AsyncDisposable> {
  const { pool, queue, clock, timeZone, heartbeatUrl, brokerUrl } = options
  const log = options.log.child({ service: 'warden' })
  await using open = new AsyncDisposableStack()
  await queue.work(
    'daily',
    async () => {
      const raised = await lookAtDay({ pool, log, timeZone }, clock.now())
      const begun = await exerciseStaff({ pool, log, timeZone }, clock.now())
      if (raised + begun > 0) await queue.wake('escalate')
    },
    DAILY_EVERY,
  )
  if (brokerUrl === null) await forgetCanary(pool)
  else open.use(await startCanary({ pool, clock, log, timeZone, url: brokerUrl }))
  if (heartbeatUrl === null)
    log.warn('nobody outside would notice if all of this stopped: set ANBU_HEARTBEAT_URL')
  else open.use(startHeartbeat({ pool, clock, log, url: heartbeatUrl }))
  return open.move()
}
