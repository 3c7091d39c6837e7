import type { Millis } from '../../schemas/time.ts'
import type { Sign } from './evaluation/life.ts'
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

function signsIn(each: CountedQuarter, leaves: boolean): Sign[] {
  const { quarter, events, exits } = each
  const sensor = firstSensor(each)
  const sign = (minutes: number, exit: boolean) => ({
    at: quarter + minutes * MINUTE,
    exit,
    sensor,
  })
  if (exits === 0) return [sign(7.5, false)]
  if (events === exits) return [sign(7.5, true)]
  return leaves ? [sign(5, false), sign(10, true)] : [sign(5, true), sign(10, false)]
}

function firstSensor({ sensors }: CountedQuarter): number {
  return sensors === 0 ? 0 : 31 - Math.clz32(sensors & -sensors)
}
