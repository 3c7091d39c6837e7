import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OutcomeCode } from '../../schemas/alert.ts'
import type { Rhythm } from '../../schemas/rhythm.ts'
import { foundUntil } from '../../services/core/closing.ts'
import {
  AFTERGLOW,
  SETTLE,
  type Traces,
  awayLimit,
  settlesAt,
  whereabouts,
} from '../../services/core/presence.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'

const NOON = Date.parse('2026-03-02T12:00:00+09:00')
const LIMIT = 12 * HOUR

function traces(rest: Partial<Traces>): Traces {
  return {
    lastInner: NOON - HOUR,
    lastExit: null,
    before: { presence: 'home', since: NOON - DAY },
    confirmed: 0,
    unseen: [],
    ...rest,
  }
}

test('a case that is closed as safe found somebody at home, and one that says nothing of it takes nothing back', () => {
  const until = (outcome: OutcomeCode, how: 'phone' | 'visit') => foundUntil({ outcome, how }, NOON)
  expect([until('safe', 'phone'), until('safe', 'visit')]).toEqual([NOON, NOON + HOUR / 2])
  expect([until('refused', 'phone'), until('refused', 'visit')]).toEqual([null, NOON + HOUR / 2])
  expect([until('away', 'visit'), until('transported', 'visit')]).toEqual([0, 0])
  expect([until('visitor', 'visit'), until('fault', 'visit'), until('self', 'phone')]).toEqual([
    null,
    null,
    null,
  ])
})

