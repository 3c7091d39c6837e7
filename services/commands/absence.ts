import { type Command, Option } from 'commander'
import type pg from 'pg'
import { type Absence, NewAbsence } from '../../schemas/absence.ts'
import { AbsenceCause } from '../../schemas/household.ts'
import { endOf, isAbsent, isLong } from '../core/absence.ts'
import type { Millis } from '../../schemas/time.ts'
import { unwatchedWord } from '../core/report.ts'
import { wallClock } from '../clock.ts'
import { addAbsence, endAbsence, listAbsences } from '../store/absences.ts'
import { type UnwatchedHome, uncoveredHomes, unwatchedHomes } from '../store/unwatched-homes.ts'
import { example, say, whole } from './command-line.ts'
import { UsageError, readEnvironment } from './context.ts'
import { onDatabase, parse } from './database.ts'
import { localMoment, readMoment } from './moment.ts'
import { mustBeKnown } from './office.ts'

type Given = {
  readonly cause: AbsenceCause
  readonly from?: string
  readonly until: string
  readonly by: string
  readonly reason: string
}

/** Adds `anbu absence` and `anbu unwatched`: for whom nothing is raised, until when, and who is not watched at all. */
export function addAbsenceCommands(anbu: Command): void {
  const absence = anbu
    .command('absence')
    .description(
      'time in which nothing is raised for a home, and its open alerts wait: always with an end, and on the record',
    )
  absence
    .command('add <household>')
    .description('records that somebody is away: nothing is raised until it ends')
    .addOption(
      new Option('--cause <cause>', 'why').choices(AbsenceCause.options).makeOptionMandatory(),
    )
    .requiredOption('--until <moment>', 'a date alone is 18:00 of that day')
    .option('--from <moment>', 'now, unless given; a date alone is 18:00 of that day')
    .requiredOption('--by <person>', 'who answers for it')
    .requiredOption('--reason <reason>', 'as the record keeps it: no names, no diagnosis')
    .addHelpText(
      'after',
      example(
        'anbu absence add h-001 --cause hospital --until 2026-12-01 --by kim --reason "무릎 수술"',
      ),
    )
    .action(add)
  absence
    .command('list [household]')
    .description('what holds or is to come, of one home or of all')
    .option('--past', 'also those that are over')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', example('anbu absence list', 'anbu absence list h-001 --past'))
    .action(list)
  absence
    .command('end')
    .argument('<number>', 'as `anbu absence list` has it', whole)
    .description('ends it before its time: somebody knows that all is well')
    .requiredOption('--by <person>', 'who answers for it')
    .addHelpText('after', example('anbu absence end 3 --by kim'))
    .action(end)
  addUnwatched(anbu)
}

function addUnwatched(anbu: Command): void {
  anbu
    .command('unwatched')
    .description('who is not watched now, and why')
    .option('--office <office>', 'all offices, unless given')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', example('anbu unwatched --office gasang-gu'))
    .action(unwatched)
}

async function add(household: string, given: Given): Promise<void> {
  const zone = readEnvironment(process.env).ANBU_TIME_ZONE
  const now = wallClock.now()
  const absence = parse(NewAbsence, {
    household,
    cause: given.cause,
    since: given.from === undefined ? now : readMoment(given.from, zone),
    until: readMoment(given.until, zone),
    author: given.by,
    reason: given.reason,
  })
  const id = await onDatabase((pool) => addAbsence(pool, absence, now))
  if (id === null)
    throw new UsageError(`there is no household ${household}, or no person ${given.by}`)
  const long = isLong(absence) ? '; longer than 14 days: have a second person look at it' : ''
  say(`${id}: nothing is raised for ${household} until ${localMoment(absence.until, zone)}${long}`)
}

async function end(number: number, { by }: { readonly by: string }): Promise<void> {
  const ended = await onDatabase((pool) => endAbsence(pool, number, by, wallClock.now()))
  if (!ended) throw new UsageError(`there is no absence ${number} to end; see: anbu absence list`)
  say(`${number} has ended; the home is watched again from now on`)
}

type Listing = { readonly past?: boolean; readonly json?: boolean }

async function list(household: string | undefined, { past = false, json = false }: Listing) {
  const zone = readEnvironment(process.env).ANBU_TIME_ZONE
  const now = wallClock.now()
  const which = { household: household ?? null, past }
  const absences = await onDatabase((pool) => listAbsences(pool, which, now))
  if (json) for (const each of absences) say(JSON.stringify(each))
  else
    say(absences.map((each) => inOneLine(each, zone, now)).join('\n') || 'nobody is absent by plan')
}

function inOneLine(absence: Absence, zone: string, now: number): string {
  const { id, household, cause, since, author, reason } = absence
  const state = isAbsent(absence, now) ? 'now' : since > now ? 'planned' : 'over'
  const span = `${localMoment(since, zone)} to ${localMoment(endOf(absence), zone)}`
  const notes = [
    isLong(absence) ? 'longer than 14 days' : '',
    absence.withheld === null ? '' : `withheld: ${absence.withheld}`,
  ].filter((note) => note !== '')
  return [id, household, cause, span, state, `${author}: ${reason}`, ...notes].join('  ')
}

async function unwatched({ office, json = false }: { office?: string; json?: boolean }) {
  const zone = readEnvironment(process.env).ANBU_TIME_ZONE
  const homes = await onDatabase(async (pool) => {
    await mustBeKnown(pool, office)
    return await whoIsNot(pool, office ?? null, wallClock.now())
  })
  if (json) for (const each of homes) say(JSON.stringify(each))
  else say(homes.map((each) => why(each, zone)).join('\n') || 'every home is watched')
}

async function whoIsNot(pool: pg.Pool, office: string | null, now: Millis) {
  return [
    ...(await unwatchedHomes(pool, { office }, now)),
    ...(await uncoveredHomes(pool, { office }, now)),
  ]
}

function why(
  { household, office, cause, since, until, author, reason }: UnwatchedHome,
  zone: string,
) {
  const span = `from ${localMoment(since, zone)}${until === null ? '' : ` until ${localMoment(until, zone)}`}`
  const who = author === null ? [] : [`${author}: ${reason}`]
  return [household, office, unwatchedWord(cause, 'en'), span, ...who].join('  ')
}
