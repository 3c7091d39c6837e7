import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Curve,
  type Gone,
  HORIZON,
  SLOTS,
  expected,
  mergeSpans,
  reached,
  reachedBefore,
  seenAfter,
  surprise,
} from '../../services/core/silence.ts'
import {
  DAY,
  HOUR,
  MINUTE,
  QUARTER,
  type Span,
  isWeekend,
  localClock,
} from '../../services/core/time.ts'

const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')

function curve(
  chance: (slot: number) => number,
  perHour: (half: number, age: number) => number,
  timeZone = 'Asia/Seoul',
): Curve {
  const chances = Array.from({ length: SLOTS }, (_, slot) => chance(slot))
  const hazard = (half: number, age: number) => (age < 2 ? 0 : perHour(half, age) / HOUR)
  const leaving = gone(0, 0)
  const stays = gone(1, 1)
  // They end at the rate of 1 an hour.
  const odd = Array.from({ length: 193 }, (_, age) => Math.exp((2 - age) / 2))
  return { timeZone, isRest: isWeekend, chance: chances, hazard, leaving, stays, odd }
}

function gone(journeys: number, trips: number): Gone {
  return {
    journeys: Array<number>(48).fill(journeys),
    trips: Array<number>(48).fill(trips),
  }
}

const flat = (perHour: number) =>
  curve(
    () => 0.5,
    () => perHour,
  )

const anyCurve = fc
  .tuple(
    fc.array(fc.double({ min: 0.02, max: 3, noNaN: true }), { minLength: 96, maxLength: 96 }),
    fc.array(fc.double({ min: 0.05, max: 2, noNaN: true }), { minLength: 48, maxLength: 48 }),
    fc.constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe'),
    fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 48, maxLength: 48 }),
  )
  .map(([halves, ages, zone, leaving]) => ({
    ...curve(
      () => 0.5,
      (half, age) => (halves[half] ?? 0) * (ages[age] ?? 0),
      zone,
    ),
    leaving: {
      journeys: leaving,
      trips: leaving.toReversed(),
    },
    stays: {
      journeys: Array.from({ length: 48 }, (_, half) => (half >= 18 ? 0.95 : 1)),
      trips: Array.from({ length: 48 }, (_, half) => (half >= 36 ? 0.7 : 1)),
    },
  }))
const anyInstant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) })
// Within some days the clocks of New York turn forward (8 March), then those of Lord Howe back (5 April).
const anyTurn = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 2, 1), max: Date.UTC(2026, 2, 12) }),
  fc.integer({ min: Date.UTC(2026, 2, 28), max: Date.UTC(2026, 3, 8) }),
)
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
const asked = (c: Curve, from: number, dark: boolean, limit: number) =>
  reached(c, dark ? [{ since: from + HOUR, until: from + 3 * HOUR }] : [], from, [limit])
// Of what was worked out for another nothing is known of it.
const neverAsked = (c: Curve): Curve => ({ ...c, hazard: (half, age) => c.hazard(half, age) })
const anyLimit = fc.double({ min: 0.05, max: 30, noNaN: true })

