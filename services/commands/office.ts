import type { Command } from 'commander'
import type pg from 'pg'
import { LocalDay, LocalTime, TimeZone } from '../../schemas/time.ts'
import { wallClock } from '../clock.ts'
import { holidayNames } from '../core/holidays.ts'
import { rests } from '../core/office-hours.ts'
import { DAY, HOUR, MINUTE, localDay } from '../core/time.ts'
import { clearDay, listOffices, readOffice, readQuiet } from '../store/offices.ts'
import { setDay, setHours, setQuiet } from '../store/offices.ts'
import { example, json, positive, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase, parse } from './database.ts'
import { zoneOf } from './when.ts'

/** `anbu office`: when an office works. */
export function addOffices(anbu: Command): void {
  const office = anbu.command('office').description('when an office works')
  office
    .command('hours <office>')
    .description('shows the hours of an office, or sets them; 09:00 to 18:00 until then')
    .option('--opens <time>', 'on the local clock: 09:00')
    .option('--closes <time>', 'on the local clock: 18:00')
    .option('--time-zone <zone>', 'IANA name')
    .addHelpText('after', example('anbu office hours gasang-gu --opens 09:00 --closes 18:00'))
    .action(hours)
  office
    .command('quiet <office>')
    .description(
      'shows when residents are not called by a machine, or sets it; 21:00 to 08:00 until then',
    )
    .option('--from <time>', 'on the local clock: 21:00')
    .option('--until <time>', 'the same as --from: at no time')
    .addHelpText('after', example('anbu office quiet gasang-gu --from 22:00 --until 07:00'))
    .action(quiet)
}

/** `anbu holiday`: days on which an office is not as the calendar says. */
export function addHolidays(anbu: Command): void {
  const holiday = anbu
    .command('holiday')
    .description('days of rest: Korea’s public holidays are known, an office adds its own')
  holiday
    .command('add <office> <day> <name>')
    .description(
      'lets an office rest on a day: a temporary holiday (임시공휴일), or one of its own',
    )
    .option('--works', 'the other way round: it works, though the calendar has a holiday')
    .addHelpText(
      'after',
      example(
        'anbu holiday add gasang-gu 2026-12-07 임시공휴일',
        'anbu holiday add gasang-gu 2026-05-01 "정상 근무" --works',
      ),
    )
    .action(add)
  holiday
    .command('list <office>')
    .description('the days of rest to come, weekends left out')
    .option('--days <n>', 'how far ahead', positive, 365)
    .addOption(json())
    .addHelpText('after', example('anbu holiday list gasang-gu --days 90'))
    .action(list)
  holiday
    .command('remove <office> <day>')
    .description('lets a day be as the calendar says')
    .addHelpText('after', example('anbu holiday remove gasang-gu 2026-12-07'))
    .action(remove)
}

/** Throws `UsageError` for an office of which nothing is known: of it all would seem well. */
export async function mustBeKnown(pool: pg.Pool, office: string | undefined): Promise<void> {
  if (office === undefined) return
  const known = await listOffices(pool)
  if (!known.includes(office))
    throw new UsageError(
      `there is no office ${office}; known are: ${known.join(', ') || 'none yet'}`,
    )
}

type Hours = { opens?: string; closes?: string; timeZone?: string }

async function hours(office: string, given: Hours): Promise<void> {
  await onDatabase(async (pool) => {
    const before = await readOffice(pool, office, await zoneOf(pool, office))
    const { opens, closes, timeZone } = given
    const after = {
      office,
      timeZone: timeZone === undefined ? before.timeZone : parse(TimeZone, timeZone),
      opens: opens === undefined ? before.opens : parse(LocalTime, opens),
      closes: closes === undefined ? before.closes : parse(LocalTime, closes),
    }
    if (after.opens >= after.closes) throw new UsageError('an office opens before it closes')
    if (Object.keys(given).length > 0) await setHours(pool, after, null, wallClock.now())
    say(`${office}: ${clock(after.opens)} to ${clock(after.closes)}, ${after.timeZone}`)
  })
}

async function quiet(office: string, given: { from?: string; until?: string }): Promise<void> {
  await onDatabase(async (pool) => {
    const before = await readQuiet(pool, office)
    const begins = given.from === undefined ? before.begins : parse(LocalTime, given.from)
    const ends = given.until === undefined ? before.ends : parse(LocalTime, given.until)
    if (Object.keys(given).length > 0)
      await setQuiet(pool, { office, begins, ends }, null, wallClock.now())
    say(`${office}: residents are not called from ${clock(begins)} to ${clock(ends)}`)
  })
}

const two = (n: number) => String(n).padStart(2, '0')

function clock(time: number): string {
  return `${two(Math.floor(time / HOUR))}:${two(Math.floor((time % HOUR) / MINUTE))}`
}

async function add(
  office: string,
  day: string,
  name: string,
  { works = false }: { works?: boolean },
): Promise<void> {
  const given = { office, day: parse(LocalDay, day), rest: !works, name }
  await onDatabase((pool) => setDay(pool, given, null, wallClock.now()))
  say(`${office} ${works ? 'works' : 'rests'} on ${day} (${name})`)
}

async function list(office: string, of: { days: number; json?: boolean }): Promise<void> {
  await onDatabase(async (pool) => {
    const hoursOf = await readOffice(pool, office, await zoneOf(pool, office))
    const today = localDay(wallClock.now(), hoursOf.timeZone)
    const days = Array.from({ length: Math.ceil(of.days) }, (_, n) => today + n).flatMap((day) => {
      const own = hoursOf.days.find((one) => one.day === day)
      const names = own ? [own.name] : holidayNames(day)
      const date = new Date(day * DAY).toISOString().slice(0, 10)
      return names
        ? [{ date, rests: rests(day, hoursOf), name: names.join(', '), own: own !== undefined }]
        : []
    })
    print(of, days, {
      heads: ['day', '', 'name', ''],
      row: (one) => [one.date, one.rests ? 'rests' : 'works', one.name, one.own ? 'own' : ''],
      none: 'no days of rest but weekends',
    })
  })
}

async function remove(office: string, day: string): Promise<void> {
  await onDatabase(async (pool) => {
    const given = { office, day: parse(LocalDay, day) }
    if (!(await clearDay(pool, given, null, wallClock.now())))
      throw new UsageError(`${office} has said nothing of ${day}; see: anbu holiday list ${office}`)
    say(`${day} is as the calendar says`)
  })
}
