import { Argument, type Command, Option } from 'commander'
import { Tier } from '../../schemas/household.ts'
import { BOUNDS, type Choice, NewChoice, type Scope, Setting } from '../../schemas/policy.ts'
import { POLICIES } from '../core/inactivity.ts'
import { HOUR } from '../core/time.ts'
import { wallClock } from '../clock.ts'
import { addChoice, endChoice, listChoices } from '../store/policies.ts'
import { example, positive, say, whole } from './command-line.ts'
import { UsageError, readEnvironment } from './context.ts'
import { onDatabase, parse } from './database.ts'
import { localMoment, readMoment } from './moment.ts'

type Given = {
  readonly household?: string
  readonly office?: string
  readonly tier?: Tier
  readonly by: string
  readonly reason: string
  readonly from?: string
  readonly until?: string
}

/** Adds `anbu policy`: how many false alarms staff can bear, and the hours that always and never fire. */
export function addPolicy(anbu: Command): void {
  const policy = anbu
    .command('policy')
    .description(
      'budgets, ceiling, floor, how long the door may be open: for one home, an office, a tier, or all',
    )
  policy
    .command('list [household]')
    .description('what was chosen, the most general first; with a home, what is for it')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', example('anbu policy list', 'anbu policy list h-001'))
    .action(list)
  policy
    .command('set')
    .description('chooses; what is more specific wins, and among equals what began last')
    .addArgument(new Argument('<name>', bounds()).choices(Setting.options))
    .argument('<value>', 'false alarms per home and month, or hours', positive)
    .option('--household <pseudonym>', 'for this home')
    .option('--office <office>', 'for the homes of this office')
    .addOption(new Option('--tier <tier>', 'for the homes of this tier').choices(Tier.options))
    .requiredOption('--by <person>', 'who answers for it')
    .requiredOption('--reason <reason>', 'as the record keeps it')
    .option('--from <moment>', 'now, unless given; a date alone is 18:00 of that day')
    .option('--until <moment>', 'from when on it holds no more; a date alone is 18:00 of that day')
    .addHelpText(
      'after',
      example(
        'anbu policy set ceiling 30 --office gasang-gu --tier mid --by kim --reason "명절 연휴"',
        'anbu policy set budget-caution 0.1 --household h-001 --by kim --reason "오경보가 잦음" --until 2026-12-31',
      ),
    )
    .action(set)
  policy
    .command('unset')
    .argument('<number>', 'as `anbu policy list` has it', whole)
    .description('ends a choice; its row stays on the record')
    .requiredOption('--by <person>', 'who answers for it')
    .addHelpText('after', example('anbu policy unset 3 --by kim'))
    .action(unset)
}

function bounds(): string {
  return Setting.options
    .map((name) => `${name} (${BOUNDS[name].least} to ${BOUNDS[name].most})`)
    .join(', ')
}

async function set(name: Setting, value: number, given: Given): Promise<void> {
  const zone = readEnvironment(process.env).ANBU_TIME_ZONE
  const { household = null, office = null, tier = null } = given
  const choice = parse(NewChoice, {
    household,
    office,
    tier,
    name,
    value,
    since: given.from === undefined ? wallClock.now() : readMoment(given.from, zone),
    until: given.until === undefined ? null : readMoment(given.until, zone),
    author: given.by,
    reason: given.reason,
  })
  const id = await onDatabase((pool) => addChoice(pool, choice))
  if (id === null)
    throw new UsageError(`there is no person ${given.by}, or no household ${household}`)
  say(`${id}: ${name} is ${value} for ${scopeWords(choice)}`)
}

async function unset(number: number, { by }: { readonly by: string }): Promise<void> {
  const ended = await onDatabase((pool) => endChoice(pool, number, by, wallClock.now()))
  if (!ended) throw new UsageError(`there is no choice ${number} that holds; see: anbu policy list`)
  say(`${number} holds no more`)
}

async function list(
  household: string | undefined,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const zone = readEnvironment(process.env).ANBU_TIME_ZONE
  const choices = await onDatabase((pool) => listChoices(pool, household ?? null, wallClock.now()))
  if (json) for (const each of choices) say(JSON.stringify(each))
  else say([...defaults(), ...choices.map((each) => inOneLine(each, zone))].join('\n'))
}

function defaults(): string[] {
  return Tier.options.map((tier) => {
    const { budgets, ceiling, floor } = POLICIES[tier]
    const { watch, caution, warning, danger } = budgets
    return `default  ${tier}: ceiling ${ceiling / HOUR} h, floor ${floor / HOUR} h, budgets ${watch} / ${caution} / ${warning} / ${danger}`
  })
}

function inOneLine(
  { id, name, value, since, until, author, reason, ...scope }: Choice,
  zone: string,
): string {
  const from = localMoment(since, zone)
  const to = until === null ? '' : ` until ${localMoment(until, zone)}`
  return `${id}  ${name} ${value}  ${scopeWords(scope)}  from ${from}${to}  ${author}: ${reason}`
}

function scopeWords({ household, office, tier }: Scope): string {
  if (household !== null) return household
  const parts = [tier === null ? '' : `tier ${tier}`, office ?? ''].filter((part) => part !== '')
  return parts.join(' of ') || 'every home'
}
