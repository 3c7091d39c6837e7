import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Device, Tier } from '../../schemas/household.ts'
import type { Reading } from '../../schemas/reading.ts'
import type { RecordedHousehold } from '../../schemas/recording.ts'
import type { Millis } from '../../schemas/time.ts'
import type { During } from '../../simulator/fate.ts'
import type { FormatName } from '../../simulator/formats.ts'
import { NotARecording } from '../../simulator/lines.ts'
import { instantsOf, readLocalTime } from '../../simulator/local-time.ts'
import { type Recording, readRecording } from '../../simulator/recording.ts'
import { aroundOnGrid } from '../../simulator/replay.ts'
import { NotAScenario, readScenario } from '../../simulator/read-scenario.ts'
import { stageOf } from '../../simulator/stage.ts'
import { gridAt } from '../../simulator/steps.ts'
import type { Lang } from '../core/sentence.ts'
import { DAY } from '../core/time.ts'
import { sayBeside } from './command-line.ts'
import { UsageError } from './context.ts'
import { localTime } from './narrator.ts'
import { livesOf } from './replay-homes.ts'

/** A home to be lived again. */
export type SubjectHome = {
  readonly household: Omit<RecordedHousehold, 'type'>
  readonly gateway: string
  readonly devices: readonly Device[]
  readonly readings: AsyncIterable<Reading>
  /** When a reading reaches us, where that is not when it was measured. */
  readonly arrivesAt?: (reading: Reading) => Millis
  readonly isHeard?: (at: Millis) => boolean
  readonly turns?: readonly Millis[]
  readonly ahead?: readonly During[]
}

/** What a replay is of. */
export type Subject = {
  readonly label: string
  /** Names it, its parts and its bounds: the same twice is the same replay. */
  readonly name: string
  readonly homes: readonly SubjectHome[]
  readonly timeZone: string
  readonly from: Millis
  readonly to: Millis
}

/** What says which recording is meant, and which part of it. */
export type SubjectOptions = {
  readonly format?: FormatName
  readonly timeZone?: string
  readonly exit?: readonly string[]
  readonly firstDay?: string
  readonly tier?: Tier
  readonly from?: string
  readonly to?: string
  /** Of a scenario: how many homes, and who lives in them. */
  readonly homes?: number
  readonly seed?: number
  readonly lang: Lang
  /** Then what it is of is told on standard error. */
  readonly json?: true
}

/**
 * Opens what is to be replayed, a recording or a scenario, and says what it is. Throws `UsageError` when it cannot be
 * read.
 */
export async function openSubject(
  files: readonly string[],
  options: SubjectOptions,
): Promise<Subject> {
  const [name = '', ...others] = files
  const isScenario = others.length === 0 && (SCENARIO.test(name) || !existsSync(name))
  return isScenario ? await openScenario(name, options) : await openRecorded(files, options)
}

const SCENARIO = /\.ya?ml$/

async function openScenario(name: string, options: SubjectOptions): Promise<Subject> {
  const { homes, seed, lang } = options
  try {
    const read = await readScenario(name)
    const scenario = { ...read, homes: homes ?? read.homes, seed: seed ?? read.seed }
    const stage = stageOf(scenario)
    const timeZone = scenario['time-zone']
    const part = partOf(stage, options, timeZone, lang)
    const lives = livesOf({
      label: name,
      homes: Array.from({ length: scenario.homes }, (_, i) => stage.home(i + 1)),
      timeZone,
      ...part,
    })
    const span = spanOf(part, timeZone, lang)
    const what =
      lang === 'ko' ? `시나리오): ${scenario.homes}가구` : `scenario): ${scenario.homes} homes`
    sayBeside(options)(`${name} (${what}, ${span} ${timeZone}`)
    return lives
  } catch (error) {
    if (error instanceof NotAScenario) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

async function openRecorded(files: readonly string[], options: SubjectOptions): Promise<Subject> {
  const recording = await openRecording(files, options)
  const { household } = recording
  const { timeZone } = household
  const { from, to } = partOf(aroundOnGrid(recording), options, timeZone, options.lang)
  const tier = options.tier ?? household.tier
  const sizes = await Promise.all(files.map(async (file) => `${file} ${(await stat(file)).size}`))
  return {
    label: household.household,
    name: JSON.stringify([sizes, from, to, tier, timeZone, options.exit, options.firstDay]),
    homes: [homeOf(recording, tier)],
    timeZone,
    from,
    to,
  }
}

type Part = { readonly from: Millis; readonly to: Millis }

function partOf(
  whole: Part,
  given: Pick<SubjectOptions, 'from' | 'to'>,
  timeZone: string,
  lang: Lang,
): Part {
  const from = Math.max(whole.from, instantAt(given.from, timeZone) ?? whole.from)
  const to = Math.min(whole.to, instantAt(given.to, timeZone) ?? whole.to)
  if (from < to) return { from, to }
  throw new UsageError(
    `nothing lies between --from and --to: it is ${spanOf(whole, timeZone, lang)}`,
  )
}

async function openRecording(
  [first, ...others]: readonly string[],
  options: SubjectOptions,
): Promise<Recording> {
  const { format, timeZone, exit, firstDay, lang } = options
  const tell = sayBeside(options)
  if (first === undefined) throw new UsageError('name at least one file; see: anbu replay --help')
  try {
    const recording = await readRecording([first, ...others], {
      format,
      timeZone,
      exits: exit,
      firstDay: instantAt(firstDay, 'UTC') ?? undefined,
      onBadLine: ({ path, line, reason, text }) => tell(`${path}:${line}: ${reason}: ${text}`),
    })
    tell(described(recording, lang))
    return recording
  } catch (error) {
    if (error instanceof NotARecording) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

/** Reads a date, or a date and time, on the clocks of a zone, up to the next whole minute; null when not given. */
export function instantAt(text: string | undefined, timeZone: string): Millis | null {
  if (text === undefined) return null
  const local = readLocalTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text} 00:00:00` : text)
  if (local === null)
    throw new UsageError(`"${text}" is no date: write 2026-03-02, or 2026-03-02T06:10:00`)
  return gridAt(instantsOf(local, timeZone)[0])
}

const GATEWAY = 'replay'

// A recording holds what sensors saw, not when they were alive: a guest room may be still for weeks.
const UNSUPERVISED = 60 * DAY

function homeOf({ household, devices, readings }: Recording, tier: Tier): SubjectHome {
  return {
    household: { ...household, tier },
    gateway: GATEWAY,
    devices: devices.map(({ device: uid, kind, room, role }) => ({
      gateway: GATEWAY,
      uid,
      kind,
      room,
      role,
      silentAfter: UNSUPERVISED,
    })),
    readings,
  }
}

function described(recording: Recording, lang: Lang): string {
  const { format, household, devices, from, to, count, bad } = recording
  const days = Math.ceil((to - from) / DAY)
  const numbers = [count, bad].map((number) => number.toLocaleString(lang))
  const span = spanOf(recording, household.timeZone, lang)
  if (lang === 'ko')
    return `${household.household} (${format}): ${days}일, ${span} ${household.timeZone}; 기기 ${devices.length}개, 측정값 ${numbers[0]}개, 읽을 수 없는 줄 ${numbers[1]}개`
  return `${household.household} (${format}): ${days} days, ${span} ${household.timeZone}; ${devices.length} devices, ${numbers[0]} readings, ${numbers[1]} lines that could not be read`
}

function spanOf({ from, to }: Part, timeZone: string, lang: Lang): string {
  return [from, to].map((at) => localTime(at, timeZone, lang)).join(' – ')
}
