import type { Millis } from '../../schemas/time.ts'
import { HOUR, type Span } from './time.ts'

/** The value that a meter of a whole home last said, and since when and until when it has said just that. */
export type Held = { readonly value: number; readonly since: Millis; readonly until: Millis }

/**
 * No home draws the same to the watt for so long: its meter is frozen, or somebody has filled a hole with zeros. In REFIT House 20
 * the longest such stretch that is neither lasts 40 minutes.
 */
const STUCK = 2 * HOUR

/** Follows a meter: what it holds now, and the time in which it was stuck, once that is over. */
export function follow(
  held: Held | null,
  { at, value }: { readonly at: Millis; readonly value: number },
): { readonly held: Held; readonly stuck: Span | null } {
  if (held?.value === value) return { held: { ...held, until: at }, stuck: null }
  const isOver = held !== null && held.until - held.since >= STUCK
  return {
    held: { value, since: at, until: at },
    stuck: isOver ? { since: held.since, until: at } : null,
  }
}
