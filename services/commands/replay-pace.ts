import { setTimeout as sleep } from 'node:timers/promises'
import type { Millis } from '../../schemas/time.ts'
import { LONGEST_STEP } from '../../simulator/steps.ts'
import type { Controls } from './replay-keys.ts'

/** Simulated seconds a second, or as fast as it is judged. */
export type Speed = number | 'max'

// In real milliseconds: a step shorter than this nobody sees, and each costs.
const SHOWN = 50

/** How far time may move at once at this speed. */
export function longestAt(speed: Speed): Millis {
  return speed === 'max' ? LONGEST_STEP : Math.min(LONGEST_STEP, SHOWN * speed)
}

/** Waits for whoever has paused, and for the moment at which a step may begin at this speed. */
export function paceOf(
  speed: Speed,
  from: Millis,
  { gate }: Pick<Controls, 'gate'>,
  signal: AbortSignal,
): (at: Millis) => Promise<void> {
  if (speed === 'max') return gate
  // The real time at which the clock would have stood at `from`.
  let origin = performance.now()
  return async (at) => {
    const before = performance.now()
    await gate()
    origin += performance.now() - before
    const left = origin + (at - from) / speed - performance.now()
    // Who has fallen behind does not hurry: the pace is the fastest, not the mean.
    if (left < 0) origin -= left
    else await sleep(left, undefined, { signal }).catch(() => undefined) // stopped: the replay sees it
  }
}
