import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { transaction } from '../store/pool.ts'
import { type Pressed, takePresses } from '../store/presses.ts'
import { type Finding, addSignals, tellBoard } from '../store/signals.ts'

/** The rule book of what is told because somebody or something calls; each of its signals names it. */
export const CALLS = 'calls-1'

/**
 * Tells of every emergency button that was pressed, and returns how many that were. A hand that asks for help is never
 * withheld, whatever is planned, and not made to wait for a pipeline that stands.
 */
export function answerPresses(pool: pg.Pool, now: Millis): Promise<number> {
  return transaction(pool, async (db) => {
    const pressed = await takePresses(db, now)
    if (pressed.length === 0) return 0
    await addSignals(db, pressed.map(tell), now)
    await tellBoard(db)
    return pressed.length
  })
}

function tell({ home, uid, room, at }: Pressed): Finding {
  const reason = { rule: 'sos', uid, room, pressed: at } as const
  return { householdId: home, kind: 'sos', grade: 'danger', due: at, reason, model: CALLS }
}
