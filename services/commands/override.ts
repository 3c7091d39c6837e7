import type { Command } from 'commander'
import type { Override } from '../../schemas/roster.ts'
import { wallClock } from '../clock.ts'
import {
  addOverride,
  findRotation,
  listOverrides,
  listRotations,
  removeOverride,
} from '../store/rotations.ts'
import { example, json, print, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { change } from './refusal.ts'
import { LOCAL, fromLocal, shown, untilLocal } from './when.ts'

type Given = { from: string; until: string; out?: string; in?: string; reason: string }

/** `anbu override`: changes of a rota for some time. */
export function addOverrides(anbu: Command): void {
  const override = anbu.command('override').description('changes of a rota for some time')
  override
    .command('add <rota>')
    .description('takes somebody out, lets somebody in, or puts one in the place of another')
    .requiredOption('--from <when>', LOCAL)
    .requiredOption('--until <when>', 'the last day, or a time')
    .option('--out <person>', 'who leaves; with --in whose turns the other has')
    .option('--in <person>', 'who joins')
    .option('--reason <text>', 'as the record keeps it', '')
    .addHelpText(
      'after',
      example(
        'anbu override add night-desk --from 2026-12-24 --until 2026-12-25 --out kim --in lee',
        'anbu override add night-desk --from 2026-12-24T22:00 --until 2026-12-25T02:00 --in park',
      ),
    )
    .action(add)
  override
    .command('list')
    .description('changes that have not ended')
    .option('--office <office>', 'of this one only')
    .addOption(json())
    .addHelpText('after', example('anbu override list --office gasang-gu'))
    .action(list)
  override
    .command('remove <number>')
    .description('takes a change back')
    .addHelpText('after', example('anbu override remove 3'))
    .action(remove)
}

async function add(rota: string, given: Given): Promise<void> {
  await onDatabase(async (pool) => {
    const rotation = await findRotation(pool, rota)
    if (!rotation) throw new UsageError(`there is no rota ${rota}; see: anbu shift list`)
    const zone = rotation.timeZone
    const since = fromLocal(given.from, zone)
    const until = untilLocal(given.until, zone)
    const { out = null, in: into = null, reason } = given
    const override = { rotation: rota, since, until, out, in: into, reason }
    const id = await change(addOverride(pool, override, null, wallClock.now()))
    say(`change ${id} of ${rota} from ${shown(since, zone)} to ${shown(until, zone)}`)
  })
}

async function list(of: { office?: string; json?: boolean }): Promise<void> {
  await onDatabase(async (pool) => {
    const office = of.office ?? null
    const zones = new Map(
      (await listRotations(pool, office)).map(({ rotation, timeZone }) => [rotation, timeZone]),
    )
    print(of, await listOverrides(pool, office, wallClock.now()), {
      heads: ['number', 'rota', 'from', 'until', 'out', 'in', 'reason'],
      row: (one: Override) => [
        String(one.id),
        one.rotation,
        shown(one.since, zones.get(one.rotation) ?? 'UTC'),
        shown(one.until, zones.get(one.rotation) ?? 'UTC'),
        one.out ?? '',
        one.in ?? '',
        one.reason,
      ],
      none: 'every rota is as it was set up',
    })
  })
}

async function remove(number: string): Promise<void> {
  await onDatabase(async (pool) => {
    if (!(await removeOverride(pool, Number(number), null, wallClock.now())))
      throw new UsageError(`there is no change ${number}; see: anbu override list`)
    say(`change ${number} is taken back`)
  })
}
