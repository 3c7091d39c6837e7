import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandAt, bandChanges } from '../../services/core/office-hours.ts'
import { DAY } from '../../services/core/time.ts'
import { OFFICE } from './rota.ts'

const day = (text: string) => Date.parse(text) / DAY
const seoul = (text: string) => Date.parse(`${text}+09:00`)

describe('an office in Seoul', () => {
  test.each([
    ['2026-11-24T08:59', 'night'], // a Tuesday
    ['2026-11-24T09:00', 'office'],
    ['2026-11-24T17:59', 'office'],
    ['2026-11-24T18:00', 'night'],
    ['2026-11-28T12:00', 'holiday'], // a Saturday
    ['2026-12-25T12:00', 'holiday'], // Christmas, a Friday
    ['2026-08-17T12:00', 'holiday'], // the substitute for Liberation Day, a Monday
  ] as const)('at %s is in its %s hours', (text, band) => {
    expect(bandAt(seoul(text), OFFICE)).toBe(band)
  })

  test('rests on a day of its own, and works on a holiday that it does not keep', () => {
    const days = [
      { day: day('2026-11-24'), rest: true, name: '임시공휴일' },
      { day: day('2026-12-25'), rest: false, name: '정상 근무' },
    ]
    expect(bandAt(seoul('2026-11-24T12:00'), { ...OFFICE, days })).toBe('holiday')
    expect(bandAt(seoul('2026-12-25T12:00'), { ...OFFICE, days })).toBe('office')
  })
})

test('between two changes an office has one band, in every zone', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const anyInstant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2027, 0, 1) })
  const within = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  fc.assert(
    fc.property(zones, anyInstant, within, (timeZone, from, share) => {
      const office = { ...OFFICE, timeZone }
      const until = from + 3 * DAY
      const edges = [from, ...bandChanges(from, until, office), until].toSorted((a, b) => a - b)
      for (const [n, edge] of edges.entries()) {
        const next = edges[n + 1]
        if (next === undefined || next === edge) continue
        const at = edge + Math.floor(share * (next - edge))
        expect(bandAt(at, office)).toBe(bandAt(edge, office))
      }
      expect(edges.length).toBeLessThan(3 * 5 + 3)
    }),
    { numRuns: 300 },
  )
})
