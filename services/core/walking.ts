import { Rhythm } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { round } from './halves.ts'
import { countToday, endDay, fewOf } from './scant.ts'
import { DAY, HOUR, QUARTER } from './time.ts'

/** How lively a home is, and how long its people go without walking about. */
export type Walking = Rhythm['walking']

/** Of a home of which nothing is known. */
export const NO_WALKING: Walking = Rhythm.out.shape.walking.parse(undefined)

/** What was heard in a quarter hour: which sensors spoke, as bits, and how many signs of life inside there were. */
export type Spoken = { readonly quarter: number; readonly sensors: number; readonly signs: number }

/** Nothing was heard yet. */
export const NOTHING_SPOKEN: Spoken = { quarter: NaN, sensors: 0, signs: 0 }

/** What was heard in the quarter hour of one more sign, with it. */
export function speak(
  { quarter, sensors, signs }: Spoken,
  { at, exit, sensor }: { readonly at: Millis; readonly exit: boolean; readonly sensor: number },
): Spoken {
  const now = Math.floor(at / QUARTER)
  const before = now === quarter ? { sensors, signs } : NOTHING_SPOKEN
  const inside = exit ? 0 : 1
  return { quarter: now, sensors: before.sensors | (1 << sensor), signs: before.signs + inside }
}

/**
 * Whether somebody walked about in a quarter hour. Whoever does makes a sign at every other step; what nobody makes, a line
 * that is faulty or a cat, comes one by one. So it is told by as many signs as such ones do not come to by chance, of two
 * sensors at least, for one may flap. Until a home has shown how lively it is, it is told by three sensors.
 */
export function isWalk(
  { least }: Pick<Walking, 'least'>,
  { sensors, signs }: Omit<Spoken, 'quarter'>,
): boolean {
  return least === null ? sensorsIn(sensors) >= 3 : signs >= least && sensorsIn(sensors) >= 2
}

function sensorsIn(sensors: number): number {
  let bits = 0
  for (let left = sensors; left !== 0; left &= left - 1) bits++
  return bits
}

// Up to so many of a home's signs may be nobody's.
const NOBODYS = 1 / 5
// They come to a walk once in ten days; and to a return in one half hour of twenty, in which somebody is out.
const WALKS = 1 / 1000
const RETURNS = 1 / 20
const FEWEST = 3
const KNOWN = 7

/**
 * What is told of a home's walks by how lively it is: so many signs in a quarter hour, and in two of whoever was out. The latter
 * only where people are seen to walk about, and where it happens that what a use of the exit began ends inside without it: a
 * cat stirs, a line is faulty, or the contact misses uses. Elsewhere it would but have people thought out for longer.
 */
export function gaitOf(
  { signs, days, byDoor, inside, pauses, totals }: Omit<Walking, keyof Gait>,
  known: number,
): Gait {
  // A rhythm that an older version learnt knows weeks, and nothing of how people walk.
  if (known < KNOWN || days === 0) return { least: null, back: null, few: null }
  const mean = (NOBODYS * signs * QUARTER) / (days * DAY)
  const asks = pauses.length >= KNOWN && !isSeldom(pauses) && !isLong(pauses)
  const stirs = inside > Math.max(TWICE, NOBODYS * (byDoor + inside))
  return {
    least: Math.max(FEWEST, beyondChance(mean, WALKS)),
    back: asks && stirs ? beyondChance(2 * mean, RETURNS) : null,
    few: isSeldom(pauses) ? fewOf({ totals }, signs / days) : null,
  }
}

type Gait = Pick<Walking, 'least' | 'back' | 'few'>

// What happened once is no habit. In made-up homes it is 0.4 to 0.55 of the stretches where a cat lives, 0.17 to 0.22 where a
// contact misses much, more than 0.4 with 5 % noise, and below 0.16 elsewhere.
const TWICE = 1.5

const MANY = 500

/** The fewest events that so many independent ones on average reach with less than this chance. */
export function beyondChance(mean: number, chance: number): number {
  // Beyond, exp(-mean) is soon nothing: four standard deviations of the normal are rarer than any chance that is asked for.
  if (!(mean < MANY)) return Math.ceil(mean + 4 * Math.sqrt(mean))
  let below = 0
  let term = Math.exp(-mean)
  for (let count = 0; ; count++) {
    if (1 - below < chance) return count
    below += term
    term *= mean / (count + 1)
  }
}

/** A quarter hour with signs of life; `isGone`: somebody has used the exit in it, or was out or out of sight until then. */
type Lived = {
  readonly number: number
  readonly sensors: number
  readonly signs: number | undefined
  readonly isGone: boolean
}

/**
 * Takes it in: a walk ends a pause. Who was gone did not walk about for no reason of theirs: it counts from their return, and
 * from any use of the exit, for while they are out a cat may stir.
 */
