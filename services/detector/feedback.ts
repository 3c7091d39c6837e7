import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { learnFeedback } from '../core/feedback.ts'
import { DAY } from '../core/time.ts'
import { closedAlerts, saveFeedback } from '../store/feedback.ts'

// After half a year an outcome counts for an eighth, and is left out.
const REMEMBERED = 180 * DAY

/** Takes in how the alerts of these homes were closed. They are looked at anew by whoever saves their rhythms. */
export async function learnOutcomes(
  pool: pg.Pool,
  homes: readonly { readonly id: number }[],
  now: Millis,
): Promise<void> {
  const ids = homes.map(({ id }) => id)
  const closed = Map.groupBy(await closedAlerts(pool, ids, now - REMEMBERED), ({ home }) => home)
  const learnt = ids.map((home) => {
    const outcomes = closed.get(home)
    return { home, feedback: outcomes ? learnFeedback(outcomes, now) : null }
  })
  await saveFeedback(pool, learnt)
}
