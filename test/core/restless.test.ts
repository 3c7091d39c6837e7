import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Goings,
  NOBODY_GOES,
  NO_TIRELESS,
  type Tireless,
  goOn,
  restIn,
  restlessAt,
  restlessLimit,
  takeGoing,
} from '../../services/core/restless.ts'
import { HALF_HOUR } from '../../services/core/silence.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { NO_WALKING } from '../../services/core/walking.ts'

type Sign = { readonly half: number; readonly slot: number }
const signs = fc.array(fc.record({ half: fc.nat(24), slot: fc.nat(3) }), { minLength: 1 })
const rests = fc.constantFrom(1 as const, 4 as const)

function heard(all: readonly Sign[]): Goings {
  return all
    .toSorted((a, b) => a.half - b.half)
    .reduce((goings, { half, slot }) => goOn(goings, half * HALF_HOUR, slot), NOBODY_GOES)
}

function learnt(quarters: readonly { number: number; sensors: number }[]): Tireless {
  return quarters.reduce((all, { number, sensors }) => takeGoing(all, number, sensors), NO_TIRELESS)
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
        const told = restlessAt(heard(all), end * HALF_HOUR, rest)
        expect(told.find((each) => each.rest === rest * HALF_HOUR)?.since ?? null).toBe(since)
      }),
    )
  })

  test('may be silent up to the end of the next stretch', () => {
    // From 10:00 on; the last sign at 11:10 is in the half hour of 11:00, and 12:00 would be a half hour without one.
    const moments = [0, 40, 70].map((minutes) => 10 * HOUR + minutes * MINUTE)
    const goings = moments.reduce((all, at) => goOn(all, at, 2), NOBODY_GOES)
    const half = { since: 10 * HOUR, until: 12 * HOUR, rest: HALF_HOUR }
    expect(restlessAt(goings, 11.9 * HOUR, 1)).toEqual([half])
    expect(restlessAt(goings, 12 * HOUR, 1)).toEqual([])
    // By two hours too: from 10 to 12, and up to 14.
    const slow = { since: 10 * HOUR, until: 14 * HOUR, rest: 2 * HOUR }
    expect(restlessAt(goings, 11.9 * HOUR, 4)).toEqual([half, slow])
    expect(restlessAt(goings, 13.9 * HOUR, 4)).toEqual([slow])
    expect(restlessAt(goings, 14 * HOUR, 4)).toEqual([])
  })

  test('costs nothing more within the half hour in which it spoke', () => {
    const goings = goOn(NOBODY_GOES, 10 * HOUR, 2)
    expect(goOn(goings, 10.4 * HOUR, 2)).toBe(goings)
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
        expect(restlessAt(goings, last, rest)).toEqual(restlessAt(heard(all), last, rest))
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
    return restlessLimit({ ...NO_TIRELESS, half }, HALF_HOUR, now) / HOUR
  }
  expect([limit(21), limit(30), limit(30, 61)]).toEqual([42, 46, 23])
  expect(restlessLimit(NO_TIRELESS, HALF_HOUR, now)).toBe(23 * HOUR)
  // By two hours as one went on by two hours.
  const slow = { going: [], longest: [[now / QUARTER - 96, 88] as [number, number]] }
  expect(restlessLimit({ ...NO_TIRELESS, slow }, 2 * HOUR, now)).toBe(44 * HOUR)
  expect(restlessLimit({ ...NO_TIRELESS, slow }, HALF_HOUR, now)).toBe(23 * HOUR)
})
