import type { Millis } from '../../schemas/time.ts'
import { UNLEARNT, learnInterval } from './interval.ts'
import { DAY, HOUR, type Span } from './time.ts'

/**
 * The value that a meter of a whole home last said, and since when and until when it has said just that. `usual`: for how
 * long it holds one value at the longest on most of its `days`; `longest`: on the day that it is on.
 */
export type Hold = {
  readonly value: number
  readonly since: Millis
  readonly until: Millis
  readonly usual: Millis | null
  readonly days: number
  readonly day: number
  readonly longest: Millis
}

/** No home draws nothing at all, or the same to the watt, for so long: in REFIT House 20 the longest is 40 minutes. */
const LEAST = 2 * HOUR
// A meter that tells changes of 40 W only may hold one value through a night; none does for three days.
const MOST = 3 * DAY
const FIRST_DAYS = 7
/** After such a pause nobody knows whether it has held its value. */
const PAUSE = 2 * HOUR

/** Follows a meter. What comes late says nothing new. */
export function follow(
  hold: Hold | null,
  { at, value }: { readonly at: Millis; readonly value: number },
): Hold {
  const fresh = { value, since: at, until: at }
  if (hold === null)
    return { ...fresh, usual: null, days: 0, day: Math.floor(at / DAY), longest: 0 }
  if (at <= hold.until) return hold
  const known = turnDay(hold, at)
  const isHeld = value === hold.value && (at - hold.until < PAUSE || stuckSince(hold) !== null)
  if (isHeld) return { ...known, until: at }
  return { ...known, ...fresh, longest: Math.max(known.longest, hold.until - hold.since) }
}

/**
 * For how long a meter may hold its value: two hours where it is nothing; else twice as long as it usually does, two hours
 * and three days being the bounds, 26 hours while less than a week is known.
 */
export function holdLimit({ value, usual, days }: Hold): Millis {
  if (value === 0) return LEAST
  if (usual === null || days < FIRST_DAYS) return UNLEARNT
  return Math.min(MOST, Math.max(LEAST, 2 * usual))
}

/** Since when a meter is stuck: frozen, or somebody fills its holes with zeros. Null while it is not. */
export function stuckSince(hold: Hold): Millis | null {
  return hold.until - hold.since >= holdLimit(hold) ? hold.since : null
}

/** The time in which a meter was stuck, when it has just said something else. What it rises by then is nobody's doing. */
export function freed(before: Hold | null, after: Hold): Span | null {
  const since = before && stuckSince(before)
  return since !== null && after.since > since ? { since, until: after.since } : null
}

// While it is stuck it teaches nothing, or it would be taught that this is usual.
function turnDay(hold: Hold, at: Millis): Hold {
  const day = Math.floor(at / DAY)
  if (day === hold.day) return hold
  const longest = Math.max(hold.longest, hold.until - hold.since)
  const learnt = stuckSince(hold) === null ? learnInterval(hold, longest) : {}
  return { ...hold, ...learnt, day, longest: 0 }
}
