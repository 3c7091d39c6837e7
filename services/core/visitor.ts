import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR, QUARTER } from './time.ts'

/** A quarter hour with signs of life, and those at the exit door among them. */
export type Signs = { readonly quarter: Millis; readonly events: number; readonly exits: number }

/** That more moves than one person makes: since when, in the last hour how much, and how much usually. */
export type Visitor = {
  readonly since: Millis
  readonly signs: number
  readonly usual: number
  readonly byDoor: boolean
}

/** An entry by the door is told as a visitor's for so long; then it takes the rooms. */
const VISIT = 4 * HOUR
const KEPT = 28 * DAY
// Two weeks of a lively home; with fewer hours "more than ever" says little.
const LEAST = 300
// Of the hours that this person had alone, so many are quieter than one in which a visitor is told.
const SURE = 1
const BY_DOOR = 0.95
// Where staff have found a visitor before, less is enough.
const BY_DOOR_OF_MANY = 0.9

/**
 * Whether somebody else is in the home, from its quarter hours of the last four weeks: more signs of life in the last hour
 * than in any hour before today's; or, after the exit door was used while somebody was in, than in 19 of 20. `visitors`: how
 * many staff have found, which makes it 9 of 10. What is told so is shown, and judges nothing.
 */
export function visitorOf(
  quarters: readonly Signs[],
  visitors: number,
  now: Millis,
): Visitor | null {
  const recent = quarters.filter(({ quarter }) => quarter >= now - KEPT && quarter < now)
  const hours = hoursOf(recent.filter(({ quarter }) => quarter < now - VISIT))
  if (hours.length < LEAST) return null
  const signs = sumSince(recent, now - HOUR)
  const entered = enteredAt(recent, now)
  const share = visitors >= 0.5 ? BY_DOOR_OF_MANY : BY_DOOR
  const limit = quantile(hours, entered === null ? SURE : share)
  if (signs <= limit) return null
  const usual = quantile(hours, 0.5)
  return { since: entered ?? now - HOUR, signs, usual, byDoor: entered !== null }
}

// Of each active quarter hour, what the hour that ends with it came to.
function hoursOf(quarters: readonly Signs[]): number[] {
  return quarters
    .map(({ quarter }, i) =>
      sumSince(quarters.slice(Math.max(0, i - 3), i + 1), quarter - 3 * QUARTER),
    )
    .toSorted((a, b) => a - b)
}

function sumSince(quarters: readonly Signs[], since: Millis): number {
  return quarters
    .filter(({ quarter }) => quarter >= since)
    .reduce((sum, { events }) => sum + events, 0)
}

// The door was used, and there was movement inside just before it and ever after: nobody has left, and somebody came.
function enteredAt(quarters: readonly Signs[], now: Millis): Millis | null {
  const inner = new Set(quarters.filter((each) => each.events > each.exits).map(at))
  const used = quarters.filter(({ quarter, exits }) => exits > 0 && quarter >= now - VISIT)
  const entry = used.find(
    ({ quarter }) => inner.has(quarter - QUARTER) && inner.has(quarter + QUARTER),
  )
  return entry?.quarter ?? null
}

function at({ quarter }: Signs): Millis {
  return quarter
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
