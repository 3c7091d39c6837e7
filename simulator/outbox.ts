import type { Reading } from '../schemas/reading.ts'
import { type Letter, late, letters } from './letter.ts'

/** Sends a letter over a line, and calls back when it is acknowledged. */
export type Send = (letter: Letter, seq: number, acknowledged: () => void) => void

/** How many messages may be under way unacknowledged: the window that Mosquitto and VerneMQ allow by default. */
const WINDOW = 20

type Post = {
  readonly letter: Letter
  readonly seq: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Store and forward: what is not acknowledged is kept, and sent again over the next line. */
export class Outbox {
  // Both oldest first; all that flies is older than all that waits.
  readonly #flying = new Set<Post>()
  #waiting: Post[] = []
  #line: Send | null = null
  #failure: Error | null = null
  #seq = 0

  /** Messages that are not acknowledged yet. */
  get pending(): number {
    return this.#waiting.length + this.#flying.size
  }

  /** Resolves when all of the readings are acknowledged; rejects when the outbox has failed. */
  async add(readings: readonly Reading[]): Promise<void> {
    if (this.#failure) throw this.#failure
    const posted = letters(readings).map(
      (letter) =>
        new Promise<void>((resolve, reject) => {
          const seq = this.#seq++
          this.#waiting.push({ letter: this.#line ? letter : late(letter), seq, resolve, reject })
        }),
    )
    this.#pump()
    await Promise.all(posted)
  }

  /** There is a line: sends what waits, oldest first, a window of it at a time. */
  lineUp(send: Send): void {
    this.#line = send
    this.#pump()
  }

  /** The line is gone: what was under way waits again, and will say that it did. */
  lineDown(): void {
    this.#line = null
    this.#waiting = [...this.#flying, ...this.#waiting].map((post) => ({
      ...post,
      letter: late(post.letter),
    }))
    this.#flying.clear()
  }

  /** Nothing will be delivered any more. */
  fail(reason: Error): void {
    this.#line = null
    this.#failure = reason
    for (const post of [...this.#flying, ...this.#waiting]) post.reject(reason)
    this.#flying.clear()
    this.#waiting = []
  }

  #pump(): void {
    const line = this.#line
    if (!line) return
    while (this.#flying.size < WINDOW) {
      const post = this.#waiting.shift()
      if (!post) return
      this.#flying.add(post)
      line(post.letter, post.seq, () => {
        // The answer of a line that is gone counts for nothing: the letter waits again.
        if (line !== this.#line) return
        this.#flying.delete(post)
        post.resolve()
        this.#pump()
      })
    }
  }
}
