import fc from 'fast-check'
import { raw } from 'hono/html'
import { describe, expect, test } from 'vitest'
import { SLOTS, calendar } from '../../services/console/calendar.ts'
import { dayLines, usualDay } from '../../services/console/daylines.ts'
import { picture } from '../../services/console/picture.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'

const NOTHING = { quarters: [], unseen: [], signals: [] }
const ZONES = [
  'Asia/Seoul',
  'Europe/Berlin',
  'America/St_Johns',
  'Pacific/Chatham',
  'Asia/Kathmandu',
]

/** How many quarters each row has. */
function lengths(count: number, zone: string, now: number): number[] {
  const { slots } = calendar(count, zone, now)
  return Array.from({ length: count }, (_, row) => slots.filter((slot) => slot.row === row).length)
}

describe('a calendar of local days', () => {
  test('has every quarter hour once, in order, up to now', () => {
    const time = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') })
    fc.assert(
      fc.property(time, fc.constantFrom(...ZONES), (now, zone) => {
        const { slots } = calendar(3, zone, now)
        slots.forEach(({ at, row, slot }, index) => {
          expect(at).toBe((slots[0]?.at ?? 0) + index * QUARTER)
          expect(row >= 0 && row < 3 && slot >= 0 && slot < SLOTS).toBe(true)
        })
        expect(slots.at(-1)?.at).toBe(Math.floor(now / QUARTER) * QUARTER)
      }),
    )
  })

  test('gives a day of 23 hours 92 quarters and one of 25 hours 100', () => {
    // Berlin goes to summer time on 29 March 2026 and back on 25 October.
    const spring = Date.parse('2026-03-30T23:50:00+02:00')
    expect(lengths(3, 'Europe/Berlin', spring)).toEqual([96, 92, 96])
    const autumn = Date.parse('2026-10-26T23:50:00+01:00')
    expect(lengths(3, 'Europe/Berlin', autumn)).toEqual([96, 100, 96])
  })

  test('leaves the hour that is skipped empty, and puts the hour lived twice in one place', () => {
    const spring = calendar(2, 'Europe/Berlin', Date.parse('2026-03-29T23:50:00+02:00'))
    const skipped = spring.slots.filter(({ row, slot }) => row === 1 && slot >= 8 && slot < 12)
    expect(skipped).toEqual([])
    const autumn = calendar(2, 'Europe/Berlin', Date.parse('2026-10-25T23:50:00+01:00'))
    const twice = autumn.slots.filter(({ row, slot }) => row === 1 && slot === 8)
    expect(twice.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ])
  })
})

// A day with activity in these two slots.
const day = (first: number, last: number) => ({
  day: 0,
  first: 0,
  last: 0,
  active: 2,
  unseen: 0,
  signals: 0,
  slots: [first, last],
})

