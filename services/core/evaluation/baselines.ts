import type { Millis } from '../../../schemas/time.ts'
import { SETTLE } from '../presence.ts'
import { HALF_HOUR, mergeSpans, seenAfter } from '../silence.ts'
import { DAY, HOUR, type Span, isWeekend, localDay, offsetSpan } from '../time.ts'
import { type Detector, SWEEP_CEILING, type Silence } from './detector.ts'
import type { Life } from './life.ts'

/** A fixed limit of so many hours, as every deployed service has one: 8 to 50. */
export const fixedLimit: Detector = {
  name: 'fixed-limit',
  unit: 'h',
  settings: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 30, 36, 42, 50, 72],
  open: (life) => ({
    learn: () => undefined,
    due(silence, out) {
      const skip = skipOf(life, silence)
      for (const [i, hours] of fixedLimit.settings.entries())
        out[i] = seenAfter(skip, silence.since, hours * HOUR)
    },
  }),
}

// Out of sight, and out by the door for as long as that is believed. All baselines are told as much as the model.
function skipOf(life: Life, { since, where }: Silence): readonly Span[] {
  const unseen = life.unseen.filter((span) => (span.until ?? Infinity) > since)
  if (where.presence !== 'away') return unseen
  return mergeSpans([...unseen, { since: where.since, until: where.until }])
}

const SLOTS = 48
const WINDOW = 60

/**
 * The slot line of Cuddihy, Weisenberg, Graichen and Ganesh, "Algorithm to automatically detect abnormally long
 * periods of inactivity in a home" (HealthNet 2007; US 7,091,865): for each half hour the longest inactivity that was
 * seen in it in the last 60 days, plus a buffer; weekdays and days of rest apart.
 */
export const slotLine: Detector = {
  name: 'slot-line',
  unit: 'h of buffer',
  settings: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 36],
  open(life) {
    const line = openLine(life)
    return {
      learn: (until) => learnLine(line, until),
      due(silence, out) {
        const skip = skipOf(life, silence)
        for (const [i, buffer] of slotLine.settings.entries())
          out[i] = crossLine(line, skip, silence.since, buffer * HOUR)
      },
    }
  },
}

type Line = {
  readonly life: Life
  next: number
  /** For each day seen, the longest inactivity in each half hour. */
  readonly days: Map<number, Float64Array>
  readonly longest: { readonly weekday: Float64Array; readonly rest: Float64Array }
}

function openLine(life: Life): Line {
  const longest = { weekday: new Float64Array(SLOTS), rest: new Float64Array(SLOTS) }
  return { life, next: 0, days: new Map(), longest }
}

function learnLine(line: Line, until: Millis): void {
  const { life } = line
  for (; (life.at[line.next + 1] ?? Infinity) < until; line.next++) {
    const since = life.at[line.next] ?? 0
    const to = life.at[line.next + 1] ?? 0
    if (to - since >= SETTLE && !isOut(life, line.next) && !isDark(life, since, to))
      markAges(line, since, to)
  }
  drawLine(line, localDay(until, life.timeZone))
}

function drawLine({ life, days, longest }: Line, today: number): void {
  for (const day of days.keys()) if (day < today - WINDOW) days.delete(day)
  longest.weekday.fill(0)
  longest.rest.fill(0)
  for (const [day, ages] of days) {
    const into = restOf(life)(day) ? longest.rest : longest.weekday
    for (const [slot, age] of ages.entries()) into[slot] = Math.max(into[slot] ?? 0, age)
  }
}

function isOut({ exit }: Life, index: number): boolean {
  return exit[index] === 1 && exit[index + 1] === 1
}

function isDark({ unseen }: Life, since: Millis, until: Millis): boolean {
  return unseen.some((span) => span.since < until && (span.until ?? Infinity) > since)
}

function restOf({ isRest }: Life): (day: number) => boolean {
  return isRest ?? isWeekend
}

function markAges({ life, days }: Line, since: Millis, to: Millis): void {
  const { offset } = offsetSpan(since, life.timeZone)
  // Two days and more are an absence, whatever the door says.
  if (to - since > 2 * DAY) return
  for (let at = Math.floor((since + offset) / HALF_HOUR); at * HALF_HOUR < to + offset; at++) {
    const day = Math.floor(at / SLOTS)
    const ages = days.get(day) ?? new Float64Array(SLOTS)
    days.set(day, ages)
    const age = Math.min(to + offset, (at + 1) * HALF_HOUR) - (since + offset)
    ages[at - day * SLOTS] = Math.max(ages[at - day * SLOTS] ?? 0, age)
  }
}

function crossLine(
  { life, longest }: Line,
  skip: readonly Span[],
  since: Millis,
  buffer: Millis,
): Millis {
  const { offset } = offsetSpan(since, life.timeZone)
  for (let age = 0, left = 0; age < SWEEP_CEILING; age += left) {
    const at = seenAfter(skip, since, age)
    if (at === Infinity) return Infinity
    const local = Math.floor((at + offset) / HALF_HOUR)
    const day = Math.floor(local / SLOTS)
    const line = restOf(life)(day) ? longest.rest : longest.weekday
    const limit = Math.max(HOUR, (line[local - day * SLOTS] ?? 0) + buffer)
    // Within this half hour of the day the age passes the line, or has passed it.
    left = (local + 1) * HALF_HOUR - (at + offset)
    if (limit < age + left) return Math.max(at, seenAfter(skip, since, limit))
  }
  return seenAfter(skip, since, SWEEP_CEILING)
}
