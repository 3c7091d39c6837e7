// Lays the gaps between signs of life of simulated homes beside those of recorded ones, quantile by quantile.
import { writeFile } from 'node:fs/promises'
import { readArguments } from '../usage.ts'
import { type Gap, type Range, type Where, around, minutesOf, quantile, spread } from './gaps.ts'
import { pictureOf } from './picture.ts'
import { type RecordedHome, recordedMovement, recordedPower } from './recorded.ts'
import { type SimulatedHome, longSilences, simulatedMovement, simulatedPower } from './simulated.ts'

/** One quantile: simulated, and the range of the recorded homes. */
export type Comparison = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly bar: Range | null
  readonly met: boolean | null
}

const HELP = `npm run bench:realism -- [FOLDER of recordings] [--svg FILE] [--json]
  the gaps between signs of life of simulated homes beside those of recorded ones`

const { values, positionals } = readArguments(HELP, {
  allowPositionals: true,
  options: { json: { type: 'boolean' }, svg: { type: 'string' } },
})
const folder = positionals[0] ?? process.env['ANBU_RECORDINGS'] ?? '../shared/data'

// Fewer gaps have no quantiles.
const FEWEST = 20

const PLACES = { all: 'everywhere', home: 'at home', bed: 'in bed', exit: 'at the door' } as const

const movement = await recordedMovement(folder)
const power = await recordedPower(folder)
const moving = simulatedMovement()
const metered = simulatedPower()
const rows = [
  ...compared('movement', moving, movement ? [movement] : []),
  ...longSilences(),
  ...compared('whole-home power', metered, power),
]
print(rows)
if (values.svg !== undefined) await writeFile(values.svg, pictureOf(moving, movement))

function compared(
  what: string,
  homes: readonly SimulatedHome[],
  recorded: readonly RecordedHome[],
): readonly Comparison[] {
  const quantiles = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999]
  const wheres: readonly (Where | 'all')[] =
    what === 'movement' ? ['all', 'home', 'bed', 'exit'] : ['all']
  const byPlace = wheres.flatMap((where) =>
    quantiles.map((share) =>
      one(
        `${what}, ${PLACES[where]}`,
        share,
        homes,
        recorded,
        (gap) => where === 'all' || gap.where === where,
      ),
    ),
  )
  const byHour = Array.from({ length: 8 }, (_, block) => 3 * block).flatMap((hour) =>
    [0.5, 0.9, 0.99].map((share) =>
      one(
        `${what}, from ${hour} to ${hour + 3} h`,
        share,
        homes,
        recorded,
        (gap) => gap.hour >= hour && gap.hour < hour + 3,
      ),
    ),
  )
  return [...byPlace, ...byHour]
}

function one(
  name: string,
  share: number,
  homes: readonly SimulatedHome[],
  recorded: readonly RecordedHome[],
  keeps: (gap: Gap) => boolean,
): Comparison {
  const value = quantile(minutesOf(homes.flatMap(({ gaps }) => gaps.filter(keeps))), share)
  const ranges = recorded
    .map(({ gaps }) => gaps.filter(keeps))
    .filter((gaps) => gaps.length >= FEWEST)
    .map((gaps) => spread(gaps, share))
  const bar = ranges.length === 0 ? null : around(ranges)
  const met = bar && value >= bar[0] && value <= bar[1]
  return { name: `${name}, p${share * 100}`, value, unit: 'min', bar, met }
}

function print(all: readonly Comparison[]): void {
  if (values.json) {
    const judged = all.map((row) => ({ ...row, ratio: null }))
    process.stdout.write(`${JSON.stringify({ bench: 'realism', rows: judged })}\n`)
    return
  }
  if (!movement || power.length === 0)
    process.stdout.write(
      `Some recorded homes are not in ${folder} (ANBU_RECORDINGS): they are passed over.\n`,
    )
  for (const { name, value, unit, bar, met } of all) {
    const range = bar ? `${say(bar[0]).padStart(8)} to ${say(bar[1]).padEnd(8)}` : 'not recorded'
    const verdict = met === null ? '' : met ? 'within' : 'OUTSIDE'
    process.stdout.write(
      `${name.padEnd(44)} ${say(value).padStart(8)} ${unit.padEnd(9)} ${range} ${verdict}\n`,
    )
  }
  const judged = all.filter(({ met }) => met !== null)
  process.stdout.write(`${judged.filter(({ met }) => met).length} of ${judged.length} within\n`)
}

function say(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })
}
