import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BINARY_KINDS,
  KINDS,
  NATURES,
  NativeMessage,
  NativeReading,
} from '../../schemas/reading.ts'
import { plainElements, plainReading } from '../../services/ingest/plain.ts'
import { NOW } from '../broker/door.ts'

const instant = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())

// What gateways say, what they nearly say, and anything.
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, -1, 0, 1, 2 ** 53, '', 'event', 'ntp', 'none', '\u0007', 'x'.repeat(65)),
  fc.constantFrom('2026-02-29T00:00:00Z', '2024-02-29T00:00:00Z', '2026-04-31T00:00:00.000Z'),
  fc.constantFrom('2026-03-02T24:00:00Z', '2026-03-02T12:00:00', '2026-03-02T12:00:00+09:00'),
  fc.constantFrom('2026-03-02T12:00Z', '2026-03-02T12:00:00.5Z', '0000-01-01T00:00:00Z'),
  fc.constantFrom(
    's1',
    'motion',
    'power',
    'battery',
    true,
    false,
    Number.POSITIVE_INFINITY,
    [],
    [1],
    {},
  ),
)
/** What is right, with up to two of its fields made odd. */
const spoilt = (right: fc.Arbitrary<object>, keys: readonly string[]) =>
  fc
    .tuple(right, fc.array(fc.tuple(fc.constantFrom(...keys), odd), { maxLength: 2 }))
    .map(([given, changes]): unknown => ({ ...given, ...Object.fromEntries(changes) }))

const rest = { t: instant, k: fc.constantFrom(...NATURES) }
const name = fc.string({ minLength: 1, maxLength: 64 })
const double = fc.double({ noNaN: true, noDefaultInfinity: true })
const [binary, numeric] = [
  KINDS.filter((kind) => BINARY_KINDS.has(kind)),
  KINDS.filter((kind) => !BINARY_KINDS.has(kind)),
]
const yes = fc.record(
  { d: name, m: fc.constantFrom(...binary), b: fc.boolean(), ...rest },
  { requiredKeys: ['d', 'm', 'b'] },
)
const number = fc.record(
  { d: name, m: fc.constantFrom(...numeric), n: double, ...rest },
  { requiredKeys: ['d', 'm', 'n'] },
)
const element = fc.oneof(
  spoilt(fc.oneof(yes, number), ['d', 'm', 'b', 'n', 't', 'age', 'k', 'else']),
  odd,
)

const elements = fc.oneof(
  fc.array(odd, { minLength: 1 }),
  fc.nat(3).map((more) => Array.from({ length: 498 + more }, () => 1)),
)
const message = spoilt(
  fc.record(
    { v: fc.constant(1), boot: name, seq: fc.nat(), clock: fc.constant('ntp'), r: elements },
    { requiredKeys: ['v', 'boot', 'seq', 'r'] },
  ),
  ['v', 'boot', 'seq', 'sent', 'clock', 'r', 'else'],
)

test('what is read by hand is what zod reads, of whatever comes', () => {
  let read = 0
  const property = fc.property(element, (given) => {
    const plain = plainReading(given, NOW)
    if (plain === null) return
    read++
    const { d, m, b, n, t, k } = NativeReading.parse(given)
    expect(plain).toEqual({ uid: d, kind: m, value: Number(b ?? n), at: t ?? NOW, nature: k })
  })
  fc.assert(property, { numRuns: 5000 })
  // It must read most, or it would agree by never saying anything.
  expect(read).toBeGreaterThan(1000)
})

test('a message that is taken apart by hand is one that zod would take apart, into the same', () => {
  let read = 0
  const property = fc.property(message, (given) => {
    const plain = plainElements(given)
    if (plain === null) return
    read++
    const { r, clock, sent } = NativeMessage.parse(given)
    expect({ r, clock, sent }).toEqual({ r: plain, clock: 'ntp', sent: undefined })
  })
  fc.assert(property, { numRuns: 3000 })
  expect(read).toBeGreaterThan(1000)
})

test('what nearly all gateways send is read by hand', () => {
  const said = { d: '0x00158d0001a2b3c4', m: 'motion', b: true, t: '2026-03-02T12:00:00.123Z' }
  expect(plainElements({ v: 1, boot: 'b1', seq: 7, clock: 'ntp', r: [said] })).toEqual([said])
  expect(plainReading(said, NOW)?.at).toBe(Date.parse(said.t))
  expect(plainReading({ d: 'plug', m: 'power', n: 3.5, k: 'snapshot' }, NOW)?.at).toBe(NOW)
})
