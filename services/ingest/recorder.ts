import type pg from 'pg'
import type { Logger } from 'pino'
import type { Millis } from '../../schemas/time.ts'
import {
  type Rejection,
  type Stray,
  addRejections,
  markOffline,
  noteUnassigned,
} from '../store/gateways.ts'
import { type Press, keepPresses } from '../store/presses.ts'
import { Batch } from './batch.ts'
import { openMeterKeeper } from './meter-keeper.ts'
import { type Patience, judge } from './patience.ts'
import type { Meter, Sorted } from './sort.ts'

/** What is written beside the readings. It waits for PostgreSQL, as they do. */
export type Recorder = AsyncDisposable & {
  readonly rejection: (rejection: Rejection, now: Millis) => Promise<void>
  readonly offline: (gateway: string, now: Millis) => Promise<void>
  readonly meters: (meters: readonly Meter[], now: Millis) => void
  readonly presses: (presses: readonly Press[]) => Promise<void>
  readonly unassigned: (gateway: string, readings: Sorted['unassigned']) => Promise<void>
}

/** What a recorder needs. */
export type RecorderDeps = {
  readonly pool: pg.Pool
  readonly log: Logger
  readonly figures?: { readonly refused: (reason: string) => void }
}

/**
 * Opens a recorder. What is refused and what nobody has assigned is written in batches of its own, as readings are: with a
 * statement each, one gateway that says nothing but rubbish had all connections to PostgreSQL to itself.
 */
export function openRecorder({ pool, log, figures }: RecorderDeps, patience: Patience): Recorder {
  const { persist } = patience
  const rejections = open<{ rejection: Rejection; now: Millis }>(
    log,
    () => PAYLOAD,
    (refused) =>
      addRejections(
        pool,
        refused.map(({ rejection }) => rejection),
        Math.max(...refused.map(({ now }) => now)),
      ),
  )
  const strays = open<readonly Stray[]>(
    log,
    (said) => said.length,
    (noted) => noteUnassigned(pool, noted.flat()),
  )
  return {
    rejection(rejection, now) {
      figures?.refused(rejection.reason)
      return rejections.add({ rejection, now })
    },
    offline: (gateway, now) => persist(() => markOffline(pool, gateway, now)),
    meters: openMeterKeeper(pool, patience),
    presses: (presses) => persist(() => keepPresses(pool, presses)),
    unassigned: (gateway, readings) => strays.add(readings.map((each) => ({ ...each, gateway }))),
    async [Symbol.asyncDispose]() {
      await Promise.all([rejections[Symbol.asyncDispose](), strays[Symbol.asyncDispose]()])
    },
  }
}

// With its payload a rejection is as large as some rows.
const PAYLOAD = 10

function open<T>(
  log: Logger,
  size: (item: T) => number,
  write: (items: readonly T[]) => Promise<void>,
): Batch<T> {
  const refuse = (_: T, error: unknown): Promise<void> =>
    Promise.reject(new Error('not put on record', { cause: error }))
  return new Batch<T>({ write, judge, refuse, size, log })
}