describe('a day in numbers', () => {
  const now = Date.parse('2026-11-23T12:00:00+09:00')
  const three = calendar(3, 'Asia/Seoul', now)

  test('counts what was lived, unseen and signalled in it', () => {
    const yesterday = Date.parse('2026-11-22T00:00:00+09:00')
    const lines = dayLines(
      three,
      {
        quarters: [
          { quarter: yesterday + 7 * HOUR, events: 3, exits: 0 },
          { quarter: yesterday + 20 * HOUR, events: 1, exits: 1 },
        ],
        // From ten in the evening until two at night: two hours of each day.
        unseen: [{ since: yesterday + 22 * HOUR, until: yesterday + 26 * HOUR }],
        signals: [{ at: yesterday + 25 * HOUR, kind: 'inactivity', grade: 'danger' }],
      },
      now,
    )
    expect(lines).toMatchObject([
      { active: 0, first: null, last: null, unseen: 0, signals: 0 },
      {
        active: 2,
        first: yesterday + 7 * HOUR,
        last: yesterday + 20 * HOUR,
        unseen: 2 * HOUR,
        signals: 0,
      },
      { active: 0, unseen: 2 * HOUR, signals: 1 },
    ])
  })

  test('never has more unseen time than time', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(4 * 24), fc.nat(4 * 24)).map(([since, length]) => ({
        since: now - 4 * DAY + since * HOUR,
        until: now - 4 * DAY + (since + length) * HOUR,
      })),
      { maxLength: 1 },
    )
    fc.assert(
      fc.property(spans, (unseen) => {
        for (const line of dayLines(three, { ...NOTHING, unseen }, now))
          expect(line.unseen).toBeLessThanOrEqual(DAY)
      }),
    )
  })

  test('says how a day usually runs, when there are seven of them, and not before', () => {
    // 06:00 is slot 24; the last quarter ends a quarter after its start: 22:00 for slot 87.
    const week = [24, 25, 24, 23, 24, 30, 24].map((first) => day(first, 87))
    expect(usualDay([...week, day(24, 30)])).toEqual({
      first: '06:00',
      last: '22:00',
      restless: false,
    })
    expect(usualDay(week)).toBeNull()
  })

  test('counts who goes to bed at one as of the evening before', () => {
    const late = { day: 0, first: 0, last: 0, active: 2, unseen: 0, signals: 0, slots: [4, 40, 80] }
    // Slot 4 of the next day is 01:00; its end is 01:15.
    expect(usualDay(Array.from({ length: 9 }, () => late))).toEqual({
      first: '10:00',
      last: '01:15',
      restless: false,
    })
  })

  test('of whoever moves at all hours has neither begin nor end', () => {
    const each = { day: 0, first: 0, last: 0, active: 4, unseen: 0, signals: 0 }
    // From 04:15 until 03:15 of the next day: 23 hours.
    const all = Array.from({ length: 9 }, () => ({ ...each, slots: [12, 17, 50, 90] }))
    expect(usualDay(all)).toMatchObject({ restless: true })
  })
})

describe('the picture', () => {
  const now = Date.parse('2026-11-23T12:00:00+09:00')
  const drawn = (days = {}) =>
    raw(
      picture({
        calendar: calendar(28, 'Asia/Seoul', now),
        days: { ...NOTHING, ...days },
        zone: 'Asia/Seoul',
        title: '지난 28일',
        summary: '말로 하면',
        signalWords: () => '위험 <어제>',
        now,
      }),
    ).toString()

  test('tells how much by the height of a bar, not by its colour alone', () => {
    const at = now - DAY
    const heights = [1, 2, 4, 8].map((events) => {
      const level = /class="bar level-\d"\s+d="M48 [\d.]+h1v([\d.]+)/.exec(
        drawn({ quarters: [{ quarter: at, events, exits: 0 }] }),
      )
      return Number(level?.[1])
    })
    expect(heights).toEqual(heights.toSorted((a, b) => a - b))
    expect(new Set(heights).size).toBe(4)
  })

  test('hatches what nobody could see, also while it lasts', () => {
    expect(drawn()).not.toContain('class="unseen-time"')
    const page = drawn({ unseen: [{ since: now - HOUR, until: null }] })
    // Eleven to twelve, slots 44 to 48: 45.833 % from the left, 4.167 % wide, in the last row.
    expect(page).toMatch(/class="unseen-time"\s+x="45.833%"\s+y="486"\s+width="4.167%"/)
  })

  test('marks a signal with the shape of its grade and words for it', () => {
    const page = drawn({ signals: [{ at: now - HOUR, kind: 'inactivity', grade: 'danger' }] })
    expect(page).toContain('<title>위험 &lt;어제&gt;</title>')
  })

  test('of a month without a quiet quarter stays small', () => {
    const { slots } = calendar(28, 'Asia/Seoul', now)
    const quarters = slots.map(({ at }, n) => ({
      quarter: at,
      events: [1, 3, 5, 9][n % 4],
      exits: 0,
    }))
    expect(drawn({ quarters }).length).toBeLessThan(64_000)
  })
})