describe('somebody', () => {
  test('who never uses the exit door is at home, for as long as it takes', () => {
    expect(whereabouts(traces({}), LIMIT, NOON + 9 * DAY)).toEqual({
      presence: 'home',
      since: NOON - DAY,
      until: null,
    })
  })

  test('has left when the exit door was used and it stays quiet, and not before', () => {
    const left = traces({ lastExit: NOON })
    expect(whereabouts(left, LIMIT, NOON + SETTLE - 1).presence).toBe('home')
    expect(whereabouts(left, LIMIT, NOON + SETTLE)).toEqual({
      presence: 'away',
      since: NOON,
      until: NOON + LIMIT,
    })
  })

  test('who was out for too long and is at the door is not told of again until it shows whether they are back', () => {
    const late = NOON + LIMIT + 3 * HOUR
    const before = { presence: 'away', since: NOON } as const
    const atDoor = traces({ lastExit: late, before })
    expect(whereabouts(atDoor, LIMIT, late + MINUTE)).toEqual({ ...before, until: late + SETTLE })
    // Gone again: out anew.
    const gone = { presence: 'away', since: late, until: late + LIMIT }
    expect(whereabouts(atDoor, LIMIT, late + SETTLE)).toEqual(gone)
    // Not out for too long yet: what is believed of it is no shorter.
    const early = traces({ lastExit: NOON + HOUR, before })
    expect(whereabouts(early, LIMIT, NOON + HOUR).until).toBe(NOON + LIMIT)
  })

  test('has left though the motion sensor still glowed', () => {
    const glow = traces({ lastExit: NOON, lastInner: NOON + AFTERGLOW })
    expect(whereabouts(glow, LIMIT, NOON + HOUR).presence).toBe('away')
    const motion = traces({ lastExit: NOON, lastInner: NOON + AFTERGLOW + 1 })
    expect(whereabouts(motion, LIMIT, NOON + HOUR).presence).toBe('home')
  })

  test('who was away has come home with the first motion after the door, and stays so', () => {
    const back = NOON + 3 * HOUR
    const fell = traces({
      lastExit: back,
      lastInner: back + 20_000,
      before: { presence: 'away', since: NOON },
    })
    const seen = whereabouts(fell, LIMIT, back + MINUTE)
    expect(seen).toEqual({ presence: 'home', since: back, until: null })
    const later = whereabouts({ ...fell, before: seen }, LIMIT, back + 9 * HOUR)
    expect(later).toEqual(seen)
  })

  test('whom a person found at home is at home until the exit is used after that, whatever was thought', () => {
    const anyTime = fc.integer({ min: 0, max: 3 * 24 * 60 })
    const anyBefore = fc.constantFrom('home', 'away', 'blind')
    fc.assert(
      fc.property(anyTime, anyTime, anyBefore, fc.boolean(), (out, later, presence, byMotion) => {
        const lastExit = NOON + out * MINUTE
        const before = { presence, since: lastExit }
        const found = lastExit + later * MINUTE
        const told = { lastExit, before, byMotion, back: 4, stirs: 1, confirmed: found }
        const now = found + SETTLE
        const where = whereabouts(traces({ ...told, homeUntil: found }), LIMIT, now)
        expect(where.presence).toBe('home')
        expect(settlesAt(traces({ ...told, homeUntil: found }), found)).toBeNull()
        // Later, too; but whoever uses the exit after that has left.
        const standing = { ...told, homeUntil: found, before: where }
        expect(whereabouts(traces(standing), LIMIT, now + DAY)).toEqual(where)
        const gone = traces({ ...standing, lastExit: found + 1 })
        expect(whereabouts(gone, LIMIT, now + 1)).toMatchObject({
          presence: 'away',
          since: found + 1,
        })
        // Who only confirmed that all is well leaves them where they are.
        expect(whereabouts(traces(told), LIMIT, now).presence).toBe('away')
      }),
    )
    const away = { lastExit: NOON, before: { presence: 'away', since: NOON } } as const
    const found = traces({ ...away, confirmed: NOON + DAY, homeUntil: NOON + DAY })
    expect(whereabouts(found, LIMIT, NOON + DAY + HOUR)).toEqual({
      presence: 'home',
      since: NOON + DAY,
      until: null,
    })
  })

  test('who was away and opens the door is still away until something moves inside', () => {
    const door = traces({ lastExit: NOON + HOUR, before: { presence: 'away', since: NOON } })
    expect(whereabouts(door, LIMIT, NOON + HOUR + MINUTE)).toEqual({
      presence: 'away',
      since: NOON,
      until: NOON + LIMIT,
    })
  })

  test('who is back by a door that we did not see is at home since the motion', () => {
    const back = traces({
      lastExit: NOON,
      lastInner: NOON + HOUR,
      before: { presence: 'away', since: NOON },
    })
    expect(whereabouts(back, LIMIT, NOON + 2 * HOUR).since).toBe(NOON + HOUR)
  })

  test('is out of sight while the home is, whatever was seen before', () => {
    const dark = traces({ lastExit: NOON, unseen: [{ since: NOON + 5 * MINUTE, until: null }] })
    expect(whereabouts(dark, LIMIT, NOON + HOUR)).toEqual({
      presence: 'blind',
      since: NOON + 5 * MINUTE,
      until: null,
    })
    const light = { ...dark, unseen: [{ since: NOON + 5 * MINUTE, until: NOON + 6 * MINUTE }] }
    expect(whereabouts(light, LIMIT, NOON + HOUR).presence).toBe('away')
  })

  test('whose absence a person has confirmed is believed to be out anew from then on', () => {
    const gone = traces({ lastExit: NOON, confirmed: NOON + 13 * HOUR })
    const where = whereabouts(gone, LIMIT, NOON + 14 * HOUR)
    expect(where).toEqual({ presence: 'away', since: NOON, until: NOON + 25 * HOUR })
  })

  test('who passes a motion sensor at the entrance has left when nothing moves inside, and not when anything does', () => {
    const passed = { lastExit: NOON, byMotion: true, stirs: 1 }
    expect(whereabouts(traces(passed), LIMIT, NOON + SETTLE).presence).toBe('away')
    // On the way to another room: no door was closed behind them.
    const inside = traces({ ...passed, lastInner: NOON + 1 })
    expect(whereabouts(inside, LIMIT, NOON + HOUR).presence).toBe('home')
  })

  describe('who is out by a motion sensor', () => {
    const out = {
      lastExit: NOON,
      byMotion: true,
      before: { presence: 'away', since: NOON },
    } as const
    const at = (rest: Partial<Traces>) =>
      whereabouts(traces({ ...out, ...rest }), LIMIT, NOON + DAY)

    test('is not back for one sign inside, and is for two within half an hour', () => {
      const lastInner = NOON + 4 * HOUR
      expect(at({ lastInner, stirs: 1 })).toEqual({
        presence: 'away',
        since: NOON,
        until: NOON + LIMIT,
      })
      expect(at({ lastInner, stirs: 2 })).toMatchObject({ presence: 'home', since: lastInner })
      // Where nobody counts them it is believed.
      expect(at({ lastInner }).presence).toBe('home')
    })

    test('is back for one sign inside when the entrance was passed before it', () => {
      const lastExit = NOON + 5 * HOUR
      const back = { lastExit, lastInner: lastExit + 20_000, stirs: 1 }
      expect(at(back)).toMatchObject({ presence: 'home', since: lastExit })
      // Not when nothing had moved inside for ten minutes after that.
      expect(at({ ...back, lastInner: lastExit + SETTLE - 1 }).presence).toBe('home')
      expect(at({ ...back, lastInner: lastExit + SETTLE }).presence).toBe('away')
    })

    test('has not left anew when the entrance is passed again: one that flaps begins no absence', () => {
      const again = NOON + 5 * HOUR
      const where = whereabouts(traces({ ...out, lastExit: again }), LIMIT, again + SETTLE)
      expect(where).toEqual({ presence: 'away', since: NOON, until: NOON + LIMIT })
      // A contact that is used is used by somebody.
      const door = traces({ ...out, byMotion: false, lastExit: again })
      expect(whereabouts(door, LIMIT, again + SETTLE).since).toBe(again)
    })
  })

  describe('who was seen to leave by a contact where people are seen to walk about', () => {
    const left = { lastExit: NOON, back: 4, before: { presence: 'away', since: NOON } } as const
    const at = (rest: Partial<Traces>) =>
      whereabouts(traces({ ...left, ...rest }), LIMIT, NOON + DAY)

    test('is back for as many signs as the home asks for, and not for fewer', () => {
      const anyBack = fc.integer({ min: 2, max: 9 })
      const anyLast = fc.integer({ min: NOON + SETTLE, max: NOON + DAY })
      fc.assert(
        fc.property(anyBack, fc.nat(12), anyLast, (back, stirs, lastInner) => {
          const where = at({ back, stirs, lastInner })
          expect(where.presence).toBe(stirs < back ? 'away' : 'home')
          expect(where.since).toBe(stirs < back ? NOON : lastInner)
        }),
      )
      // Past a motion sensor two are asked for at least.
      const lastInner = NOON + HOUR
      expect(at({ byMotion: true, back: 1, stirs: 1, lastInner }).presence).toBe('away')
      expect(at({ byMotion: true, back: 4, stirs: 3, lastInner }).presence).toBe('away')
    })

    test('does not leave anew when the door says once more that it was used, and nobody comes in', () => {
      const lastExit = NOON + 20 * HOUR
      expect(at({ lastExit })).toEqual({ presence: 'away', since: NOON, until: NOON + LIMIT })
      // Where one sign brings back, nothing but they themselves has used it.
      expect(at({ lastExit, back: null }).since).toBe(lastExit)
    })

    test('is back for one within ten minutes of the door, and has not left for one that soon', () => {
      const lastExit = NOON + 5 * HOUR
      const back = { lastExit, lastInner: lastExit + SETTLE - 1, stirs: 1 }
      expect(at(back)).toMatchObject({ presence: 'home', since: lastExit })
      // A visitor has left.
      const before = { presence: 'home', since: NOON - DAY } as const
      expect(at({ before, lastInner: NOON + HOUR, stirs: 1 }).presence).toBe('home')
    })
  })

  test('who is at home is, by a motion sensor, for every sign inside after the entrance', () => {
    const anySign = fc.integer({ min: 1, max: DAY })
    fc.assert(
      fc.property(anySign, fc.nat(3), fc.nat(DAY), (after, stirs, later) => {
        const moved = traces({ lastExit: NOON, lastInner: NOON + after, byMotion: true, stirs })
        expect(whereabouts(moved, LIMIT, NOON + after + later).presence).toBe('home')
      }),
    )
  })

  test('by a contact is where they are however many signs there were', () => {
    const anyTime = fc.option(fc.integer({ min: NOON - DAY, max: NOON + DAY }))
    const anyBefore = fc.record({
      presence: fc.constantFrom('home' as const, 'away' as const),
      since: fc.integer({ min: NOON - DAY, max: NOON }),
    })
    fc.assert(
      fc.property(anyTime, anyTime, anyBefore, fc.nat(3), (lastInner, lastExit, before, stirs) => {
        const seen = traces({ lastInner, lastExit, before })
        const counted = whereabouts({ ...seen, stirs }, LIMIT, NOON + DAY)
        expect(counted).toEqual(whereabouts(seen, LIMIT, NOON + DAY))
      }),
    )
  })

  test('has left or not as soon as the exit has been quiet for ten minutes, and is looked at then', () => {
    const used = traces({ lastExit: NOON })
    expect(settlesAt(used, NOON + SETTLE - 1)).toBe(NOON + SETTLE)
    expect(settlesAt(used, NOON + SETTLE)).toBeNull()
    expect(settlesAt(traces({}), NOON)).toBeNull()
    // By then they have moved inside.
    const moved = { ...used, lastInner: NOON + AFTERGLOW + 1 }
    expect(settlesAt(moved, NOON + 3 * MINUTE)).toBeNull()
  })

  test('is never away without an end', () => {
    const anyTime = fc.option(fc.integer({ min: NOON - DAY, max: NOON + DAY }))
    const anyBefore = fc.record({
      presence: fc.constantFrom('home' as const, 'away' as const, 'blind' as const),
      since: fc.integer({ min: NOON - DAY, max: NOON }),
    })
    fc.assert(
      fc.property(anyTime, anyTime, anyBefore, (lastInner, lastExit, before) => {
        const where = whereabouts(traces({ lastInner, lastExit, before }), LIMIT, NOON + DAY)
        expect(where.until !== null).toBe(where.presence === 'away')
      }),
    )
  })
})

