import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Traces, Whereabouts } from './presence.ts'
import { aloneLimit } from './reliability.ts'
import { NO_TIRELESS, type Restless, restlessLimit } from './restless.ts'
import { scantIn } from './scant.ts'
import { HALF_HOUR, mergeSpans, seenAfter, seenWithin } from './silence.ts'
import { DAY } from './time.ts'
import { pauseLimit } from './walking.ts'

/** What tells whether signs of life are somebody's. */
export type Heard = Traces & {
  readonly policy: { readonly ceiling: Millis }
  readonly rhythm: Pick<Rhythm, 'lone' | 'walking' | 'tireless'>
  readonly lastActivity: Millis
  /** The last sign of life of any sensor but the one that spoke last; null when not known. */
  readonly lastOther: Millis | null
  /** The reliability r of the sensor that spoke last, from 0.2 to 1; without it, 1. */
  readonly trust?: number
  /** The last quarter hour in which somebody walked about (`walking.ts`); null when not known, or none ever was. */
  readonly lastCompany: Millis | null
  /** The grade already raised for this silence, or null. */
  readonly raised: Grade | null
  /** The sensors that have not rested for the longest (`restless.ts`); without it, none. */
  readonly restless?: readonly Restless[]
  /** Of a grade that tells of a sensor which does not rest, or of scant signs: since when, while that goes on; null, or not given: none does. */
  readonly standsSince?: Millis | null
  /** Since when it has given too few signs to be somebody's (`scant.ts`); null or without it, not known. */
  readonly scant?: Millis | null
}

/** A home as it is judged, and where the person is thought to be. */
type Doubted = { readonly home: Heard; readonly where: Whereabouts }

/** By which ways signs of life come to be doubted. */
const DOUBTS = ['alone', 'few', 'scant', 'restless'] as const
export type Doubt = (typeof DOUBTS)[number]

/** Whether a rule is one of them. */
export function isDoubt(rule: string): rule is Doubt {
  return (DOUBTS as readonly string[]).includes(rule)
}

/** When a home is asked about because its signs may be nobody's, and for which reason: the first of them; Infinity: not yet. */
export function doubtedAt(doubted: Doubted): { readonly due: Millis; readonly doubt: Doubt } {
  let first = { due: aloneDue(doubted), doubt: 'alone' as Doubt }
  const few = fewDue(doubted)
  if (few < first.due) first = { due: few, doubt: 'few' }
  const scant = scantDue(doubted)
  if (scant < first.due) first = { due: scant, doubt: 'scant' }
  const { due } = tireless(doubted) ?? { due: Infinity }
  return due < first.due ? { due, doubt: 'restless' } : first
}

/** The moments after `now` at which that may show, if the signs go on. */
export function doubtsAfter(doubted: Doubted, now: Millis): readonly Millis[] {
  return [aloneAt(doubted), fewAt(doubted), scantAt(doubted), restlessNext(doubted, now)].filter(
    (at) => at > now,
  )
}

/** Since when the signs have been of the doubtful kind. */
export function doubtedSince({ home, where }: Doubted, doubt: Doubt): Millis {
  if (doubt === 'few') return companySince({ home, where })
  if (doubt === 'scant') return scantFrom({ home, where })
  const since = doubt === 'alone' ? home.lastOther : tireless({ home, where })?.restless.since
  return since ?? home.lastActivity
}

/** What a signal says of it. */
export function doubtful(doubted: Doubted, doubt: Doubt, now: Millis) {
  const othersSince = doubtedSince(doubted, doubt)
  const told = { rule: 'alone' as const, othersSince, limit: now - othersSince }
  if (doubt === 'few') return { ...told, few: true as const }
  if (doubt === 'scant') return { ...told, ...scantIn(doubted.home.rhythm.walking) }
  const found = doubt === 'alone' ? null : tireless(doubted)
  if (!found) return told
  const { rest, room = null, uid } = found.restless
  return { ...told, restless: rest, lastRoom: room, ...(uid !== undefined && { uid }) }
}

function aloneDue(doubted: Doubted): Millis {
  return ifGoneOn(doubted, doubted.home.lastOther ?? Infinity, aloneAt(doubted))
}

