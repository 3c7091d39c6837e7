import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { MODEL } from '../core/inactivity.ts'
import { isOver, outages } from '../core/outage.ts'
import { type LateHome, endOutage, joinOutage, lateHomes, openOutages } from '../store/outages.ts'
import { type Db, transaction } from '../store/pool.ts'
import { type Finding, addSignals, tellBoard } from '../store/signals.ts'

/** Marks those of the homes found blind that went dark together with others of their area. */
export async function together(
  db: Db,
  found: readonly Finding[],
  now: Millis,
): Promise<readonly Finding[]> {
  if (found.length === 0) return found
  const lost = new Set(found.map((each) => each.householdId))
  const late = await lateHomes(db, [...lost], now)
  const outageOf = new Map<number, number>()
  for (const area of Map.groupBy(late, ({ office, dong }) => `${office}/${dong}`).values())
    for (const [home, outage] of await joinArea(db, area, lost)) outageOf.set(home, outage)
  return found.map((each) => {
    const outage = outageOf.get(each.householdId)
    return outage === undefined ? each : { ...each, outage }
  })
}

// Those that are late only make it an outage; they join when they are lost themselves.
async function joinArea(
  db: Db,
  area: readonly LateHome[],
  lost: ReadonlySet<number>,
): Promise<(readonly [home: number, outage: number])[]> {
  const [first] = area
  const joined: (readonly [number, number])[] = []
  for (const outage of first ? outages(area, first.watched) : []) {
    const homes = outage.homes.filter((home) => lost.has(home))
    if (!first || homes.length === 0) continue
    const id = await joinOutage(db, first, { ...outage, homes })
    joined.push(...homes.map((home) => [home, id] as const))
  }
  return joined
}

/** Ends what is over: whoever of it is still dark is told of alone. Returns how many that were. */
export async function endOutages(pool: pg.Pool, now: Millis): Promise<number> {
  let told = 0
  for (const { id, homes, dark } of await openOutages(pool))
    if (isOver(homes, dark)) told += await transaction(pool, (db) => end(db, id, now))
  return told
}

async function end(db: Db, id: number, now: Millis): Promise<number> {
  const left = await endOutage(db, id, now)
  const found = left.map(({ home, lastSeen, limit }): Finding => {
    const reason = { rule: 'gateway-silent', lastSeen, limit } as const
    return { householdId: home, kind: 'blind', grade: 'caution', due: now, reason, model: MODEL }
  })
  await addSignals(db, found, now)
  if (found.length > 0) await tellBoard(db)
  return found.length
}
