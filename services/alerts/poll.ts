import type pg from 'pg'
import type { Logger } from 'pino'
import type { Receipt } from '../core/delivery.ts'
import type { Clock } from '../core/time.ts'
import { type Asked, claimPolls, postponePoll, takeReceipts } from '../store/receipts.ts'

/** Asks a provider what became of a message, by the provider's id. Null: it does not know yet. Throws when it does not answer. */
export type Poll = (
  providerId: string,
) => Promise<Pick<Receipt, 'status' | 'detail' | 'fault'> | null>

/** How to ask each provider that tells nothing by itself. */
export type Polls = Readonly<Record<string, Poll>>

/** What asking needs. */
export type Polling = {
  readonly pool: pg.Pool
  readonly polls: Polls
  readonly clock: Clock
  readonly log: Logger
}

// Until when, in real milliseconds, questions that were taken are not asked by others.
const LEASE = 30_000

/** Asks providers what became of the messages that they took, and records it. One run asks at most 50. */
export async function askProviders(deps: Polling): Promise<void> {
  const { pool, clock } = deps
  const now = clock.now()
  const asked = await claimPolls(pool, now + LEASE * clock.speed, now)
  await Promise.all(asked.map((each) => ask(deps, each)))
}

async function ask({ pool, polls, clock, log }: Polling, asked: Asked): Promise<void> {
  const { provider, providerId } = asked
  try {
    const found = await polls[provider]?.(providerId)
    if (found)
      await takeReceipts(
        pool,
        [{ ...found, provider, providerId, delivery: `delivery_${asked.id}` }],
        clock.now(),
      )
  } catch (error) {
    // It is asked again anyway: what is known of the delivery stays true.
    log.warn(
      { err: error, delivery: asked.id, provider },
      'a provider did not say what became of a message',
    )
  }
  await postponePoll(pool, asked, clock.now())
}
