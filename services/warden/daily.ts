import type pg from 'pg'
import type { Logger } from 'pino'
import type { EmptyDesk, Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { LOOK_AHEAD } from '../core/coverage.ts'
import { HOUR, localDay } from '../core/time.ts'
import { type Uncovered, findUncovered } from '../store/coverage.ts'
import { claimDay, deskOf, raiseFault } from '../store/daily.ts'
import { unsaid } from '../store/faults.ts'
import { listOffices, readOffice } from '../store/offices.ts'
import { transaction } from '../store/pool.ts'
import { type UnwatchedHome, unwatchedHomes } from '../store/unwatched-homes.ts'

/** What the daily look needs. `timeZone`: the clock of an office that has not said its own. */
export type DailyLook = { readonly pool: pg.Pool; readonly log: Logger; readonly timeZone: string }

// From eight in the morning of the office on: whoever reads it has the day to mend it.
const BEGINS = 8 * HOUR

/**
 * Once a day for each office: who is not watched and why, and whom an alert of the coming fortnight would not reach. Is
 * there any, it is a case of the office's own, told to its supervisors. Resolves with how many were raised.
 */
export async function lookAtDay(deps: DailyLook, now: Millis): Promise<number> {
  let raised = 0
  for (const office of await listOffices(deps.pool))
    try {
      raised += await lookAt(deps, office, now)
    } catch (error) {
      // Its day is not claimed then: it is looked at again with the next round, and the others are now.
      deps.log.error({ office, err: error }, 'an office could not be looked at')
    }
  return raised
}

async function lookAt({ pool, log, timeZone }: DailyLook, office: string, now: Millis) {
  const { timeZone: zone } = await readOffice(pool, office, timeZone)
  const day = localDay(now - BEGINS, zone)
  return await transaction(pool, async (db) => {
    if (!(await claimDay(db, { task: 'look', office, day }, now))) return 0
    const span = { from: now, until: now + LOOK_AHEAD }
    const uncovered = await findUncovered(db, office, span)
    const householdId = await deskOf(db, { office, timeZone: zone }, now)
    const empty = await unsaid(db, householdId, emptyIn(uncovered), now)
    const reason = report(await unwatchedHomes(db, { office }, now), uncovered, empty)
    log.info({ office, ...reason }, 'looked at who is watched and who would be told')
    if (reason === null) return 0
    await raiseFault(db, { householdId, reason }, now)
    return 1
  })
}

type Report = Extract<Reason, { rule: 'daily-look' }>

/** What there is to tell: null when every home is watched and reaches somebody at every hour. */
function report(
  unwatched: readonly UnwatchedHome[],
  uncovered: readonly Uncovered[],
  empty: readonly EmptyDesk[],
): Report | null {
  const causes: Record<string, number> = {}
  for (const { cause } of unwatched) causes[cause] = (causes[cause] ?? 0) + 1
  const dark = uncovered
    .map(({ gaps, ...homes }) => ({ ...homes, gaps: gaps.filter(({ lack }) => lack === 'nobody') }))
    .filter(({ gaps }) => gaps.length > 0)
  if (unwatched.length === 0 && dark.length === 0 && empty.length === 0) return null
  const gaps = dark.flatMap((one) => one.gaps)
  return {
    rule: 'daily-look',
    unwatched: causes,
    uncovered: dark.reduce((sum, { households }) => sum + households.length, 0),
    from: gaps.length > 0 ? Math.min(...gaps.map(({ since }) => since)) : null,
    matters: [...new Set(gaps.flatMap(({ matters }) => matters))],
    empty: [...empty],
  }
}

function emptyIn(uncovered: readonly Uncovered[]): EmptyDesk[] {
  const each = uncovered.flatMap(({ empty }) =>
    empty.map((one) => [JSON.stringify(one), one] as const),
  )
  return [...new Map(each).values()]
}
