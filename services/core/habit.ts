import type { HabitDay } from '../../schemas/habit.ts'
import type { Millis } from '../../schemas/time.ts'
import type { ActiveQuarter } from './rhythm.ts'
import { DAY, HOUR, QUARTER, type Span, fromLocal, localDay, localQuarter } from './time.ts'

/** What happened in some local days of a home. */
export type Lived = {
  readonly activity: readonly ActiveQuarter[]
  readonly unseen: readonly Span[]
  readonly timeZone: string
}

// A day of which more was not seen tells nothing.
const BLIND = 2 * HOUR
const NIGHT = (5 * HOUR) / QUARTER
const DAWN = (4 * HOUR) / QUARTER
const EVENING = DAY / QUARTER

/** The local days from `from` up to `until`, each in numbers; null for one that was not watched, or without any sign. */
export function habitDays(lived: Lived, from: number, until: number): (HabitDay | null)[] {
  const byDay = Map.groupBy(lived.activity, ({ quarter }) => localDay(quarter, lived.timeZone))
  return Array.from({ length: until - from }, (_, i) => {
    const active = byDay.get(from + i) ?? []
    return active.length === 0 || unseenIn(lived, from + i) > BLIND
      ? null
      : habitDay(active, lived.timeZone)
  })
}

function habitDay(active: readonly ActiveQuarter[], timeZone: string): HabitDay {
  const slots = active.map(({ quarter }) => localQuarter(quarter, timeZone))
  return {
    activity: slots.length,
    nights: slots.filter((slot) => slot < NIGHT).length,
    morning: slots.find((slot) => slot >= DAWN) ?? EVENING,
    outings: active.filter(({ exit }) => exit).length,
  }
}

function unseenIn({ unseen, timeZone }: Lived, day: number): Millis {
  const from = fromLocal(day * DAY, timeZone)
  const until = fromLocal((day + 1) * DAY, timeZone)
  return unseen
    .map((span) => Math.min(span.until ?? until, until) - Math.max(span.since, from))
    .reduce((sum, length) => sum + Math.max(0, length), 0)
}
