import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rotation } from '../../schemas/roster.ts'
import { onShift, shiftAt, shiftsBetween } from '../../services/core/shift.ts'
import { DAY, HOUR, MINUTE, firstInstant, localClock, localDay } from '../../services/core/time.ts'
import { rotation } from './rota.ts'

const NAMED = [
  'Asia/Seoul',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
]
const TZDB = Intl.supportedValuesOf('timeZone')

const anyInstant = fc.integer({ min: Date.UTC(1985, 0, 1), max: Date.UTC(2037, 0, 1) })

function anyRotation(zones: readonly string[]): fc.Arbitrary<Rotation> {
  return fc
    .record({
      timeZone: fc.constantFrom(...zones),
      startDay: fc.integer({ min: 5500, max: 24_000 }),
      handOver: fc.integer({ min: 0, max: 24 * 60 - 1 }),
      hours: fc.oneof(fc.constantFrom(1, 8, 12, 24, 168), fc.integer({ min: 1, max: 1000 })),
      people: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ timeZone, startDay, handOver, hours, people }) =>
      rotation(
        Array.from({ length: people }, (_, n) => `person-${n}`),
        { timeZone, start: startDay * DAY + handOver * MINUTE, length: hours * HOUR },
      ),
    )
}

/** Each turn begins where the one before ended, later than it began, and none is missing in between. */
function expectTiling(rota: Rotation, at: number): void {
  const from = Math.max(at, firstInstant(rota.start, rota.timeZone))
  const turns = shiftsBetween(rota, from, from + 12 * rota.length)
  expect(turns.length).toBeGreaterThan(6)
  expect(turns[0]?.since).toBeLessThanOrEqual(from)
  for (const [n, turn] of turns.entries()) {
    expect(turn.until).toBeGreaterThan(turn.since)
    if (n > 0) expect(turn.since).toBe(turns[n - 1]?.until)
    // Who asks in a turn, at its first, its last and some instant between, is told that turn.
    const middle = Math.floor((turn.since + turn.until) / 2)
    for (const within of [turn.since, middle, turn.until - 1])
      expect(shiftAt(rota, within)).toEqual(turn)
  }
}

