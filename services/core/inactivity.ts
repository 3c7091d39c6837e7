import type { Tier } from '../../schemas/household.ts'
import type { Rhythm } from '../../schemas/rhythm.ts'
import { GRADES, type Grade, type Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { ceilingFor } from './ceiling.ts'
import { KNOWN, type Running, runsThrough } from './draw.ts'
import {
  type Doubt,
  type Heard,
  doubtedAt,
  doubtedSince,
  doubtful,
  doubtsAfter,
  isDoubt,
} from './doubt.ts'
import type { Whereabouts } from './presence.ts'
import { budgetOf, limitOf } from './budget.ts'
import { withoutPassing } from './entrance.ts'
import { awayLimit, lastSign, longestOf, passedAt, settlesAt, whereabouts } from './presence.ts'
import { round } from './halves.ts'
import { rhythmCurve, silencesOf } from './rhythm.ts'
import {
  type Curve,
  HALF_HOUR,
  expected,
  mergeSpans,
  reached,
  reachedBefore,
  seenAfter,
  surprise,
} from './silence.ts'
import { HOUR, MINUTE, type Span, spansBeyond } from './time.ts'

/** The rule book by which this file decides; each signal names it. */
export const MODEL = 'surprise-5'

/** What staff have chosen for a home. */
export type Policy = {
  /** How many false alarms a home and month they can bear, for each grade. */
  readonly budgets: Readonly<Record<Grade, number>>
  /** After so long a silence they are always told, whatever the model says. */
  readonly ceiling: Millis
  /** No silence is unusual before this. */
  readonly floor: Millis
}

/** What holds where staff have chosen nothing else: the hours of the tier (고 / 중 / 저위험군) are the ceiling. */
export const POLICIES: Readonly<Record<Tier, Policy>> = {
  high: policyUpTo(24 * HOUR),
  mid: policyUpTo(36 * HOUR),
  low: policyUpTo(50 * HOUR),
}

function policyUpTo(ceiling: Millis): Policy {
  const budgets = { watch: 1, caution: 0.3, warning: 0.1, danger: 0.02 }
  return { budgets, ceiling, floor: 60 * MINUTE }
}

/** A home as it stands: all that a judgement needs. */
export type QuietHome = Heard & {
  readonly timeZone: string
  readonly policy: Policy
  readonly rhythm: Rhythm
  readonly lastRoom: string | null
  /** What runs now at a meter, since when, and in which room; without it, nothing. */
  readonly running?: Running | null
  /** Whether a local day is a weekend or a holiday; without it, weekends are. */
  readonly isRest?: (day: number) => boolean
}

/** What is thought of a home, and when to look at it again: null when no higher grade is left. */
export type Judgement = { readonly where: Whereabouts; readonly deadline: Millis | null } & (
  | { readonly kind: 'calm' }
  | {
      readonly kind: 'unusual'
      readonly grade: Grade
      /** When it became true. */
      readonly due: Millis
      readonly reason: Reason
    }
)

/**
 * Whether the silence of a home is unusual now, of which grade, and why; when several grades are due, the
 * highest. The deadline holds until the home is seen again after being blind, moves inside while it is away,
 * or its rhythm is learnt anew: then look at once. Whatever else it does makes the deadline too early, or too late by
 * half an hour at most.
 */
export function judge(home: QuietHome, now: Millis): Judgement {
  const view = look(home, now)
  const grades = GRADES.slice(home.raised === null ? 0 : GRADES.indexOf(home.raised) + 1)
  // A lower grade is never due after a higher one, but for the caution that tells of one sensor alone.
  const first = grades.slice(0, 2).map((each) => dueOf(view, each))
  if (first.every((each) => each.due > now))
    return { kind: 'calm', where: view.where, deadline: lookAgain(view, earliest(first), now) }
  return raise(view, grades, now)
}

/**
 * The first moment at which each grade is due when nothing more happens, as seen at `now`. What is later than `by` may be told
 * as later still: no silence is unusual before the floor, so a short one need not be looked ahead.
 */
export function outlook(home: QuietHome, now: Millis, by = Infinity): Record<Grade, Millis> {
  const isLong = countedFrom(home) + home.policy.floor < by
  const view = look(home, now, isLong ? limitsOf(home) : [], by)
  const due = (grade: Grade) => dueOf(view, grade).due
  return {
    watch: due('watch'),
    caution: due('caution'),
    warning: due('warning'),
    danger: due('danger'),
  }
}

/**
 * When the silence at home of somebody would be 주의 if it were unusual from each of many surprises on, which rise: what
 * `anbu evaluate` sweeps.
 */
export function dueUnder(
  home: QuietHome,
  limits: readonly number[],
  now: Millis,
): readonly Millis[] {
  const view = look(home, now, limits)
  const since = countedFrom(home)
  const least = since + home.policy.floor
  // As all that it is compared with: in time in which the home was seen.
  const ceiling = seenAfter(
    view.skip,
    since,
    ceilingFor(home.policy.ceiling, view.where.presence, 'caution'),
  )
  const most = Math.min(ceiling, doubtedAt(view).due)
  return view.quiet.map((quiet) => Math.min(most, Math.max(quiet, least)))
}

type View = {
  readonly home: QuietHome
  readonly where: Whereabouts
  readonly curve: Curve
  /** Out of sight, or out of the house for as long as that is believed: no silence. */
  readonly skip: readonly Span[]
  /** When the silence is as surprising as each limit. */
  readonly quiet: readonly Millis[]
}

type Due = { readonly grade: Grade; readonly due: Millis; readonly rule: Rule }
type Rule = 'surprise' | 'ceiling' | 'away' | Doubt

function look(
  known: QuietHome,
  now: Millis,
  limits: readonly number[] = limitsOf(known),
  by = Infinity,
): View {
  const { passings, walking } = known.rhythm
  const home = { ...withoutPassing(known, passings, known.timeZone), back: walking.back }
  // How long an absence is believed is asked only of who is away.
  const seen = whereabouts(home, 0, now)
  const isAway = seen.presence === 'away'
  const where = isAway ? whereabouts(home, awayLimit(home.rhythm, home.policy, now), now) : seen
  const usual = rhythmCurve(home.rhythm, home.timeZone, home.isRest)
  const curve = runsThrough(home) ? (usual.running ?? usual) : usual
  const unseen = spansBeyond(home.unseen, home.lastActivity)
  const skip = mergeSpans(isAway ? [...unseen, where] : unseen)
  return { home, where, curve, skip, quiet: reached(curve, skip, countedFrom(home), limits, by) }
}

function limitsOf(home: QuietHome): number[] {
  return GRADES.map((grade) => limitOf(home, grade))
}

function dueOf(view: View, grade: Grade): Due {
  const { home, where } = view
  const since = countedFrom(home, where)
  const quiet = Math.max(surprisingAt(view, grade), since + home.policy.floor)
  const ceiling = since + ceilingFor(home.policy.ceiling, where.presence, grade)
  const first: Due =
    quiet < ceiling
      ? { grade, due: quiet, rule: 'surprise' }
      : { grade, due: ceiling, rule: 'ceiling' }
  if (grade === 'watch') return sooner(first, view.where.until ?? Infinity, 'away')
  if (grade !== 'caution') return first
  // It is asked about, but grows no graver by itself.
  const { due, doubt } = doubtedAt(view)
  return sooner(first, due, doubt)
}

function sooner(first: Due, due: Millis, rule: Rule): Due {
  return due < first.due ? { grade: first.grade, due, rule } : first
}

/** The last sign of life that is believed: not those of sensors that have gone on alone, or without company, for too long. */
export function lastBelieved(home: QuietHome, now: Millis): Millis {
  if (typeof home.standsSince === 'number') return home.standsSince
  const view = look(home, now)
  const passed = passedAt(view.home, view.where)
  if (passed !== null) return passed
  const { due, doubt } = doubtedAt(view)
  return due <= now ? doubtedSince(view, doubt) : home.lastActivity
}

// A home tells nothing of who has left it: only the hours count.
function surprisingAt({ where, quiet }: View, grade: Grade): Millis {
  if (where.presence === 'away') return Infinity
  return quiet[GRADES.indexOf(grade)] ?? Infinity
}

/**
 * The hazard knows the age of a silence, so one that begins later may be due earlier: who stirs at four in the morning
 * is up, or asleep again. We look again when the soonest of those that may begin from now on could be due. A raised
 * grade needs none of it: whoever moves then is looked at because of that.
 */
function lookAgain(view: View, due: Millis | null, now: Millis): Millis | null {
  const { home, curve } = view
  if (due === null || home.raised !== null) return due
  const { policy, unseen } = home
  const limit = limitOf(home, 'watch')
  const skip = mergeSpans(spansBeyond(unseen, now))
  let soonest = Math.min(due, settlesAt(home, now) ?? due, ...doubtsAfter(view, now))
  for (const each of curve.running ? [curve, curve.running] : [curve])
    for (let since = now; since + policy.floor < soonest; since += HALF_HOUR) {
      const then = reachedBefore(each, skip, since, limit, soonest)
      soonest = Math.min(soonest, Math.max(then, since + policy.floor))
    }
  return Math.min(soonest, dueOnceRunning(view, limit, soonest, now))
}

// What runs through a silence may be known only after a while, and then it may be due earlier.
function dueOnceRunning({ home, curve, skip }: View, limit: number, by: Millis, now: Millis) {
  const since = countedFrom(home)
  if (!curve.running || now >= since + KNOWN) return Infinity
  return Math.max(since + KNOWN, reachedBefore(curve.running, skip, since, limit, by))
}

// Whoever closed the case of this silence knew that all was well, and that is as good as a sign of life.
function countedFrom(home: QuietHome, where: Whereabouts | null = null): Millis {
  return Math.max((where && passedAt(home, where)) ?? home.lastActivity, home.confirmed)
}

function raise(view: View, grades: readonly Grade[], now: Millis): Judgement {
  const dues = grades.map((grade) => dueOf(view, grade))
  const found = dues.findLast((each) => each.due <= now)
  if (!found) throw new Error('no grade is due, though the first one was')
  const { grade, due } = found
  const deadline = earliest(dues.slice(dues.indexOf(found) + 1))
  const reason = reasonOf(view, found, now)
  return { kind: 'unusual', where: view.where, grade, due, reason, deadline }
}

function earliest(dues: readonly Due[]): Millis | null {
  return dues.length === 0 ? null : Math.min(...dues.map((each) => each.due))
}

function reasonOf(view: View, { grade, rule }: Due, now: Millis): Reason {
  const { home, where, curve, skip } = view
  const { since, lastRoom } = lastSign(home, where)
  const silence = {
    since,
    silentFor: now - since,
    expected: round(expected(curve, skip, since, now)),
    longest: longestOf(silencesOf(home.rhythm), now),
    lastRoom,
    presence: where.presence,
    ...runsThrough(home),
  }
  if (isDoubt(rule)) return { ...silence, ...doubtful(view, rule, now) }
  switch (rule) {
    case 'away':
      return { rule, ...silence, limit: (where.until ?? now) - where.since }
    case 'ceiling':
      return { rule, ...silence, ceiling: ceilingFor(home.policy.ceiling, where.presence, grade) }
    case 'surprise':
      return {
        rule,
        ...silence,
        surprise: round(surprise(curve, skip, countedFrom(home), now)),
        threshold: round(limitOf(home, grade)),
        budget: budgetOf(home, grade),
      }
  }
}
