import { Rhythm, type Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { longestOf } from './presence.ts'
import { HALF_HOUR, seenWithin } from './silence.ts'
import { isUnseen, keepLongest } from './stretches.ts'
import { DAY, HOUR, QUARTER, type Span } from './time.ts'
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
  readonly slot: number
  readonly since: Millis
  readonly until: Millis
  readonly rest: Millis
  readonly room?: string
  readonly uid?: string
}

/** Those that do not rest, told by half hours and by two hours. */
export type Goings = { readonly half: readonly Going[]; readonly slow: readonly Going[] }

/** No further back a look knows who walked about, which sensors went on, and when the home was out of sight. */
export const KNOWN_BACK = 8 * DAY

/** Nothing was heard yet. */
export const NOBODY_GOES: Goings = { half: [], slow: [] }

/** A sign of one sensor. */
export type Sign = { readonly at: Millis; readonly slot: number }

/** Takes in a sign of one sensor, in order of time; those that have rested go. `unseen`: time in which nobody could see the home. */
export function goOn(goings: Goings, sign: Sign, unseen: readonly Span[]): Goings {
  const half = goOnBy(goings.half, sign, { rest: 1, unseen })
  const slow = goOnBy(goings.slow, sign, { rest: SLOW, unseen })
  return half === goings.half && slow === goings.slow ? goings : { half, slow }
}

/** The half hours of the longer rest. */
export const SLOW = 4

// Whatever a home has beyond thirty sensors shares the last bit, and together they may never rest.
const SHARED = 30

/** How a rest is told: so long, and not in time in which nobody could see the home. */
type By = { readonly rest: Rest; readonly unseen: readonly Span[] }

function goOnBy(going: readonly Going[], { at, slot }: Sign, by: By): readonly Going[] {
  const now = Math.floor(at / (by.rest * HALF_HOUR))
  const known = find(going, slot)
  if (known?.[2] === now || slot === SHARED) return going
  const next: Going[] = []
  let since = now
  for (const each of going)
    if (isGoing(each, now, by))
      if (each[0] === slot) since = each[1]
      else next.push(each)
  next.push([slot, since, now])
  return next
}

// Asked with every sign of life.
function find(going: readonly Going[], slot: number): Going | undefined {
  for (const each of going) if (each[0] === slot) return each
  return undefined
}

// Whoever sleeps does so for longer than two hours, and is seen to before or after. Of more nobody knows what was in it.
const BRIDGED = 4

function isGoing(going: Going, now: number, by: By): boolean {
  const last = going[2]
  // Asked with every sign of life, and mostly it is that.
  if (last >= now - 1) return true
  return (now - 1 - last) * by.rest <= BRIDGED && isHidden(last + 1, now, by)
}

/** Whether nobody could see the whole of any of these stretches: then none of them is known to be a rest. */
export function isHidden(from: number, to: number, { rest, unseen }: By): boolean {
  const quarters = 2 * rest
  for (let each = from; each < to; each++)
    if (!isUnseen(unseen, quarters * each, quarters * (each + 1))) return false
  return true
}

/** Whether any sensor may have gone on since an instant; asked of every pause. */
export function mayGoSince({ half, slow }: Goings, instant: Millis): boolean {
  for (const each of half) if (each[1] * HALF_HOUR <= instant) return true
  for (const each of slow) if (each[1] * SLOW * HALF_HOUR <= instant) return true
  return false
}

/** Of the sensors that have not rested at an instant the one that has not for the longest, by each rest that is told in a home. */
export function restlessAt(goings: Goings, at: Millis, { rest, unseen }: By): readonly Restless[] {
  const half = longestOn(goings.half, at, { rest: 1, unseen })
  const slow = rest === SLOW ? longestOn(goings.slow, at, { rest: SLOW, unseen }) : null
  return [half, slow].filter((each) => each !== null)
}

function longestOn(going: readonly Going[], at: Millis, by: By): Restless | null {
  const length = by.rest * HALF_HOUR
  const now = Math.floor(at / length)
  let longest: Going | null = null
  for (const each of going)
    if (isGoing(each, now, by) && each[1] < (longest?.[1] ?? Infinity)) longest = each
  if (!longest) return null
  const [slot, since] = longest
  return { slot, since: since * length, until: endOf(longest, by) * length, rest: length }
}

// The stretch that would have to pass without it is over, and was seen.
function endOf(going: Going, by: By): number {
  let end = going[2] + 2
  while (isGoing(going, end, by)) end++
  return end
}

/** Takes in which sensors, as bits, spoke in a quarter hour. */
export function takeGoing(
  { rest, half, slow }: Tireless,
  said: Quarter,
  unseen: readonly Span[],
): Tireless {
  return {
    rest,
    half: take(half, said, { rest: 1, unseen }),
    slow: take(slow, said, { rest: SLOW, unseen }),
  }
}

/** Which sensors, as bits, spoke in a quarter hour since the epoch. */
export type Quarter = { readonly number: number; readonly sensors: number }

function take(known: Tireless['half'], { number, sensors }: Quarter, by: By) {
  const at = number * QUARTER
  let going: readonly Going[] = known.going
  for (let left = sensors; left !== 0; left &= left - 1)
    going = goOnBy(going, { at, slot: Math.clz32(left & -left) ^ 31 }, by)
  if (going === known.going) return known
  return { going: [...going], longest: longestWith(known, number, by) }
}

// What is over by then is kept if it was long, by the hours of it in which the home was seen.
function longestWith({ going, longest }: Tireless['half'], number: number, by: By): Stretch[] {
  const quarters = 2 * by.rest
  const now = Math.floor(number / quarters)
  const kept = [...longest]
  for (const each of going) {
    if (isGoing(each, now, by)) continue
    const [from, to] = [quarters * each[1], quarters * (each[2] + 1)]
    const seen = seenWithin(by.unseen, from * QUARTER, to * QUARTER)
    const stretch: Stretch = [from, Math.floor(seen / QUARTER)]
    if (seen > LONG) keepLongest(kept, stretch, KEPT)
  }
  return kept
}

/** When the first of those that went on when a home was learnt last began: what was out of sight since then is to be known. */
export function goingSince({ half, slow }: Tireless): Millis {
  return Math.min(Infinity, ...startsOf(half.going, 1), ...startsOf(slow.going, SLOW))
}

function startsOf(going: readonly Going[], rest: Rest): Millis[] {
  return going.map(([, since]) => since * rest * HALF_HOUR)
}

/** What went on for no longer than this is nothing to tell of, or to learn. */
export const LONG = 20 * HOUR

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
 * one did for more in the last 60 days (somebody lies in bed, or it flaps now and then), or has for so long when somebody was found
 * at home (`proven`), it is twice the longest, and 46 hours at most.
 */
export function restlessLimit(
  { half, slow }: Tireless,
  { rest, proven }: { readonly rest: Millis; readonly proven: Millis },
  now: Millis,
): Millis {
  const known = longestOf(rest === HALF_HOUR ? half.longest : slow.longest, now) ?? 0
  const most = Math.max(known, proven)
  return most > LONG ? Math.min(2 * most, 2 * MOST) : MOST
}

const MOST = 23 * HOUR