describe('I13: the turns of a rota', () => {
  test.each(NAMED)('tile the time of %s, whatever its clocks do', (zone) => {
    fc.assert(fc.property(anyRotation([zone]), anyInstant, expectTiling), { numRuns: 200 })
  })

  test('tile the time of every zone of tzdb', { timeout: 60_000 }, () => {
    expect(TZDB.length).toBeGreaterThan(400)
    for (const zone of TZDB)
      fc.assert(fc.property(anyRotation([zone]), anyInstant, expectTiling), { numRuns: 3 })
  })

  test('begin at the hour of the hand-over wherever the local clock shows it', () => {
    fc.assert(
      fc.property(anyRotation(TZDB), anyInstant, (given, at) => {
        // Whole days, so that every turn hands over at the same time of day.
        const rota = { ...given, length: DAY * Math.ceil(given.length / DAY) }
        const from = Math.max(at, firstInstant(rota.start, rota.timeZone))
        for (const { since } of shiftsBetween(rota, from, from + 3 * rota.length)) {
          const clock = localClock(since, rota.timeZone)
          const off = (((clock - rota.start) % DAY) + DAY) % DAY
          // The clock was set forward over the hand-over: by an hour, or by a day where a date was left out.
          const before = localClock(since - 1, rota.timeZone) + 1
          if (off !== 0) expect(clock - before).toBeGreaterThan(off % HOUR === 0 ? 0 : MINUTE - 1)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('go round in order', () => {
    fc.assert(
      fc.property(anyRotation(['Asia/Seoul']), anyInstant, (rota, at) => {
        const from = Math.max(at, firstInstant(rota.start, rota.timeZone))
        const people = shiftsBetween(rota, from, from + 9 * rota.length).map(({ person }) =>
          rota.participants.indexOf(person),
        )
        for (const [n, one] of people.entries())
          if (n > 0) expect(one).toBe(((people[n - 1] ?? 0) + 1) % rota.participants.length)
      }),
    )
  })
})

describe('I14: one clock for people', () => {
  test('a rule is of the local clock: a night turn lasts an hour less or more when the clocks change', () => {
    // New York, 2026-03-08: at 02:00 EST it became 03:00 EDT. Turns of 12 h from 20:00.
    const rota = rotation(['a', 'b'], {
      timeZone: 'America/New_York',
      start: Date.parse('2026-03-01T20:00Z'),
      length: 12 * HOUR,
    })
    const night = shiftAt(rota, Date.parse('2026-03-08T01:30-05:00'))
    expect(night).toEqual({
      since: Date.parse('2026-03-07T20:00-05:00'),
      until: Date.parse('2026-03-08T08:00-04:00'),
      person: 'a',
    })
    expect((night?.until ?? 0) - (night?.since ?? 0)).toBe(11 * HOUR)
  })

  test('Seoul hands over at nine in Seoul, in the summer time of 1988 too', () => {
    const rota = rotation(['a', 'b'], { start: Date.parse('1988-05-01T09:00Z') })
    // 1988-05-08 at 02:00 the clocks of Seoul went to 03:00 (UTC+10).
    expect(shiftAt(rota, Date.parse('1988-05-08T00:00Z'))).toEqual({
      since: Date.parse('1988-05-08T09:00+10:00'),
      until: Date.parse('1988-05-09T09:00+10:00'),
      person: 'b',
    })
  })

  test('a date that Samoa left out has no turn of its own', () => {
    // Pacific/Apia went from 2011-12-29 24:00 (UTC-10) to 2011-12-31 00:00 (UTC+14).
    const rota = rotation(['a', 'b', 'c'], {
      timeZone: 'Pacific/Apia',
      start: Date.parse('2011-12-29T00:00Z'),
    })
    const turns = shiftsBetween(
      rota,
      Date.parse('2011-12-29T00:00-10:00'),
      Date.parse('2012-01-01T00:00+14:00'),
    )
    // The 30th was b's: it never came.
    expect(turns.map(({ person }) => person)).toEqual(['a', 'c'])
  })
})

test('an instant at which the local clock has come so far is never earlier for a later clock', () => {
  const anyLocal = fc.integer({ min: Date.UTC(1985, 0, 1), max: Date.UTC(2037, 0, 1) })
  const ahead = fc.oneof(
    fc.integer({ min: 0, max: 3 * HOUR }),
    fc.integer({ min: 0, max: 40 * DAY }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...TZDB), anyLocal, ahead, (zone, local, more) => {
      const at = firstInstant(local, zone)
      expect(localClock(at, zone)).toBeGreaterThanOrEqual(local)
      expect(localClock(at - 1, zone)).toBeLessThan(local)
      expect(firstInstant(local + more, zone)).toBeGreaterThanOrEqual(at)
    }),
    { numRuns: 1000 },
  )
  expect(localDay(firstInstant(20_000 * DAY, 'Asia/Seoul'), 'Asia/Seoul')).toBe(20_000)
})

describe('a change to a rota', () => {
  const at = Date.parse('2026-03-02T12:00+09:00') // a's turn, of a and b
  const rota = rotation(['a', 'b'])
  const change = (given: { out?: string; in?: string }) => ({
    id: 1,
    rotation: 'desk',
    since: at - HOUR,
    until: at + 2 * DAY,
    out: given.out ?? null,
    in: given.in ?? null,
    reason: '',
  })

  test('takes somebody out, adds somebody, or puts one in the place of another', () => {
    expect(onShift(rota, [], at)).toEqual(['a'])
    expect(onShift(rota, [change({ out: 'a' })], at)).toEqual([])
    expect(onShift(rota, [change({ in: 'c' })], at)).toEqual(['a', 'c'])
    expect(onShift(rota, [change({ out: 'a', in: 'c' })], at)).toEqual(['c'])
  })

  test('gives who replaces somebody the turns of the other, and no more', () => {
    expect(onShift(rota, [change({ out: 'b', in: 'c' })], at)).toEqual(['a'])
    expect(onShift(rota, [change({ out: 'b', in: 'c' })], at + DAY)).toEqual(['c'])
  })

  test('holds from its begin to its end, on its own rota', () => {
    const one = change({ out: 'a' })
    expect(onShift(rota, [one], one.since - 1)).toEqual(['a'])
    expect(onShift(rota, [one], one.since)).toEqual([])
    expect(onShift(rota, [one], one.until)).toEqual(['a'])
    expect(onShift({ ...rota, rotation: 'other' }, [one], at)).toEqual(['a'])
  })
})
