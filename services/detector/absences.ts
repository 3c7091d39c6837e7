import type { Millis } from '../../schemas/time.ts'
import { isAbsent } from '../core/absence.ts'
import { type PlannedFor, absencesOf, addWithheld } from '../store/absences.ts'
import type { Db } from '../store/pool.ts'
import { type Finding, addSignals } from '../store/signals.ts'

/** The absence of each home that is absent by plan now. */
export type Absent = ReadonlyMap<number, PlannedFor>

/** Who of these homes is absent by plan. */
export async function absentOf(db: Db, homes: readonly number[], now: Millis): Promise<Absent> {
  const planned = homes.length === 0 ? [] : await absencesOf(db, homes, now)
  return new Map(planned.filter((each) => isAbsent(each, now)).map((each) => [each.home, each]))
}

/** Raises what was found, but of a home that is absent only on the record. Returns what was raised. */
export async function raise(
  db: Db,
  found: readonly Finding[],
  absent: Absent,
  now: Millis,
): Promise<Finding[]> {
  const raised = found.filter((each) => !absent.has(each.householdId))
  await addSignals(db, raised, now)
  await addWithheld(
    db,
    found.flatMap((each) => {
      const absence = absent.get(each.householdId)
      return absence ? [{ ...each, absence: absence.id }] : []
    }),
    now,
  )
  return raised
}
