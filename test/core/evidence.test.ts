import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Role } from '../../schemas/household.ts'
import { KINDS, type Kind, NATURES, type Nature } from '../../schemas/reading.ts'
import { evidence, exitSeenBy, roleBeside } from '../../services/core/evidence.ts'

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

describe('a motion sensor at the exit', () => {
  test('sees somebody pass, where the exit has no contact', () => {
    for (const kind of ['motion', 'presence'] as const) {
      expect(evidence({ role: 'exit' }, says(kind, 1), null)).toEqual(EXIT)
      expect(evidence({ role: 'exit' }, says(kind, 0), null)).toEqual(NOTHING)
    }
    // Whoever presses a button there is inside.
    expect(evidence({ role: 'exit' }, says('button', 1), null)).toEqual(INNER)
  })

  test('is one like any other beside a contact', () => {
    const pir = { kind: 'motion', role: 'exit' } as const
    const contact = { kind: 'open', role: 'exit' } as const
    const knock = { kind: 'vibration', role: 'exit' } as const
    expect(exitSeenBy([pir, contact])).toBe('contact')
    expect(exitSeenBy([pir, knock])).toBe('motion')
    expect(exitSeenBy([knock, { ...contact, role: 'inner' }])).toBeNull()
    expect(roleBeside(pir, 'contact')).toBe('inner')
    expect(roleBeside(pir, 'motion')).toBe('exit')
    for (const each of [contact, knock]) expect(roleBeside(each, 'contact')).toBe('exit')
  })
})

/** What a fall at a plug tells. */
function falls(nature: Nature, isOff: boolean) {
  const before = { at: AT - 60_000, value: 100 }
  return evidence({ role: 'plug' }, says('power', 1, nature), before, [], isOff)
}

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

  test('tells of somebody where it rises clearly more than the meter’s machines make it rise', () => {
    // A compressor of 100 W: up to 1.5 x 100 W it is the machine, or may be.
    const fridge = { watts: 100, last: AT, gap: 0, times: 0, since: AT, provenAt: AT - 60_000 }
    const rises = (to: number, at = AT) =>
      evidence({ role: 'plug' }, says('power', to, 'event', at), before, [fridge]).active
    expect([190, 250, 251].map((to) => rises(to))).toEqual([false, false, true])
    // Two weeks after it was last proven nobody knows any more.
    expect(rises(190, AT + 14 * 86_400_000)).toBe(true)
  })

  test('that falls tells of somebody where that switched off what ran, unless it is only said again', () => {
    expect(falls('event', true)).toEqual(INNER)
    expect(falls('event', false)).toEqual(NOTHING)
    expect(falls('snapshot', true)).toEqual(NOTHING)
  })
})
