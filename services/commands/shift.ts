import { type Command, InvalidArgumentError, Option } from 'commander'
import { Band } from '../../schemas/plan.ts'
import { Rotation } from '../../schemas/roster.ts'
import { LocalMoment } from '../../schemas/time.ts'
import { wallClock } from '../clock.ts'
import { onShift, shiftsBetween } from '../core/shift.ts'
import { DAY, HOUR } from '../core/time.ts'
import { listOverrides, listRotations, removeRotation, saveRotation } from '../store/rotations.ts'
import { example, json, positive, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase, parse } from './database.ts'
import { change } from './refusal.ts'
import { shown, zoneOf } from './when.ts'

type Given = {
  office: string
  people: string[]
  start: string
  length: number
  bands: string[]
  timeZone?: string
}

/** `anbu shift`: the rotas of the duty desks. */
export function addShifts(anbu: Command): void {
  const shift = anbu.command('shift').description('the rotas of the duty desks (당직)')
  shift
    .command('set <rota>')
    .description('sets a rota up, or changes it')
    .requiredOption('--office <office>', 'whose desk it is')
    .requiredOption('--people <a,b,c>', 'who take turns, in order', words)
    .requiredOption('--start <when>', 'the first hand-over on the local clock: 2026-12-01T18:00')
    .requiredOption('--length <n>', 'of a turn: 12h, 1d or 1w', turnLength)
    .option('--bands <a,b>', `when the desk is staffed: ${Band.options.join(', ')}`, words, [
      ...Band.options,
    ])
    .option('--time-zone <zone>', 'IANA name; the office’s otherwise')
    .addHelpText(
      'after',
      example(
        'anbu shift set night-desk --office gasang-gu --people kim,lee,park --start 2026-12-01T18:00 --length 1d --bands night,holiday',
      ),
    )
    .action(set)
  shift
    .command('list')
    .description('whose turn it is when, changes included')
    .option('--office <office>', 'of this one only')
    .addOption(new Option('--days <n>', 'how far ahead').argParser(positive).default(14))
    .addOption(json())
    .addHelpText('after', example('anbu shift list --office gasang-gu --days 7'))
    .action(list)
  shift
    .command('remove <rota>')
    .description('takes a rota away; an office without any has its whole desk on duty')
    .addHelpText('after', example('anbu shift remove night-desk'))
    .action(remove)
}

const words = (text: string): string[] => text.split(',').map((each) => each.trim())

const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: DAY, w: 7 * DAY }

function turnLength(text: string): number {
  const [, count, unit = ''] = /^(\d+)([hdw])$/.exec(text) ?? []
  const length = Number(count) * (UNITS[unit] ?? Number.NaN)
  if (!(length > 0)) throw new InvalidArgumentError('such as 12h, 1d or 1w')
  return length
}

async function set(rota: string, given: Given): Promise<void> {
  await onDatabase(async (pool) => {
    const timeZone = given.timeZone ?? (await zoneOf(pool, given.office))
    const rotation = parse(Rotation, {
      rotation: rota,
      office: given.office,
      timeZone,
      start: parse(LocalMoment, given.start),
      length: given.length,
      participants: given.people,
      bands: given.bands,
    })
    await change(saveRotation(pool, rotation, null, wallClock.now()))
    say(`${rota}: ${rotation.participants.length} take turns; see: anbu shift list`)
  })
}

async function list(of: { office?: string; days: number; json?: boolean }): Promise<void> {
  await onDatabase(async (pool) => {
    const now = wallClock.now()
    const rotations = await listRotations(pool, of.office ?? null)
    const overrides = await listOverrides(pool, of.office ?? null, now)
    const turns = rotations.flatMap((rota) =>
      shiftsBetween(rota, now, now + of.days * DAY).map((turn) => ({
        rota: rota.rotation,
        timeZone: rota.timeZone,
        since: turn.since,
        until: turn.until,
        turn: turn.person,
        present: onShift(rota, overrides, Math.max(now, turn.since)),
      })),
    )
    print(of, turns, {
      heads: ['rota', 'from', 'until', 'turn', 'present at its begin'],
      row: (one) => [
        one.rota,
        shown(one.since, one.timeZone),
        shown(one.until, one.timeZone),
        one.turn,
        one.present.join(', ') || 'nobody',
      ],
      none: 'there is no rota; next: anbu shift set --help',
    })
  })
}

async function remove(rota: string): Promise<void> {
  await onDatabase(async (pool) => {
    if (!(await removeRotation(pool, rota, null, wallClock.now())))
      throw new UsageError(`there is no rota ${rota}; see: anbu shift list`)
    say(`${rota} is no more`)
  })
}
