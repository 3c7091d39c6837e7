import type { Millis } from '../../../schemas/time.ts'
import { ranThrough } from '../draw.ts'
import type { Span } from '../time.ts'

/** From when on what has run through a silence since `running`; null: nothing does. */
export type Turn = { readonly at: Millis; readonly running: Millis | null }

/** How a silence from `since` to `until` begins, and what then begins or ends to run through it. */
export function turnsThrough(
  ran: readonly Span[],
  since: Millis,
  until: Millis,
): readonly [Turn, ...Turn[]] {
  const span = ranThrough(ran, since)
  if (span === null) return [{ at: since, running: null }]
  const turns: readonly Turn[] = [
    { at: span.since, running: span.since },
    { at: span.until ?? Infinity, running: null },
  ]
  const begins = span.since <= since ? span.since : null
  return [{ at: since, running: begins }, ...turns.filter(({ at }) => at > since && at < until)]
}
