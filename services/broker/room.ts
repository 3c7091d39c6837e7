/** Who waits until there is room. */
export type Waiter = { wake(): void }

/**
 * How much all connections together may have under way. When it is full their sockets are no longer read, and TCP
 * makes the gateways keep what they have: a store that is away costs no memory here, and no reading.
 */
export class Room {
  readonly #most: number
  readonly #waiting = new Set<Waiter>()
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  get used(): number {
    return this.#used
  }

  /** Whether another one fits when `more` is about to enter. */
  fits(more: number): boolean {
    return this.#used + more < this.#most
  }

  enter(weight: number): void {
    this.#used += weight
  }

  /** Makes room, and wakes who has waited longest, for as long as there is some. */
  leave(weight: number): void {
    this.#used -= weight
    if (this.#waiting.size === 0) return
    for (const waiter of this.#waiting) {
      if (!this.fits(0)) return
      this.#waiting.delete(waiter)
      waiter.wake()
    }
  }

  wait(waiter: Waiter): void {
    this.#waiting.add(waiter)
  }

  forget(waiter: Waiter): void {
    this.#waiting.delete(waiter)
  }
}