// Signs must have gone on for half of that time: else the silence itself tells.
function ifGoneOn({ home: { lastActivity } }: Doubted, since: Millis, due: Millis): Millis {
  return lastActivity >= since + (due - since) / 2 ? due : Infinity
}

function aloneAt({ home, where }: Doubted): Millis {
  const { lastOther, lastActivity, confirmed, rhythm, policy, unseen, trust } = home
  if (lastOther === null || where.presence !== 'home') return Infinity
  const limit = aloneLimit(rhythm.lone, policy.ceiling, lastActivity, trust)
  return seenAfter(mergeSpans(unseen), Math.max(lastOther, confirmed), limit)
}

function fewDue(doubted: Doubted): Millis {
  return ifGoneOn(doubted, companySince(doubted), fewAt(doubted))
}

function fewAt(doubted: Doubted): Millis {
  const { rhythm, policy, unseen, lastExit, lastCompany, homeUntil } = doubted.home
  const since = companySince(doubted)
  if (since === Infinity) return Infinity
  const mayBeOut = (lastExit ?? 0) > Math.max(lastCompany ?? 0, homeUntil ?? 0)
  return seenAfter(mergeSpans(unseen), since, pauseLimit(rhythm.walking, policy.ceiling, mayBeOut))
}

function companySince({ home, where }: Doubted): Millis {
  const { lastCompany, confirmed } = home
  if (lastCompany === null || where.presence !== 'home') return Infinity
  return Math.max(lastCompany, homeSince({ home, where }), confirmed)
}

// Who has just come home need not have walked about yet. Where no use of an exit was ever seen nobody has: the home was out of sight.
function homeSince({ home: { lastExit }, where }: Doubted): Millis {
  return lastExit === null ? -Infinity : where.since
}

function scantDue(doubted: Doubted): Millis {
  return ifGoneOn(doubted, scantFrom(doubted), scantAt(doubted))
}

function scantAt(doubted: Doubted): Millis {
  const since = scantFrom(doubted)
  return since === Infinity ? Infinity : seenAfter(mergeSpans(doubted.home.unseen), since, DAY)
}

function scantFrom({ home, where }: Doubted): Millis {
  const { scant, confirmed } = home
  if (scant === null || scant === undefined || where.presence !== 'home') return Infinity
  return Math.max(scant, homeSince({ home, where }), confirmed)
}

// The sensor that has not rested for too long, or will not have first; null: all have.
function tireless(doubted: Doubted): Due | null {
  const dues = doubted.home.restless?.map((each) => dueOf(doubted, each)) ?? []
  return dues.reduce<Due | null>(
    (first, each) => (each.due < (first?.due ?? Infinity) ? each : first),
    null,
  )
}

type Due = { readonly due: Millis; readonly restless: Restless }

// It must still go on by then.
function dueOf(doubted: Doubted, restless: Restless): Due {
  const due = restlessFrom(doubted, restless.since, restless.rest)
  return { due: due < restless.until ? due : Infinity, restless }
}

// If none goes on yet, one may begin to with the stretch of now.
function restlessNext(doubted: Doubted, now: Millis): Millis {
  const { restless = [], rhythm } = doubted.home
  const begun = [1, rhythm.tireless.rest].map((halves) => {
    const rest = halves * HALF_HOUR
    return { since: Math.floor(now / rest) * rest, rest }
  })
  return Math.min(
    ...[...restless, ...begun].map(({ since, rest }) => restlessFrom(doubted, since, rest)),
  )
}

// Whoever is out may be thought so because the contact of the exit is what never rests.
function restlessFrom({ home, where }: Doubted, since: Millis, rest: Millis): Millis {
  const { confirmed, unseen, rhythm, lastActivity, raised } = home
  if (where.presence === 'blind') return Infinity
  const skip = mergeSpans(unseen)
  const proven = isFound(home) && !raised ? seenWithin(skip, since, confirmed) : 0
  // What another sensor has taught since it was told of takes nothing back.
  const known = raised ? NO_TIRELESS : rhythm.tireless
  const limit = restlessLimit(known, { rest, proven }, lastActivity)
  return seenAfter(skip, Math.max(since, confirmed), limit)
}

// Whoever closed the last case found them at home: up to then it was theirs, or nobody's beside them. Of a fault it says nothing.
function isFound({ confirmed, homeUntil }: Heard): boolean {
  return (homeUntil ?? 0) >= confirmed
}
