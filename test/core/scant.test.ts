import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  POLICIES,
  type QuietHome,
  judge,
  lastBelieved,
  outlook,
} from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import {
  NOTHING_LATELY,
  countToday,
  endDay,
  fewOf,
  hearLatest,
  scantSince,
} from '../../services/core/scant.ts'
import { scantStands } from '../../services/core/standing.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { MONDAY, TEN, home } from './quiet-home.ts'

type Sign = { readonly at: number; readonly exit: boolean }

function sinceOf(signs: readonly Sign[], few: number | null): number | null {
  let latest = NOTHING_LATELY
  for (const [i, sign] of signs.entries())
    latest = hearLatest(latest, sign, signs[i - 1]?.at ?? NaN)
  return scantSince(latest, few)
}

const quarterOf = (at: number) => Math.floor(at / QUARTER)

// By the definition: all are kept, and looked at from the end.
function plainSince(signs: readonly Sign[], few: number): number | null {
  const inside = signs.filter(({ exit }) => !exit).map(({ at }) => quarterOf(at))
  const back = signs.filter(({ at }, i) => quarterOf(at) - quarterOf(signs[i - 1]?.at ?? 0) >= 64)
  const since = Math.max(inside.at(-few) ?? -1, ...back.map(({ at }) => quarterOf(at)))
  return since < 0 ? null : since * QUARTER
}

describe('since when signs are scant', () => {
  // Mostly a few an hour, now and then a journey.
  const somePause = fc.oneof(
    { weight: 40, arbitrary: fc.integer({ min: 1, max: HOUR }) },
    { weight: 1, arbitrary: fc.integer({ min: 14 * HOUR, max: 30 * HOUR }) },
  )
  const someSigns = fc
    .array(fc.record({ pause: somePause, exit: fc.boolean() }), { maxLength: 90 })
    .map((pauses) => {
      let at = MONDAY
      return pauses.map(({ pause, exit }) => ({ at: (at += pause), exit }))
    })

  test('is when the last so many began, or somebody was heard after a journey', () => {
    fc.assert(
      fc.property(someSigns, fc.integer({ min: 2, max: 20 }), (signs, few) => {
        expect(sinceOf(signs, few)).toBe(plainSince(signs, few))
      }),
    )
  })

  test('a journey is sixteen hours, by quarter hours', () => {
    const signs = [0, HOUR, 17 * HOUR].map((after) => ({ at: MONDAY + after, exit: false }))
    expect(sinceOf(signs, 3)).toBe(MONDAY + 17 * HOUR)
    const sooner = { at: MONDAY + 17 * HOUR - QUARTER, exit: false }
    expect(sinceOf([...signs.slice(0, 2), sooner], 3)).toBe(MONDAY)
  })

  test('is the earlier the more are asked for, and never known where none are', () => {
    fc.assert(
      fc.property(someSigns, fc.integer({ min: 2, max: 63 }), (signs, few) => {
        expect(sinceOf(signs, few + 1) ?? 0).toBeLessThanOrEqual(sinceOf(signs, few) ?? Infinity)
        expect(sinceOf(signs, null)).toBeNull()
      }),
    )
  })
})

describe('how few signs are nobody’s', () => {
  const lived = [20, 22, 8, 21, 19, 20, 23, 9]
  const week = Array<number>(7).fill(1)

  test('are fewer than a quarter of the usual, and than half of the fewest but one', () => {
    // A quarter of 18 is 4.5; of eight days 9 is the fewest but one, and half of it 4.5.
    expect(fewOf({ totals: [...lived, ...week] }, 18)).toBe(5)
    // A quarter of 12 is 3; half of 9 is more.
    expect(fewOf({ totals: [...lived, ...week] }, 12)).toBe(3)
    // Days on which somebody was gone do not count: of 8, 5 and 9 the fewest but one is 8.
    expect(fewOf({ totals: [-1, 8, -1, 5, 9, ...week] }, 40)).toBe(4)
  })

  test('are not told by what came in the last week, nor where a silence tells as much', () => {
    expect(fewOf({ totals: [2, 2, ...week] }, 18)).toBeNull()
    expect(fewOf({ totals: [20, 20, ...week] }, 4)).toBeNull()
  })

  test('are not known before two days are on which nobody was gone', () => {
    expect(fewOf({ totals: [20, 20, ...week] }, 18)).toBe(5)
    expect(fewOf({ totals: [20, -1, ...week] }, 18)).toBeNull()
    expect(fewOf({ totals: [] }, 18)).toBeNull()
  })

  test('are counted day by day, and not on while somebody was gone', () => {
    const daily = { today: 0, totals: [7], few: null }
    expect(endDay(countToday(countToday(daily, 3, false), 2, false))).toMatchObject({
      today: 0,
      totals: [7, 5],
    })
    const gone = countToday(countToday(countToday(daily, 3, false), 1, true), 2, false)
    expect(endDay(gone)).toMatchObject({ today: 0, totals: [7, -1] })
    // Who comes back with the first sign of a day had left on the one before.
    expect(countToday(daily, 1, true)).toMatchObject({ today: -1, totals: [-1] })
  })

  test('are known of a home in which nobody is seen to walk about, and of no other', () => {
    // Two sensors in turn from 6 to 22, once an hour: 16 a day, of which a quarter is 4.
    const seldom = lived28((n) => ({ sensors: 1 << (n & 1), signs: 1 }))
    expect(seldom.walking).toMatchObject({ few: 4 })
    // Of the first day nobody knows how it began.
    expect(seldom.walking.totals).toEqual([-1, -1, ...Array<number>(26).fill(16)])
    expect(seldom.walking.today).toBe(16)
    const seen = lived28(() => ({ sensors: 3, signs: 9 }))
    expect(seen.walking).toMatchObject({ few: null })
  })
})

