import type { Tier } from '../../schemas/household.ts'
import { BOUNDS, type Setting } from '../../schemas/policy.ts'
import { GRADES, type Grade } from '../../schemas/signal.ts'
import type { Policy } from './inactivity.ts'
import { HOUR } from './time.ts'

/** A setting to try: one part of the policy, for one tier or for all. Budgets in false alarms, times in hours. */
export type Trial = {
  readonly tier: Tier | null
  readonly name: 'budget' | 'ceiling' | 'floor' | `budget-${Grade}`
  readonly value: number
}

const FORM =
  /^(?:tier\.(high|mid|low)\.)?(budget(?:\.(?:watch|caution|warning|danger))?|ceiling|floor)=(\d+(?:\.\d+)?)(h|m|min)?$/

/** Reads `budget=0.1`, `budget.warning=0.05`, `tier.high.ceiling=18h` or `floor=90m`; or says what is wrong. */
export function readTrial(text: string): Trial | { readonly wrong: string } {
  const [, tier, word, number, unit] = FORM.exec(text) ?? []
  if (word === undefined)
    return {
      wrong: `"${text}" is no setting: write budget=0.1, tier.high.ceiling=18h or floor=90m`,
    }
  const name = nameOf(word)
  const wrong = wrongUnit(name, unit)
  const value = Number(number) / (unit === undefined || unit === 'h' ? 1 : 60)
  const trial = { tier: tierOf(tier), name, value }
  return wrong === null ? within(trial, text) : { wrong: `${text}: ${wrong}` }
}

const isTime = (name: Trial['name']): boolean => name === 'ceiling' || name === 'floor'

function wrongUnit(name: Trial['name'], unit: string | undefined): string | null {
  if (isTime(name)) return unit === undefined ? 'say h or m' : null
  return unit === undefined ? null : 'a budget has no unit'
}

function within(trial: Trial, text: string): Trial | { readonly wrong: string } {
  const { least, most } = BOUNDS[trial.name === 'budget' ? 'budget-caution' : trial.name]
  if (trial.value >= least && trial.value <= most) return trial
  return { wrong: `${text}: it is ${least} to ${most}${isTime(trial.name) ? ' hours' : ''}` }
}

function nameOf(word: string): Trial['name'] {
  if (word === 'ceiling' || word === 'floor') return word
  const grade = GRADES.find((each) => word === `budget.${each}`)
  return grade ? `budget-${grade}` : 'budget'
}

function tierOf(word: string | undefined): Tier | null {
  return word === 'high' || word === 'mid' || word === 'low' ? word : null
}

/** A policy with these settings tried, the later over the earlier; a graver grade never has the larger budget. */
export function tried(policy: Policy, tier: Tier, trials: readonly Trial[]): Policy {
  let { budgets, ceiling, floor } = policy
  for (const trial of trials.filter((each) => each.tier === null || each.tier === tier)) {
    const { name, value } = trial
    if (name === 'ceiling') ceiling = value * HOUR
    else if (name === 'floor') floor = value * HOUR
    else budgets = spend(budgets, name, value)
  }
  return { budgets: falling(budgets), ceiling, floor: Math.min(floor, ceiling) }
}

/** A policy as the settings that staff would have chosen for it: budgets, and hours. */
export function settingsOf({ budgets, ceiling, floor }: Policy): [Setting, number][] {
  return [
    ['budget-watch', budgets.watch],
    ['budget-caution', budgets.caution],
    ['budget-warning', budgets.warning],
    ['budget-danger', budgets.danger],
    ['ceiling', ceiling / HOUR],
    ['floor', floor / HOUR],
  ]
}

// The one budget is that of 주의, the first grade that somebody is told of; the others keep their proportion to it.
function spend(
  budgets: Policy['budgets'],
  name: Exclude<Trial['name'], 'ceiling' | 'floor'>,
  value: number,
): Policy['budgets'] {
  if (name !== 'budget') return { ...budgets, [name.slice('budget-'.length)]: value }
  const share = value / budgets.caution
  return {
    watch: budgets.watch * share,
    caution: value,
    warning: budgets.warning * share,
    danger: budgets.danger * share,
  }
}

function falling({ watch, caution, warning, danger }: Policy['budgets']): Policy['budgets'] {
  const second = Math.min(watch, caution)
  const third = Math.min(second, warning)
  return { watch, caution: second, warning: third, danger: Math.min(third, danger) }
}
