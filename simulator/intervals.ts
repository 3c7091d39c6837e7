import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'

/**
 * The ends of what recordings tell as "from ... to ...": each is due when a later line begins after it. So what is
 * said is in the order of time, though the lines are in that of their beginnings.
 */
export class Ends {
  // Few are open at a time: a sensor that is still on.
  #open: Reading[] = []

  /** Takes a beginning and its end, and returns all that is due by then, in order. */
  add(start: Reading, end: Reading): readonly Reading[] {
    const due = this.#until(start.at)
    this.#open.push(end)
    return [...due, start]
  }

  /** All that is left. */
  rest(): readonly Reading[] {
    return this.#until(Infinity)
  }

  #until(at: Millis): readonly Reading[] {
    const due = this.#open.filter((end) => end.at <= at).toSorted((a, b) => a.at - b.at)
    this.#open = this.#open.filter((end) => end.at > at)
    return due
  }
}
