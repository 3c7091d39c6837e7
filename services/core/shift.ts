import type { Override, Rotation } from '../../schemas/roster.ts'
import type { Millis } from '../../schemas/time.ts'
import { firstInstant, localClock } from './time.ts'

/** One turn of a rota. */
export type Shift = { readonly since: Millis; readonly until: Millis; readonly person: string }

/**
 * The turn that a rota has at `at`, or null before its start. Turns are counted on the local clock, so they begin at
 * the same time of day whatever the clocks do, and the last instant of one is followed by the first of the next. One
 * that would lie wholly in an hour that the clocks skip does not take place.
 */
export function shiftAt(rotation: Rotation, at: Millis): Shift | null {
  const { start, length, timeZone } = rotation
  const begins = (turn: number) => firstInstant(start + turn * length, timeZone)
  let turn = Math.floor((localClock(at, timeZone) - start) / length)
  while (begins(turn) > at) turn--
  while (begins(turn + 1) <= at) turn++
  const person = turn < 0 ? null : rotation.participants[turn % rotation.participants.length]
  return person ? { since: begins(turn), until: begins(turn + 1), person } : null
}

/** The turns of a rota that touch the time from `from` to `until`, in order. */
export function shiftsBetween(rotation: Rotation, from: Millis, until: Millis): Shift[] {
  const found: Shift[] = []
  const first = Math.max(from, firstInstant(rotation.start, rotation.timeZone))
  for (let at = first; at < until;) {
    const shift = shiftAt(rotation, at)
    if (!shift)
      throw new Error(`the rota ${rotation.rotation} has no turn at ${at}, after its start`)
    found.push(shift)
    at = shift.until
  }
  return found
}

/** Who has a rota's turn at `at`, after the changes that hold then. Each change is applied once, and to the rota alone. */
export function onShift(
  rotation: Rotation,
  overrides: readonly Override[],
  at: Millis,
): readonly string[] {
  const holding = overrides.filter(
    (one) => one.rotation === rotation.rotation && one.since <= at && at < one.until,
  )
  const out = new Set(holding.map((one) => one.out))
  const turn = shiftAt(rotation, at)
  const stays = turn && !out.has(turn.person) ? [turn.person] : []
  const joins = holding.flatMap((one) => (one.in !== null && joined(one, turn) ? [one.in] : []))
  return [...new Set([...stays, ...joins])]
}

// Who replaces somebody has the turns of the other, and no more; who is added is there all the while.
function joined(override: Override, turn: Shift | null): boolean {
  return override.out === null || turn?.person === override.out
}
