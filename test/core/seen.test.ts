import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Seen } from '../../schemas/seen.ts'
import { type Visitor, type Signs, visitorOf } from '../../services/core/visitor.ts'
import { nightOf, nightSince } from '../../services/core/night.ts'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { type Known, seenAs } from '../../services/core/seen.ts'
import { whySentence } from '../../services/core/seen-words.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'

const SEOUL = 'Asia/Seoul'
// Ten in the evening of Monday, 7 September 2026, and three hours later.
const TEN = Date.parse('2026-09-07T22:00:00+09:00')
const ONE = TEN + 3 * HOUR

/** A rhythm of four weeks in which each half hour is as busy as given, from 0 to 1. */
function rhythmOf(busy: (half: number) => number, days = 40) {
  const active = Array.from({ length: 48 }, (_, half) => busy(half) * days)
  return { weekday: { active, days: Array<number>(48).fill(days) } }
}

// Up from seven to eleven; at night a third of the half hours has a turn in bed.
const usual = rhythmOf((half) => (half >= 14 && half < 46 ? 0.9 : 0.3))
const night = nightOf(usual)

const home: Known = {
  where: { presence: 'home', since: TEN - 9 * HOUR },
  exitSeenBy: 'contact',
  night,
  lastOther: TEN - 20 * MINUTE,
  visitor: null,
  timeZone: SEOUL,
}

describe('the night of a home', () => {
  test('is where it moves less than half as often as by day, from its own rhythm', () => {
    // Smoothed over three half hours it is 0.7 at 22:30, 0.5 at 23:00 and 0.3 at 23:30; half of 0.9 is 0.45.
    expect(night).toEqual({ from: 23.5 * HOUR, length: 7 * HOUR })
  })

  test('is in the dark, though they are out for longer than they sleep', () => {
    const out = rhythmOf((half) =>
      (half >= 12 && half < 16) || (half >= 36 && half < 46) ? 0.9 : 0,
    )
    expect(nightOf(out)?.from).toBeGreaterThanOrEqual(22 * HOUR)
  })

  test('is not told while little is known, nor where it moves alike at all hours', () => {
    expect(nightOf(rhythmOf((half) => (half >= 14 && half < 46 ? 0.9 : 0.3), 10))).toBeNull()
    expect(nightOf(rhythmOf(() => 0.5))).toBeNull()
    expect(nightOf(EMPTY_RHYTHM)).toBeNull()
  })

  test('holds the instants between its begin and its end, over midnight too', () => {
    if (!night) throw new Error('it has one')
    expect(nightSince(night, TEN, SEOUL)).toBeNull()
    expect(nightSince(night, ONE, SEOUL)).toBe(TEN + 1.5 * HOUR)
    expect(nightSince(night, TEN + 8.5 * HOUR, SEOUL)).toBeNull()
  })
})

describe('staff see somebody', () => {
  test('asleep in the night of their home, once all is quiet but for one sensor, and no sooner', () => {
    const why = { code: 'night', from: 1410, to: 390 }
    expect(seenAs(home, ONE)).toEqual({ as: 'asleep', since: TEN + 1.5 * HOUR, why })
    expect(seenAs({ ...home, lastOther: ONE - HOUR / 2 }, ONE)).toMatchObject({
      since: ONE - HOUR / 2,
    })
    expect(seenAs({ ...home, lastOther: ONE - 29 * MINUTE }, ONE).as).toBe('home')
    expect(seenAs(home, TEN).as).toBe('home')
    expect(seenAs({ ...home, night: null }, ONE).as).toBe('home')
  })

  test('at home, and are told so when nobody could see them go', () => {
    const since = TEN - 9 * HOUR
    expect(seenAs(home, TEN)).toEqual({ as: 'home', since, why: { code: 'moved' } })
    const { why } = seenAs({ ...home, exitSeenBy: null }, TEN)
    expect(whySentence(why, 'ko')).toBe(
      '외출을 볼 수 있는 문 센서가 없어 나가셨는지는 알 수 없습니다.',
    )
  })

  test('out by the motion sensor at the entrance, and it is not said that a door was used', () => {
    const where = { presence: 'away', since: TEN - HOUR } as const
    expect(seenAs({ ...home, where }, TEN).why).toEqual({ code: 'door' })
    const { why } = seenAs({ ...home, where, exitSeenBy: 'motion' }, TEN)
    expect(whySentence(why, 'ko')).toBe(
      '현관 동작 센서에 감지되신 뒤로 집 안에 움직임이 없어 나가신 듯합니다.',
    )
    expect(seenAs({ ...home, exitSeenBy: 'motion' }, TEN).why).toEqual({ code: 'inside' })
  })

  test('away and blind as they are judged by, whatever else it looks like', () => {
    const visitor: Visitor = { since: TEN, signs: 60, usual: 17, byDoor: true }
    for (const presence of ['away', 'blind'] as const) {
      const where = { presence, since: TEN - HOUR }
      expect(seenAs({ ...home, where, visitor }, ONE)).toMatchObject({
        as: presence,
        since: TEN - HOUR,
      })
    }
    expect(seenAs({ ...home, visitor }, ONE)).toMatchObject({ as: 'visitor', since: TEN })
  })

  test('in one place, for a reason that can be read in both languages, whatever is known', () => {
    const anyKnown = fc.record({
      where: fc.record({
        presence: fc.constantFrom('home' as const, 'away' as const, 'blind' as const),
        since: fc.integer({ min: TEN - DAY, max: TEN }),
      }),
      exitSeenBy: fc.constantFrom('contact' as const, 'motion' as const, null),
      night: fc.constantFrom(null, night),
      lastOther: fc.option(fc.integer({ min: TEN - DAY, max: TEN })),
      visitor: fc.constantFrom(null, { since: TEN, signs: 9, usual: 3, byDoor: false }),
      timeZone: fc.constant(SEOUL),
    })
    fc.assert(
      fc.property(anyKnown, fc.nat(DAY), (known, after) => {
        const seen = seenAs(known, TEN + after)
        expect(Seen.safeParse(seen).success).toBe(true)
        expect(seen.since).toBeLessThanOrEqual(TEN + after)
        expect(seen.as === known.where.presence || known.where.presence === 'home').toBe(true)
        for (const lang of ['ko', 'en'] as const) expect(whySentence(seen.why, lang)).toMatch(/\.$/)
      }),
    )
  })
})

