import type { Role } from '../../schemas/household.ts'
import type { Kind, Nature } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'

/** What a reading says about the person: nothing, or a sign of life at the exit door or within the home. */
export type Evidence = {
  readonly active: boolean
  readonly exit: boolean
  readonly inner: boolean
}

/** The kinds by which a device can give a sign of life at all; what else it measures is nobody's doing. */
export const LIVELY_KINDS: readonly Kind[] = [
  'motion',
  'presence',
  'open',
  'power',
  'button',
  'vibration',
]

type Measured = { readonly at: Millis; readonly value: number }

/** How far power must rise to be somebody's doing, in W: for the whole home, and for one plug. */
type Rise = { readonly mains: number; readonly plug: number }

/**
 * At 100 W it is the fridge that switches: in a recorded home (REFIT 20) such rises never pause longer than
 * 448 minutes in 460 days, holidays included, while rises of 1,000 W (kettle, hob, shower) tell the holidays.
 */
const RISE: Rise = { mains: 1000, plug: 30 }

const NOTHING: Evidence = { active: false, exit: false, inner: false }
const INNER: Evidence = { active: true, exit: false, inner: true }
const EXIT: Evidence = { active: true, exit: true, inner: false }

/**
 * Whether a reading is a sign of life. `previous` is what the same device said before of the same kind, or
 * null. Returns one of three fixed values, so that it costs nothing per reading.
 */
export function evidence(
  device: { readonly role: Role },
  reading: Measured & { readonly kind: Kind; readonly nature: Nature },
  previous: Measured | null,
  rise: Rise = RISE,
): Evidence {
  // A state that is only said again is nobody's doing.
  if (reading.nature === 'snapshot') return NOTHING
  // Opening and closing: both are.
  if (reading.kind === 'open') return device.role === 'exit' ? EXIT : INNER
  const human =
    reading.kind === 'power'
      ? isRise(device.role, reading, previous, rise)
      : reading.value === 1 && isHuman(reading.kind, device.role)
  return human ? INNER : NOTHING
}

function isHuman(kind: Kind, role: Role): boolean {
  if (kind === 'motion' || kind === 'presence' || kind === 'button') return true
  // Whoever knocks shakes the exit door too, and stands outside.
  return kind === 'vibration' && role !== 'exit'
}

function isRise(role: Role, now: Measured, before: Measured | null, rise: Rise): boolean {
  if (before === null || before.at >= now.at) return false
  // A home that feeds solar power in shows less than nothing, and rises when a cloud comes.
  return now.value - Math.max(before.value, 0) >= (role === 'mains' ? rise.mains : rise.plug)
}
