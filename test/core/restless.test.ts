import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Goings,
  NOBODY_GOES,
  NO_TIRELESS,
  type Tireless,
  goOn,
  goingSince,
  restIn,
  restlessAt,
  restlessLimit,
  takeGoing,
} from '../../services/core/restless.ts'
import { HALF_HOUR } from '../../services/core/silence.ts'
import { standsSince } from '../../services/core/standing.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { NO_WALKING } from '../../services/core/walking.ts'

type Sign = { readonly half: number; readonly slot: number }
const signs = fc.array(fc.record({ half: fc.nat(24), slot: fc.nat(3) }), { minLength: 1 })
const rests = fc.constantFrom(1 as const, 4 as const)

function heard(all: readonly Sign[]): Goings {
  return all
    .toSorted((a, b) => a.half - b.half)
    .reduce(
      (goings, { half, slot }) => goOn(goings, { at: half * HALF_HOUR, slot }, []),
      NOBODY_GOES,
    )
}

function learnt(quarters: readonly { number: number; sensors: number }[]): Tireless {
  return quarters.reduce((all, each) => takeGoing(all, each, []), NO_TIRELESS)
}

/** The third sensor speaks in every half hour for so many hours, from a quarter hour on. */
function run(from: number, hours: number) {
  return Array.from({ length: 2 * hours }, (_, i) => ({ number: from + 2 * i, sensors: 4 }))
}

describe('a sensor that does not rest', () => {
  test('goes on since the first stretch of those in each of which it has spoken, up to this one or the last', () => {
    fc.assert(
      fc.property(signs, fc.nat(9), rests, (all, later, rest) => {
        const end = Math.max(...all.map(({ half }) => half)) + later
        const now = Math.floor(end / rest)
        // By the definition: back from the last in which each spoke, as far as it did in each.
        const runs = [0, 1, 2, 3].flatMap((slot) => {
          const halves = all.filter((each) => each.slot === slot).map(({ half }) => half)
          const spoke = new Set(halves.map((half) => Math.floor(half / rest)))
          const last = spoke.has(now) ? now : now - 1
          let since = last
          while (spoke.has(since - 1)) since--
          return spoke.has(last) ? [since] : []
        })
        const since = runs.length === 0 ? null : Math.min(...runs) * rest * HALF_HOUR
        const told = restlessAt(heard(all), end * HALF_HOUR, { rest, unseen: [] })
        expect(told.find((each) => each.rest === rest * HALF_HOUR)?.since ?? null).toBe(since)
      }),
    )
  })

  test('may be silent up to the end of the next stretch', () => {
    // From 10:00 on; the last sign at 11:10 is in the half hour of 11:00, and 12:00 would be a half hour without one.
    const moments = [0, 40, 70].map((minutes) => 10 * HOUR + minutes * MINUTE)
    const goings = moments.reduce((all, at) => goOn(all, { at, slot: 2 }, []), NOBODY_GOES)
    const [by1, by4] = [
      { rest: 1, unseen: [] },
      { rest: 4, unseen: [] },
    ] as const
    const half = { slot: 2, since: 10 * HOUR, until: 12 * HOUR, rest: HALF_HOUR }
    expect(restlessAt(goings, 11.9 * HOUR, by1)).toEqual([half])
    expect(restlessAt(goings, 12 * HOUR, by1)).toEqual([])
    // By two hours too: from 10 to 12, and up to 14.
    const slow = { slot: 2, since: 10 * HOUR, until: 14 * HOUR, rest: 2 * HOUR }
    expect(restlessAt(goings, 11.9 * HOUR, by4)).toEqual([half, slow])
    expect(restlessAt(goings, 13.9 * HOUR, by4)).toEqual([slow])
    expect(restlessAt(goings, 14 * HOUR, by4)).toEqual([])
  })

  test('costs nothing more within the half hour in which it spoke', () => {
    const goings = goOn(NOBODY_GOES, { at: 10 * HOUR, slot: 2 }, [])
    expect(goOn(goings, { at: 10.4 * HOUR, slot: 2 }, [])).toBe(goings)
  })
})

