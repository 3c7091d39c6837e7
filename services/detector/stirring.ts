import type { Millis } from '../../schemas/time.ts'
import { PACKING, type Stir, stirred } from '../core/absence.ts'
import { DAY } from '../core/time.ts'
import { type PlannedFor, noteStirring, shorten, stirringIn } from '../store/absences.ts'
import type { Db } from '../store/pool.ts'
import { type Finding, addSignals } from '../store/signals.ts'
import type { Absent } from './absences.ts'
import { CALLS } from './calls.ts'

/**
 * Looks whether somebody moves in homes that are absent by plan. A little of it is asked about on the board, once an absence;
 * where somebody lives again the absence ends. Returns who is absent still, and how much was told.
 */
export async function lookForStirring(
  db: Db,
  absent: Absent,
  now: Millis,
): Promise<{ readonly absent: Absent; readonly told: number }> {
  if (absent.size === 0) return { absent, told: 0 }
  const since = [...absent.values()].map((each) => ({
    home: each.home,
    since: Math.max(each.since + PACKING, now - DAY),
  }))
  const moved = await stirringIn(db, since, now)
  const found = moved.flatMap((stir) => tell(absent.get(stir.home), stir, now))
  if (found.length === 0) return { absent, told: 0 }
  const news = new Set(await noteStirring(db, found, now))
  const back = found.filter(({ back: isBack }) => isBack)
  await shorten(
    db,
    back.map(({ absence }) => absence),
    now,
  )
  const told = found.filter(({ absence }) => news.has(absence))
  await addSignals(db, told, now)
  const home = new Set(back.map(({ householdId }) => householdId))
  return { absent: new Map([...absent].filter(([id]) => !home.has(id))), told: told.length }
}

type Told = Finding & { readonly absence: number; readonly back: boolean }

function tell(planned: PlannedFor | undefined, stir: Stir, now: Millis): Told[] {
  const says = planned ? stirred(planned, stir) : 'none'
  if (!planned || says === 'none') return []
  const { id: absence, home: householdId, cause, since: from, until } = planned
  const back = says === 'back'
  const moved = { since: stir.first, quarters: stir.quarters, back }
  const reason = { rule: 'absence-moved', cause, from, until, ...moved } as const
  const about = { kind: 'change', grade: back ? 'caution' : 'watch', model: CALLS } as const
  return [{ householdId, ...about, due: now, reason, absence, back }]
}
