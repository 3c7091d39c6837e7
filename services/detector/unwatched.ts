import type { Millis } from '../../schemas/time.ts'
import { MODEL } from '../core/inactivity.ts'
import { INSTALLING } from '../core/liveness.ts'
import type { Db } from '../store/pool.ts'
import type { Finding, Return } from '../store/signals.ts'
import { closeUnwatched, openUnwatched, takeUnwatched } from '../store/unwatched.ts'
import type { WatchedHome } from '../store/watch.ts'
import type { Absent } from './absences.ts'

/** What the alert service must know of homes that no sensor watches, or watches again. */
export type Sight = { readonly found: readonly Finding[]; readonly back: readonly Return[] }

/**
 * Opens and closes the time in which no sensor of a claimed home can say anything: a silence that nobody could
 * have broken is none. After a day it is a case of its own.
 */
export async function lookForSensors(
  db: Db,
  homes: readonly WatchedHome[],
  absent: Absent,
  now: Millis,
): Promise<Sight> {
  const dark = homes
    .filter((home) => !home.watched)
    .map((home) => ({ home: home.id, since: home.sensedUntil }))
  const seen = homes.filter((home) => home.watched).map((home) => home.id)
  await openUnwatched(db, dark, INSTALLING)
  const closed = await closeUnwatched(db, seen, now)
  // Of a home that is absent by plan this waits until it is back.
  const asked = dark.map((each) => each.home).filter((home) => !absent.has(home))
  const due = await takeUnwatched(db, asked, now)
  return {
    found: due.map((each): Finding => {
      const reason = { rule: 'unwatched', lastSeen: each.since } as const
      const about = { kind: 'blind', grade: 'caution', model: MODEL } as const
      return { householdId: each.home, due: each.due, reason, ...about }
    }),
    back: closed
      .filter((each) => each.told)
      .map((each): Return => ({ householdId: each.home, kind: 'blind', at: now })),
  }
}
