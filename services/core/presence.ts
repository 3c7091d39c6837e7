import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import type { Presence } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, MINUTE, QUARTER, type Span } from './time.ts'

/** Where the person is thought to be, since when, and until when at the latest that is believed of an absence. */
export type Whereabouts = {
  readonly presence: Presence
  readonly since: Millis
  readonly until: Millis | null
}

/** What presence is told from. `before` is what was thought at the last look. */
export type Traces = {
  readonly lastInner: Millis | null
  readonly lastExit: Millis | null
  /** Whether the exit is seen by a motion sensor, for it has no contact. */
  readonly byMotion?: boolean
  /** How many signs of life inside came with the last one, or with any since the last look (`stirs.ts`); not known: enough. */
  readonly stirs?: number | null
  /** How many bring back whoever was seen to leave (`walking.ts`); null: one, and past a motion sensor two. */
  readonly back?: number | null
  readonly before: Pick<Whereabouts, 'presence' | 'since'>
  /** When a person last confirmed that all is well; 0: never. */
  readonly confirmed: Millis
  /** Until when no use of the exit was theirs, for then somebody found them at home (`foundUntil`); null, or not given: never. */
  readonly homeUntil?: Millis | null
  /** Time in which nobody could see the home. */
  readonly unseen: readonly Span[]
}

/** So many signs within half an hour at most are somebody's, whom no sensor saw come in. */
const STIRS = 2

/** After the exit door was used it must stay quiet for so long before we think that somebody has left. */
export const SETTLE = 10 * MINUTE
/**
 * A motion sensor still fires for so long after who has left, and its radio may be late. Where one stands for the contact it
 * is no such time: whoever passes the entrance on the way to another room is not to be thought out.
 */
export const AFTERGLOW = 2 * MINUTE

/**
 * Home, away or blind. A use of the exit door that is followed by quiet means away since then, and a motion
 * inside means home. An absence that a person confirmed is believed anew from then on. Who was away, uses the door and
 * moves inside has come home, however short the motion. And whom a person found at home is there.
 */
export function whereabouts(traces: Traces, limit: Millis, now: Millis): Whereabouts {
  const { lastExit, before, confirmed } = traces
  const dark = traces.unseen.find((span) => span.until === null)
  if (dark) return { presence: 'blind', since: dark.since, until: null }
  if (lastExit === null || isBack(traces, lastExit)) return home(traces, now)
  if (now >= lastExit + SETTLE) {
    const since = leftAt(traces, lastExit)
    return { presence: 'away', since, until: Math.max(since, confirmed) + limit }
  }
  // Too early to tell: what we thought still holds. But whoever is at the door is not out for too long, until it shows.
  return before.presence === 'away'
    ? { ...before, until: Math.max(Math.max(before.since, confirmed) + limit, lastExit + SETTLE) }
    : home(traces, now)
}

// Whoever is out, and not brought back by one sign, does not leave once more: what flaps at the exit would have an absence begin for
// ever.
function leftAt(traces: Traces, lastExit: Millis): Millis {
  const { before } = traces
  return backBy(traces) > 1 && before.presence === 'away'
    ? Math.min(before.since, lastExit)
    : lastExit
}

/**
 * When somebody passed the motion sensor by which they are out, and have not come back by now; else null. What one sensor
 * inside says once since then is not theirs, and starts no silence anew: one that flaps would keep whoever is wrongly
 * thought out from being asked about.
 */
export function passedAt(traces: Traces, where: Whereabouts): Millis | null {
  return where.presence === 'away' && backBy(traces) > 1 ? where.since : null
}

function backBy({ byMotion, back }: Traces): number {
  return Math.max(back ?? 1, byMotion === true ? STIRS : 1)
}

/** The last sign of life that is theirs, and its room: what fired since they passed the entrance is not. */
export function lastSign(
  heard: Traces & { readonly lastActivity: Millis; readonly lastRoom: string | null },
  where: Whereabouts,
): { readonly since: Millis; readonly lastRoom: string | null } {
  const { lastActivity, lastRoom } = heard
  const since = passedAt(heard, where) ?? lastActivity
  return { since, lastRoom: since === lastActivity ? lastRoom : null }
}

/** When it shows whether somebody has left by the exit that was used just now; null where that is known, or it was not. */
export function settlesAt(traces: Traces, now: Millis): Millis | null {
  const { lastExit } = traces
  const isOpen = lastExit !== null && now < lastExit + SETTLE && !isBack(traces, lastExit)
  return isOpen ? lastExit + SETTLE : null
}

/**
 * How long an absence is believed: half as long again as the longest of the last 60 days; at least 12 hours for a
 * budget of one false caution a month, and 12 hours more for each tenth of it; at most the ceiling.
 */
export function awayLimit(
  rhythm: Pick<Rhythm, 'absences'>,
  policy: { readonly ceiling: Millis; readonly budgets: { readonly caution: number } },
  now: Millis,
): Millis {
  const longest = longestOf(rhythm.absences, now) ?? 0
  const least = 12 * HOUR * (1 + Math.max(0, -Math.log10(policy.budgets.caution)))
  return Math.min(policy.ceiling, Math.max(Math.round(least / MINUTE) * MINUTE, 1.5 * longest))
}

/** The longest of the stretches that began in the last 60 days, or null. */
export function longestOf(stretches: readonly Stretch[], now: Millis): Millis | null {
  let longest = 0
  for (const [start, length] of stretches)
    if (start * QUARTER >= now - 60 * DAY) longest = Math.max(longest, length)
  return longest > 0 ? longest * QUARTER : null
}

function isBack(traces: Traces, lastExit: Millis): boolean {
  const { lastInner, byMotion, before } = traces
  if (isFound(traces, lastExit)) return true
  if (lastInner === null || lastInner < lastExit || isLonely(traces, lastExit)) return false
  if (lastInner > lastExit + (byMotion ? 0 : AFTERGLOW)) return true
  return before.presence === 'away' ? before.since < lastExit : wasBack(before, lastExit)
}

function isFound({ homeUntil }: Traces, lastExit: Millis): boolean {
  return lastExit <= (homeUntil ?? -Infinity)
}

// Nobody has come in, and one sensor fired once: in the recorded home tm000 that happens every few hours while nobody is there.
function isLonely(traces: Traces, lastExit: Millis): boolean {
  const { before, lastInner, stirs } = traces
  const back = backBy(traces)
  const isLate = (lastInner ?? 0) >= lastExit + SETTLE
  return back > 1 && before.presence === 'away' && isLate && (stirs ?? back) < back
}

// At an earlier look the same use of the door was seen to be a return.
function wasBack(before: Traces['before'], lastExit: Millis): boolean {
  return before.presence === 'home' && before.since >= lastExit
}

function home(traces: Traces, now: Millis): Whereabouts {
  return { presence: 'home', since: cameHome(traces) ?? now, until: null }
}

function cameHome(traces: Traces): Millis | null {
  const { before, lastInner, lastExit, confirmed } = traces
  if (before.presence === 'home') return before.since
  if (before.presence === 'blind') return null
  if (lastExit !== null && isFound(traces, lastExit)) return confirmed
  // By the door, or by a door that we did not see.
  return lastExit !== null && lastExit > before.since ? lastExit : lastInner
}
