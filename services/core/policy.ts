import type { Tier } from '../../schemas/household.ts'
import type { Choice, Setting } from '../../schemas/policy.ts'
import { GRADES, type Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { POLICIES, type Policy } from './inactivity.ts'
import { HOUR } from './time.ts'

/** Where a home belongs, as far as choices are concerned. */
export type Belongs = { readonly household: string; readonly office: string; readonly tier: Tier }

/** What holds for a home, which choice each part comes from (null: the tier's default), and when that changes next. */
export type Resolved = {
  readonly policy: Policy
  readonly from: Readonly<Record<Setting, Choice | null>>
  readonly changesAt: Millis | null
}

/**
 * What holds for a home at `now`. The most specific choice wins: the home's own, then its tier in its office, its
 * office, its tier, every home; among equals the one that began last. A graver grade never has more false alarms than
 * a lower one, and the floor never lies above the ceiling.
 */
export function resolvePolicy(home: Belongs, choices: readonly Choice[], now: Millis): Resolved {
  const ours = choices.filter((each) => isFor(each, home))
  const from = choose(ours, now)
  const usual = POLICIES[home.tier]
  const hours = (name: 'ceiling' | 'floor') =>
    from[name] === null ? usual[name] : from[name].value * HOUR
  const ceiling = hours('ceiling')
  const policy = {
    budgets: falling((grade) => from[`budget-${grade}`]?.value ?? usual.budgets[grade]),
    ceiling,
    floor: Math.min(hours('floor'), ceiling),
  }
  return { policy, from, changesAt: nextChange(ours, now) }
}

function isFor(choice: Choice, home: Belongs): boolean {
  if (choice.household !== null) return choice.household === home.household
  return (
    (choice.office === null || choice.office === home.office) &&
    (choice.tier === null || choice.tier === home.tier)
  )
}

function choose(ours: readonly Choice[], now: Millis): Record<Setting, Choice | null> {
  const valid = ours
    .filter(({ since, until }) => since <= now && (until === null || now < until))
    .toSorted((a, b) => rank(a) - rank(b) || a.since - b.since || a.id - b.id)
  const last = (name: Setting) => valid.findLast((each) => each.name === name) ?? null
  return {
    'budget-watch': last('budget-watch'),
    'budget-caution': last('budget-caution'),
    'budget-warning': last('budget-warning'),
    'budget-danger': last('budget-danger'),
    ceiling: last('ceiling'),
    floor: last('floor'),
    'door-day': last('door-day'),
    'door-night': last('door-night'),
  }
}

function rank({ household, office, tier }: Choice): number {
  if (household !== null) return 4
  return (office === null ? 0 : 2) + (tier === null ? 0 : 1)
}

function falling(budget: (grade: Grade) => number): Policy['budgets'] {
  let least = Infinity
  const [watch = 0, caution = 0, warning = 0, danger = 0] = GRADES.map(
    (grade) => (least = Math.min(least, budget(grade))),
  )
  return { watch, caution, warning, danger }
}

function nextChange(ours: readonly Choice[], now: Millis): Millis | null {
  const moments = ours.flatMap(({ since, until }) => (until === null ? [since] : [since, until]))
  const coming = moments.filter((at) => at > now)
  return coming.length === 0 ? null : Math.min(...coming)
}
