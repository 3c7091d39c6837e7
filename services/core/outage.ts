import type { Millis } from '../../schemas/time.ts'
import { DAY, MINUTE } from './time.ts'

/** A home of an area whose gateway is late, and since when it has not been heard. */
export type Late = { readonly home: number; readonly since: Millis }

/** Homes that went dark together: of one area, each no longer than `TOGETHER` after the one before. */
export type Outage = {
  readonly homes: readonly number[]
  /** When the first of them was last heard, and the last. */
  readonly since: Millis
  readonly last: Millis
}

/** Gateways speak every few minutes, so what one power cut ends stands some minutes apart. */
export const TOGETHER = 10 * MINUTE

// A gateway goes dark by itself about once in two months: a router that is switched off, a plug that is pulled.
const ALONE_EVERY = 60 * DAY
// So often in ten minutes may chance look like an outage: once in twenty years for an area.
const BY_CHANCE = 1e-6
const FEWEST = 3

/**
 * How many of `watched` homes must go dark within ten minutes to be one matter: the fewest, three at least, that would
 * hardly ever do so by chance, were each to do so by itself (the upper tail of a Poisson distribution).
 */
export function fewestTogether(watched: number): number {
  const mean = (watched * TOGETHER) / ALONE_EVERY
  let term = Math.exp(-mean)
  let above = 1 - term
  for (let count = 1; ; count++) {
    // `above` is the chance of `count` or more.
    if (count >= FEWEST && above < BY_CHANCE) return count
    term *= mean / count
    above -= term
  }
}

/** The outages of one area with `watched` homes: which of its late homes went dark together. */
export function outages(late: readonly Late[], watched: number): Outage[] {
  const groups: Late[][] = []
  for (const each of late.toSorted((a, b) => a.since - b.since || a.home - b.home)) {
    const before = groups.at(-1)?.at(-1)
    if (before && each.since - before.since <= TOGETHER) groups.at(-1)?.push(each)
    else groups.push([each])
  }
  return groups.map(outageOf).filter(({ homes }) => homes.length >= fewestTogether(watched))
}

/** Whether an outage is over: four in five of its homes are heard again. Who is not is a matter of its own by then. */
export function isOver(homes: number, dark: number): boolean {
  return dark * 5 <= homes
}

function outageOf(group: readonly Late[]): Outage {
  return {
    homes: [...new Set(group.map(({ home }) => home))],
    since: group[0]?.since ?? 0,
    last: group.at(-1)?.since ?? 0,
  }
}