export function takeWalk(
  { company, walking }: Pick<Rhythm, 'company' | 'walking'>,
  { number, sensors, signs = sensorsIn(sensors), isGone }: Lived,
): Pick<Rhythm, 'company' | 'walking'> {
  // Of its first day nobody knows how it began.
  const isPart = isGone || company === null
  const counted = { ...countToday(walking, signs, isPart), signs: walking.signs + signs }
  if (walking.least === null || isPart) return { company: number, walking: counted }
  if (!isWalk(walking, { sensors, signs })) return { company, walking: counted }
  const pause = number - company
  if (pause <= (walking.pauses.at(-1) ?? 0)) return { company: number, walking: counted }
  return {
    company: number,
    walking: { ...counted, pauses: [...walking.pauses.slice(0, -1), pause] },
  }
}

/** Counts how a stretch ended that a use of the exit began: by the exit, or inside. Within a quarter hour nobody knows. */
export function endOut(walking: Walking, length: number, exit: boolean): Walking {
  if (length <= 1) return walking
  return exit
    ? { ...walking, byDoor: walking.byDoor + 1 }
    : { ...walking, inside: walking.inside + 1 }
}

/**
 * Begins a day with a sign of life; so many are `known`, this one included. One that begins while nobody is at home by plan, or
 * out of sight (`isHidden`), says nothing of how people pause: after a month in hospital the home is as it was.
 */
export function turnWalking(walking: Walking, known: number, isHidden: boolean): Walking {
  const turned = { ...endDay(walking), days: walking.days + 1 }
  const gait = gaitOf(turned, known)
  if (gait.least === null) return { ...turned, ...gait, pauses: [] }
  const pauses = isHidden ? walking.pauses : [...walking.pauses, 0].slice(-PAUSES)
  return { ...turned, ...gait, pauses }
}

const PAUSES = 60

/** Discounts what is known: so much of it is `kept`. */
export function fade(walking: Walking, kept: number): Walking {
  const { signs, days, byDoor, inside } = walking
  const faded = { signs: round(signs * kept), days: round(days * kept) }
  return { ...walking, ...faded, byDoor: round(byDoor * kept), inside: round(inside * kept) }
}

/**
 * How long single signs are believed while nobody walks about: half as long again as all but one in ten, and three at most, of
 * the home's pauses of 60 days, eight hours at least and 23 at most, or the ceiling if that is less: 23 hours until a week of pauses is known, and if
 * the exit was used since the last walk (`mayBeOut`), for single signs may have brought back somebody who is out. Where people
 * pause for 20 hours four times, and once in the last two weeks, it is twice as long as ever; and where on most days nobody is seen
 * to walk about, nor in the last week, silences alone tell.
 */
export function pauseLimit(
  { pauses }: Pick<Walking, 'pauses'>,
  ceiling: Millis,
  mayBeOut = false,
): Millis {
  if (pauses.length < KNOWN) return Math.min(ceiling, MOST)
  const found = longestOf(pauses)
  const [longest, , , fourth] = found
  if (fourth >= LONG && isLately(pauses)) return Math.max(MOST, 2 * longest * QUARTER)
  if (isSeldom(pauses)) return Infinity
  if (mayBeOut) return Math.min(ceiling, MOST)
  // A pause may be a journey that nobody saw begin, with a cat left at home; that comes once or twice in 60 days. Of the first
  // week or two half of all pauses are no exception.
  const usual = found[Math.min(3, Math.floor(pauses.length * EXCEPTIONS))] ?? fourth
  return Math.min(ceiling, MOST, Math.max(LEAST, 1.5 * usual * QUARTER))
}

const EXCEPTIONS = 1 / 10

const MOST = 23 * HOUR
const LEAST = 8 * HOUR
const LONG = (20 * HOUR) / QUARTER

/**
 * Whether people are hardly seen to walk about, by so many days' pauses: no sensor is where they walk. The last week must say so
 * too, for in a month away, with a cat left at home, nobody walks.
 */
export function isSeldom(pauses: readonly number[]): boolean {
  return isRare(pauses, 0) && isRare(pauses, Math.max(0, pauses.length - KNOWN))
}

function isRare(pauses: readonly number[], from: number): boolean {
  let walked = 0
  for (let day = from; day < pauses.length; day++) if (pauses[day] !== 0) walked++
  return 2 * walked < pauses.length - from
}

// Who lies in bed.
function isLong(pauses: readonly number[]): boolean {
  return longestOf(pauses)[3] >= LONG && isLately(pauses)
}

const LATELY = 14

// Four in 60 days are one in two weeks. A month away, with a cat that now and then passes for a walk, is over by then.
function isLately(pauses: readonly number[]): boolean {
  return pauses.findLastIndex((pause) => pause >= LONG) >= pauses.length - LATELY
}

// The four longest, the longest first. Every silence that is judged asks: to sort them took half the time of that.
function longestOf(pauses: readonly number[]): readonly [number, number, number, number] {
  let [first, second, third, fourth] = [0, 0, 0, 0]
  for (const pause of pauses) {
    if (pause > first) [first, second, third, fourth] = [pause, first, second, third]
    else if (pause > second) [second, third, fourth] = [pause, second, third]
    else if (pause > third) [third, fourth] = [pause, third]
    else if (pause > fourth) fourth = pause
  }
  return [first, second, third, fourth]
}
