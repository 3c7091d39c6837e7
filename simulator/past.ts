import { NATIVE_MAX, type Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { Flights, type Readings, batches } from './flights.ts'
import type { SimulatedGateway } from './gateway.ts'

/** A home whose past is to be published. */
export type PastHome = {
  readonly gateway: Pick<SimulatedGateway, 'publish'>
  readonly readings: Readings
  /** The newest reading that is known to be stored: the past goes on from there. */
  readonly from?: Millis | undefined
}

/** How far the publishing has come. `total` is estimated from the time that is covered; `rate` is readings a second. */
export type PastProgress = { readonly done: number; readonly total: number; readonly rate: number }

/** What to publish, and how. */
export type PastOptions = {
  readonly homes: readonly PastHome[]
  /** The end of the past: nothing at or after it is published, for the clock of the pipeline stands here. */
  readonly until: Millis
  /** How many homes at a time. */
  readonly parallel?: number
  readonly onProgress?: (progress: PastProgress) => void
  readonly signal?: AbortSignal | undefined
}

/** Messages of one home under way at a time. */
const IN_FLIGHT = 4

/**
 * Publishes the past of many homes as fast as the broker takes it, each in order of time. May be repeated:
 * a home goes on a little before where it stopped, for a newer message can have been stored before an older.
 * Resolves with how far it came when `signal` aborts.
 */
export async function publishPast(options: PastOptions): Promise<PastProgress> {
  const { homes, until, parallel = 8, onProgress, signal } = options
  const progress = new Progress(homes, until)
  const failed = new AbortController()
  const stop = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])])
  const waiting = homes.values()
  const work = async () => {
    for (const home of waiting) {
      await publishHome(home, until, stop, (batch) => {
        progress.stored(home, batch)
        onProgress?.(progress.now())
      })
      progress.finished(home)
    }
  }
  const workers = Array.from({ length: parallel }, work)
  try {
    await Promise.all(workers)
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    failed.abort()
    await Promise.allSettled(workers)
  }
  return progress.now()
}

async function publishHome(
  home: PastHome,
  until: Millis,
  stop: AbortSignal,
  onStored: (batch: readonly [Reading, ...Reading[]]) => void,
): Promise<void> {
  const flights = new Flights(IN_FLIGHT, stop)
  for await (const batch of batches(missing(home, until), Infinity)) {
    stop.throwIfAborted()
    await flights.add(home.gateway.publish(batch).then(() => onStored(batch)))
  }
  await flights.landed()
}

// What may not be stored: all after `from`, and as many before it as could have been under way then.
async function* missing({ readings, from }: PastHome, until: Millis): AsyncGenerator<Reading> {
  let before: Reading[] = []
  for await (const reading of readings) {
    if (reading.at >= until) break
    if (from === undefined || reading.at > from) {
      yield* before
      before = []
      yield reading
    } else {
      before.push(reading)
      if (before.length > 2 * OVERLAP) before = before.slice(-OVERLAP)
    }
  }
  yield* before
}

const OVERLAP = IN_FLIGHT * NATIVE_MAX

class Progress {
  readonly #until: Millis
  readonly #begun = performance.now()
  // Which share of its time each home has behind it.
  readonly #shares: Map<PastHome, { first: Millis | null; share: number }>
  #done = 0

  constructor(homes: readonly PastHome[], until: Millis) {
    this.#until = until
    this.#shares = new Map(homes.map((home) => [home, { first: null, share: 0 }]))
  }

  stored(home: PastHome, batch: readonly [Reading, ...Reading[]]): void {
    this.#done += batch.length
    const covered = this.#shares.get(home)
    if (!covered) return
    covered.first ??= batch[0].at
    const last = (batch.at(-1) ?? batch[0]).at
    covered.share = (last - covered.first) / (this.#until - covered.first)
  }

  finished(home: PastHome): void {
    this.#shares.set(home, { first: null, share: 1 })
  }

  now(): PastProgress {
    const shares = [...this.#shares.values()].reduce((sum, { share }) => sum + share, 0)
    const total = shares === 0 ? this.#done : (this.#done * this.#shares.size) / shares
    const seconds = (performance.now() - this.#begun) / 1000
    return { done: this.#done, total: Math.round(total), rate: this.#done / seconds }
  }
}
