import type { Tier } from '../../../schemas/household.ts'
import type { Millis } from '../../../schemas/time.ts'
import type { ActiveQuarter } from '../rhythm.ts'
import { QUARTER, type Span } from '../time.ts'

/** What one home's sensors saw of the person, from `from` to `to`: what a detector is examined on. */
export type Life = {
  readonly household: string
  readonly timeZone: string
  readonly tier: Tier
  /** What is installed, when that is known. */
  readonly kit?: string
  /** Whether a local day is a weekend or a holiday; without it, weekends are. */
  readonly isRest?: (day: number) => boolean
  readonly from: Millis
  readonly to: Millis
  /** Whether its exit is seen by a motion sensor, for it has no contact. */
  readonly byMotion?: boolean
  /** Each sign of life in order of time: when, whether at the exit door, and the slot of its sensor, 0 to 30. */
  readonly at: Float64Array
  readonly exit: Uint8Array
  readonly sensor: Uint8Array
  /** Time in which nobody could see the home, in order. */
  readonly unseen: readonly Span[]
  /** In which something ran at a meter, in order and apart; without it, nothing tells. */
  readonly ran?: readonly Span[]
  /** When the person was out, where that is known for sure: nobody can die at home then. */
  readonly out: readonly Span[]
  /**
   * What its sensors would take for signs of life if nobody lived there, over the same time: machines, pets, faults. It goes
   * on after a death. Without it, nothing does.
   */
  readonly after?: Signs
  /** How many readings it was made from. */
  readonly readings: number
}

/** Signs in order of time, none of them at the exit door. */
export type Signs = { readonly at: Float64Array; readonly sensor: Uint8Array }

/** One sign of life. */
export type Sign = { readonly at: Millis; readonly exit: boolean; readonly sensor: number }

/** Makes a life of signs in any order. */
export function lifeOf(home: Omit<Life, 'at' | 'exit' | 'sensor'>, signs: readonly Sign[]): Life {
  const sorted = signs.toSorted((a, b) => a.at - b.at)
  return { ...home, ...signsOf(sorted), exit: Uint8Array.from(sorted, ({ exit }) => Number(exit)) }
}

/** Signs in order of time, as a life keeps them. */
export function signsOf(sorted: readonly Omit<Sign, 'exit'>[]): Signs {
  return {
    at: Float64Array.from(sorted, ({ at }) => at),
    sensor: Uint8Array.from(sorted, ({ sensor }) => sensor),
  }
}

/** The quarter hours before `until` in which it gave signs of life, from one sign on, as the store keeps them. */
export function quartersOf(life: Said, first = 0, until = Infinity): ActiveQuarter[] {
  const quarters: Counted[] = []
  for (let i = first; i < life.at.length; i++) {
    const sign = signOf(life, i)
    const quarter = quarterOf(sign.at)
    if (quarter >= until) break
    let last = quarters.at(-1)
    if (last?.quarter !== quarter)
      quarters.push((last = { quarter, exit: false, sensors: 0, signs: 0 }))
    countSign(last, sign)
  }
  return quarters
}

/** What is known at `now` of the time out of sight: one that is not over has no end yet. */
export function unseenAt({ unseen }: Life, now: Millis): Span[] {
  return unseen
    .filter(({ since }) => since <= now)
    .map(({ since, until }) => ({ since, until: until !== null && until <= now ? until : null }))
}

type Said = Pick<Life, 'at' | 'exit' | 'sensor'>
type Counted = { -readonly [Part in keyof ActiveQuarter]-?: ActiveQuarter[Part] }

function countSign(quarter: Counted, { exit, sensor }: Sign): void {
  quarter.exit ||= exit
  quarter.sensors |= 1 << sensor
  if (!exit) quarter.signs++
}

/** One of its signs. */
export function signOf({ at, exit, sensor }: Said, i: number): Sign {
  return { at: at[i] ?? 0, exit: exit[i] === 1, sensor: sensor[i] ?? 0 }
}

/** The quarter hour that holds an instant, by its beginning. */
export function quarterOf(at: Millis): Millis {
  return Math.floor(at / QUARTER) * QUARTER
}

/** A life of which only the quarter hours are known: each sign stands in the middle of its quarter, as does what began or ended to run. */
export function lifeOfQuarters(
  home: Omit<Life, 'at' | 'exit' | 'sensor'>,
  quarters: readonly ActiveQuarter[],
): Life {
  const said = quarters.flatMap(({ quarter, exit, sensors, signs = 0 }) =>
    spoken(slotsOf(sensors), exit ? 0 : signs).map((sensor) => ({
      at: middleOf(quarter),
      exit,
      sensor,
    })),
  )
  const ran = home.ran
    ?.map(({ since, until }) => ({ since: middleOf(since), until: until && middleOf(until) }))
    .filter(({ since, until }) => until !== since)
  return lifeOf({ ...home, ...(ran && { ran }) }, said)
}

function middleOf(at: Millis): Millis {
  return quarterOf(at) + QUARTER / 2
}

/** So many signs of these sensors, by turns, and one of each at least. */
export function spoken(sensors: readonly number[], signs: number): number[] {
  const count = Math.max(signs, sensors.length)
  return Array.from({ length: count }, (_, i) => sensors[i % sensors.length] ?? 0)
}

// Of quarters before the bits were kept none is set.
function slotsOf(sensors: number): number[] {
  const bits = Array.from({ length: 31 }, (_, slot) => slot).filter((slot) => sensors & (1 << slot))
  return bits.length > 0 ? bits : [0]
}
