import { createHmac, randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { RecordedDevice, RecordedHousehold } from '../../schemas/recording.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { writeRecording } from '../../simulator/write-recording.ts'
import { wallClock } from '../clock.ts'
import { DAY } from '../core/time.ts'
import { type RecordedHome, recordedHome, recordedReadings } from '../store/recorded.ts'
import { checkWritable, example, say } from './command-line.ts'
import { UsageError } from './context.ts'
import { onDatabase } from './database.ts'
import { openProgress } from './progress.ts'
import { instantAt } from './replay-subject.ts'

/** Adds `anbu record`. */
export function addRecord(anbu: Command): void {
  anbu
    .command('record')
    .description('writes what a home said as a recording without names, to be replayed')
    .requiredOption('--household <home>', 'which home')
    .option('--from <date>', 'from this day, or this instant, on the clocks of the home')
    .option('--to <date>', 'up to this day, or this instant; now otherwise')
    .option('-o, --output <file>', 'gzipped when it ends in .gz', 'recording.ndjson.gz')
    .option('--key <text>', 'the same key gives the same pseudonyms again; else nobody can')
    .option('--shift <days>', 'moves all of it in time by so many days, by whole weeks at best')
    .addHelpText(
      'after',
      example(
        'anbu record --household h-001 --from 2026-09-01 --to 2026-10-01 -o september.ndjson.gz',
        'anbu record --household h-001 --shift -364 --key "$ANBU_RECORD_KEY"',
      ),
    )
    .action(record)
}

/** What to write, and under which names. */
export type RecordOptions = {
  readonly household: string
  readonly from?: string
  readonly to?: string
  readonly output: string
  readonly key?: string
  readonly shift?: string
}

async function record(options: RecordOptions): Promise<void> {
  await checkWritable(options.output)
  const count = await onDatabase((pool) => recordFrom(pool, options))
  say(`${count.toLocaleString('en')} readings in ${options.output}`)
}

/** Writes the recording from the store at `pool`, and resolves with how many readings it holds. */
export async function recordFrom(
  pool: Parameters<typeof recordedHome>[0],
  options: RecordOptions,
): Promise<number> {
  const home = await recordedHome(pool, options.household)
  if (!home) throw new UsageError(`there is no household ${options.household}`)
  const from = instantAt(options.from, home.timeZone) ?? 0
  const to = instantAt(options.to, home.timeZone) ?? wallClock.now()
  const shift = shiftOf(options.shift)
  const names = pseudonyms(home, options.key ?? randomBytes(32).toString('hex'))
  const progress = openProgress(options.output)
  let count = 0
  const readings = (async function* () {
    const found = recordedReadings(pool, home.id, { from, to }, names.device)
    for await (const reading of found) {
      count++
      show(progress, reading, { count, from, to })
      yield { ...reading, at: reading.at + shift }
    }
    if (count === 0)
      throw new UsageError(`household ${options.household} said nothing in that time`)
  })()
  await writeRecording(options.output, { ...names.head, readings })
  progress.end()
  return count
}

// 500 years: what a date can be does not end there.
const FARTHEST = 182_500

function shiftOf(text: string | undefined): Millis {
  const days = Number(text ?? 0)
  if (!Number.isInteger(days) || Math.abs(days) > FARTHEST)
    throw new UsageError(`--shift is ${text}: give whole days, such as -364`)
  return days * DAY
}

function show(
  progress: ReturnType<typeof openProgress>,
  { at }: Reading,
  { count, from, to }: { count: number; from: Millis; to: Millis },
): void {
  if (count % 1000 > 0) return
  const detail = `${count.toLocaleString('en')} readings`
  // Of a recording from its beginning nobody knows how long it is.
  if (from > 0) progress.show({ done: at - from, total: to - from, detail })
}

type Named = {
  readonly head: { household: RecordedHousehold; devices: readonly RecordedDevice[] }
  readonly device: (id: number) => string
}

// Whoever has the key can name the same things the same way again; nobody can go back from a name to what it was.
function pseudonyms({ household, timeZone, tier, devices }: RecordedHome, key: string): Named {
  const name = (kind: string, of: string) =>
    `${kind}-${createHmac('sha256', key).update(`${kind} ${of}`).digest('hex').slice(0, 12)}`
  const home = name('home', household)
  const named = new Map(devices.map(({ id, uid }) => [id, name('device', `${household} ${uid}`)]))
  const device = (id: number) => named.get(id) ?? name('device', `${household} ${id}`)
  return {
    device,
    head: {
      household: { type: 'household', household: home, timeZone, tier },
      devices: devices.map(({ id, kind, room, role }) => ({
        type: 'device',
        household: home,
        device: device(id),
        kind,
        room: name('room', `${household} ${room}`),
        role,
      })),
    },
  }
}
