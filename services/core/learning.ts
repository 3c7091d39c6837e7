import type { Millis } from '../../schemas/time.ts'
import { HOUR, QUARTER, nextLocal } from './time.ts'

/**
 * By what rhythms are learnt; each that is kept names it. The number rises when `learn` comes to know something more of a
 * home, or otherwise: every home is then learnt anew, and judged by what is known of it until its turn comes.
 */
export const LEARNT_BY = 'rhythm-8'

/** A home of which less than a week is known learns every hour, for its past may still be arriving. */
export const FIRST_DAYS = 7
// By three the day before has ended for everybody.
const TIME_OF_DAY = 3 * HOUR

/**
 * When a home is learnt next after `at`, when `known` days of it have been learnt so far: a quarter past each hour in
 * its first week, then at three in the morning. The same instants for everybody, so that a service, a replay and an
 * evaluation know the same of a home at any time.
 */
export function nextLearning(known: number, at: Millis, timeZone: string): Millis {
  if (known >= FIRST_DAYS) return nextLocal(at, TIME_OF_DAY, timeZone)
  return (Math.floor((at - QUARTER) / HOUR) + 1) * HOUR + QUARTER
}

/** How far learning anew is at `now`: so many whole percent, and the time it still takes if it goes on so; null: nobody can say. */
export function progressOf(
  { since, homes, done }: { readonly since: Millis; readonly homes: number; readonly done: number },
  now: Millis,
): { readonly percent: number; readonly left: Millis | null } {
  // While it goes on some home waits, though as many were learnt: some twice, where an older version runs too.
  const percent = Math.min(99, Math.floor((100 * done) / Math.max(1, homes)))
  const left = done === 0 ? null : (Math.max(0, homes - done) * (now - since)) / done
  return { percent, left }
}
