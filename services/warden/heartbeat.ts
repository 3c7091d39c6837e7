import type pg from 'pg'
import type { Logger } from 'pino'
import { HEARTBEAT, faultSentence, reasonsForSilence } from '../core/lateness.ts'
import type { Clock } from '../core/time.ts'
import { beat } from '../store/gateways.ts'
import { readLateness } from '../store/lateness.ts'

/** What the heartbeat needs. `every` in real milliseconds. */
export type Heartbeat = {
  readonly pool: pg.Pool
  readonly clock: Pick<Clock, 'now' | 'speed'>
  readonly log: Logger
  readonly url: string
  readonly every?: number
}

const ANSWER_WITHIN = 10_000

/**
 * Sends a beat out of the house again and again, each only if at that moment readings are taken in, homes looked at,
 * alerts escalated and messages sent, and the canary comes round. It says nothing when they do not: silence is the
 * alarm, for it also comes from a house without power. It needs no queue.
 */
export function startHeartbeat({ every = HEARTBEAT, ...deps }: Heartbeat): AsyncDisposable {
  let running = beatOut(deps)
  const timer = setInterval(() => {
    running = running.then(() => beatOut(deps))
  }, every)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}

async function beatOut({ pool, clock, log, url }: Omit<Heartbeat, 'every'>): Promise<void> {
  const why = reasonsForSilence(await readLateness(pool, clock), clock.now())
  if (why.length > 0) {
    const says = why.map((each) => faultSentence(each, 'en'))
    log.error({ why, says }, 'no heartbeat leaves the house')
    return
  }
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN)
    const answer = await fetch(url, { method: 'POST', body: 'anbu is at work', signal })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    await beat(pool, 'heartbeat', clock.now())
  } catch (error) {
    log.warn({ err: error }, 'the heartbeat did not arrive; the next one is tried')
  }
}