function absence(hours: number, at = NOON - 3 * DAY): Pick<Rhythm, 'absences'> {
  return { absences: [[at / QUARTER, hours * 4]] }
}

const policy = (ceiling: number, caution = 1) => ({ ceiling, budgets: { caution } })

describe('an absence is believed', () => {
  test('for half a day at least, and half as long again as the longest of 60 days', () => {
    expect(awayLimit({ absences: [] }, policy(24 * HOUR), NOON)).toBe(12 * HOUR)
    expect(awayLimit(absence(10), policy(24 * HOUR), NOON)).toBe(15 * HOUR)
    expect(awayLimit(absence(10, NOON - 61 * DAY), policy(24 * HOUR), NOON)).toBe(12 * HOUR)
  })

  test('for half a day more for each tenth of a budget', () => {
    // 12 hours (1 - log10 0.1) = 24 hours, and of 0.3: 12 x 1.5229 = 18.27 hours.
    expect(awayLimit({ absences: [] }, policy(36 * HOUR, 0.1), NOON)).toBe(24 * HOUR)
    expect(awayLimit({ absences: [] }, policy(36 * HOUR, 0.3), NOON) / HOUR).toBeCloseTo(18.27, 2)
    expect(awayLimit({ absences: [] }, policy(36 * HOUR, 5), NOON)).toBe(12 * HOUR)
  })

  test('never longer than the tier allows', () => {
    expect(awayLimit(absence(30), policy(24 * HOUR), NOON)).toBe(24 * HOUR)
    expect(awayLimit(absence(30), policy(50 * HOUR), NOON)).toBe(45 * HOUR)
  })
})
