import type { Choice } from '../../schemas/policy.ts'
import type { Millis } from '../../schemas/time.ts'
import { type DoorLimits, doorDue, doorLimits, partOf } from '../core/door.ts'
import { resolvePolicy } from '../core/policy.ts'
import {
  type OpenDoor,
  closeOpenings,
  noteOpenings,
  openDoors,
  openingsOf,
} from '../store/doors.ts'
import type { Db } from '../store/pool.ts'
import type { Finding, Return } from '../store/signals.ts'
import type { WatchedHome } from '../store/watch.ts'
import type { Absent } from './absences.ts'
import { CALLS } from './calls.ts'

/** What the alert service must know of exit doors, and when to look again at the homes where one stands open. */
export type Doors = {
  readonly found: readonly Finding[]
  readonly back: readonly Return[]
  readonly lookAt: ReadonlyMap<number, Millis>
}

/** What is known of the claimed homes. `seen`: those that are not out of sight, for of the others nobody knows it. */
export type DoorsOf = {
  readonly homes: readonly WatchedHome[]
  readonly seen: ReadonlySet<number>
  readonly choices: readonly Choice[]
  readonly absent: Absent
}

/** Tells of an exit door that has stood open for longer than it may at that hour, and of one that is closed again. */
export async function lookForDoors(db: Db, known: DoorsOf, now: Millis): Promise<Doors> {
  const ids = known.homes.map((home) => home.id)
  const back = (await closeOpenings(db, ids))
    .filter(({ told }) => told)
    .map(({ home, at }): Return => ({ householdId: home, kind: 'door', at }))
  const open = known.homes.filter((home) => home.open && known.seen.has(home.id))
  if (open.length === 0) return { found: [], back, lookAt: new Map() }
  const doors = await openDoors(
    db,
    open.map((home) => home.id),
  )
  const judged = await judge(db, doors, known, now)
  await noteOpenings(db, judged, now)
  const lookAt = judged
    .filter(({ told, due }) => !told && due > now)
    // Of two doors the earlier stands last, and holds.
    .toSorted((a, b) => b.due - a.due)
    .map(({ home, due }) => [home, due] as const)
  return { found: judged.flatMap((door) => tell(door, now)), back, lookAt: new Map(lookAt) }
}

type Judged = OpenDoor & {
  readonly due: Millis
  readonly night: boolean
  /** Whether somebody is told of it now; of a home that is absent by plan it stands on the record only. */
  readonly tells: boolean
}

async function judge(
  db: Db,
  doors: readonly OpenDoor[],
  { homes, choices, absent }: DoorsOf,
  now: Millis,
): Promise<Judged[]> {
  const past = await openingsOf(
    db,
    doors.map(({ home }) => home),
    now,
  )
  return doors.flatMap((door) => {
    const home = homes.find(({ id }) => id === door.home)
    if (!home) return []
    const own = past.filter((opening) => opening.home === door.home)
    const { from } = resolvePolicy(home, choices, now)
    return judgeDoor(door, doorLimits(own, from, home.timeZone, now), home.timeZone, {
      absent: absent.has(door.home),
      now,
    })
  })
}

function judgeDoor(
  door: OpenDoor,
  limits: DoorLimits,
  timeZone: string,
  { absent, now }: { readonly absent: boolean; readonly now: Millis },
): Judged {
  const due = doorDue(door.limitFrom, limits, timeZone)
  const tells = !door.told && !absent && due <= now
  return { ...door, due, tells, night: partOf(due, timeZone) === 'night' }
}

// Who has left it open at night may have wandered off.
function tell({ home, uid, room, since, limitFrom, due, told, night }: Judged, now: Millis) {
  if (told || due > now) return []
  const reason = { rule: 'door-open', uid, room, since, limit: due - limitFrom } as const
  const grade = night ? 'warning' : 'caution'
  const found: Finding = { householdId: home, kind: 'door', grade, due, reason, model: CALLS }
  return [found]
}
