import { basename } from 'node:path'
import { HouseholdId } from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'
import type { RecordedDevice, RecordedHousehold } from '../schemas/recording.ts'
import type { Millis } from '../schemas/time.ts'
import { anbu } from './anbu-ndjson.ts'
import { casas } from './casas.ts'
import type { Reader } from './format.ts'
import { NotARecording, linesOf } from './lines.ts'
import { powerCsv } from './power-csv.ts'

/** The kinds of files that hold recordings. */
export const FORMATS = { casas, 'power-csv': powerCsv, anbu } as const
export type FormatName = keyof typeof FORMATS

/** A line that could not be read. */
export type BadLine = {
  readonly path: string
  readonly line: number
  readonly reason: string
  /** Its beginning. */
  readonly text: string
}

/** How to read. What is not given is taken from the files. */
export type RecordingOptions = {
  readonly format?: FormatName | undefined
  /** The pseudonym to give the home, else its own, else one made of the file's name. */
  readonly household?: string | undefined
  /** Where local times are from. */
  readonly timeZone?: string | undefined
  /** Hears of the first ten lines that cannot be read. */
  readonly onBadLine?: ((bad: BadLine) => void) | undefined
}

/** A home that lived. */
export type Recording = {
  readonly format: FormatName
  readonly household: RecordedHousehold
  readonly devices: readonly RecordedDevice[]
  /** In the order of the files; reads them anew each time. */
  readonly readings: AsyncIterable<Reading>
  /** The earliest and the latest instant, and how many readings. */
  readonly from: Millis
  readonly to: Millis
  readonly count: number
  /** How many lines could not be read, and how many readings stand after a later one. */
  readonly bad: number
  readonly outOfOrder: number
}

const SHOWN = 10

/**
 * Opens the recording of one home, in one file or in several that follow one another, gzipped or not. Reads all
 * of it once, to know its devices and its span. Throws `NotARecording` when no line of it can be read.
 */
export async function readRecording(
  files: string | readonly [string, ...string[]],
  options: RecordingOptions = {},
): Promise<Recording> {
  const paths = typeof files === 'string' ? ([files] as const) : files
  const format = options.format ?? (await recognise(paths[0]))
  const open = () => FORMATS[format].open(options.timeZone ?? FORMATS[format].timeZone)
  const reader = open()
  const survey = await surveyOf(paths, reader, options.onBadLine)
  if (survey.count === 0)
    throw new NotARecording(
      `no line of ${paths.join(', ')} is of the format ${format}: ${FORMATS[format].looks}`,
    )
  const household = householdOf(paths[0], format, reader, options)
  return {
    ...survey,
    format,
    household,
    devices: [...reader.devices.values()].map((device) => ({
      type: 'device',
      household: household.household,
      ...device,
    })),
    readings: { [Symbol.asyncIterator]: () => readings(paths, open()) },
  }
}

function householdOf(
  path: string,
  format: FormatName,
  { home }: Reader,
  { household, timeZone }: RecordingOptions,
): RecordedHousehold {
  const own = home ?? {
    household: pseudonym(path),
    timeZone: FORMATS[format].timeZone,
    tier: 'mid' as const,
  }
  return {
    type: 'household',
    household: household ?? own.household,
    timeZone: timeZone ?? own.timeZone,
    tier: own.tier,
  }
}

async function recognise(path: string): Promise<FormatName> {
  for await (const lines of linesOf(path)) {
    const first = lines.map((line) => line.trim()).find((line) => line !== '')
    if (first === undefined) continue
    for (const name of ['casas', 'power-csv', 'anbu'] as const)
      if (FORMATS[name].recognises(first)) return name
    const known = Object.entries(FORMATS).map(([name, { looks }]) => `${name}: ${looks}`)
    const begins = JSON.stringify(first.slice(0, 80))
    throw new NotARecording(
      `${path} begins with ${begins}, and a recording with one of\n  ${known.join('\n  ')}`,
    )
  }
  throw new NotARecording(`${path} is empty`)
}

type Survey = Pick<Recording, 'from' | 'to' | 'count' | 'bad' | 'outOfOrder'>

async function surveyOf(
  paths: readonly string[],
  reader: Reader,
  onBadLine: RecordingOptions['onBadLine'],
): Promise<Survey> {
  let bad = 0
  const survey = { from: Infinity, to: -Infinity, count: 0, outOfOrder: 0 }
  const tell = (line: BadLine) => {
    if (bad++ < SHOWN) onBadLine?.(line)
  }
  for await (const { at } of readings(paths, reader, tell)) {
    survey.count++
    if (at < survey.to) survey.outOfOrder++
    survey.from = Math.min(survey.from, at)
    survey.to = Math.max(survey.to, at)
  }
  return { ...survey, bad }
}

async function* readings(
  paths: readonly string[],
  reader: Reader,
  tell: (bad: BadLine) => void = () => undefined,
): AsyncGenerator<Reading> {
  for (const path of paths) {
    let number = 0
    for await (const lines of linesOf(path)) {
      for (const each of lines) {
        number++
        const text = each.trim() // of a byte order mark, too
        if (text === '') continue
        const line = reader.read(text)
        if ('bad' in line) tell({ path, line: number, reason: line.bad, text: text.slice(0, 120) })
        else yield* line
      }
    }
  }
}

// REFIT_House20_2014-03.csv.gz, the first of several months, is home REFIT_House20.
function pseudonym(path: string): string {
  const stem = basename(path).replace(/(\.(gz|csv|txt|tsv|ndjson|jsonl|json))+$/i, '')
  const name = stem.replace(/[_-]\d{4}-\d\d$/, '').replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
  return HouseholdId.safeParse(name).data ?? 'recorded-home'
}
