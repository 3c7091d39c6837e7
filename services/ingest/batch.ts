import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

/** How a batch is stored. */
export type BatchOptions<T> = {
  /** Writes a batch, all of it or nothing. */
  readonly write: (items: readonly T[]) => Promise<void>
  /** Says of a failed write what can help: writing again, or nothing while this item is in it. */
  readonly judge: (error: unknown) => 'again' | 'bad'
  /** Puts on record an item that can never be written. It then counts as done. */
  readonly refuse: (item: T, error: unknown) => Promise<void>
  /** What an item weighs, in rows. */
  readonly size: (item: T) => number
  readonly log: Logger
}

type Waiting<T> = { item: T; resolve: () => void; reject: (error: unknown) => void }

// More rows in one statement bring little speed and much waiting: 1,000 rows ran 213,000 rows/s, 5,000 ran 272,000.
const LARGEST = 2000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 5000

/**
 * Group commit: everybody's items join one batch, and each hears back when its own is stored. A batch closes
 * when the one before it is stored, not on a timer: a lone item is written at once, and the busier it is the
 * larger the batches grow. While the store is away items wait, and nobody is acknowledged.
 */
export class Batch<T> implements AsyncDisposable {
  readonly #options: BatchOptions<T>
  readonly #closing = new AbortController()
  readonly #waiting: Waiting<T>[] = []
  #writing: readonly Waiting<T>[] = []
  #running: Promise<void> = Promise.resolve()

  constructor(options: BatchOptions<T>) {
    this.#options = options
  }

  /** Resolves when the item is stored or on record as refused; rejects when the batch is closed first. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closing.signal.aborted) return reject(new Error('the batch is closed'))
      const idle = this.pending === 0
      this.#waiting.push({ item, resolve, reject })
      if (idle) this.#running = this.#running.then(() => this.#run())
    })
  }

  /** How many items wait or are being written. */
  get pending(): number {
    return this.#waiting.length + this.#writing.length
  }

  /** The item that waits longest to be stored; null when none does. */
  get oldest(): T | null {
    return (this.#writing[0] ?? this.#waiting[0])?.item ?? null
  }

  /** Ends the attempts: what is not stored by then is not acknowledged. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#running
    for (const each of this.#waiting) each.reject(new Error('the batch is closed'))
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
      const batch = this.#waiting.splice(0, fitting(this.#waiting, this.#options.size))
      this.#writing = batch
      await this.#store(batch)
      this.#writing = []
    }
  }

  async #store(batch: readonly Waiting<T>[]): Promise<void> {
    const { write, judge, log } = this.#options
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const failure = await attempt(() => write(batch.map((each) => each.item)))
      if (failure === null) return batch.forEach((each) => each.resolve())
      if (judge(failure.error) === 'bad') return await this.#divide(batch, failure.error)
      log.warn({ err: failure.error, items: batch.length }, 'cannot store now, trying again')
      if (await this.#closed(pause)) return batch.forEach((each) => each.reject(failure.error))
    }
  }

  // One bad item must not cost the others: halve until it stands alone.
  async #divide(batch: readonly Waiting<T>[], error: unknown): Promise<void> {
    const [first, ...others] = batch
    if (first && others.length === 0) {
      const failure = await attempt(() => this.#options.refuse(first.item, error))
      return failure ? first.reject(failure.error) : first.resolve()
    }
    const middle = Math.ceil(batch.length / 2)
    await this.#store(batch.slice(0, middle))
    await this.#store(batch.slice(middle))
  }

  #closed(pause: number): Promise<boolean> {
    return sleep(pause, false, { signal: this.#closing.signal }).catch(() => true)
  }
}

async function attempt(work: () => Promise<void>): Promise<{ error: unknown } | null> {
  try {
    await work()
    return null
  } catch (error) {
    return { error }
  }
}

// At least one item, however large: it must go some time.
function fitting<T>(waiting: readonly Waiting<T>[], size: (item: T) => number): number {
  let count = 0
  for (let rows = 0; count < waiting.length; count++) {
    const next = waiting[count]
    rows += next ? size(next.item) : 0
    if (rows > LARGEST && count > 0) break
  }
  return count
}
