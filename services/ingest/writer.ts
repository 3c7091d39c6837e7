import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import {
  MissingPartition,
  Repeated,
  type StoredReading,
  commit,
  commitNew,
  makePartitions,
} from '../store/readings.ts'

/** What a message comes to. One without readings only says that the gateway lives. */
export type Item = {
  readonly message: {
    readonly gateway: string
    readonly topic: string
    readonly payload: Uint8Array
    readonly repeated?: boolean
  }
  /** Whether it is put on record that the gateway speaks. */
  readonly heard: boolean
  readonly readings: readonly StoredReading[]
  readonly now: Millis
}

// How long after a repeat nothing is believed to be new, in real milliseconds. One repeat costs a statement in vain.
const DOUBT = 1000

/** A batch that is stored. `readings`: those that were there before among them. */
export type Committed = {
  readonly messages: number
  readonly readings: number
  readonly seconds: number
}

/**
 * Opens the way into the store: stores all of a batch, or throws and stores nothing. What its senders do not say
 * again is believed to be new, which takes half the time; who came back after a break of the line says so by MQTT's
 * DUP flag, and where that belief was wrong all is stored with care for a while.
 */
export function openWriter(
  pool: pg.Pool,
  committed: (batch: Committed) => void,
): (items: readonly Item[]) => Promise<void> {
  let doubtUntil = 0
  return async (items) => {
    const began = performance.now()
    const batch = gather(items)
    const doubtful = batch.repeated || began < doubtUntil
    await inPartitions(pool, batch, async () => {
      if (!doubtful && (await isNew(pool, batch))) return
      if (!doubtful) doubtUntil = performance.now() + DOUBT
      await commit(pool, batch.rows, batch.heard, batch.now)
    })
    const seconds = (performance.now() - began) / 1000
    committed({ messages: items.length, readings: batch.rows.length, seconds })
  }
}

type Gathered = {
  readonly rows: readonly StoredReading[]
  readonly heard: readonly string[]
  readonly now: Millis
  readonly repeated: boolean
}

function gather(items: readonly Item[]): Gathered {
  const rows: StoredReading[] = []
  const heard = new Set<string>()
  let [now, repeated] = [0, false]
  for (const { message, heard: isHeard, readings, now: at } of items) {
    for (const reading of readings) rows.push(reading)
    if (isHeard) heard.add(message.gateway)
    if (message.repeated) repeated = true
    now = Math.max(now, at)
  }
  return { rows, heard: [...heard].toSorted(), now, repeated }
}

async function isNew(pool: pg.Pool, { rows, heard, now }: Gathered): Promise<boolean> {
  try {
    await commitNew(pool, rows, heard, now)
    return true
  } catch (error) {
    if (error instanceof Repeated) return false
    throw error
  }
}

async function inPartitions(
  pool: pg.Pool,
  { rows }: Gathered,
  store: () => Promise<void>,
): Promise<void> {
  try {
    await store()
  } catch (error) {
    if (!(error instanceof MissingPartition)) throw error
    const days = rows.map((row) => row.at)
    await makePartitions(
      pool,
      days.reduce((a, b) => Math.min(a, b)),
      days.reduce((a, b) => Math.max(a, b)),
    )
    await store()
  }
}