describe('surprise', () => {
  test('never sinks as a silence goes on, and is nothing in its first hour', () => {
    fc.assert(
      fc.property(anyCurve, anySkip, anyInstant, anyLength, anyLength, (c, skips, a, b, d) => {
        const skip = skips(a)
        const [first, then] = [a + Math.min(b, d), a + Math.max(b, d)]
        expect(surprise(c, skip, a, then)).toBeGreaterThanOrEqual(surprise(c, skip, a, first))
        if (b < HOUR) expect(surprise(c, skip, a, a + b)).toBe(0)
      }),
    )
  })

  test('is what it is still worth to wait', () => {
    // It ends at the rate of 1 an hour from the first hour on: S = 1, e^-0.5, e^-1 ... every half hour.
    // M after one: 1 h lived x 0.5 h = 0.5; after two: + (1 + 0.5) x 0.5 = 1.25; after three: + (1.5 + 0.3033) x 0.5 = 2.1516.
    // From 1 h: (1 - 0.6065) / 0.5 = 0.787, -ln = 0.2396. From 1.5 h: (0.6065 - 0.3679) / 0.75 = 0.3182: 1.1451.
    // From 2 h: (0.3679 - 0.2231) / 0.9016 = 0.1606: 1.829.
    const c = flat(1)
    expect(surprise(c, [], MONDAY, MONDAY + HOUR)).toBeCloseTo(0.2396, 4)
    expect(surprise(c, [], MONDAY, MONDAY + 1.5 * HOUR)).toBeCloseTo(1.1451, 4)
    expect(surprise(c, [], MONDAY, MONDAY + 2 * HOUR)).toBeCloseTo(1.829, 3)
    // Between two corners it rises evenly: (1.1451 + 1.829) / 2 = 1.487.
    expect(surprise(c, [], MONDAY, MONDAY + 1.75 * HOUR)).toBeCloseTo(1.487, 3)
  })

  test('waits for the end of the night, where silences end, and not for the time before it', () => {
    // From 22:00 nothing ends a silence before 06:00, and from then on everything does.
    const c = curve(
      () => 0.5,
      (half) => (half >= 12 && half < 44 ? 4 : 0.001),
    )
    const [at = 0] = reached(c, [], MONDAY + 22 * HOUR, [6])
    expect(at).toBeGreaterThan(MONDAY + 30 * HOUR)
    expect(at).toBeLessThan(MONDAY + 32 * HOUR)
  })

  test('knows that one silence in a hundred is of an odd day, and some are journeys', () => {
    // Nearly all end within the second hour: at 2 h S = 0.99 e^-40 + 0.01 e^-1 = 0.0037, of an odd day alone, and it is
    // worth more to wait than 1.829 nats, as if none else were there, but far less than 40.
    const busy = flat(40)
    const worth = surprise(busy, [], MONDAY, MONDAY + 3 * HOUR)
    expect(worth).toBeGreaterThan(6)
    expect(worth).toBeLessThan(9)
    // One in ten that begin at midnight is a journey, of which half are over after each half hour from the evening on.
    const away = { ...busy, leaving: gone(0.1, 0), stays: gone(0.5, 1) }
    const [at = 0] = reached(away, [], MONDAY, [6])
    expect(at).toBeGreaterThan(MONDAY + 14 * HOUR)
    expect(at).toBeLessThan(MONDAY + 18 * HOUR)
    // One in ten is a day trip, of which half are over after each half hour, from the first on.
    const [soon = 0] = reached(
      { ...busy, leaving: gone(0, 0.1), stays: gone(1, 0.5) },
      [],
      MONDAY,
      [6],
    )
    expect(soon).toBeGreaterThan(MONDAY + 2 * HOUR)
    expect(soon).toBeLessThan(MONDAY + 6 * HOUR)
  })

  test('does not grow while nobody can see the home, and nothing ages in it', () => {
    const c = flat(1)
    const dark = [{ since: MONDAY + 0.5 * HOUR, until: MONDAY + 5.5 * HOUR }]
    expect(surprise(c, dark, MONDAY, MONDAY + 7 * HOUR)).toBe(
      surprise(c, [], MONDAY, MONDAY + 2 * HOUR),
    )
  })
})

