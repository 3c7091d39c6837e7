import { writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { NotARecording } from '../../simulator/lines.ts'
import { nameOf, readRecording } from '../../simulator/recording.ts'
import { aroundOnGrid } from '../../simulator/replay.ts'
import { foresee } from '../core/backtest.ts'
import type { Detector } from '../core/evaluation/detector.ts'
import type { Result } from '../core/evaluation/examine.ts'
import type { Life } from '../core/evaluation/life.ts'
import { plot } from '../core/evaluation/plot.ts'
import { pointsOf } from '../core/evaluation/score.ts'
import { POLICIES } from '../core/inactivity.ts'
import { MINUTE } from '../core/time.ts'
import { checkWritable, example, positive, say, zone } from './command-line.ts'
import { UsageError } from './context.ts'
import { openCrew } from './crew.ts'
import { jsonOf, tablesOf } from './evaluated.ts'
import { type MadeUp, type Manner, NAMES, detectorsOf, disturbed, examineLife } from './examined.ts'
import { recordedLife } from './lives.ts'
import { localTime } from './narrator.ts'
import { openProgress } from './progress.ts'

type Options = {
  readonly detector?: string
  readonly budget?: number
  readonly trainDays: number
  readonly every: number
  readonly noise: number
  readonly missExits?: number
  readonly entry?: number
  readonly flap?: number
  readonly seeds?: readonly [number, number]
  readonly days: number
  readonly timeZone?: string
  readonly exit?: readonly string[]
  readonly quarters: boolean
  readonly signals: boolean
  readonly json: boolean
  readonly plot?: string
}

/** Adds `anbu evaluate`: how late deaths would be found, and at how many false signals. */
export function addEvaluate(anbu: Command): void {
  anbu
    .command('evaluate')
    .description('how late a death would be found, and at how many false signals, on lived lives')
    .argument('[files...]', 'recordings of any known format; the parts of one home count as one')
    .addOption(new Option('--detector <name>', 'this one only').choices(NAMES))
    .option(
      '--budget <n>',
      'false signals a home and month to compare at, besides 3, 1, 0.3, 0.1 and 0.05',
      positive,
    )
    .option('--train-days <n>', 'days to learn from before anything is judged', positive, 14)
    .option('--every <minutes>', 'how often the stream is cut', positive, 37)
    .option('--noise <share>', 'lose this share of the signs of life, and add as many', share, 0)
    .option('--miss-exits <n>', 'lose every n-th use of the exit door', positive)
    .option('--entry <share>', 'the contact is a motion sensor that sees this share of uses', share)
    .option('--flap <minutes>', 'after a death one sensor fires once in so many minutes', positive)
    .option('--seeds <from-to>', 'made-up homes, besides the files or instead of them', seedRange)
    .option('--days <n>', 'how long the made-up homes live', positive, 180)
    .option('--time-zone <zone>', 'where the homes are, when the recordings do not say', zone)
    .option('--exit <device...>', 'the doors by which one leaves, when their names do not say so')
    .option('--quarters', 'keep no more than the quarter-hour counts, as the store does', false)
    .option('--signals', 'only what the service would have raised on recordings, and when', false)
    .option('--json', 'one object as the last line', false)
    .option('--plot <file>', 'draws delay against false signals, as SVG')
    .addHelpText(
      'after',
      example(
        'anbu evaluate home.txt --plot out.svg',
        'anbu evaluate --seeds 1-100 --json',
        'anbu evaluate power/*.csv.gz --noise 0.05',
        'anbu evaluate home.txt --signals',
        'anbu evaluate aruba.txt --exit D001 D002 D004',
      ),
    )
    .action(evaluate)
}

function share(text: string): number {
  const number = Number(text)
  if (!(number >= 0 && number < 1)) throw new InvalidArgumentError('a share from 0 up to 1')
  return number
}

function seedRange(text: string): readonly [number, number] {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  const range = [Number(from), Number(to ?? from)] as const
  if (!(range[0] <= range[1])) throw new InvalidArgumentError('a seed, or two such as 1-100')
  return range
}

async function evaluate(files: readonly string[], options: Options): Promise<void> {
  if (options.signals) return await foretell(files, options)
  const homes = recorded(files, options)
  const seeds = seedsOf(options)
  if (homes.length + seeds.length === 0)
    throw new UsageError('name recordings, or --seeds; see: anbu evaluate --help')
  const detectors = detectorsOf(options.detector)
  if (options.plot) await checkWritable(options.plot)
  const results = await examineAll(homes, seeds, options)
  if (results.every(({ cuts }) => cuts === 0))
    throw new UsageError(
      `nothing was judged: of each life the first ${options.trainDays} days are learnt from (--train-days)`,
    )
  for (const line of tablesOf(results, detectors, options.budget)) say(line)
  if (options.plot) await draw(options.plot, results, detectors)
  if (options.json) say(JSON.stringify(jsonOf(results, detectors)))
}

// As a replay of the same files raises them, at the same instants: core alone, without any service.
async function foretell(files: readonly string[], options: Options): Promise<void> {
  const signals = []
  for (const { open } of recorded(files, options)) {
    const life = disturbed(await open(), options)
    const around = { ...life, ...aroundOnGrid(life) }
    for (const { due, grade, reason } of foresee(around, POLICIES[life.tier]))
      signals.push({ household: life.household, timeZone: life.timeZone, due, grade, reason })
  }
  if (options.json) return say(JSON.stringify({ signals }))
  for (const { household, timeZone, due, grade, reason } of signals)
    say(`${localTime(due, timeZone, 'en')}  ${household}  ${grade}  ${reason.rule}`)
}

type Opening = { readonly name: string; readonly open: () => Promise<Life> }

function recorded(files: readonly string[], { timeZone, exit: exits }: Options): Opening[] {
  return [...Map.groupBy(files, nameOf)].map(([name, parts]) => ({
    name,
    async open() {
      const [first, ...others] = parts
      try {
        return await recordedLife(
          await readRecording([first ?? '', ...others], { timeZone, exits }),
        )
      } catch (error) {
        if (error instanceof NotARecording) throw new UsageError(error.message, { cause: error })
        throw error
      }
    },
  }))
}

function seedsOf({ seeds: range }: Options): number[] {
  if (!range) return []
  const [from, to] = range
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

const WORKER = new URL('examine-worker.ts', import.meta.url)

// What is recorded one after the other; made-up homes on all cores.
async function examineAll(
  homes: readonly Opening[],
  seeds: readonly number[],
  options: Options,
): Promise<Result[]> {
  const { days } = options
  const total = homes.length + seeds.length
  const manner = mannerOf(options, total)
  const progress = openProgress('evaluate')
  const begun = performance.now()
  let done = 0
  const show = (name: string) => {
    const rate = (done * 60_000) / (performance.now() - begun)
    progress.show({ done, total, detail: `${name}, ${rate.toFixed(0)} homes a minute` })
  }
  const results: Result[] = []
  for (const { name, open } of homes) {
    show(name)
    results.push(examineLife(await open(), manner))
    done++
  }
  await using crew = openCrew<MadeUp, Result>(WORKER, seeds.length)
  const madeUp = seeds.map(async (seed) => {
    const result = await crew.do({ seed, days, manner })
    done++
    show(`seed ${seed}`)
    return result
  })
  results.push(...(await Promise.all(madeUp)))
  progress.end()
  return results
}

function mannerOf(options: Options, homes: number): Manner {
  const { detector, noise, missExits, entry, flap, quarters, trainDays, every } = options
  // Many homes are drawn anew whole; of a few, four weeks at a time.
  const how = { trainDays, cutEvery: every * MINUTE, blockDays: homes > 12 ? 36_500 : 28 }
  return { detector, noise, missExits, entry, flap, quarters, how }
}

async function draw(
  path: string,
  results: readonly Result[],
  detectors: readonly Detector[],
): Promise<void> {
  const curves = detectors.map(({ name, settings }) => ({
    name,
    points: pointsOf(
      results.flatMap(({ scores }) => scores.get(name)?.blocks ?? []),
      settings,
    ),
  }))
  await writeFile(path, plot(`${results.length} homes`, curves))
}
