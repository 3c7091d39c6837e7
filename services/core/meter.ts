import type { Role } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { UNLEARNT, learnInterval } from './interval.ts'
import { DAY, HOUR, type Span } from './time.ts'

/**
 * The value that a meter of a whole home, or a plug, last said, and since when and until when it has said just that.
 * `usual`: for how long it holds one value at the longest on most of its `days`; of the day that it is on, `longest`: the
 * same, and `drew`: for how long it has drawn anything. `on`: since when it has drawn something without a break.
 */
export type Hold = {
  readonly value: number
  readonly since: Millis
  readonly until: Millis
  readonly usual: Millis | null
  readonly days: number
  readonly day: number
  readonly longest: Millis
  readonly drew: Millis
  readonly on: Millis
}

/** No home draws nothing at all, or the same to the watt, for so long: in REFIT House 20 the longest is 40 minutes. */
const LEAST = 2 * HOUR
// A meter that tells changes of 40 W only may hold one value through a night; none does for three days.
const MOST = 3 * DAY
const FIRST_DAYS = 7
/** A plug that on most days holds no value for longer than this is never still while it draws anything. */
const STILL = 2 * HOUR
/** A day on which a plug drew something for less than this does not show how it draws: a kettle, or nothing at all. */
const SHOWN = 2 * HOUR
/** Whatever was frozen for so long was looked at: a plug that is stuck still has something in it that is the same to the watt. */
const LET_GO = 14 * DAY
/** After such a pause nobody knows whether it has held its value. */
const PAUSE = 2 * HOUR

/** Follows a meter. What comes late says nothing new. */
export function follow(
  hold: Hold | null,
  { at, value }: { readonly at: Millis; readonly value: number },
  role: Role = 'mains',
): Hold {
  const fresh = { value, since: at, until: at }
  if (hold === null)
    return {
      ...fresh,
      usual: null,
      days: 0,
      day: Math.floor(at / DAY),
      longest: 0,
      drew: 0,
      on: at,
    }
  if (at <= hold.until) return hold
  const known = turnDay(letGo(hold, at, role), at, role)
  const drew = known.drew + drawnUntil(at, hold)
  const isHeld =
    value === hold.value && (at - hold.until < PAUSE || stuckSince(hold, role) !== null)
  if (isHeld) return { ...known, until: at, drew }
  const on = hold.value === 0 ? at : hold.on
  return { ...known, ...fresh, drew, on, longest: Math.max(known.longest, lengthOf(hold, role)) }
}

function letGo(hold: Hold, at: Millis, role: Role): Hold {
  const isOver = role === 'plug' && stuckSince(hold, role) !== null && at - hold.since >= LET_GO
  return isOver ? { ...hold, usual: null, days: 0 } : hold
}

function drawnUntil(at: Millis, { value, until }: Hold): Millis {
  return value > 0 && at - until < PAUSE ? at - until : 0
}

function lengthOf({ value, since, until }: Hold, role: Role): Millis {
  return role === 'plug' && value === 0 ? 0 : until - since
}

/**
 * For how long a meter may hold its value: two hours where it is nothing; else twice as long as it usually does, two hours
 * and three days being the bounds, 26 hours while less than a week is known. A plug may say nothing for ever, and one value
 * too, unless it is known never to be still while it draws anything: then for 26 hours, for a blanket may be on all night.
 * Of what else measures power nothing is known.
 *
 * What froze was at work: it wobbled before. A plug that has held its value since it was at nothing, but for two hours, has a
 * lamp in it, or whatever else is the same to the watt; a swap that fell between two readings is let go after two weeks.
 */
export function holdLimit(hold: Hold, role: Role = 'mains'): Millis {
  const { value, usual, days } = hold
  if (role === 'plug') return isStill(hold) ? Infinity : UNLEARNT
  if (role !== 'mains') return Infinity
  if (value === 0) return LEAST
  if (usual === null || days < FIRST_DAYS) return UNLEARNT
  return Math.min(MOST, Math.max(LEAST, 2 * usual))
}

function isStill({ value, usual, days, since, on }: Hold): boolean {
  if (value === 0 || usual === null || days < FIRST_DAYS || usual > STILL) return true
  return since - on < SHOWN
}

/** Since when a meter is stuck: frozen, or somebody fills its holes with zeros. Null while it is not. */
export function stuckSince(hold: Hold, role: Role = 'mains'): Millis | null {
  return hold.until - hold.since >= holdLimit(hold, role) ? hold.since : null
}

/** The time in which a meter was stuck, when it has just said something else. What it rises by then is nobody's doing. */
export function freed(before: Hold | null, after: Hold, role: Role = 'mains'): Span | null {
  const since = before && stuckSince(before, role)
  return since !== null && after.since > since ? { since, until: after.since } : null
}

// While it is stuck it teaches nothing, or it would be taught that this is usual.
function turnDay(hold: Hold, at: Millis, role: Role): Hold {
  const day = Math.floor(at / DAY)
  if (day === hold.day) return hold
  const longest = Math.max(hold.longest, lengthOf(hold, role))
  const teaches = stuckSince(hold, role) === null && (role !== 'plug' || hold.drew >= SHOWN)
  return { ...hold, ...(teaches && learnInterval(hold, longest)), day, longest: 0, drew: 0 }
}
