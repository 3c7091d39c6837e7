import type { Role } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { DAY, HOUR } from './time.ts'

/** A value of power, in W. */
export type Measured = { readonly at: Millis; readonly value: number }

/**
 * Rises of about one size: how large (W), when the last was, the usual time between two, how many have come at such times
 * in a row and since when, and when that last proved that a machine makes them (null: never).
 */
export type Recurring = {
  readonly watts: number
  readonly last: Millis
  readonly gap: Millis
  readonly times: number
  readonly since: Millis
  readonly provenAt: Millis | null
}

/**
 * How far power must rise to be somebody's doing, in W: for the whole home, and for one plug.
 * At 100 W it is the fridge that switches: in a recorded home (REFIT 20) such rises never pause longer than
 * 448 minutes in 460 days, holidays included, while rises of 1,000 W (kettle, hob, shower) tell the holidays.
 */
const RISE = { mains: 1000, plug: 30 }

/** Rises are of one size, and a person's no larger than a machine's, up to this factor. */
const ALIKE = 1.5

/** A machine's times between two rises differ from what is usual by less than this factor. */
const REGULAR = 2

/** Nobody who sleeps makes such rises without a longer pause. */
const LONGEST = 3 * HOUR

/** What comes so regularly, so often and for so long, nobody switches. */
const PROOF = { times: 12, span: 6 * HOUR }

/** How long what was proven holds: a rice cooker is not used every day. */
const HOLDS = 14 * DAY

/** As many sizes as are followed at one meter. */
const SIZES = 4

/** How far power has risen, in W; 0 when nobody can say. */
export function riseOf(now: Measured, before: Measured | null): number {
  if (before === null || before.at >= now.at) return 0
  // A home that feeds solar power in shows less than nothing, and rises when a cloud comes.
  return now.value - Math.max(before.value, 0)
}

/** From how many W on a rise is a person's: clearly more than what the meter's machines do by themselves. */
export function isPersons(
  role: Role,
  known: readonly Recurring[],
  rise: number,
  at: Millis,
): boolean {
  if (rise < floorOf(role)) return false
  return known.every((each) => !isProven(each, at) || rise > each.watts * ALIKE)
}

/** Takes in a rise of a meter: what is known of its machines afterwards. Most readings change nothing. */
export function learn(
  known: readonly Recurring[],
  role: Role,
  rise: number,
  at: Millis,
): readonly Recurring[] {
  if (rise < floorOf(role)) return known
  const found = known.find(({ watts }) => rise <= watts * ALIKE && watts <= rise * ALIKE)
  if (found && at <= found.last) return known
  const others = known.filter((each) => each !== found)
  return [found ? recurred(found, rise, at) : fresh(rise, at), ...others].slice(0, SIZES)
}

/** When it was last proven that a machine is at this meter; 0 when never. */
export function lastProof(known: readonly Recurring[]): Millis {
  return known.reduce((latest, { provenAt }) => Math.max(latest, provenAt ?? 0), 0)
}

/** The largest machine that is at a meter: no rise up to `watts` is a person's, until `until` if it is not proven again. */
export function machineAt(
  known: readonly Recurring[],
  at: Millis,
): { readonly watts: number; readonly until: Millis } | null {
  const proven = known.filter((each) => isProven(each, at)).toSorted((a, b) => b.watts - a.watts)
  const [largest] = proven
  return largest ? { watts: largest.watts * ALIKE, until: (largest.provenAt ?? at) + HOLDS } : null
}

function floorOf(role: Role): number {
  return role === 'mains' ? RISE.mains : RISE.plug
}

function isProven({ provenAt }: Recurring, at: Millis): boolean {
  return provenAt !== null && at - provenAt < HOLDS
}

function fresh(watts: number, at: Millis): Recurring {
  return { watts, last: at, gap: 0, times: 0, since: at, provenAt: null }
}

function recurred(before: Recurring, rise: number, at: Millis): Recurring {
  const gap = at - before.last
  const watts = before.watts + (rise - before.watts) / 8
  if (gap > LONGEST) return { ...fresh(watts, at), provenAt: before.provenAt }
  const isRegular = gap < before.gap * REGULAR && before.gap < gap * REGULAR
  // The first of a run says what is usual.
  if (!isRegular) return { ...before, watts, last: at, gap, times: 1, since: before.last }
  const times = before.times + 1
  const isProof = times >= PROOF.times && at - before.since >= PROOF.span
  return {
    watts,
    last: at,
    gap: before.gap + (gap - before.gap) / 4,
    times,
    since: before.since,
    provenAt: isProof ? at : before.provenAt,
  }
}
