import type { Millis } from '../../../schemas/time.ts'
import { begunBy, ranThrough } from '../draw.ts'
import type { Span } from '../time.ts'

/** Since when what a silence is spent with runs, as it is known from `at` on, and since when what is on then; null: nothing. */
export type Turn = {
  readonly at: Millis
  readonly running: Millis | null
  readonly on: Millis | null
}

/** How a silence from `since` to `until` begins, and each time that something begins or ends to run in it. */
export function turnsThrough(
  ran: readonly Span[],
  since: Millis,
  until: Millis,
): readonly [Turn, ...Turn[]] {
  const turn = (at: Millis): Turn => ({
    at,
    running: ranThrough(ran, since, at)?.since ?? null,
    on: ranThrough(ran, at, at)?.since ?? null,
  })
  const turns: [Turn, ...Turn[]] = [turn(since)]
  for (let next = Math.max(0, begunBy(ran, since) - 1); next < ran.length; next++) {
    const { since: begun, until: end } = ran[next] ?? NEVER
    if (begun >= until) break
    for (const at of [begun, end ?? Infinity]) if (at > since && at < until) turns.push(turn(at))
  }
  return turns
}

const NEVER: Span = { since: Infinity, until: null }
