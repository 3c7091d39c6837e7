// zod says exactly what is wrong with a message, and takes 3 us to find that nothing is. So the plainest form of a
// native message, which nearly all have, is looked at by hand first, for a fifth of that. Whatever is not plain is
// null here and goes to zod; a test holds that both read the same.

import { z } from 'zod'
import { BINARY_KINDS, KINDS, type Kind, NATIVE_MAX, NATURES } from '../../schemas/reading.ts'
import type { Nature, Reading } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'

/** The elements of a message whose gateway has a clock, or null when it is not plain. */
export function plainElements(message: unknown): readonly unknown[] | null {
  if (!isNamed(message)) return null
  const { sent, clock = 'ntp', r } = message
  const timed = sent === undefined && clock === 'ntp'
  return timed && Array.isArray(r) && r.length > 0 && r.length <= NATIVE_MAX ? r : null
}

/** An element as a reading, or null when it is not plain. */
export function plainReading(element: unknown, receivedAt: Millis): Reading | null {
  if (!isObject(element)) return null
  const { d: uid, m: kind, k: nature = 'event' } = element
  if (!isName(uid) || !isKind(kind) || !isNature(nature)) return null
  const value = plainValue(kind, element)
  const at = plainTime(element, receivedAt)
  return value === null || at === null ? null : { uid, kind, value, at, nature }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const LONGEST = 64

function isNamed(message: unknown): message is Record<string, unknown> {
  if (!isObject(message)) return false
  const { v, boot, seq } = message
  if (v !== 1 || typeof boot !== 'string' || boot === '' || boot.length > LONGEST) return false
  return Number.isSafeInteger(seq) && Number(seq) >= 0
}

// Printable ASCII; other letters are rare in names of devices.
const NAME = /^[ -~]{1,64}$/

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value)
}

const KNOWN: ReadonlySet<unknown> = new Set<Kind>(KINDS)

function isKind(value: unknown): value is Kind {
  return KNOWN.has(value)
}

function isNature(value: unknown): value is Nature {
  return NATURES.some((nature) => nature === value)
}

function plainValue(kind: Kind, { b, n }: Record<string, unknown>): number | null {
  if (BINARY_KINDS.has(kind)) return n === undefined && typeof b === 'boolean' ? Number(b) : null
  return b === undefined && typeof n === 'number' && Number.isFinite(n) ? n : null
}

// The very expression that stands behind `Instant`.
const INSTANT = z.core.regexes.datetime({ offset: true })

function plainTime({ t, age }: Record<string, unknown>, receivedAt: Millis): Millis | null {
  if (age !== undefined) return null
  if (t === undefined) return receivedAt
  return typeof t === 'string' && INSTANT.test(t) ? Date.parse(t) : null
}
