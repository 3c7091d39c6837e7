import type { OutcomeCode } from '../../schemas/alert.ts'
import type { Feedback } from '../../schemas/feedback.ts'
import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Policy } from './inactivity.ts'
import { DAY, QUARTER } from './time.ts'

/** How an alert about a silence was closed, and since when it had been silent; null: nobody knows. */
export type Closed = {
  readonly outcome: OutcomeCode
  readonly at: Millis
  readonly since: Millis | null
}

const HALF_LIFE = 60 * DAY
// Absences count for as long as those that the rhythm saw itself.
const WINDOW = 60 * DAY
const KEPT = 12
/** A false alarm takes a seventh off a home's budgets, an emergency adds a third, and together no more than this. */
const FALSE_ALARM = 0.85
const EMERGENCY = 1.3
export const LEAST_BUDGET = 0.5
export const MOST_BUDGET = 1.5

type Lesson = 'falseAlarms' | 'aways' | 'visitors' | 'faults' | 'emergencies'

// Who refuses to be asked has told nothing about the silence.
const LESSONS: Readonly<Partial<Record<OutcomeCode | 'self', Lesson>>> = {
  safe: 'falseAlarms',
  self: 'falseAlarms',
  away: 'aways',
  visitor: 'visitors',
  fault: 'faults',
  transported: 'emergencies',
  'found-dead': 'emergencies',
}

/**
 * What the outcomes of a home have taught by `now`. It is a sum over the record, so that learning it twice, or anew, comes
 * to the same; and it is bounded: however many false alarms there were, no budget falls below half.
 */
export function learnFeedback(closed: readonly Closed[], now: Millis): Feedback {
  const counts = { falseAlarms: 0, aways: 0, visitors: 0, faults: 0, emergencies: 0 }
  for (const { outcome, at } of closed) {
    const lesson = LESSONS[outcome]
    if (lesson && at <= now) counts[lesson] += 2 ** ((at - now) / HALF_LIFE)
  }
  const { falseAlarms, aways, visitors, emergencies } = counts
  // An absence that nobody noticed is half a false alarm: the rest of it goes to what is known of absences. So is a visit.
  const budget = FALSE_ALARM ** (falseAlarms + (aways + visitors) / 2) * EMERGENCY ** emergencies
  return {
    falseAlarms: round(falseAlarms),
    aways: round(aways),
    visitors: round(visitors),
    faults: round(counts.faults),
    emergencies: round(emergencies),
    budget: round(Math.min(MOST_BUDGET, Math.max(LEAST_BUDGET, budget))),
    absences: absencesOf(closed, now),
  }
}

/** How often staff found a sensor faulty, fading: one that went on alone and was wrong counts whole, one that failed half. */
export function faultsFound(
  faults: readonly { readonly at: Millis; readonly lone: boolean }[],
  now: Millis,
): number {
  return faults
    .filter(({ at }) => at <= now)
    .reduce((sum, { at, lone }) => sum + (lone ? 1 : 0.5) * 2 ** ((at - now) / HALF_LIFE), 0)
}

/** The policy of a home as its outcomes have moved it. Ceiling and floor stay: they are promises. */
export function tune(policy: Policy, feedback: Feedback | null): Policy {
  if (feedback === null || feedback.budget === 1) return policy
  const { watch, caution, warning, danger } = policy.budgets
  const by = feedback.budget
  const budgets = {
    watch: watch * by,
    caution: caution * by,
    warning: warning * by,
    danger: danger * by,
  }
  return { ...policy, budgets }
}

/** A rhythm that also knows the absences that people found out about: those it saw itself and these, as it keeps them. */
export function withAbsences(rhythm: Rhythm, feedback: Feedback | null): Rhythm {
  if (feedback === null || feedback.absences.length === 0) return rhythm
  const known = feedback.absences.map(([since, length]): Rhythm['absences'][number] => [
    Math.floor(since / QUARTER),
    Math.floor(length / QUARTER),
  ])
  return { ...rhythm, absences: longestFirst([...rhythm.absences, ...known]) }
}

function absencesOf(closed: readonly Closed[], now: Millis): Feedback['absences'] {
  const stretches = closed.flatMap(({ outcome, at, since }): Feedback['absences'] =>
    outcome === 'away' && since !== null && since >= now - WINDOW && since < at && at <= now
      ? [[since, at - since]]
      : [],
  )
  return longestFirst(stretches)
}

// In the order of their begin, each longer than all after it.
function longestFirst<Stretch extends readonly [number, number]>(
  all: readonly Stretch[],
): Stretch[] {
  const kept: Stretch[] = []
  for (const stretch of all.toSorted((a, b) => a[0] - b[0])) {
    while ((kept.at(-1)?.[1] ?? Infinity) <= stretch[1]) kept.pop()
    kept.push(stretch)
  }
  return kept.slice(0, KEPT)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
