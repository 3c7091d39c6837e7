import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { spreadChoice } from '../store/policies.ts'

// A choice for a whole city has 1.6 million homes looked at: so many stretches a sweep, and who is due by their own
// silence never waits long behind them.
const STRETCHES = 10

/** Has the homes looked at for which staff chose something, or ended a choice. */
export async function spreadChoices(pool: pg.Pool, now: Millis): Promise<void> {
  for (let stretch = 0; stretch < STRETCHES; stretch++) if (!(await spreadChoice(pool, now))) return
}