describe('what a rhythm keeps of it', () => {
  test('is the same as what is heard sign by sign', () => {
    fc.assert(
      fc.property(signs, rests, (all, rest) => {
        const quarters = Array.from({ length: 25 }, (_, half) => ({
          number: 2 * half,
          sensors: all.reduce(
            (bits, each) => (each.half === half ? bits | (1 << each.slot) : bits),
            0,
          ),
        })).filter(({ sensors }) => sensors !== 0)
        const last = Math.max(...all.map(({ half }) => half)) * HALF_HOUR
        const { half, slow } = learnt(quarters)
        const goings = { half: half.going, slow: slow.going }
        const told = (known: Goings) =>
          restlessAt(known, last, { rest, unseen: [] }).map(({ since, until }) => [since, until])
        expect(told(goings)).toEqual(told(heard(all)))
      }),
    )
  })

  test('are stretches of more than 20 hours, once they are over', () => {
    // 20 hours from 96 on; 20 and a half from 288 on, of which nobody knows the end until another sensor speaks an hour later.
    const whole = [...run(96, 20), ...run(288, 20.5)]
    expect(learnt(whole).half.longest).toEqual([])
    const known = learnt([...whole, { number: 288 + 82 + 2, sensors: 1 }])
    expect(known.half).toEqual({ longest: [[288, 82]], going: [[0, 186, 186]] })
    // By two hours it still goes on, from 288 on, and the 20 hours from 96 on were no more than that.
    expect(known.slow).toEqual({
      longest: [],
      going: [
        [2, 36, 46],
        [0, 46, 46],
      ],
    })
  })
})

/** Out of sight for so many minutes after ten. */
function unseenFor(minutes: number, from = 10 * HOUR) {
  return [{ since: from, until: from + minutes * MINUTE }]
}

function said(at: number, going = NOBODY_GOES, unseen = unseenFor(0)): Goings {
  return goOn(going, { at, slot: 2 }, unseen)
}

describe('time out of sight', () => {
  test('is bridged as far as no stretch was seen in which the sensor said nothing, and no more than two hours of them', () => {
    const gaps = fc.array(fc.record({ from: fc.nat(12), length: fc.integer({ min: 1, max: 300 }) }))
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 12 }), rests, (dark, later, rest) => {
        const unseen = dark.flatMap(({ from, length }) => unseenFor(length, from * HOUR + MINUTE))
        const [last, now] = [4, 4 + later]
        const isDark = (half: number) =>
          unseen.some(
            ({ since, until }) =>
              since < (half + 1) * rest * HALF_HOUR && until > half * rest * HALF_HOUR,
          )
        const between = Array.from({ length: later - 1 }, (_, i) => last + 1 + i)
        const isBridged = between.every(isDark) && between.length * rest <= 4
        const [first, again] = [last, now].map((half) => half * rest * HALF_HOUR)
        const going = said(again ?? 0, said(first ?? 0, NOBODY_GOES, unseen), unseen)
        const told = restlessAt(going, again ?? 0, { rest, unseen }).at(rest === 1 ? 0 : -1)
        expect(told?.since).toBe(isBridged ? first : again)
      }),
    )
  })

  test('lets it go on for longer though it says nothing', () => {
    // Of 10:30 nobody can say that it was silent, nor of 11:00; of 11:30 one can.
    const [told] = restlessAt(said(10 * HOUR), 11.6 * HOUR, { rest: 1, unseen: unseenFor(70) })
    expect(told).toMatchObject({ since: 10 * HOUR, until: 12 * HOUR })
    expect(restlessAt(said(10 * HOUR), 11.6 * HOUR, { rest: 1, unseen: [] })).toEqual([])
    // While it lasts, for two hours.
    const lasting = [{ since: 10.2 * HOUR, until: null }]
    const [dark] = restlessAt(said(10 * HOUR), 11 * HOUR, { rest: 1, unseen: lasting })
    expect(dark?.until).toBe(13 * HOUR)
  })

  test('is no part of what is learnt', () => {
    // 21 hours and a half from midnight on, and an hour and a half of them out of sight: no more than 20.
    const end = { number: 96, sensors: 1 }
    const learn = (minutes: number) =>
      [...run(0, 21.5), end].reduce(
        (all, each) => takeGoing(all, each, unseenFor(minutes)),
        NO_TIRELESS,
      ).half.longest
    expect([learn(60), learn(90)]).toEqual([[[0, 82]], []])
  })

  test('must be known since the first of those that go on began to', () => {
    expect(goingSince(NO_TIRELESS)).toBe(Infinity)
    const known = learnt([...run(48, 3), { number: 60, sensors: 2 }])
    expect(goingSince(known)).toBe(48 * QUARTER)
    expect(goingSince({ ...known, half: NO_TIRELESS.half })).toBe(48 * QUARTER)
  })
})

