import { NATIVE_MAX, type Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'

/** Readings in order of time, from memory or from a file. */
export type Readings = Iterable<Reading> | AsyncIterable<Reading>

/** Groups readings into messages: those within `span` of the first, and never more than a message may hold. */
export async function* batches(
  readings: Readings,
  span: Millis,
): AsyncGenerator<readonly [Reading, ...Reading[]]> {
  let batch: [Reading, ...Reading[]] | null = null
  for await (const reading of readings) {
    if (batch && (batch.length === NATIVE_MAX || reading.at - batch[0].at > span)) {
      yield batch
      batch = null
    }
    if (batch) batch.push(reading)
    else batch = [reading]
  }
  if (batch) yield batch
}

/** What is under way: at most so many at a time. For one caller, who waits for each call before the next. */
export class Flights {
  readonly #limit: number
  #flying = 0
  #failure: { readonly error: unknown } | null = null
  #wake = (): void => undefined

  /** When `stop` aborts, whoever waits is told its reason. */
  constructor(limit: number, stop: AbortSignal) {
    this.#limit = limit
    stop.addEventListener('abort', () => this.#fail(stop.reason), { once: true })
  }

  /** Takes one more, and resolves when there is room for another; rejects with the first failure of any. */
  async add(flight: Promise<void>): Promise<void> {
    this.#flying++
    flight.then(
      () => {
        this.#flying--
        return this.#wake()
      },
      (error: unknown) => this.#fail(error),
    )
    await this.#until(this.#limit - 1)
  }

  /** Resolves when all have landed. */
  landed(): Promise<void> {
    return this.#until(0)
  }

  async #until(most: number): Promise<void> {
    while (!this.#failure && this.#flying > most)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#failure) throw this.#failure.error
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
  }
}
