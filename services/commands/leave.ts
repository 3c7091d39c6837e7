import type { Command } from 'commander'
import { wallClock } from '../clock.ts'
import { type ListedLeave, addLeave, endLeave, listLeaves, setDeputy } from '../store/leave.ts'
import { example, json, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { change } from './refusal.ts'
import { LOCAL, fromLocal, shown, untilLocal, zoneOf, zoneOfPerson } from './when.ts'

type Given = { from: string; until: string; deputy?: string; reason: string }

/** `anbu leave`: who is not there when, and who stands in. */
export function addLeaves(anbu: Command): void {
  const leave = anbu.command('leave').description('who is not there when, and who stands in')
  leave
    .command('add <person>')
    .description('puts a leave down; what the person holds then goes to others')
    .requiredOption('--from <when>', LOCAL)
    .requiredOption('--until <when>', 'the last day, or a time')
    .option('--deputy <person>', 'who stands in this time; the usual deputy otherwise')
    .option('--reason <text>', 'never a diagnosis', '')
    .addHelpText(
      'after',
      example(
        'anbu leave add kim --from 2026-12-24 --until 2026-12-31 --reason 연가',
        'anbu leave add kim --from 2026-12-03T13:00 --until 2026-12-03T18:00 --deputy lee',
      ),
    )
    .action(add)
  leave
    .command('list')
    .description('leaves that have not ended')
    .option('--office <office>', 'of this one only')
    .addOption(json())
    .addHelpText('after', example('anbu leave list --office gasang-gu'))
    .action(list)
  leave
    .command('end <number>')
    .description('ends a leave early, or takes it back before it begins')
    .option('--until <when>', `${LOCAL}; now otherwise`)
    .addHelpText('after', example('anbu leave end 12', 'anbu leave end 12 --until 2026-12-26'))
    .action(endEarly)
  leave
    .command('deputy <person> [deputy]')
    .description('who stands in (대직자) whenever this person is on leave; nobody when left out')
    .addHelpText('after', example('anbu leave deputy kim lee'))
    .action(deputise)
}

async function add(person: string, given: Given): Promise<void> {
  await onDatabase(async (pool) => {
    const zone = await zoneOfPerson(pool, person)
    const since = fromLocal(given.from, zone)
    const until = untilLocal(given.until, zone)
    const leave = { person, since, until, deputy: given.deputy ?? null, reason: given.reason }
    const id = await change(addLeave(pool, leave, null, wallClock.now()))
    const [listed] = (await listLeaves(pool, null, since)).filter((one) => one.id === id)
    const instead = listed?.standsIn
      ? `${listed.standsIn} stands in`
      : 'nobody stands in: see `anbu roster coverage`'
    say(`leave ${id}: ${person} from ${shown(since, zone)} to ${shown(until, zone)}; ${instead}`)
  })
}

async function list(of: { office?: string; json?: boolean }): Promise<void> {
  await onDatabase(async (pool) => {
    const found = await listLeaves(pool, of.office ?? null, wallClock.now())
    const zones = new Map<string, string>()
    for (const { office } of found) zones.set(office, await zoneOf(pool, office))
    print(of, found, {
      heads: ['number', 'person', 'from', 'until', 'stands in', 'reason'],
      row: (one: ListedLeave) => [
        String(one.id),
        `${one.person} (${one.name})`,
        shown(one.since, zones.get(one.office) ?? 'UTC'),
        shown(one.until, zones.get(one.office) ?? 'UTC'),
        one.standsIn ?? 'nobody',
        one.reason,
      ],
      none: 'nobody is on leave',
    })
  })
}

async function endEarly(number: string, given: { until?: string }): Promise<void> {
  await onDatabase(async (pool) => {
    const id = Number(number)
    const now = wallClock.now()
    const [leave] = (await listLeaves(pool, null, now)).filter((one) => one.id === id)
    if (!leave) throw new UsageError(`there is no leave ${number} to end; see: anbu leave list`)
    const zone = await zoneOf(pool, leave.office)
    const until = given.until === undefined ? now : untilLocal(given.until, zone)
    await change(endLeave(pool, { id, until }, null, now))
    say(`${leave.person} is on leave until ${shown(until, zone)}`)
  })
}

async function deputise(person: string, deputy?: string): Promise<void> {
  await onDatabase(async (pool) => {
    const given = { person, deputy: deputy ?? null }
    if (!(await change(setDeputy(pool, given, null, wallClock.now()))))
      throw new UsageError(`there is nobody called ${person}; next: anbu person add --help`)
    say(deputy ? `${deputy} stands in for ${person}` : `nobody stands in for ${person}`)
  })
}
