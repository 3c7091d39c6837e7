import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { isWeekend, localDay } from '../services/core/time.ts'
import { startOfDay } from './local-time.ts'
import type { Persona } from './persona.ts'
import { seeded } from './random.ts'
import { type Stay, hoursOf, instead, routine } from './routine.ts'
import { type Sensor, observe } from './sensors.ts'

/** A home to simulate. The same home lives every day of it in the same way, to the byte. */
export type Home = {
  readonly household: string
  readonly seed: number
  readonly timeZone: string
  readonly persona: Persona
  readonly sensors: readonly Sensor[]
  readonly fate: readonly Fate[]
}

/** What befalls a home. */
export type Fate =
  /** The resident moves no more: appliances end what they do, the fridge goes on. */
  | { readonly type: 'dies'; readonly at: Millis }
  /** The resident leaves through the exit door, and comes back through it. */
  | { readonly type: 'trip'; readonly from: Millis; readonly to: Millis }
  /** The gateway has no power: nothing comes from this home any more. */
  | { readonly type: 'gateway-lost'; readonly at: Millis }
  /** The battery of one sensor sinks from `from` on, is called low at `low`, and is empty at `at`. */
  | {
      readonly type: 'battery-dies'
      readonly uid: string
      readonly from: Millis
      readonly low: Millis
      readonly at: Millis
    }

/** All that the home's sensors say on the local day that begins at `dayStart`, in order of time. */
export function simulateDay(home: Home, dayStart: Millis): readonly Reading[] {
  const length = startOfDay(dayStart, home.timeZone, 1) - dayStart
  const stays = home.fate.reduce(
    (lived, fate) => befall(lived, fate, dayStart, length),
    livedDay(home, dayStart, length),
  )
  const readings = home.sensors.flatMap((sensor) => {
    const random = seeded(home.seed, home.household, dayStart, sensor.device.uid)
    return observe(sensor, stays, length, random).map((said) => ({
      ...said,
      at: said.at + dayStart,
    }))
  })
  return home.fate
    .reduce<readonly Reading[]>((said, fate) => silence(said, fate, dayStart, length), readings)
    .toSorted((a, b) => a.at - b.at)
}

/** The home's readings from an instant on, in order of time: for ever, or until its gateway is lost. */
export function* live(home: Home, from: Millis): Generator<Reading, void> {
  const lost = home.fate.find((fate) => fate.type === 'gateway-lost')?.at ?? Infinity
  let day = startOfDay(from, home.timeZone)
  for (; day <= lost; day = startOfDay(day, home.timeZone, 1))
    for (const reading of simulateDay(home, day)) if (reading.at >= from) yield reading
}

function livedDay(home: Home, dayStart: Millis, length: Millis): readonly Stay[] {
  const { persona, seed, household, timeZone } = home
  const weekend = (start: Millis) => isWeekend(localDay(start, timeZone))
  const hours = (start: Millis) =>
    hoursOf(persona, weekend(start), seeded(seed, household, start, 'hours'))
  const yesterday = startOfDay(dayStart, timeZone, -1)
  const day = {
    ...hours(dayStart),
    weekend: weekend(dayStart),
    lateUntil: yesterday + hours(yesterday).bed - dayStart,
    length,
  }
  return routine(persona, day, seeded(seed, household, dayStart, 'life'))
}

// What befalls the resident changes how the day is lived.
function befall(
  stays: readonly Stay[],
  fate: Fate,
  dayStart: Millis,
  length: Millis,
): readonly Stay[] {
  if (fate.type === 'dies') return still(stays, fate.at - dayStart, length, null)
  if (fate.type !== 'trip') return stays
  return still(stays, fate.from - dayStart, Math.min(length, fate.to - dayStart), 'out')
}

// `room` null: where they are at that moment.
function still(
  stays: readonly Stay[],
  begins: Millis,
  to: Millis,
  room: 'out' | null,
): readonly Stay[] {
  const from = Math.max(0, begins)
  const there = stays.find((stay) => stay.from <= from && from < stay.to)
  if (!there || from >= to) return stays
  return instead(stays, { from, to, room: room ?? there.room, pause: Infinity, uses: null })
}

// What befalls the equipment changes what is heard of it.
function silence(
  readings: readonly Reading[],
  fate: Fate,
  dayStart: Millis,
  length: Millis,
): readonly Reading[] {
  if (fate.type === 'gateway-lost') return readings.filter(({ at }) => at < fate.at)
  if (fate.type !== 'battery-dies') return readings
  const { uid, from, low, at: end } = fate
  const left = (at: Millis) =>
    Math.round(4 + 40 * Math.min(1, Math.max(0, (end - at) / (end - from))))
  const heard = readings
    .filter((each) => each.uid !== uid || each.at < end)
    .map((each) =>
      each.uid === uid && each.kind === 'battery' ? { ...each, value: left(each.at) } : each,
    )
  if (low < dayStart || low >= dayStart + length) return heard
  return [...heard, { uid, kind: 'battery_low', value: 1, at: low, nature: 'event' }]
}
