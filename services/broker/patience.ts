import type { Millis } from '../../schemas/time.ts'

const SLOTS = 4096
const HALF_LIFE = 60_000
const FIRST = 250
const LONGEST = 4000

/**
 * Remembers who was wrong lately, in a table of fixed size: however many names and addresses are tried, it does
 * not grow. Two that share a slot share its slowness, which costs the honest one at most `LONGEST`.
 */
export class Patience {
  readonly #faults = new Float64Array(SLOTS)
  readonly #at = new Float64Array(SLOTS)
  // So that nobody can choose a name that slows down a given gateway.
  readonly #salt: number

  constructor(random: () => number) {
    this.#salt = Math.floor(random() * 2 ** 32)
  }

  /** How long the next try of `who` waits: nothing at first, then 250 ms, doubled by each fault up to 4 s. */
  wait(who: string, now: Millis): number {
    const faults = this.#faded(this.#slot(who), now)
    return faults < 0.5 ? 0 : Math.min(LONGEST, FIRST * 2 ** (faults - 1))
  }

  /** `who` was wrong. Half of it is forgotten after a minute. */
  fault(who: string, now: Millis): void {
    const slot = this.#slot(who)
    // More than 10 would only be remembered longer.
    this.#faults[slot] = Math.min(10, this.#faded(slot, now) + 1)
    this.#at[slot] = now
  }

  /** `who` was right after all: takes one fault back. */
  forgive(who: string, now: Millis): void {
    const slot = this.#slot(who)
    this.#faults[slot] = Math.max(0, this.#faded(slot, now) - 1)
    this.#at[slot] = now
  }

  #faded(slot: number, now: Millis): number {
    const age = now - (this.#at[slot] ?? now)
    return (this.#faults[slot] ?? 0) * 2 ** (-age / HALF_LIFE)
  }

  // FNV-1a (Fowler, Noll, Vo), begun at the salt.
  #slot(who: string): number {
    let hash = this.#salt
    for (let i = 0; i < who.length; i++) hash = Math.imul(hash ^ who.charCodeAt(i), 0x01000193)
    return (hash >>> 16) % SLOTS
  }
}
