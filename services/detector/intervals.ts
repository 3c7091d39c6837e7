import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { learnInterval, limitOf } from '../core/interval.ts'
import { saveIntervals, sensorAges } from '../store/intervals.ts'
import { transaction } from '../store/pool.ts'

/**
 * Learns, once a day, how often each sensor of these homes reports. It is asked in the small hours, when nobody moves: a
 * sensor that is heard then reports by itself.
 */
export function learnIntervals(
  pool: pg.Pool,
  homes: readonly { readonly id: number }[],
  now: Millis,
): Promise<void> {
  return transaction(pool, async (db) => {
    const sensors = await sensorAges(
      db,
      homes.map(({ id }) => id),
      now,
    )
    const learnt = sensors.map(({ id, age, ...known }) => {
      const interval = learnInterval(known, age)
      return { id, ...interval, limit: limitOf(interval) }
    })
    await saveIntervals(db, learnt, now)
  })
}
