import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Grade } from '../../schemas/signal.ts'
import { isExitSeen } from './journey.ts'
import { threshold } from './tail.ts'

// Where nothing sees the exit, journeys beyond twice the tier's hours spend as much as the whole budget of 경보 (on seeds 1 to
// 100 0.1 a home and month): so surprise spends half of what it spends elsewhere. By then somebody was asked to go and look.
const GRAVE = 1 / 2

/** What is known of a home, and how many false signals a home and month each grade may make. */
type Budgeted = {
  readonly rhythm: Pick<Rhythm, 'tail' | 'door' | 'day'>
  readonly policy: { readonly budgets: Readonly<Record<Grade, number>> }
}

/** How many false signals a home and month surprise may make of a grade. */
export function budgetOf({ rhythm, policy }: Budgeted, grade: Grade): number {
  const isGrave = grade === 'warning' || grade === 'danger'
  return policy.budgets[grade] * (isGrave && !isExitSeen(rhythm) ? GRAVE : 1)
}

/** From how many nats on a silence is of a grade. A graver grade never has the lower limit. */
export function limitOf(home: Budgeted, grade: Grade): number {
  return threshold(home.rhythm.tail, budgetOf(home, grade))
}
