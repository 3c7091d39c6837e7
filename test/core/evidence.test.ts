import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Role } from '../../schemas/household.ts'
import { KINDS, type Kind, NATURES, type Nature } from '../../schemas/reading.ts'
import { evidence } from '../../services/core/evidence.ts'

const AT = Date.UTC(2026, 0, 5)
const NOTHING = { active: false, exit: false, inner: false }
const INNER = { active: true, exit: false, inner: true }
const EXIT = { active: true, exit: true, inner: false }

function says(kind: Kind, value: number, nature: Nature = 'event', at = AT) {
  return { kind, value, nature, at }
}

describe('a sign of life', () => {
  test.each(['motion', 'presence', 'button', 'vibration'] as const)('is a %s', (kind) => {
    expect(evidence({ role: 'inner' }, says(kind, 1), null)).toEqual(INNER)
    expect(evidence({ role: 'inner' }, says(kind, 1, 'historical'), null)).toEqual(INNER)
    expect(evidence({ role: 'inner' }, says(kind, 0), null)).toEqual(NOTHING)
  })

  test('is a door that opens and one that closes, at the exit apart from those inside', () => {
    for (const value of [0, 1]) {
      expect(evidence({ role: 'exit' }, says('open', value), null)).toEqual(EXIT)
      expect(evidence({ role: 'inner' }, says('open', value), null)).toEqual(INNER)
    }
  })

  test('is no knock at the exit door', () => {
    expect(evidence({ role: 'exit' }, says('vibration', 1), null)).toEqual(NOTHING)
  })

  test('is no state that is only said again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.double(), (kind, value) => {
        const before = { at: AT - 1, value: 0 }
        expect(evidence({ role: 'inner' }, says(kind, value, 'snapshot'), before)).toEqual(NOTHING)
      }),
    )
  })

  test('is no measured value but power', () => {
    const human = new Set(['motion', 'presence', 'open', 'button', 'vibration', 'power'])
    const others = KINDS.filter((kind) => !human.has(kind))
    for (const kind of others)
      expect(evidence({ role: 'inner' }, says(kind, 1), { at: AT - 1, value: 0 })).toEqual(NOTHING)
    expect(others).toHaveLength(13)
  })

  test('is inner or an exit, and never both', () => {
    const anyReading = fc.record({
      kind: fc.constantFrom(...KINDS),
      value: fc.double({ noNaN: true }),
      nature: fc.constantFrom(...NATURES),
      at: fc.constant(AT),
    })
    fc.assert(
      fc.property(fc.constantFrom(...Role.options), anyReading, (role, reading) => {
        const found = evidence({ role }, reading, { at: AT - 1, value: 0 })
        expect(found.active).toBe(found.exit !== found.inner)
      }),
    )
  })
})

describe('power', () => {
  const before = { at: AT - 60_000, value: 100 }

  test('tells of somebody when it rises by 1,000 W in the whole home, or by 30 W at a plug', () => {
    expect(evidence({ role: 'mains' }, says('power', 1099), before)).toEqual(NOTHING)
    expect(evidence({ role: 'mains' }, says('power', 1100), before)).toEqual(INNER)
    expect(evidence({ role: 'plug' }, says('power', 129), before)).toEqual(NOTHING)
    expect(evidence({ role: 'plug' }, says('power', 130), before)).toEqual(INNER)
  })

  test('tells nothing by being high, without an earlier value, or with one that is not earlier', () => {
    expect(evidence({ role: 'plug' }, says('power', 2000), { ...before, value: 2000 })).toEqual(
      NOTHING,
    )
    expect(evidence({ role: 'plug' }, says('power', 2000), null)).toEqual(NOTHING)
    expect(evidence({ role: 'plug' }, says('power', 2000), { at: AT, value: 0 })).toEqual(NOTHING)
  })

  test('that is fed in and ends, when a cloud comes, is nobody’s doing', () => {
    expect(evidence({ role: 'mains' }, says('power', 200), { ...before, value: -2000 })).toEqual(
      NOTHING,
    )
  })

  test('has thresholds that can be set', () => {
    const rise = { mains: 500, plug: 10 }
    expect(evidence({ role: 'mains' }, says('power', 600), before, rise)).toEqual(INNER)
  })
})
