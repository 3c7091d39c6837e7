import type { Reading } from '../../schemas/reading.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { type Kit, type MadeUpHome, homeOf } from '../../simulator/homes.ts'
import { type Home, livelyDay } from '../../simulator/life.ts'
import { ROOMS } from '../../simulator/routine.ts'
import { sensorsOf } from '../../simulator/sensors.ts'
import { type Gap, type Sign, gapsOf } from './gaps.ts'
import type { Comparison } from './realism.ts'
import { rises } from './recorded.ts'

/** A home that was made up, and the gaps in what was seen of it. */
export type SimulatedHome = { readonly gaps: readonly Gap[] }

const SEED = 20_261_005
// Midnight in Seoul; a year of it, so that every season and both great holidays are in.
const FIRST_DAY = Date.UTC(2026, 0, 4, 15)
const DAYS = 364

const homes = (kit: Kit, count: number): readonly MadeUpHome[] =>
  Array.from({ length: count }, (_, i) => homeOf({ seed: SEED, number: i + 1, kit }))

const year = (home: Home): readonly Reading[] =>
  Array.from({ length: DAYS }, (_, day) => livelyDay(home, FIRST_DAY + day * DAY)).flat()

/** Homes with sensors in the rooms that see as much as the 22 of tm000 do, without a cool-down. */
export function simulatedMovement(): readonly SimulatedHome[] {
  return homes('motion', 20).map((home) => {
    const sensors = sensorsOf(home.gateway, ROOMS, [], DENSE)
    return { gaps: gapsOf(moves(year({ ...home, sensors })), home.timeZone) }
  })
}

const DENSE = { fields: {}, blind: 2000, misses: 0 }

function* moves(readings: readonly Reading[]): Generator<Sign> {
  for (const { at, uid, kind } of readings)
    if (kind === 'motion')
      yield {
        at,
        where: uid === 'motion-bedroom' ? 'bed' : uid === 'motion-entrance' ? 'exit' : 'home',
      }
}

/** Homes of which only the meter is known. */
export function simulatedPower(): readonly SimulatedHome[] {
  return homes('mains', 16).map((home) => ({
    gaps: gapsOf(rises(byTheMinute(year(home))), home.timeZone),
  }))
}

// The mean of each minute, as the recorded homes have it.
function byTheMinute(changes: readonly Reading[]): readonly Reading[] {
  const minutes: Reading[] = []
  const [first] = changes
  if (!first) return minutes
  let [next, watts] = [0, 0]
  for (let at = Math.floor(first.at / MINUTE) * MINUTE; next < changes.length; at += MINUTE) {
    let [energy, from] = [0, at]
    for (let each = changes[next]; each && each.at < at + MINUTE; each = changes[++next]) {
      energy += watts * (each.at - from)
      ;[watts, from] = [each.value, each.at]
    }
    minutes.push({ ...first, at, value: (energy + watts * (at + MINUTE - from)) / MINUTE })
  }
  return minutes
}

// Quiet runs of so many hours or more: in hh101 in a year, in hh102 in 1,000 days (as docs/simulation.md tells).
const PUBLISHED = [
  { hours: 4, hh101: 19, hh102: 342 },
  { hours: 5, hh101: 4, hh102: 151 },
  { hours: 6, hh101: 0, hh102: 81 },
] as const

/** How often a home as they are installed is quiet for hours in a year, beside the two homes of CASAS that were counted. */
export function longSilences(): readonly Comparison[] {
  const found = homes('motion', 60).map((home) =>
    gapsOf(moves(year(home)), home.timeZone)
      .map(({ minutes }) => minutes)
      .filter((minutes) => minutes >= SHORTEST),
  )
  return PUBLISHED.map(({ hours, hh101, hh102 }) => {
    const counts = found
      .map((gaps) => gaps.filter((minutes) => minutes >= (hours * HOUR) / MINUTE).length)
      .toSorted((a, b) => a - b)
    const value = counts[Math.floor(counts.length / 2)] ?? 0
    const bar = [hh101, hh102 * 0.365] as const
    const met = value >= bar[0] && value <= bar[1]
    return {
      name: `quiet runs of ${hours} h or more, median home`,
      value,
      unit: 'a year',
      bar,
      met,
    }
  })
}

const SHORTEST = (4 * HOUR) / MINUTE
