import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { partOf } from './door.ts'
import { JOURNEY } from './journey.ts'
import type { Traces } from './presence.ts'
import { SLOTS_A_DAY } from './silence.ts'
import { HOUR, QUARTER, localQuarter } from './time.ts'

/** How the hours without a sign that passings of a motion sensor at the entrance began have ended, of late. */
export type Passings = Rhythm['passings']

/** Of nothing is known yet. */
export const NO_PASSINGS: Passings = { out: 0, inside: 0 }

// A room is left for a shorter while, too.
const LEAST = (2 * HOUR) / QUARTER
const THREE = (3 * HOUR) / QUARTER
// Where it sees nine returns of ten, one of ten looks as if they had stayed in; and what happened once is no habit.
const SHARE = 1 / 3
const TWICE = 1.5

/**
 * Whether who passes the entrance is taken to be on the way to another room, and not out: from ten to six, and at any hour in
 * a home where more than a third of the passings that were followed by hours of nothing, and two at least, have turned out so.
 */
export function isOnTheWay(passings: Passings, at: Millis, timeZone: string): boolean {
  return partOf(at, timeZone) === 'night' || tellsNothing(passings)
}

/** What a quarter hour tells of having left by it. */
type Left = {
  readonly until: number | null
  readonly byExit: boolean
  readonly byMotion: boolean
  readonly passings: Passings
  readonly where: { readonly timeZone: string }
}

/** Whether somebody left in that quarter hour: by the exit, and not past a motion sensor there on the way to another room. */
export function wentOut({ until, byExit, byMotion, passings, where }: Left): boolean {
  if (!byExit || !byMotion || until === null) return byExit
  return !isOnTheWay(passings, until * QUARTER, where.timeZone)
}

/**
 * What presence is told from where a motion sensor stands for the contact: who passed it on the way to another room has given
 * a sign of life inside, and has not used the exit. Who was out before is out, at night too, until more is seen.
 */
export function withoutPassing<
  Known extends Pick<Traces, 'byMotion' | 'lastExit' | 'lastInner' | 'before'>,
>(known: Known, passings: Passings, timeZone: string): Known {
  const { byMotion, lastExit, lastInner, before } = known
  if (byMotion !== true || lastExit === null) return known
  const wasOut = before.presence === 'away' && before.since < lastExit
  if (wasOut ? !tellsNothing(passings) : !isOnTheWay(passings, lastExit, timeZone)) return known
  return { ...known, lastExit: null, lastInner: Math.max(lastInner ?? lastExit, lastExit) }
}

/**
 * What a stretch without a sign says of the passing that began it; null: nothing. Whoever had left comes back by the entrance
 * (`exit`), and sleeps at home but for journeys: who is found inside, or was still there at three in the night, had been in.
 */
export function kindOfPassing(
  [start, length]: Stretch,
  exit: boolean,
  timeZone: string,
): keyof Passings | null {
  const at = start * QUARTER
  if (length < LEAST || partOf(at, timeZone) === 'night') return null
  const sinceThree = (localQuarter(at, timeZone) - THREE + SLOTS_A_DAY) % SLOTS_A_DAY
  return exit && (length >= JOURNEY || sinceThree + length <= SLOTS_A_DAY) ? 'out' : 'inside'
}

function tellsNothing({ out, inside }: Passings): boolean {
  return inside > Math.max(TWICE, SHARE * (out + inside))
}
