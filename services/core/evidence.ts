import type { Role } from '../../schemas/household.ts'
import type { Kind, Nature } from '../../schemas/reading.ts'
import { type Measured, type Recurring, isPersons, riseOf } from './power.ts'

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

const NOTHING: Evidence = { active: false, exit: false, inner: false }
const INNER: Evidence = { active: true, exit: false, inner: true }
const EXIT: Evidence = { active: true, exit: true, inner: false }

/**
 * Whether a reading is a sign of life. `previous` is what the same device said before of the same kind, or
 * null; `machines` what a meter's machines do, this reading included. Returns one of three fixed values, so that it costs
 * nothing per reading.
 */
export function evidence(
  device: { readonly role: Role },
  reading: Measured & { readonly kind: Kind; readonly nature: Nature },
  previous: Measured | null,
  machines: readonly Recurring[] = [],
): Evidence {
  // A state that is only said again is nobody's doing.
  if (reading.nature === 'snapshot') return NOTHING
  // Opening and closing: both are.
  if (reading.kind === 'open') return device.role === 'exit' ? EXIT : INNER
  const human =
    reading.kind === 'power'
      ? isPersons(device.role, machines, riseOf(reading, previous), reading.at)
      : reading.value === 1 && isHuman(reading.kind, device.role)
  return human ? INNER : NOTHING
}

/** Whether a reading says that a button was pressed now, or while the line was down. */
export function isPress(
  { kind, value }: { readonly kind: Kind; readonly value: number },
  nature: Nature,
): boolean {
  return kind === 'button' && value === 1 && nature !== 'snapshot'
}

function isHuman(kind: Kind, role: Role): boolean {
  if (kind === 'motion' || kind === 'presence' || kind === 'button') return true
  // Whoever knocks shakes the exit door too, and stands outside.
  return kind === 'vibration' && role !== 'exit'
}
