import { Rhythm, type Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { longestOf } from './presence.ts'
import { HALF_HOUR } from './silence.ts'
import { keepLongest } from './stretches.ts'
import { HOUR, QUARTER } from './time.ts'
import { type Walking, isSeldom } from './walking.ts'

/** Which sensors of a home go on without a rest, and how a rest is told there. */
export type Tireless = Rhythm['tireless']

/** Of a home of which nothing is known. */
export const NO_TIRELESS: Tireless = Rhythm.out.shape.tireless.parse(undefined)

/** So many half hours without a sign are a rest; of a home: 1, or 4 where both tell. */
export type Rest = Tireless['rest']

/** A sensor that does not rest: its slot, since which stretch of such a length, and the last in which it spoke. */
export type Going = Tireless['half']['going'][number]

/** Since when a sensor has not rested, until when that holds if it says nothing more, how long a rest is, and which sensor it is. */
export type Restless = {
  readonly since: Millis
  readonly until: Millis
  readonly rest: Millis
  readonly room?: string | null
  readonly uid?: string
}

/** Those that do not rest, told by half hours and by two hours. */
export type Goings = { readonly half: readonly Going[]; readonly slow: readonly Going[] }

/** Nothing was heard yet. */
export const NOBODY_GOES: Goings = { half: [], slow: [] }

/** Takes in a sign of one sensor, in order of time; those that have rested go. */
export function goOn(goings: Goings, at: Millis, slot: number): Goings {
  const half = goOnBy(goings.half, at, slot, 1)
  const slow = goOnBy(goings.slow, at, slot, SLOW)
  return half === goings.half && slow === goings.slow ? goings : { half, slow }
}

const SLOW = 4

function goOnBy(going: readonly Going[], at: Millis, slot: number, rest: Rest): readonly Going[] {
  const now = Math.floor(at / (rest * HALF_HOUR))
  const known = find(going, slot)
  if (known?.[2] === now) return going
  const others = going.filter((each) => each[0] !== slot && isGoing(each, now))
  return [...others, [slot, known && isGoing(known, now) ? known[1] : now, now]]
}

// Asked with every sign of life.
function find(going: readonly Going[], slot: number): Going | undefined {
  for (const each of going) if (each[0] === slot) return each
  return undefined
}

function isGoing([, , last]: Going, now: number): boolean {
  return last >= now - 1
}

/** Of the sensors that have not rested at an instant the one that has not for the longest, by each rest that is told in a home. */
export function restlessAt(goings: Goings, at: Millis, rest: Rest): readonly Restless[] {
  const half = longestOn(goings.half, at, 1)
  const slow = rest === SLOW ? longestOn(goings.slow, at, SLOW) : null
  return [half, slow].filter((each) => each !== null)
}

function longestOn(going: readonly Going[], at: Millis, rest: Rest): Restless | null {
  const length = rest * HALF_HOUR
  const now = Math.floor(at / length)
  let longest: Going | null = null
  for (const each of going)
    if (isGoing(each, now) && each[1] < (longest?.[1] ?? Infinity)) longest = each
  return longest && { since: longest[1] * length, until: (longest[2] + 2) * length, rest: length }
}

/** Takes in which sensors, as bits, spoke in a quarter hour. */
export function takeGoing(
  { rest, half, slow }: Tireless,
  number: number,
  sensors: number,
): Tireless {
  return { rest, half: take(half, number, sensors, 1), slow: take(slow, number, sensors, SLOW) }
}

function take(known: Tireless['half'], number: number, sensors: number, rest: Rest) {
  let going: readonly Going[] = known.going
  for (let left = sensors; left !== 0; left &= left - 1)
    going = goOnBy(going, number * QUARTER, Math.clz32(left & -left) ^ 31, rest)
  if (going === known.going) return known
  return { going: [...going], longest: longestWith(known, number, rest) }
}

// What is over by then is kept if it was long.
function longestWith({ going, longest }: Tireless['half'], number: number, rest: Rest): Stretch[] {
  const quarters = 2 * rest
  const now = Math.floor(number / quarters)
  const kept = [...longest]
  for (const each of going) {
    const [, since, last] = each
    const stretch: Stretch = [quarters * since, quarters * (last + 1 - since)]
    if (!isGoing(each, now) && stretch[1] > LONG) keepLongest(kept, stretch, KEPT)
  }
  return kept
}

const LONG = (20 * HOUR) / QUARTER
const KEPT = 6

/**
 * By how long a rest is told in a home: half an hour, for whoever sits still moves now and then; and where nobody is seen to walk
 * about, as in homes of meters, by two hours too.
 */
export function restIn({ pauses }: Walking): Rest {
  return isSeldom(pauses) ? SLOW : 1
}

/**
 * How long a sensor is believed that does not rest: 23 hours, whatever the ceiling, for that is of silences. Whoever lives
 * sleeps and goes out: in 100 made-up homes none went on for longer than 18 hours, by two hours in homes of plugs than 20. Where
 * one did for more in the last 60 days (somebody lies in bed, or it flaps now and then) it is twice the longest, and 46 hours at
 * most.
 */
export function restlessLimit({ half, slow }: Tireless, rest: Millis, now: Millis): Millis {
  const most = longestOf(rest === HALF_HOUR ? half.longest : slow.longest, now) ?? 0
  return most > 0 ? Math.min(2 * most, 2 * MOST) : MOST
}

const MOST = 23 * HOUR
