import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Curve,
  HORIZON,
  SLOTS,
  expected,
  mergeSpans,
  reached,
  surprise,
} from '../../services/core/silence.ts'
import { DAY, HOUR, MINUTE, QUARTER, type Span, isWeekend } from '../../services/core/time.ts'

const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')

function curve(chance: (slot: number) => number, timeZone = 'Asia/Seoul'): Curve {
  const chances = Float64Array.from({ length: SLOTS }, (_, slot) => chance(slot))
  const hazard = chances.map((p) => -Math.log1p(-p) / QUARTER)
  return { timeZone, isRest: isWeekend, chance: chances, hazard }
}

const anyCurve = fc
  .tuple(
    fc.array(fc.double({ min: 0.005, max: 0.97, noNaN: true }), {
      minLength: SLOTS,
      maxLength: SLOTS,
    }),
    fc.constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe'),
  )
  .map(([chances, zone]) => curve((slot) => chances[slot] ?? 0, zone))
const anyInstant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) })
const anyLength = fc.integer({ min: 0, max: 4 * DAY })
const anySkip = fc
  .array(fc.tuple(fc.integer({ min: -DAY, max: 4 * DAY }), fc.integer({ min: 1, max: DAY })), {
    maxLength: 4,
  })
  .map(
    (spans) => (from: number) =>
      mergeSpans(
        spans.map(([start, length]) => ({ since: from + start, until: from + start + length })),
      ),
  )
const anyLimit = fc.double({ min: 0.05, max: 30, noNaN: true })

describe('surprise', () => {
  test('adds up: a silence is as surprising as its parts', () => {
    fc.assert(
      fc.property(
        anyCurve,
        anySkip,
        anyInstant,
        anyLength,
        anyLength,
        (c, skips, a, first, second) => {
          const skip = skips(a)
          const [b, end] = [a + first, a + first + second]
          const parts = surprise(c, skip, a, b) + surprise(c, skip, b, end)
          expect(surprise(c, skip, a, end)).toBeCloseTo(parts, 8)
        },
      ),
    )
  })

  test('is what the hazards of the hours say', () => {
    // Weekdays 50 % a quarter by day (ln 2 each), 1 - 1/e^0.1 by night (0.1 each), from 06:00 to 22:00.
    const day = curve((slot) => (slot % 96 >= 24 && slot % 96 < 88 ? 0.5 : 1 - Math.exp(-0.1)))
    // 05:30 to 07:00: two quarters of night, four of day: 0.2 + 4 ln 2 = 2.9726.
    expect(surprise(day, [], MONDAY + 5.5 * HOUR, MONDAY + 7 * HOUR)).toBeCloseTo(2.9726, 4)
    // Half a quarter counts half.
    expect(surprise(day, [], MONDAY + 12 * HOUR, MONDAY + 12 * HOUR + 7.5 * MINUTE)).toBeCloseTo(
      0.3466,
      4,
    )
    // Signs of life expected from 05:30 to 07:00: 2 x 0.0952 + 4 x 0.5 = 2.1903.
    expect(expected(day, [], MONDAY + 5.5 * HOUR, MONDAY + 7 * HOUR)).toBeCloseTo(2.1903, 4)
  })

  test('follows the days of rest', () => {
    const c = curve((slot) => (slot < 96 ? 0.5 : 0.05))
    const saturday = MONDAY + 5 * DAY
    expect(surprise(c, [], saturday - QUARTER, saturday)).toBeCloseTo(Math.log(2), 10)
    expect(surprise(c, [], saturday, saturday + QUARTER)).toBeCloseTo(-Math.log(0.95), 10)
  })

  test('does not grow while nobody can see the home', () => {
    const c = curve(() => 0.5)
    const skip = [{ since: MONDAY + HOUR, until: MONDAY + 3 * HOUR }]
    expect(surprise(c, skip, MONDAY, MONDAY + 4 * HOUR)).toBeCloseTo(8 * Math.log(2), 10)
    const dark = [{ since: MONDAY + HOUR, until: null }]
    expect(surprise(c, dark, MONDAY, MONDAY + 4 * HOUR)).toBeCloseTo(4 * Math.log(2), 10)
  })
})

describe('the deadline', () => {
  test('is the first millisecond at which the surprise reaches the limit', () => {
    fc.assert(
      fc.property(anyCurve, anySkip, anyInstant, anyLimit, (c, skips, a, limit) => {
        const skip = skips(a)
        const at = reached(c, skip, a, limit)
        if (at === null) return expect(surprise(c, skip, a, a + HORIZON)).toBeLessThan(limit)
        expect(surprise(c, skip, a, at)).toBeGreaterThanOrEqual(limit)
        expect(surprise(c, skip, a, at - 1)).toBeLessThan(limit)
      }),
      { numRuns: 500 },
    )
  })

  test('never moves earlier when activity comes later', () => {
    fc.assert(
      fc.property(
        anyCurve,
        anySkip,
        anyInstant,
        anyLength,
        anyLimit,
        (c, skips, a, later, limit) => {
          const skip = skips(a)
          const first = reached(c, skip, a, limit) ?? Infinity
          expect(reached(c, skip, a + later, limit) ?? Infinity).toBeGreaterThanOrEqual(first)
        },
      ),
    )
  })

  test('of a busier home is sooner', () => {
    fc.assert(
      fc.property(
        anyCurve,
        anyInstant,
        anyLimit,
        fc.double({ min: 1, max: 3, noNaN: true }),
        (c, a, limit, times) => {
          const busier = { ...c, hazard: c.hazard.map((each) => each * times) }
          const usual = reached(c, [], a, limit) ?? Infinity
          expect(reached(busier, [], a, limit) ?? Infinity).toBeLessThanOrEqual(usual)
        },
      ),
    )
  })

  test('of a home that went dark for good is never reached', () => {
    const c = curve(() => 0.5)
    expect(reached(c, [{ since: MONDAY + MINUTE, until: null }], MONDAY, 1)).toBeNull()
  })
})

describe('merged spans', () => {
  const anySpans = fc.array(
    fc
      .tuple(fc.nat(100), fc.nat(30), fc.boolean())
      .map(([since, length, open]): Span => ({ since, until: open ? null : since + length })),
  )

  test('cover what the spans covered, in order and without overlap', () => {
    fc.assert(
      fc.property(anySpans, fc.nat(150), (spans, at) => {
        const covers = (all: readonly Span[]) =>
          all.some((span) => span.since <= at && at < (span.until ?? Infinity))
        const merged = mergeSpans(spans)
        expect(covers(merged)).toBe(covers(spans))
        for (const [i, span] of merged.slice(1).entries())
          expect(span.since).toBeGreaterThan(merged[i]?.until ?? Infinity)
      }),
    )
  })
})
