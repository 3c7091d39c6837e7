import type { Millis } from '../../schemas/time.ts'
import { DAY, QUARTER, localDay, localQuarter } from '../core/time.ts'

/** The quarter hours of a day on the wall's clock. */
export const SLOTS = DAY / QUARTER

/** Where a moment stands in a picture of local days. */
export type Slot = {
  readonly at: Millis
  /** The row: 0 is the first day. */
  readonly row: number
  /** The column: quarters since midnight by the wall's clock. */
  readonly slot: number
}

/** Some local days, as `localDay` numbers them, and the quarter hours that were lived in them. */
export type Calendar = { readonly days: readonly number[]; readonly slots: readonly Slot[] }

/**
 * Lays out the last `count` local days of a zone, today included, by the wall's clock. The hour that is lived
 * twice in autumn puts two quarters in one slot; the one that is skipped in spring leaves its slots empty.
 */
export function calendar(count: number, zone: string, now: Millis): Calendar {
  const first = localDay(now, zone) - count + 1
  const slots: Slot[] = []
  // No zone is a day from UTC: begin one early, and drop what lies before the first midnight.
  for (let at = (first - 1) * DAY; at <= now; at += QUARTER) {
    const one = slotOf(at, first, zone)
    if (one.row >= 0) slots.push(one)
  }
  return { days: Array.from({ length: count }, (_, row) => first + row), slots }
}

/** Where a moment stands in a calendar that begins with the local day `first`. */
export function slotOf(at: Millis, first: number, zone: string): Slot {
  return { at, row: localDay(at, zone) - first, slot: localQuarter(at, zone) }
}