// From 3 to 9 in a quarter hour, as the days go by: an hour is 12 to 36.
const alone = (back: number) => 3 + (Math.floor(back / 96) % 7)

// A lively last hour after a still day.
const lively = (back: number) => (back <= 4 ? 8 : back > 96 ? 3 + (back % 5) : 3)

describe('a visitor', () => {
  /** Four weeks of days from eight to eight, each quarter hour with so many signs, up to `now`. */
  const lived = (signs: (quarter: number) => number, exits: readonly number[] = []): Signs[] =>
    Array.from({ length: 28 * 96 }, (_, i) => {
      const quarter = TEN - 2 * HOUR - (28 * 96 - i) * QUARTER
      const back = 28 * 96 - i
      const hour = (i % 96) / 4
      return { quarter, events: hour >= 12 ? signs(back) : 0, exits: exits.includes(back) ? 1 : 0 }
    }).filter(({ events }) => events > 0)
  const EIGHT = TEN - 2 * HOUR

  test('is told when more moves in an hour than ever did, and not when it does as it does', () => {
    expect(visitorOf(lived(alone), 0, EIGHT)).toBeNull()
    const crowded = visitorOf(
      lived((back) => (back <= 4 ? 10 : alone(back))),
      0,
      EIGHT,
    )
    expect(crowded).toEqual({ since: EIGHT - HOUR, signs: 40, usual: 24, byDoor: false })
  })

  test('is told by less once the door has opened while somebody was in, and by less still where there were some', () => {
    const usualHour = lived((back) => (back <= 4 ? 8 : back > 96 ? 3 + (back % 5) : 3), [9])
    // Past hours have 18 to 22 signs; with a mean of 5 a quarter hour 32 are more than all of them.
    expect(visitorOf(usualHour, 0, EIGHT)).toMatchObject({
      since: EIGHT - 9 * QUARTER,
      byDoor: true,
    })
    // A day has from 3 to 30 a quarter hour, each as often. The 26th of 28 is 28: 112 an hour, the 27th 29: 116.
    const many = lived(
      (back) => (back <= 4 ? 28 + (back % 2) : 3 + (Math.floor(back / 96) % 28)),
      [9],
    )
    expect(visitorOf(many, 0, EIGHT)).toBeNull()
    expect(visitorOf(many, 1, EIGHT)).toMatchObject({ signs: 114, byDoor: true })
  })

  test('is not told by less when the one who comes in was out: that is who lives there', () => {
    const comesHome = lived((back) => (back > 9 && back <= 14 ? 0 : lively(back)), [9])
    // 32 an hour are more than any before, so it is told all the same, but not since the door was used.
    expect(visitorOf(comesHome, 0, EIGHT)).toMatchObject({ byDoor: false, since: EIGHT - HOUR })
  })

  test('is not told from a few days, and never while less moves than usual', () => {
    expect(visitorOf(lived(alone).slice(-200), 0, EIGHT)).toBeNull()
    fc.assert(
      fc.property(fc.nat(20), fc.nat(3), fc.boolean(), (signs, visitors, door) => {
        const found = visitorOf(
          lived((back) => (back <= 4 ? signs : alone(back)), door ? [9] : []),
          visitors,
          EIGHT,
        )
        if (4 * signs <= 24) expect(found).toBeNull()
        if (4 * signs > 36) expect(found).not.toBeNull()
      }),
      { numRuns: 30 },
    )
  })
})
