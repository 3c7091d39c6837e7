import type { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY, MINUTE, localClock } from './time.ts'

/** The night of a home: when it begins, in milliseconds after local midnight, and how long it is. */
export type Night = { readonly from: Millis; readonly length: Millis }

const HALF = 30 * MINUTE
const HALVES = DAY / HALF
// It is quiet where there is movement half as often as in the busier part of the day.
const QUIET = 0.5
const SHORTEST = 5
const LONGEST = 24
// Two weeks of working days: before that its nights are not told from single ones.
const LEAST = 14
// Where two stretches are quiet, the night is the one in the dark: half hours from ten to six count twice.
const DARK_FROM = 44
const DARK_TO = 12

/**
 * When this home is quiet of itself, from the rhythm of its working days: the longest stretch of half hours in which there is
 * movement less than half as often as in its busy ones. Null while too little is known, or where no stretch is quiet.
 */
export function nightOf({ weekday }: Pick<Rhythm, 'weekday'>): Night | null {
  if (weekday.days.some((days) => days < LEAST)) return null
  const share = weekday.active.map((active, i) => active / (weekday.days[i] ?? 1))
  const smooth = share.map((_, i) => mean([-1, 0, 1].map((by) => share[wrap(i + by)] ?? 0)))
  const busy = share.toSorted((a, b) => a - b)[Math.floor(HALVES * 0.75)] ?? 0
  const isQuiet = smooth.map((each) => each < QUIET * busy)
  const best = isQuiet
    .map((_, from) => ({ from, halves: runFrom(isQuiet, from) }))
    .toSorted((a, b) => weight(b) - weight(a))[0]
  if (!best || best.halves < SHORTEST) return null
  return { from: best.from * HALF, length: best.halves * HALF }
}

/** When the night began that holds `at`, or null by day. */
export function nightSince({ from, length }: Night, at: Millis, timeZone: string): Millis | null {
  const into = (localClock(at, timeZone) % DAY) - from
  const since = into < 0 ? into + DAY : into
  return since < length ? at - since : null
}

type Run = { readonly from: number; readonly halves: number }

function runFrom(isQuiet: readonly boolean[], from: number): number {
  let halves = 0
  while (halves < LONGEST && isQuiet[wrap(from + halves)]) halves++
  return halves
}

function weight({ from, halves }: Run): number {
  const run = Array.from({ length: halves }, (_, i) => wrap(from + i))
  return run.reduce((sum, half) => sum + (half < DARK_TO || half >= DARK_FROM ? 2 : 1), 0)
}

function wrap(half: number): number {
  return (half + HALVES) % HALVES
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}
