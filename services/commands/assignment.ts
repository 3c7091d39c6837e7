import { type Command, Option } from 'commander'
import { Duty } from '../../schemas/roster.ts'
import { wallClock } from '../clock.ts'
import {
  type ListedAssignment,
  assign,
  endAssignment,
  listAssignments,
} from '../store/assignments.ts'
import { example, json, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { change } from './refusal.ts'
import { LOCAL, fromLocal, shown, untilLocal, zoneOfPerson } from './when.ts'

type Given = { as: Duty; from?: string; until?: string; consent?: string }

/** `anbu assignment`: who answers for which household, from when to when. */
export function addAssignments(anbu: Command): void {
  const assignment = anbu
    .command('assignment')
    .description('who answers for which household, from when to when')
  assignment
    .command('add <household> <person>')
    .description('assigns somebody; a new planner takes over from the one before')
    .addOption(
      new Option('--as <duty>', 'planner, care corps or neighbour watcher')
        .choices(Duty.options)
        .default('planner'),
    )
    .option('--from <when>', `${LOCAL}; now otherwise`)
    .option('--until <when>', 'the last day, or a time; until further notice otherwise')
    .option('--consent <day>', 'when the household agreed; needed for care corps and neighbours')
    .addHelpText(
      'after',
      example(
        'anbu assignment add h-001 kim --from 2026-12-01',
        'anbu assignment add h-001 lee --from 2026-12-24 --until 2026-12-31',
        'anbu assignment add h-001 park --as neighbour --consent 2026-11-20',
      ),
    )
    .action(add)
  assignment
    .command('list')
    .description('assignments that hold, or will')
    .option('--household <pseudonym>', 'of this home only')
    .option('--person <id>', 'of this one of the staff only')
    .addOption(json())
    .addHelpText('after', example('anbu assignment list --household h-001'))
    .action(list)
  assignment
    .command('end <household> <person>')
    .description('ends it, now or later')
    .option('--until <when>', `${LOCAL}; now otherwise`)
    .addHelpText('after', example('anbu assignment end h-001 park --until 2026-12-31'))
    .action(end)
}

async function add(household: string, person: string, given: Given): Promise<void> {
  if (given.as !== 'planner' && given.consent === undefined)
    throw new UsageError('say when the household agreed: --consent 2026-11-20')
  await onDatabase(async (pool) => {
    const now = wallClock.now()
    const zone = await zoneOfPerson(pool, person)
    const since = given.from === undefined ? now : fromLocal(given.from, zone)
    const until = given.until === undefined ? null : untilLocal(given.until, zone)
    const consented = given.consent === undefined ? null : fromLocal(given.consent, zone)
    const assignment = { household, person, duty: given.as, since, until, consented }
    await change(assign(pool, assignment, null, now))
    const ends = until === null ? '' : ` until ${shown(until, zone)}`
    say(`${person} answers for ${household} as ${given.as} from ${shown(since, zone)}${ends}`)
  })
}

async function list(of: { household?: string; person?: string; json?: boolean }): Promise<void> {
  const found = await onDatabase((pool) => listAssignments(pool, of, wallClock.now()))
  print(of, found, {
    heads: ['household', 'alias', 'as', 'person', 'from', 'until'],
    row: (one: ListedAssignment) => [
      one.household,
      one.alias,
      one.duty,
      `${one.person} (${one.name})`,
      shown(one.since, one.timeZone),
      shown(one.until, one.timeZone),
    ],
    none: 'nobody is assigned; next: anbu assignment add --help',
  })
}

async function end(household: string, person: string, given: { until?: string }): Promise<void> {
  await onDatabase(async (pool) => {
    const now = wallClock.now()
    const zone = await zoneOfPerson(pool, person)
    const until = given.until === undefined ? now : untilLocal(given.until, zone)
    if (!(await endAssignment(pool, { household, person, until }, null, now)))
      throw new UsageError(`${person} is not assigned to ${household}; see: anbu assignment list`)
    say(`${person} answers for ${household} until ${shown(until, zone)}`)
  })
}
