import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'

/** A reading on its way, and when it reaches the broker. */
export type Arrival = { readonly at: Millis; readonly reading: Reading }

/** A stretch of a home's time that is published at once: what arrives after the last one, up to `to`. */
export type Step = { readonly to: Millis; readonly arrivals: readonly Arrival[] }

/** What bounds a step. */
export type Bounds = {
  /** Where it ends at the latest. */
  readonly until: Millis
  /** When the pipeline has to look at the home, or null. */
  readonly due: Millis | null
  /** Whether the home is looked at as soon as this comes from it. */
  readonly isClose: (arrival: Arrival) => boolean
  /** When a reading, by itself, has the home looked at; null: it does not. */
  readonly armedBy: (arrival: Arrival) => Millis | null
  /** Whether any look tells of this as soon as it has arrived: then it arrives in its own minute, and not before. */
  readonly isSudden: (arrival: Arrival) => boolean
}

/** Time moves by whole minutes: a signal is found in the minute in which it is due. */
export const GRID = MINUTE
/** A step is no longer than this, so that a gateway is heard now and then though nothing is due. */
export const LONGEST_STEP = HOUR

/** The first instant of the grid that is not before `at`. */
export function gridAt(at: Millis): Millis {
  return Math.ceil(at / GRID) * GRID
}

/**
 * Cuts what arrives of one home into steps. Within a step nothing of it may become due that would have been seen
 * otherwise: so a step ends where the pipeline looks at the home next, and where a reading of its own makes it look.
 */
export class Steps {
  readonly #arrivals: AsyncIterator<Arrival>
  readonly #waiting: Arrival[] = []
  #isOver = false

  constructor(arrivals: AsyncIterable<Arrival>) {
    this.#arrivals = arrivals[Symbol.asyncIterator]()
  }

  /** The step that begins at `from`. What is late by then, because the recording is out of order, is of it. */
  async next(from: Millis, bounds: Bounds): Promise<Step> {
    const { until, due, isSudden } = bounds
    const arrivals: Arrival[] = []
    const soonest = from + GRID
    let to = Math.max(soonest, Math.min(until, gridAt(due ?? Infinity)))
    for (let next = await this.#peek(); next && next.at <= to; next = await this.#peek()) {
      if (next.at > soonest && isSudden(next)) return this.#before(gridAt(next.at) - GRID, arrivals)
      arrivals.push(next)
      this.#waiting.shift()
      to = Math.min(to, Math.max(soonest, gridAt(endedBy(next, bounds))))
    }
    return { to, arrivals }
  }

  // What comes in the minute of the next is not taken yet.
  #before(to: Millis, arrivals: readonly Arrival[]): Step {
    const end = arrivals.findIndex(({ at }) => at > to)
    if (end < 0) return { to, arrivals }
    this.#waiting.unshift(...arrivals.slice(end))
    return { to, arrivals: arrivals.slice(0, end) }
  }

  async #peek(): Promise<Arrival | null> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      const { done, value } = await this.#arrivals.next()
      if (done) this.#isOver = true
      else this.#waiting.push(value)
    }
    return this.#waiting[0] ?? null
  }
}

// When the home is looked at because of what has just arrived.
function endedBy(arrival: Arrival, { isClose, isSudden, armedBy }: Bounds): Millis {
  if (isClose(arrival) || isSudden(arrival)) return arrival.at
  return armedBy(arrival) ?? Infinity
}