test('sensors that share a bit say nothing together', () => {
  const all = run(0, 30).map(({ number }) => ({ number, sensors: 1 << 30 }))
  expect(learnt(all).half.going).toEqual([])
  expect(goOn(NOBODY_GOES, { at: HOUR, slot: 30 }, [])).toBe(NOBODY_GOES)
})

describe('a sensor that staff were told of', () => {
  const told = { slot: 2, since: -20 * HOUR, rest: HALF_HOUR, at: HOUR + 10 * MINUTE }
  const stands = (hours: number, unseen = unseenFor(0), rest = told.rest) =>
    standsSince({ ...told, rest }, run(4, 3), unseen, hours * HOUR)

  test('goes on until it has said nothing for a whole stretch that was seen', () => {
    // In every half hour of 1:00 to 4:00.
    expect([3, 4.4, 4.5].map((hours) => stands(hours))).toEqual([told.since, told.since, null])
    expect([5.9, 6].map((hours) => stands(hours, [], 2 * HOUR))).toEqual([told.since, null])
  })

  test('does so however long nobody could see', () => {
    const dark = unseenFor(60 * 50, 4.1 * HOUR)
    expect([4.5, 40, 54.4].map((hours) => stands(hours, dark))).toEqual(Array(3).fill(told.since))
    // Seen from 54:06 on: the half hour from 54:30 to 55:00 is the first that tells.
    expect([54.9, 55].map((hours) => stands(hours, dark))).toEqual([told.since, null])
  })

  test('rests for itself alone, and not again once it has', () => {
    const others = run(4, 30).map(({ number }) => ({ number, sensors: 2 }))
    expect(standsSince(told, others, [], 10 * HOUR)).toBeNull()
    expect(standsSince(told, [...run(4, 3), ...run(20, 2)], [], 6 * HOUR)).toBeNull()
    // Eight days are known, and it has not rested in them.
    const late = run(4 + 96 * 10, 9 * 24).filter(({ number }) => number > 96 * 11)
    expect(standsSince(told, late, [], 19 * DAY)).toBe(told.since)
  })
})

test('a rest is two hours where nobody is seen to walk about', () => {
  const [never, nightly] = [0, 30].map((pause) => Array<number>(20).fill(pause))
  const told = [never, nightly, []].map((pauses = []) => restIn({ ...NO_WALKING, pauses }))
  expect(told).toEqual([4, 1, 1])
})

test('a sensor that does not rest is believed for 23 hours, or for twice as long as one went on, and 46 hours at most', () => {
  const now = 100 * DAY
  const limit = (hours: number, days = 10) => {
    const longest = [[(now - days * DAY) / QUARTER, (hours * HOUR) / QUARTER] as [number, number]]
    const half = { going: [], longest }
    return restlessLimit({ ...NO_TIRELESS, half }, { rest: HALF_HOUR, proven: 0 }, now) / HOUR
  }
  expect([limit(21), limit(30), limit(30, 61)]).toEqual([42, 46, 23])
  expect(restlessLimit(NO_TIRELESS, { rest: HALF_HOUR, proven: 0 }, now)).toBe(23 * HOUR)
  // As when somebody was found at home after so long; after 20 hours that is nothing yet.
  const found = (hours: number) =>
    restlessLimit(NO_TIRELESS, { rest: HALF_HOUR, proven: hours * HOUR }, now) / HOUR
  expect([20, 21, 200].map(found)).toEqual([23, 42, 46])
  // By two hours as one went on by two hours.
  const slow = { going: [], longest: [[now / QUARTER - 96, 88] as [number, number]] }
  expect(restlessLimit({ ...NO_TIRELESS, slow }, { rest: 2 * HOUR, proven: 0 }, now)).toBe(
    44 * HOUR,
  )
  expect(restlessLimit({ ...NO_TIRELESS, slow }, { rest: HALF_HOUR, proven: 0 }, now)).toBe(
    23 * HOUR,
  )
})
