import type { Millis } from '../../../schemas/time.ts'
import { HOUR, MINUTE } from '../time.ts'

/**
 * What a silence that made a false signal turned out to be: out by the exit door; gone for 16 hours and more without
 * a use of it; most of it in the night; by day; or partly out of sight.
 */
export const CAUSES = ['out', 'absence', 'night', 'day', 'blind'] as const
export type Cause = (typeof CAUSES)[number]

/** What one detector did in one stretch of a home, setting by setting: rows of `WIDTH` numbers that add up. */
export type Block = { days: number; readonly rows: Float32Array }

/** What one detector did in one home. */
export type Score = {
  readonly settings: number
  readonly blocks: Block[]
}

// A row: how many of what, then sums by the hour of the onset, then the delays as a histogram.
const FALSE = 0
const CUTS = FALSE + CAUSES.length
const SUM = CUTS + 1
const NEVER = SUM + 1
const RINGING = NEVER + 1
const HOUR_CUTS = RINGING + 1
const HOUR_SUM = HOUR_CUTS + 24
const BINS = HOUR_SUM + 24
// Five minutes wide up to a day, then half an hour up to 110 hours: no ceiling of a sweep lies beyond.
const FINE = 288
const COARSE = 172
export const WIDTH = BINS + FINE + COARSE

/** Opens a score with nothing in it. */
export function openScore(settings: number): Score {
  return { settings, blocks: [] }
}

/** The block with a number, made with those before it when it is the first to be asked for. */
export function blockAt(score: Score, number: number): Block {
  while (score.blocks.length <= number)
    score.blocks.push({ days: 0, rows: new Float32Array(score.settings * WIDTH) })
  const block = score.blocks[number]
  if (!block) throw new Error(`no block ${number}`)
  return block
}

/** Counts a false signal at one setting. */
export function addFalse({ rows }: Block, setting: number, cause: Cause): void {
  add(rows, setting * WIDTH + FALSE + CAUSES.indexOf(cause), 1)
}

/** Counts a death at a local hour that one setting finds after `delay`, below 0 when its signal already stood; Infinity: never. */
export function addCut({ rows }: Block, setting: number, hour: number, delay: Millis): void {
  const row = setting * WIDTH
  add(rows, row + CUTS, 1)
  if (delay === Infinity) return add(rows, row + NEVER, 1)
  if (delay <= 0) add(rows, row + RINGING, 1)
  const hours = Math.max(0, delay) / HOUR
  add(rows, row + SUM, hours)
  add(rows, row + HOUR_CUTS + hour, 1)
  add(rows, row + HOUR_SUM + hour, hours)
  add(rows, row + BINS + binOf(hours), 1)
}

function add(rows: Float32Array, place: number, value: number): void {
  rows[place] = (rows[place] ?? 0) + value
}

function binOf(hours: number): number {
  if (hours < 24) return Math.floor(hours * 12)
  return Math.min(FINE + COARSE - 1, FINE + Math.floor((hours - 24) * 2))
}

// The middle of a bin, in hours.
function hoursOf(bin: number): number {
  return bin < FINE ? (bin + 0.5) / 12 : 24 + (bin - FINE + 0.5) / 2
}

/** What a detector comes to at one of its settings. */
export type Point = {
  readonly setting: number
  readonly falsePerHomeMonth: number
  readonly meanDelayHours: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly foundWithin: { readonly 6: number; readonly 12: number; readonly 24: number }
  /** Of all deaths, the share that is never found, and that was inside a silence with a signal already. */
  readonly neverFound: number
  readonly alreadyRinging: number
  readonly byCause: Readonly<Record<Cause, number>>
  readonly byHour: readonly (number | null)[]
}

const DAYS_A_MONTH = 30.44

/** Adds blocks up and reads off each setting. */
export function pointsOf(blocks: readonly Block[], settings: readonly number[]): Point[] {
  const sum = new Float64Array(settings.length * WIDTH)
  let days = 0
  for (const block of blocks) {
    days += block.days
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (block.rows[i] ?? 0)
  }
  const months = Math.max(days, 1e-9) / DAYS_A_MONTH
  return settings.map((setting, i) =>
    pointOf(setting, sum.subarray(i * WIDTH, (i + 1) * WIDTH), months),
  )
}

function pointOf(setting: number, row: Float64Array, months: number): Point {
  const get = (place: number) => row[place] ?? 0
  const cuts = get(CUTS)
  const found = cuts - get(NEVER)
  const bins = row.subarray(BINS)
  const byCause = perCause((i) => get(FALSE + i) / months)
  return {
    setting,
    falsePerHomeMonth: CAUSES.reduce((all, cause) => all + byCause[cause], 0),
    meanDelayHours: found > 0 ? get(SUM) / found : null,
    p50: quantile(bins, cuts, 0.5),
    p90: quantile(bins, cuts, 0.9),
    p95: quantile(bins, cuts, 0.95),
    foundWithin: {
      6: shareOf(within(bins, 6), cuts),
      12: shareOf(within(bins, 12), cuts),
      24: shareOf(within(bins, 24), cuts),
    },
    neverFound: shareOf(get(NEVER), cuts),
    alreadyRinging: shareOf(get(RINGING), cuts),
    byCause,
    byHour: Array.from({ length: 24 }, (_, hour) =>
      get(HOUR_CUTS + hour) > 0 ? get(HOUR_SUM + hour) / get(HOUR_CUTS + hour) : null,
    ),
  }
}

function shareOf(part: number, all: number): number {
  return all > 0 ? part / all : 0
}

function perCause(value: (i: number) => number): Record<Cause, number> {
  return { out: value(0), absence: value(1), night: value(2), day: value(3), blind: value(4) }
}

// Who is never found comes last of all; null when that is who stands there.
function quantile(bins: Float64Array, cuts: number, share: number): number | null {
  let seen = 0
  for (let bin = 0; bin < bins.length; bin++) {
    seen += bins[bin] ?? 0
    if (seen > 0 && seen >= share * cuts) return hoursOf(bin)
  }
  return null
}

function within(bins: Float64Array, hours: number): number {
  let seen = 0
  for (let bin = 0; bin < bins.length && hoursOf(bin) < hours; bin++) seen += bins[bin] ?? 0
  return seen
}

/** The cause of a false signal, by what the silence turned out to be. */
export function causeOf(
  { away, blind }: { readonly away: boolean; readonly blind: boolean },
  since: Millis,
  until: Millis,
  quarterOfDay: (at: Millis) => number,
): Cause {
  if (blind) return 'blind'
  if (away) return 'out'
  if (until - since >= 16 * HOUR) return 'absence'
  let night = 0
  let all = 0
  for (let at = since; at < until; at += 15 * MINUTE) {
    const quarter = quarterOfDay(at)
    all++
    if (quarter >= 84 || quarter < 32) night++
  }
  return night * 2 >= all ? 'night' : 'day'
}
