import type { Stretch } from '../../schemas/rhythm.ts'
import { DAY, QUARTER, type Span } from './time.ts'

const WINDOW = (60 * DAY) / QUARTER

/** Takes a stretch into a list of the longest of the last 60 days, `most` of them: each longer than all after it. */
export function keepLongest(list: Stretch[], stretch: Stretch, most: number): void {
  while ((list.at(-1)?.[1] ?? Infinity) <= stretch[1]) list.pop()
  if (list.length < most) list.push(stretch)
  forget(list, stretch)
}

/** Lets go of the stretches that began 60 days and more before the newest. */
export function forget(list: Stretch[], newest: Stretch): void {
  while ((list[0]?.[0] ?? Infinity) < newest[0] - WINDOW) list.shift()
}

/** Whether nobody could see the home in some of the quarter hours from `from` to `to`. */
export function isUnseen(unseen: readonly Span[], from: number, to: number): boolean {
  return unseen.some(
    ({ since, until }) => since < to * QUARTER && (until ?? Infinity) > from * QUARTER,
  )
}

/** Stretches as a rhythm keeps them, in few digits: quarter hours from the start of the one before, and length. */
export function pairsOf(stretches: readonly Stretch[]): number[] {
  const pairs: number[] = []
  let before = 0
  for (const [start, length] of stretches) {
    pairs.push(start - before, length)
    before = start
  }
  unfolded = { pairs, stretches }
  return pairs
}

/** The stretches that a rhythm keeps as pairs, the oldest first. */
export function stretchesOf(pairs: readonly number[]): readonly Stretch[] {
  if (unfolded?.pairs === pairs) return unfolded.stretches
  const stretches: Stretch[] = []
  let start = 0
  for (let i = 0; i < pairs.length; i += 2) {
    start += pairs[i] ?? 0
    stretches.push([start, pairs[i + 1] ?? 0])
  }
  unfolded = { pairs, stretches }
  return stretches
}

// So many bits a number keeps in JSON and in bitwise arithmetic.
const BITS = 30

/** Which of some stretches are among those that begin at `starts`, as a rhythm keeps it. */
export function bitsOf(stretches: readonly Stretch[], starts: ReadonlySet<number>): number[] {
  const bits = Array<number>(Math.ceil(stretches.length / BITS)).fill(0)
  let i = 0
  for (const [start] of stretches) {
    const place = Math.floor(i / BITS)
    if (starts.has(start)) bits[place] = (bits[place] ?? 0) | (1 << (i % BITS))
    i++
  }
  return bits
}

/** Where those of some stretches begin that bits name. */
export function startsOf(stretches: readonly Stretch[], bits: readonly number[]): Set<number> {
  const named = stretches.filter((_, i) => ((bits[Math.floor(i / BITS)] ?? 0) >> (i % BITS)) & 1)
  return new Set(named.map(([start]) => start))
}

// What was folded or unfolded last: a home that is evaluated does it every day.
let unfolded: { readonly pairs: readonly number[]; readonly stretches: readonly Stretch[] } | null =
  null