describe('the fast way', () => {
  test('comes to what the definition says, word by word', () => {
    fc.assert(
      fc.property(anyCurve, anySkip, anyTurn, anyLength, (c, skips, a, length) => {
        const skip = skips(a)
        const exact = plain(c, skip, a, a + length)
        expect(told(surprise(c, skip, a, a + length))).toBeCloseTo(told(exact), 6)
      }),
      { numRuns: 300 },
    )
  })

  test('asked anew of a curve says what a curve that was never asked says', () => {
    const anyLater = fc.oneof(fc.nat(3 * HOUR), fc.nat(9 * DAY))
    const anyAsk = fc.tuple(anyLater, fc.nat(DAY), anyLimit)
    fc.assert(
      fc.property(anyCurve, anyTurn, fc.array(anyAsk, { minLength: 2 }), (c, a, asks) => {
        for (const [later, before, limit] of asks) {
          const from = a + later
          const by = reachedBefore(c, [], from, limit, from + before)
          const [at = 0] = reached(c, [], from, [limit])
          expect(at).toBe(reached(neverAsked(c), [], from, [limit])[0])
          expect(by).toBe(at < from + before ? at : Infinity)
          // What numbers of 64 bits cannot tell any more weighs in half an hour before.
          if (plain(c, [], from, at + HOUR / 2) > 22) continue
          expect(surprise(c, [], from, at)).toBeCloseTo(plain(c, [], from, at), 6)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('does not mind what was asked before', () => {
    const anyAsk = fc.tuple(fc.nat(5 * HOUR), fc.boolean(), anyLimit)
    fc.assert(
      fc.property(anyCurve, anyTurn, fc.array(anyAsk, { minLength: 2 }), (c, a, asks) => {
        const one = asks.map(([later, dark, limit]) => asked(c, a + later, dark, limit))
        const other = asks.map(([later, dark, limit]) =>
          asked(neverAsked(c), a + later, dark, limit),
        )
        expect(one).toEqual(other)
      }),
    )
  })

  test('tells a silence that something runs through from any other, whichever was asked about before', () => {
    const anyAsk = fc.tuple(fc.nat(5 * HOUR), fc.boolean(), fc.boolean(), anyLimit)
    fc.assert(
      fc.property(anyCurve, anyTurn, fc.array(anyAsk, { minLength: 2 }), (c, a, asks) => {
        const running = { ...c, leaving: gone(0.001, 0.002) }
        const one = asks.map(([later, runs, dark, limit]) =>
          asked(runs ? running : c, a + later, dark, limit),
        )
        const other = asks.map(([later, runs, dark, limit]) =>
          asked(neverAsked(runs ? running : c), a + later, dark, limit),
        )
        expect(one).toEqual(other)
      }),
    )
  })

  test('to what is reached before a moment needs no more than a part', () => {
    fc.assert(
      fc.property(anyCurve, anySkip, anyTurn, anyLength, anyLimit, (c, skips, a, length, limit) => {
        const skip = skips(a)
        const [at = 0] = reached(c, skip, a, [limit])
        const before = reachedBefore(neverAsked(c), skip, a, limit, a + length)
        expect(before).toBe(at < a + length ? at : Infinity)
      }),
      { numRuns: 300 },
    )
  })
})

describe('signs of life', () => {
  test('are expected as often as the day says', () => {
    // 05:30 to 07:00: two quarters at 0.1, four at 0.5: 2.2.
    const c = curve(
      (slot) => (slot % 96 >= 24 ? 0.5 : 0.1),
      () => 1,
    )
    expect(expected(c, [], MONDAY + 5.5 * HOUR, MONDAY + 7 * HOUR)).toBeCloseTo(2.2, 10)
    const dark = [{ since: MONDAY + 6 * HOUR, until: MONDAY + 6.5 * HOUR }]
    expect(expected(c, dark, MONDAY + 5.5 * HOUR, MONDAY + 7 * HOUR)).toBeCloseTo(1.2, 10)
  })

  test('follow the days of rest', () => {
    const c = curve(
      (slot) => (slot < 96 ? 0.5 : 0.05),
      () => 1,
    )
    const saturday = MONDAY + 5 * DAY
    expect(expected(c, [], saturday - QUARTER, saturday)).toBeCloseTo(0.5, 10)
    expect(expected(c, [], saturday, saturday + QUARTER)).toBeCloseTo(0.05, 10)
  })
})

describe('the deadline', () => {
  test('is the first millisecond at which the surprise reaches the limit', () => {
    fc.assert(
      fc.property(anyCurve, anySkip, anyInstant, anyLimit, (c, skips, a, limit) => {
        const skip = skips(a)
        const [at = 0] = reached(c, skip, a, [limit])
        expect(surprise(c, skip, a, at)).toBeGreaterThanOrEqual(limit)
        expect(surprise(c, skip, a, at - 1)).toBeLessThan(limit)
      }),
      { numRuns: 300 },
    )
  })

  test('of a higher limit is never earlier, asked for together or alone', () => {
    fc.assert(
      fc.property(anyCurve, anyInstant, anyLimit, anyLimit, (c, a, p, q) => {
        const limits = [Math.min(p, q), Math.max(p, q)] as const
        const both = reached(c, [], a, limits)
        expect(both).toEqual(limits.map((limit) => reached(c, [], a, [limit])[0]))
        expect(both[1]).toBeGreaterThanOrEqual(both[0] ?? 0)
      }),
    )
  })

  test('lies within the horizon, unless the home went dark for good', () => {
    fc.assert(
      fc.property(anyCurve, anyInstant, anyLimit, (c, a, limit) => {
        expect(reached(c, [], a, [limit])[0]).toBeLessThanOrEqual(a + HORIZON)
      }),
    )
    const dark = [{ since: MONDAY + MINUTE, until: null }]
    expect(reached(flat(1), dark, MONDAY, [1])).toEqual([Infinity])
  })

  test('of silences that end sooner is sooner', () => {
    const [quick = 0] = reached(flat(2), [], MONDAY, [4])
    const [slow = 0] = reached(flat(0.5), [], MONDAY, [4])
    expect(quick).toBeLessThan(slow)
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

// Beyond, what S loses in half an hour is less than a number of 64 bits can tell.
const told = (nats: number): number => Math.min(22, nats)

// The definition with nothing kept from one half hour, corner or silence to the next.
function plain(c: Curve, skip: readonly Span[], from: number, to: number): number {
  const corners = plainCorners(plainPoints(c, skip, from))
  const at = corners.findLastIndex(({ moment }) => moment <= to)
  const [before, next] = [corners[at], corners[at + 1]]
  if (!before) return 0
  const start = Math.max(before.moment, (next?.moment ?? Infinity) - HOUR / 2)
  const rise = next && to > start ? (to - start) / (next.moment - start) : 0
  return Math.max(0, before.worth + rise * ((next?.worth ?? 0) - before.worth))
}

type Point = { readonly moment: number; readonly lasts: number; readonly wait: number }

function staying({ stays }: Curve, half: number, age: number, still: readonly [number, number]) {
  const [away, out] = still
  const stay = age >= 28 ? (stays.journeys[half] ?? 0) : 1
  return [away * stay, out * (stays.trips[half] ?? 0)] as const
}

function plainPoints(c: Curve, skip: readonly Span[], from: number): Point[] {
  const points: Point[] = []
  const halves = (at: number) => Math.floor(localClock(at, c.timeZone) / (HOUR / 2) + 1 / 2)
  const away = c.leaving.journeys[halves(from) % 48] ?? 0
  const out = c.leaving.trips[halves(from) % 48] ?? 0
  let [nats, lived, wait] = [0, 1, 0]
  let still: readonly [number, number] = [away, out]
  for (let age = 2; age < 193; age++) {
    const moment = seenAfter(skip, from, (age * HOUR) / 2)
    const odd = 0.01 * (c.odd[age] ?? 0)
    const lasts = (0.99 - away - out) * Math.exp(-nats) + odd + still[0] + still[1]
    points.push({ moment, lasts, wait })
    const local = halves(moment)
    const day = Math.floor(local / 48)
    const half = local - day * 48 + (c.isRest(day) ? 48 : 0)
    nats += (c.hazard(half, Math.min(47, age)) * HOUR) / 2
    still = staying(c, half % 48, age, still)
    wait += lived / 2
    lived += lasts / 2
  }
  return points
}

function plainCorners(points: readonly Point[]): { moment: number; worth: number }[] {
  const most = 1000
  const corners = []
  for (let i = 0; i < points.length;) {
    const here = points[i] ?? { moment: 0, lasts: 0, wait: 0 }
    const steep = points.map(({ lasts, wait }, j) =>
      j > i ? (here.lasts - lasts) / (wait - here.wait) : 0,
    )
    const best = Math.max(...steep)
    const next = i === points.length - 1 ? points.length : steep.lastIndexOf(best)
    const worth = next === points.length ? most : Math.min(most, -Math.log(best))
    corners.push({ moment: here.moment, worth })
    i = next
  }
  return corners
}
