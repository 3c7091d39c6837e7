import type { ExitSeenBy, Seen, SeenWhy } from '../../schemas/seen.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Visitor } from './visitor.ts'
import { type Night, nightSince } from './night.ts'
import type { Whereabouts } from './presence.ts'
import { DAY, MINUTE } from './time.ts'

/** What is known of a home when staff ask where the person is. */
export type Known = {
  readonly where: Pick<Whereabouts, 'presence' | 'since'>
  /** What on the exit is heard; null: nothing. */
  readonly exitSeenBy: ExitSeenBy | null
  readonly night: Night | null
  /** The last sign of life of any sensor but the one that spoke last; null when there is none. */
  readonly lastOther: Millis | null
  readonly visitor: Visitor | null
  readonly timeZone: string
}

const INSIDE = { contact: 'moved', motion: 'inside', nothing: 'no-exit' } as const

// Who goes to the bathroom wakes two sensors; who turns in bed one.
const STILL = 30 * MINUTE

/**
 * Where the person is, as staff see it: home and away and blind as they are judged by; and of home, with a visitor, or
 * asleep. The last two hold nothing back: they are what home looks like, and why.
 */
export function seenAs(known: Known, now: Millis): Seen {
  const { where, exitSeenBy, visitor } = known
  const { presence: as, since } = where
  if (as === 'blind') return { as, since, why: { code: 'unheard' } }
  if (as === 'away')
    return { as, since, why: { code: exitSeenBy === 'motion' ? 'entrance' : 'door' } }
  if (visitor !== null) return visited(visitor)
  const asleep = sleeping(known, now)
  const why: SeenWhy = { code: INSIDE[exitSeenBy ?? 'nothing'] }
  return asleep ?? { as, since, why }
}

function visited({ since, signs, usual, byDoor }: Visitor): Seen {
  return { as: 'visitor', since, why: { code: 'crowded', signs, usual, byDoor } }
}

function sleeping({ night, lastOther, timeZone }: Known, now: Millis): Seen | null {
  const began = night && nightSince(night, now, timeZone)
  if (night === null || began === null || (lastOther ?? 0) > now - STILL) return null
  const from = night.from / MINUTE
  const to = ((night.from + night.length) % DAY) / MINUTE
  const since = Math.max(began, lastOther ?? 0)
  return { as: 'asleep', since, why: { code: 'night', from, to } }
}
