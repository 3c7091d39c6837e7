import type { Millis } from '../../schemas/time.ts'

/** How much may be had a second, and how much at once after a pause. */
export type Rate = { readonly perSecond: number; readonly atOnce: number }

// A bucket that was waited for may lack a rounding.
const ONE = 1 - 1e-6

/** A bucket that fills at a rate: who takes more than is in it owes the rest, and waits for it. */
export class Pace {
  readonly #rate: Rate
  #left: number
  #at: Millis

  constructor(rate: Rate, now: Millis) {
    this.#rate = rate
    this.#left = rate.atOnce
    this.#at = now
  }

  /** Takes `amount`, whether or not it is there. */
  take(amount: number, now: Millis): void {
    this.#fill(now)
    this.#left -= amount
  }

  /** Milliseconds until there is one again; 0 when there is. */
  wait(now: Millis): number {
    this.#fill(now)
    return this.#left > ONE ? 0 : Math.ceil(((1 - this.#left) * 1000) / this.#rate.perSecond)
  }

  /** Whether nothing is owed or missing: such a bucket need not be remembered. */
  full(now: Millis): boolean {
    this.#fill(now)
    return this.#left >= this.#rate.atOnce
  }

  #fill(now: Millis): void {
    const { perSecond, atOnce } = this.#rate
    this.#left = Math.min(atOnce, this.#left + ((now - this.#at) * perSecond) / 1000)
    this.#at = now
  }
}
