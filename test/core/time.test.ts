import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DAY,
  HOUR,
  MINUTE,
  QUARTER,
  dayStart,
  isWeekend,
  localDay,
  localQuarter,
  nextLocal,
  offsetSpan,
} from '../../services/core/time.ts'

const ZONES = [
  'Asia/Seoul',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
  'America/Havana',
  'America/Nuuk',
  'UTC',
]
const anyZone = fc.constantFrom(...ZONES)
const anyInstant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2037, 0, 1) })

function clockOf(at: number, timeZone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
}

describe('the local clock', () => {
  test('is the one that the zone shows, at every instant', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (timeZone, at) => {
        const local = new Date(at + offsetSpan(at, timeZone).offset)
        expect(local.toISOString().slice(0, 16).replace('T', ' ')).toBe(clockOf(at, timeZone))
      }),
      { numRuns: 500 },
    )
  })

  test('knows the summer time of Seoul in 1988', () => {
    // 1988-05-08 at 02:00 the clocks of Seoul went to 03:00; that is 17:00 of the 7th in UTC.
    const change = Date.UTC(1988, 4, 7, 17)
    expect(localQuarter(change - 1, 'Asia/Seoul')).toBe(7)
    expect(localQuarter(change, 'Asia/Seoul')).toBe(12)
    expect(dayStart(change + DAY, 'Asia/Seoul') - dayStart(change, 'Asia/Seoul')).toBe(23 * HOUR)
  })

  test('knows the half hour of Lord Howe', () => {
    // 2026-04-05 at 02:00 the clocks went back to 01:30; that is 15:00 of the 4th in UTC.
    const change = Date.UTC(2026, 3, 4, 15)
    expect(localQuarter(change - 1, 'Australia/Lord_Howe')).toBe(7)
    expect(localQuarter(change, 'Australia/Lord_Howe')).toBe(6)
    expect(offsetSpan(change, 'Australia/Lord_Howe').offset).toBe(10.5 * HOUR)
  })
})

describe('a local day', () => {
  test('starts with its first instant', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (timeZone, at) => {
        const start = dayStart(at, timeZone)
        expect(start).toBeLessThanOrEqual(at)
        expect(localDay(start, timeZone)).toBe(localDay(at, timeZone))
        expect(localDay(start - 1, timeZone)).not.toBe(localDay(at, timeZone))
      }),
      { numRuns: 500 },
    )
  })

  test('starts at one where the clocks skip midnight', () => {
    // Havana, 2026-03-08: 00:00 became 01:00, at 05:00 UTC.
    const start = Date.UTC(2026, 2, 8, 5)
    expect(dayStart(start + 5 * HOUR, 'America/Havana')).toBe(start)
    expect(clockOf(start, 'America/Havana')).toBe('2026-03-08 01:00')
  })

  test('starts with the change of the clocks where they skip the hour before midnight', () => {
    // Nuuk, 2024-03-30: 23:00 became 00:00 of the next day, at 01:00 UTC.
    const start = Date.UTC(2024, 2, 31, 1)
    expect(dayStart(start + 5 * HOUR, 'America/Nuuk')).toBe(start)
    expect(clockOf(start - 1, 'America/Nuuk')).toBe('2024-03-30 22:59')
  })

  test('is 25 hours long in New York when summer time ends', () => {
    const start = dayStart(Date.UTC(2026, 10, 1, 12), 'America/New_York')
    expect(start).toBe(Date.UTC(2026, 10, 1, 4))
    expect(dayStart(start + 27 * HOUR, 'America/New_York') - start).toBe(25 * HOUR)
  })

  test('of the weekend is a Saturday or a Sunday', () => {
    // 2026-11-27 is a Friday.
    const days = [0, 1, 2, 3].map((n) => localDay(Date.UTC(2026, 10, 27 + n, 3), 'Asia/Seoul'))
    expect(days.map(isWeekend)).toEqual([false, true, true, false])
  })
})

test('the next three o’clock lies ahead, and no further than a day and the change of the clocks', () => {
  fc.assert(
    fc.property(anyZone, anyInstant, (timeZone, at) => {
      const next = nextLocal(at, 3 * HOUR, timeZone)
      expect(next).toBeGreaterThan(at)
      expect(next - at).toBeLessThanOrEqual(timeZone === 'Pacific/Apia' ? 2 * DAY : DAY + HOUR)
      expect(next % (QUARTER / 15)).toBe(0)
      expect(localQuarter(next, timeZone)).toBeGreaterThanOrEqual(8)
      expect(localQuarter(next, timeZone)).toBeLessThanOrEqual(16)
    }),
    { numRuns: 500 },
  )
  const threeInSeoul = Date.parse('2026-11-24T03:00:00+09:00')
  expect(nextLocal(threeInSeoul - MINUTE, 3 * HOUR, 'Asia/Seoul')).toBe(threeInSeoul)
  expect(nextLocal(threeInSeoul, 3 * HOUR, 'Asia/Seoul')).toBe(threeInSeoul + DAY)
})
