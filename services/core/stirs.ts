import type { Millis } from '../../schemas/time.ts'
import { AFTERGLOW } from './presence.ts'
import { QUARTER } from './time.ts'

/**
 * The signs of life inside in the quarter hour of the last one, and in the one before, as the store counts them; those of the
 * quarter hours in which the exit was used last, or its afterglow was not over, are left out, for who left made some of them.
 */
export type Stirs = { readonly quarter: number; readonly here: number; readonly before: number }

/** No sign yet, or none since the exit was used. */
export const NO_STIRS: Stirs = { quarter: NaN, here: 0, before: 0 }

/** Counts a sign of life inside. */
export function stir({ quarter, here, before }: Stirs, at: Millis, lastExit: Millis | null): Stirs {
  const now = Math.floor(at / QUARTER)
  if (lastExit !== null && now <= Math.floor((lastExit + AFTERGLOW) / QUARTER)) return NO_STIRS
  if (now === quarter) return { quarter, here: here + 1, before }
  return { quarter: now, here: 1, before: now === quarter + 1 ? here : 0 }
}

/** How many there were in both. */
export function stirsOf({ here, before }: Stirs): number {
  return here + before
}
