import type { Choice, Setting } from '../../schemas/policy.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, MINUTE, localQuarter, nextLocal } from './time.ts'

/** How long the exit door may stand open, by day and by night. */
export type DoorLimits = { readonly day: Millis; readonly night: Millis }

/** A time in which it stood open. */
export type Opening = { readonly since: Millis; readonly length: Millis }

/** A door that stands open for less is being used. */
export const IN_USE = 10 * MINUTE
/** For so long an opening is remembered. */
export const OPENINGS_KEPT = 60 * DAY

const STANDARD: DoorLimits = { day: HOUR, night: 20 * MINUTE }
// However used a home is to an open door, after so long it is asked about.
const MOST: DoorLimits = { day: 6 * HOUR, night: 2 * HOUR }
const NIGHT_BEGINS = 22 * HOUR
const NIGHT_ENDS = 6 * HOUR

/**
 * The limits of a home at `now`: what staff chose; else half as long again as its door has stood open twice in the last
 * 60 days in that part of the day, within an hour and six by day, 20 minutes and two hours by night. What happened once
 * is no habit, and might have been a misfortune.
 */
export function doorLimits(
  past: readonly Opening[],
  chosen: Readonly<Record<Extract<Setting, `door-${string}`>, Choice | null>>,
  timeZone: string,
  now: Millis,
): DoorLimits {
  const recent = past.filter(({ since }) => since >= now - OPENINGS_KEPT)
  const limit = (part: keyof DoorLimits): Millis => {
    const choice = chosen[`door-${part}`]
    if (choice !== null) return choice.value * HOUR
    const lengths = recent
      .filter(({ since }) => partOf(since, timeZone) === part)
      .map(({ length }) => length)
    const second = lengths.toSorted((a, b) => b - a)[1] ?? 0
    return Math.min(MOST[part], Math.max(STANDARD[part], Math.round(1.5 * second)))
  }
  return { day: limit('day'), night: limit('night') }
}

/**
 * When a door that stands open since `since` has done so for too long. Night, from ten to six, has its own limit: a door
 * that is still open when it begins is given no more than that.
 */
export function doorDue(since: Millis, limits: DoorLimits, timeZone: string): Millis {
  const isNight = partOf(since, timeZone) === 'night'
  const [own, other] = isNight ? [limits.night, limits.day] : [limits.day, limits.night]
  const turns = nextLocal(since, isNight ? NIGHT_ENDS : NIGHT_BEGINS, timeZone)
  return since + own <= turns ? since + own : Math.max(turns, since + other)
}

/** Whether a local instant is by day or by night, as far as an open door goes. */
export function partOf(at: Millis, timeZone: string): keyof DoorLimits {
  const hour = localQuarter(at, timeZone) >> 2
  return hour * HOUR >= NIGHT_BEGINS || hour * HOUR < NIGHT_ENDS ? 'night' : 'day'
}
