import type { Millis } from '../../schemas/time.ts'
import { type Sign, spoken } from './evaluation/life.ts'
import { MINUTE, QUARTER } from './time.ts'

/** A quarter hour as the store counts it: signs of life, those at the exit door among them, and by which sensors. */
export type CountedQuarter = {
  readonly quarter: Millis
  readonly events: number
  readonly exits: number
  readonly sensors: number
}

/**
 * Signs of life that come to these counts. Within a quarter hour nobody knows the order: who uses the exit door and is
 * followed by quiet has left by it, unless they were out, for then they have come home. A quarter hour stands for its
 * middle, so whatever follows from it holds to some minutes.
 */
export function signsOf(quarters: readonly CountedQuarter[]): Sign[] {
  let isOut = false
  return quarters.flatMap((each, i) => {
    const isQuiet = (quarters[i + 1]?.quarter ?? Infinity) > each.quarter + QUARTER
    const leaves = each.exits > 0 && !isOut && isQuiet
    isOut = leaves || (isOut && each.exits > 0 && each.events === each.exits)
    return signsIn(each, leaves)
  })
}

// As many as there were, by all sensors that spoke, at one instant: none of them has gone on alone.
function signsIn(each: CountedQuarter, leaves: boolean): Sign[] {
  const { quarter, events, exits } = each
  const sensors = sensorsOf(each)
  const signs = (minutes: number, exit: boolean) =>
    (exit ? sensors.slice(0, 1) : spoken(sensors, events - exits)).map((sensor) => ({
      at: quarter + minutes * MINUTE,
      exit,
      sensor,
    }))
  if (exits === 0) return signs(7.5, false)
  if (events === exits) return signs(7.5, true)
  return leaves
    ? [...signs(5, false), ...signs(10, true)]
    : [...signs(5, true), ...signs(10, false)]
}

function sensorsOf({ sensors }: CountedQuarter): number[] {
  const spoke = Array.from({ length: 31 }, (_, slot) => slot).filter(
    (slot) => (sensors & (1 << slot)) !== 0,
  )
  return spoke.length === 0 ? [0] : spoke
}
