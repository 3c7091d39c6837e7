import { basename } from 'node:path'
import { HouseholdId } from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'
import type { RecordedDevice, RecordedHousehold } from '../schemas/recording.ts'
import type { Millis } from '../schemas/time.ts'
import type { Format, Reader } from './format.ts'
import { FORMATS, type FormatName, recognise } from './formats.ts'
import { NotARecording, linesOf, textOf } from './lines.ts'
import { inOrder } from './merge.ts'

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
  /** The day of the first file of a set that has no dates, as an instant of UTC; else 7 January 2013, a Monday. */
  readonly firstDay?: Millis | undefined
  /** The devices at the doors by which one leaves, where their names do not say so. */
  readonly exits?: readonly string[] | undefined
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
  const source = sourceOf(paths, format, options)
  const [readers, survey] = await surveyOf(source, options.onBadLine)
  if (survey.count === 0)
    throw new NotARecording(
      `no line of ${paths.join(', ')} is of the format ${format}: ${FORMATS[format].looks}`,
    )
  const household = householdOf(paths[0], format, readers[0]?.home ?? null, options)
  return {
    ...survey,
    format,
    household,
    devices: devicesOf(readers, household.household, options.exits ?? []),
    readings: { [Symbol.asyncIterator]: () => readings(source, readersOf(source)) },
  }
}

function sourceOf(
  paths: Source['paths'],
  name: FormatName,
  { firstDay = FIRST_DAY, timeZone }: RecordingOptions,
): Source {
  const format = FORMATS[name]
  const opening = { timeZone: timeZone ?? format.timeZone, firstDay }
  return { paths, format, open: () => format.open(opening) }
}

const FIRST_DAY = Date.UTC(2013, 0, 7)

function devicesOf(
  readers: readonly Reader[],
  household: string,
  exits: readonly string[],
): RecordedDevice[] {
  const found = new Map(readers.flatMap(({ devices }) => [...devices]))
  const missing = exits.find((uid) => !found.has(uid))
  if (missing !== undefined)
    throw new NotARecording(
      `there is no device ${missing}; there are ${[...found.keys()].join(', ')}`,
    )
  return [...found.values()].map((device) => ({
    type: 'device',
    household,
    ...device,
    role: exits.includes(device.device) ? 'exit' : device.role,
  }))
}

function householdOf(
  path: string,
  format: FormatName,
  home: Reader['home'],
  { household, timeZone }: RecordingOptions,
): RecordedHousehold {
  const own = home ?? {
    household: nameOf(path),
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

type Survey = Pick<Recording, 'from' | 'to' | 'count' | 'bad' | 'outOfOrder'>

async function surveyOf(
  source: Source,
  onBadLine: RecordingOptions['onBadLine'],
): Promise<[readonly Reader[], Survey]> {
  let bad = 0
  const survey = { from: Infinity, to: -Infinity, count: 0, outOfOrder: 0 }
  const tell = (line: BadLine) => {
    if (bad++ < SHOWN) onBadLine?.(line)
  }
  const readers = readersOf(source)
  for await (const { at } of readings(source, readers, tell)) {
    survey.count++
    if (at < survey.to) survey.outOfOrder++
    survey.from = Math.min(survey.from, at)
    survey.to = Math.max(survey.to, at)
  }
  return [readers, { ...survey, bad }]
}

/** Where readings come from. */
type Source = {
  readonly paths: readonly [string, ...string[]]
  readonly format: Format
  readonly open: () => Reader
}

// Files beside one another have a reader each; files that follow one another have one that knows them all.
function readersOf(source: Source): readonly Reader[] {
  return groupsOf(source).map(() => source.open())
}

function groupsOf({ paths, format }: Source): readonly (readonly string[])[] {
  return format.parallel ? paths.map((path) => [path]) : [paths]
}

type Tell = (bad: BadLine) => void

function readings(
  source: Source,
  readers: readonly Reader[],
  tell: Tell = () => undefined,
): AsyncGenerator<Reading> {
  const groups = groupsOf(source)
  return inOrder(
    readers.map((reader, i) => readPaths(groups[i] ?? [], source.format, reader, tell)),
  )
}

async function* readPaths(
  paths: readonly string[],
  format: Format,
  reader: Reader,
  tell: Tell,
): AsyncGenerator<Reading> {
  for (const path of paths) {
    let line = 0
    reader.begin?.(path)
    for await (const pieces of piecesOf(path, format))
      for (const each of pieces) {
        const text = each.trim() // of a byte order mark, too
        const said = text === '' ? [] : reader.read(text)
        line++
        if ('bad' in said) tell({ path, line, reason: said.bad, text: text.slice(0, 120) })
        else yield* said
      }
  }
  if (reader.end) yield* reader.end()
}

async function* piecesOf(path: string, { whole }: Format): AsyncGenerator<readonly string[]> {
  if (whole) yield [await textOf(path)]
  else yield* linesOf(path)
}

/** The home that a file is of, by its name: REFIT_House20_2014-03.csv.gz, one of several months, is of REFIT_House20. */
export function nameOf(path: string): string {
  const stem = basename(path).replace(/(\.(gz|csv|txt|tsv|ndjson|jsonl|json))+$/i, '')
  const name = stem.replace(/[_-]\d{4}-\d\d$/, '').replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
  return HouseholdId.safeParse(name).data ?? 'recorded-home'
}