function lived28(said: (n: number) => { sensors: number; signs: number }) {
  const activity = Array.from({ length: 28 * 24 }, (_, n) => n)
    .filter((n) => n % 24 >= 6 && n % 24 < 22)
    .map((n) => ({ quarter: MONDAY - 28 * DAY + n * HOUR, exit: false, ...said(n) }))
  return learn(EMPTY_RHYTHM, { activity, unseen: [], timeZone: 'Asia/Seoul' }, MONDAY)
}

describe('a home whose signs are scant', () => {
  const rhythm = lived28((n) => ({ sensors: 1 << (n & 1), signs: 1 }))
  // Two faulty plugs speak now and then.
  const faulty = (hours: number, rest: Partial<QuietHome> = {}) => {
    const at = TEN + hours * HOUR
    return home({ rhythm, lastActivity: at, lastInner: at, lastOther: at, scant: TEN, ...rest })
  }

  test('is asked about after a day, though no silence was long', () => {
    expect(outlook(faulty(20), TEN + 20 * HOUR + 15 * MINUTE).caution).toBe(TEN + DAY)
    const found = judge(faulty(23), TEN + DAY)
    const reason = { rule: 'alone', scant: { few: 4, usual: 16 }, othersSince: TEN, limit: DAY }
    expect(found).toMatchObject({ kind: 'unusual', grade: 'caution', due: TEN + DAY, reason })
    expect(judge(faulty(20), TEN + 20 * HOUR).deadline).toBeLessThanOrEqual(TEN + DAY)
  })

  test('is looked at by then', () => {
    const slow = { policy: { ...POLICIES.high, floor: 20 * HOUR } }
    expect(judge(faulty(11, slow), TEN + 11 * HOUR).deadline).toBe(TEN + DAY)
  })

  test('counts as silent from then on, and as somebody before', () => {
    expect(lastBelieved(faulty(23), TEN + DAY)).toBe(TEN)
    expect(lastBelieved(faulty(22), TEN + 23 * HOUR)).toBe(TEN + 22 * HOUR)
  })

  test('was but out of sight, and did not come home, where no exit was ever used', () => {
    const seen = { before: { presence: 'home', since: TEN + 20 * HOUR } } as const
    expect(judge(faulty(23, seen), TEN + DAY).kind).toBe('unusual')
  })

  test('is one whose signs went on for half of that time: else the silence tells', () => {
    const slow = { policy: { ...POLICIES.high, floor: 20 * HOUR } }
    const due = (hours: number) => outlook(faulty(hours, slow), TEN + 13 * HOUR).caution - TEN
    expect([due(12), due(11.9)]).toEqual([DAY, 31.9 * HOUR])
  })

  test('does not count who has come home since, was confirmed, is out, or could not be seen', () => {
    const now = TEN + DAY
    const before = { presence: 'home', since: TEN + 20 * HOUR } as const
    const back = { before, lastExit: TEN + 20 * HOUR }
    expect(judge(faulty(23, back), now).kind).toBe('calm')
    expect(judge(faulty(23, { confirmed: TEN + 20 * HOUR }), now).kind).toBe('calm')
    const dark = { since: TEN + 10 * HOUR, until: TEN + 11 * HOUR }
    expect(judge(faulty(23, { unseen: [dark] }), now).kind).toBe('calm')
    expect(judge(faulty(24, { unseen: [dark] }), now + HOUR).kind).toBe('unusual')
    const out = faulty(1, { lastExit: TEN + 2 * HOUR, lastActivity: TEN + 2 * HOUR })
    expect(outlook(out, TEN + 3 * HOUR).caution).toBe(TEN + 50 * HOUR)
  })
})

describe('a case of scant signs', () => {
  const told = { since: TEN - DAY, few: 4, at: TEN }
  const stands = (hours: number, enough: number | null, lastExit: number | null = null) => {
    const dark = { since: TEN + 6 * HOUR, until: TEN + 16 * HOUR }
    return scantStands(told, { enough, lastExit }, [dark], TEN + hours * HOUR)
  }

  test('stands until enough have come within a day in which the home was seen', () => {
    expect(stands(20, null)).toBe(told.since)
    // Out of sight from the 6th hour to the 16th: from the 2nd to the 35th are 23 hours, to the 36th 24.
    expect(stands(35, TEN + 2 * HOUR)).toBeNull()
    expect(stands(36, TEN + 2 * HOUR)).toBe(told.since)
  })

  test('stands no longer once somebody has used the exit', () => {
    expect(stands(20, null, TEN - HOUR)).toBe(told.since)
    expect(stands(20, null, TEN + HOUR)).toBeNull()
  })
})
