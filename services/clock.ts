import { setTimeout as sleep } from 'node:timers/promises'
import type { Millis } from '../schemas/time.ts'
import type { Clock } from './core/time.ts'

// Timers hold at most 2^31 - 1 ms, and a wall clock may be set: look again at least this often.
const LONGEST_SLEEP = 60_000
// While a clock stands: how soon an abort is seen.
const STANDING = 100

/** The wall's clock. */
export const wallClock: Clock = clockFrom(() => Date.now(), 1)

/** A clock that stands at `start` until `go`, and from then on runs `speed` times as fast as the wall's. */
export function fastClock(start: Millis, speed: number): Clock & { go(): void } {
  let origin: number | null = null
  const passed = () => (origin === null ? 0 : performance.now() - origin)
  const clock = clockFrom(() => Math.floor(start + passed() * speed), speed)
  return {
    ...clock,
    go() {
      origin ??= performance.now()
    },
  }
}

/**
 * A clock that stands until it is moved. `speed` is what the services make of real time beside it: a process counts as
 * standing still, and a message as on its way, for so much longer.
 */
export function stepClock(start: Millis, speed: number): Clock & { moveTo(at: Millis): void } {
  let now = start
  let moved = Promise.withResolvers<void>()
  return {
    now: () => now,
    speed,
    async after(at, signal) {
      for (;;) {
        signal?.throwIfAborted()
        if (now >= at) return
        // Looked at again by real time too, so that an abort is seen.
        await Promise.race([moved.promise, sleep(STANDING, undefined, { ref: false })])
      }
    },
    moveTo(at) {
      if (at < now) throw new Error(`time does not go back: from ${now} to ${at}`)
      now = at
      moved.resolve()
      moved = Promise.withResolvers()
    },
  }
}

function clockFrom(now: () => Millis, speed: number): Clock {
  return {
    now,
    speed,
    async after(at, signal) {
      for (let left = at - now(); left > 0; left = at - now()) {
        await sleep(Math.min(Math.ceil(left / speed), LONGEST_SLEEP), undefined, { signal })
      }
    },
  }
}
