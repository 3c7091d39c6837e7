import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Choice } from '../../schemas/policy.ts'
import { type Opening, doorDue, doorLimits, partOf } from '../../services/core/door.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'

const SEOUL = 'Asia/Seoul'
const NOW = Date.parse('2026-09-07T12:00:00+09:00')
const NONE = { 'door-day': null, 'door-night': null }

const at = (text: string) => Date.parse(`2026-09-${text}:00+09:00`)
const anyLimits = fc.record({
  day: fc.integer({ min: 20 * MINUTE, max: 6 * HOUR }),
  night: fc.integer({ min: 20 * MINUTE, max: 2 * HOUR }),
})
const anySince = fc.integer({ min: NOW - 30 * DAY, max: NOW + 30 * DAY })
const anyOpenings = fc.array(
  fc.record({ since: fc.integer({ min: NOW - 90 * DAY, max: NOW }), length: fc.nat(20 * HOUR) }),
)

const opened = (since: number, hours: number): Opening => ({ since, length: hours * HOUR })

function chosen(value: number): Choice {
  const about = { household: null, office: null, tier: null, author: 'kim', reason: 'made up' }
  return { ...about, id: 1, name: 'door-day', value, since: 0, until: null }
}

describe('a door that stands open', () => {
  test('is too long open within its limits, and never sooner when it was opened later', () => {
    fc.assert(
      fc.property(anyLimits, anySince, fc.nat(DAY), (limits, since, later) => {
        const due = doorDue(since, limits, SEOUL)
        expect(due).toBeGreaterThanOrEqual(since + Math.min(limits.day, limits.night))
        expect(due).toBeLessThanOrEqual(since + Math.max(limits.day, limits.night))
        expect(doorDue(since + later, limits, SEOUL)).toBeGreaterThanOrEqual(due)
      }),
    )
  })

  test('may do so for an hour by day, for twenty minutes by night, and no longer once the night begins', () => {
    const limits = doorLimits([], NONE, SEOUL, NOW)
    expect(limits).toEqual({ day: HOUR, night: 20 * MINUTE })
    expect(doorDue(at('07T14:00'), limits, SEOUL)).toBe(at('07T15:00'))
    expect(doorDue(at('07T23:30'), limits, SEOUL)).toBe(at('07T23:50'))
    // At 21:30 it would be 22:30 by day; when the night begins its twenty minutes are over, at 21:50 they are not.
    expect(doorDue(at('07T21:30'), limits, SEOUL)).toBe(at('07T22:00'))
    expect(doorDue(at('07T21:50'), limits, SEOUL)).toBe(at('07T22:10'))
    // At ten to six the night's twenty minutes end in the day, which gives it an hour.
    expect(doorDue(at('08T05:50'), limits, SEOUL)).toBe(at('08T06:50'))
    expect([partOf(at('07T21:59'), SEOUL), partOf(at('07T22:00'), SEOUL)]).toEqual(['day', 'night'])
  })
})

describe('the limits of a home', () => {
  test('lie within their bounds whatever its door has done, and grow with it', () => {
    fc.assert(
      fc.property(anyOpenings, fc.nat(20 * HOUR), (past, length) => {
        const limits = doorLimits(past, NONE, SEOUL, NOW)
        expect(limits.day).toBeGreaterThanOrEqual(HOUR)
        expect(limits.day).toBeLessThanOrEqual(6 * HOUR)
        expect(limits.night).toBeGreaterThanOrEqual(20 * MINUTE)
        expect(limits.night).toBeLessThanOrEqual(2 * HOUR)
        const more = doorLimits([...past, { since: NOW - HOUR, length }], NONE, SEOUL, NOW)
        expect(more.day).toBeGreaterThanOrEqual(limits.day)
      }),
    )
  })

  test('are learnt from what happened twice, and forgotten after 60 days', () => {
    const once = [opened(at('01T10:00'), 5)]
    expect(doorLimits(once, NONE, SEOUL, NOW).day).toBe(HOUR)
    // The second longest is two hours: three.
    const twice = [...once, opened(at('02T11:00'), 2), opened(at('03T23:00'), 1)]
    expect(doorLimits(twice, NONE, SEOUL, NOW)).toEqual({ day: 3 * HOUR, night: 20 * MINUTE })
    expect(doorLimits(twice, NONE, SEOUL, NOW + 60 * DAY).day).toBe(HOUR)
  })

  test('are what staff chose, and not what was learnt', () => {
    const past = [0, 1].map((n) => ({ since: NOW - n * DAY - HOUR, length: 4 * HOUR }))
    expect(doorLimits(past, NONE, SEOUL, NOW).day).toBe(6 * HOUR)
    const limits = doorLimits(past, { ...NONE, 'door-day': chosen(0.5) }, SEOUL, NOW)
    expect(limits).toEqual({ day: HOUR / 2, night: 20 * MINUTE })
  })
})
