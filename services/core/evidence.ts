import type { Role } from '../../schemas/household.ts'
import type { Kind, Nature } from '../../schemas/reading.ts'
import type { ExitSeenBy } from '../../schemas/seen.ts'
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

/** The kinds of a sensor that may stand for a contact where the exit has none. */
const ENTRY_KINDS: readonly Kind[] = ['motion', 'presence']

const NOTHING: Evidence = { active: false, exit: false, inner: false }
const INNER: Evidence = { active: true, exit: false, inner: true }
const EXIT: Evidence = { active: true, exit: true, inner: false }

/**
 * Whether a reading is a sign of life. `previous` is what the same device said before of the same kind, or
 * null; `machines` what a meter's machines do, this reading included; `isOff`: it says that what ran at a plug was switched
 * off. Returns one of three fixed values, so that it costs nothing per reading.
 */
export function evidence(
  device: { readonly role: Role },
  reading: Measured & { readonly kind: Kind; readonly nature: Nature },
  previous: Measured | null,
  machines: readonly Recurring[] = [],
  isOff = false,
): Evidence {
  // A state that is only said again is nobody's doing.
  if (reading.nature === 'snapshot') return NOTHING
  // Opening and closing: both are.
  if (reading.kind === 'open') return device.role === 'exit' ? EXIT : INNER
  if (reading.kind === 'power') return ofPower(device.role, reading, previous, machines, isOff)
  return reading.value === 1 ? byMovement(reading.kind, device.role) : NOTHING
}

function ofPower(
  role: Role,
  reading: Measured,
  previous: Measured | null,
  machines: readonly Recurring[],
  isOff: boolean,
): Evidence {
  const rise = riseOf(reading, previous)
  return isOff || isPersons(role, machines, rise, reading.at) ? INNER : NOTHING
}

/** What a device is registered as. */
type Registered = { readonly kind: Kind; readonly role: Role }

/** By what a home's exit is seen: by a contact, where it has none by a motion sensor, or by nothing. */
export function exitSeenBy(devices: readonly Registered[]): ExitSeenBy | null {
  const kinds = devices.filter(({ role }) => role === 'exit').map(({ kind }) => kind)
  if (kinds.includes('open')) return 'contact'
  return kinds.some((kind) => ENTRY_KINDS.includes(kind)) ? 'motion' : null
}

/**
 * What a device is taken for: a motion sensor at the exit stands for the contact that is missing there, and beside one it is
 * like any other.
 */
export function roleBeside({ kind, role }: Registered, by: ExitSeenBy | null): Role {
  return by === 'contact' && role === 'exit' && ENTRY_KINDS.includes(kind) ? 'inner' : role
}

/** Whether a reading says that a button was pressed now, or while the line was down. */
export function isPress(
  { kind, value }: { readonly kind: Kind; readonly value: number },
  nature: Nature,
): boolean {
  return kind === 'button' && value === 1 && nature !== 'snapshot'
}

function byMovement(kind: Kind, role: Role): Evidence {
  if (ENTRY_KINDS.includes(kind)) return role === 'exit' ? EXIT : INNER
  // Whoever knocks shakes the exit door too, and stands outside.
  return kind === 'button' || (kind === 'vibration' && role !== 'exit') ? INNER : NOTHING
}
