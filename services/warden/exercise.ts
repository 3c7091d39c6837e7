import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import { bandAt } from '../core/office-hours.ts'
import { applyEvent } from '../store/alerts.ts'
import { answeredExercises, beginExercise, confirmWays, dueExercises } from '../store/exercises.ts'
import { readOffice } from '../store/offices.ts'

/** What exercising needs. */
export type Exercising = { readonly pool: pg.Pool; readonly log: Logger; readonly timeZone: string }

/**
 * Once a month each of the staff is sent an exercise (훈련), in the hours of their office; one that was answered is closed,
 * and the ways by which it came are confirmed. Resolves with how many were begun.
 */
export async function exerciseStaff(
  { pool, log, timeZone }: Exercising,
  now: Millis,
): Promise<number> {
  for (const answered of await answeredExercises(pool)) {
    await confirmWays(pool, answered, now)
    const outcome = { type: 'outcome', by: answered.person, outcome: 'safe', note: '훈련' } as const
    await applyEvent(pool, answered.alert, outcome, now)
    log.info(answered, 'an exercise was answered')
  }
  let begun = 0
  for (const due of await dueExercises(pool, now))
    try {
      if (bandAt(now, await readOffice(pool, due.office, timeZone)) !== 'office') continue
      await beginExercise(pool, due.person, now)
      begun += 1
    } catch (error) {
      log.error({ ...due, err: error }, 'an exercise could not be begun; it is tried again')
    }
  return begun
}
