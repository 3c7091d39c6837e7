import { z } from 'zod'
import { Millis } from '../../schemas/time.ts'
import { type Breaker, CLOSED, heard } from '../core/breaker.ts'
import type { Result } from '../core/delivery.ts'
import { type Db, instant, query } from './pool.ts'

const Row = z.object({ failures: z.int(), openUntil: Millis })

/**
 * Records what an answer says of its provider, for every process. `known`: how the provider stood before it was asked;
 * while all is well nothing is written. To be run in the transaction that settles the delivery.
 */
export async function noteHealth(
  db: Db,
  { provider, known, result }: { provider: string; known: Breaker; result: Result },
  now: Millis,
): Promise<void> {
  const next = heard(known, result, now)
  if (next.failures === 0) {
    if (known.failures > 0) await db.query('delete from breaker where provider = $1', [provider])
    return
  }
  // Several may fail at once, and each of them counts.
  await db.query(
    `insert into breaker (provider, failures, open_until) values ($1, 0, $2) on conflict do nothing`,
    [provider, instant(CLOSED.openUntil)],
  )
  const [before = CLOSED] = await query(
    db,
    Row,
    `select failures, open_until as "openUntil" from breaker where provider = $1 for update`,
    [provider],
  )
  const { failures, openUntil } = heard(before, result, now)
  await db.query('update breaker set failures = $2, open_until = $3 where provider = $1', [
    provider,
    failures,
    instant(openUntil),
  ])
}
