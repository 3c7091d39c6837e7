import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, QUARTER } from '../core/time.ts'
import type { Days } from '../store/days.ts'
import { type Calendar, SLOTS, type Slot } from './calendar.ts'

/** One local day in numbers: what the picture shows, for who cannot see it. */
export type DayLine = {
  /** The local day, as `localDay` numbers them. */
  readonly day: number
  /** The first and the last quarter with activity, or null in a quiet day. */
  readonly first: Millis | null
  readonly last: Millis | null
  /** How many quarters had activity. */
  readonly active: number
  /** How long nobody could watch. */
  readonly unseen: Millis
  readonly signals: number
  /** The slots with activity, by the wall's clock. */
  readonly slots: readonly number[]
}

/** Each local day of a calendar in numbers, the oldest first. */
export function dayLines(calendar: Calendar, past: Days, now: Millis): DayLine[] {
  const lived = new Set(past.quarters.map((one) => one.quarter))
  const byRow = Map.groupBy(calendar.slots, ({ row }) => row)
  return calendar.days.map((day, row) => {
    const slots = byRow.get(row) ?? []
    const active = slots.filter(({ at }) => lived.has(at))
    return {
      day,
      first: active[0]?.at ?? null,
      last: active.at(-1)?.at ?? null,
      active: active.length,
      slots: active.map(({ slot }) => slot),
      ...within(past, stretchOf(slots, now), now),
    }
  })
}

type Stretch = { readonly from: Millis; readonly to: Millis }

function stretchOf(slots: readonly Slot[], now: Millis): Stretch {
  const from = slots[0]?.at ?? now
  return { from, to: Math.min(now, (slots.at(-1)?.at ?? now) + QUARTER) }
}

function within(
  past: Days,
  { from, to }: Stretch,
  now: Millis,
): Pick<DayLine, 'unseen' | 'signals'> {
  const hidden = past.unseen.map(({ since, until }) => overlap(since, until ?? now, from, to))
  return {
    unseen: hidden.reduce((sum, each) => sum + each, 0),
    signals: past.signals.filter(({ at }) => at >= from && at < to).length,
  }
}

function overlap(since: Millis, until: Millis, from: Millis, to: Millis): Millis {
  return Math.max(0, Math.min(until, to) - Math.max(since, from))
}

// Somebody who goes to bed at one has not begun a new day: it begins at four.
const DAWN = (4 * HOUR) / QUARTER
const FEWEST_DAYS = 7

/** Longer than this nobody is up: who moves at all hours has no such day. */
const LONGEST_DAY = (22 * HOUR) / QUARTER

/**
 * When a day usually begins and grows quiet, as medians over the days with activity; `restless`: it never does. Null while
 * they are few.
 */
export function usualDay(
  lines: readonly DayLine[],
): { first: string; last: string; restless: boolean } | null {
  const spans = lines.flatMap((line, day) => {
    const night = (lines[day + 1]?.slots ?? []).filter((slot) => slot < DAWN)
    const own = [...line.slots.filter((slot) => slot >= DAWN), ...night.map((slot) => slot + SLOTS)]
    // Today is not over, so it cannot say when it grew quiet.
    return own.length > 0 && day < lines.length - 1
      ? [{ first: Math.min(...own), last: Math.max(...own) + 1 }]
      : []
  })
  if (spans.length < FEWEST_DAYS) return null
  const first = median(spans.map((span) => span.first))
  const last = median(spans.map((span) => span.last))
  return { first: timeOf(first), last: timeOf(last), restless: last - first > LONGEST_DAY }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function timeOf(slot: number): string {
  const at = (slot * QUARTER) % DAY
  // A day of 1970 in UTC: only its time of day is read.
  return new Date(at).toISOString().slice(11, 16)
}
