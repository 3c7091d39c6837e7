import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import { aloneLimit, hear } from '../../services/core/reliability.ts'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'

/** The stretches in which one sensor spoke alone, of quarter hours and the sensors in them. */
function stretches(heard: readonly [number: number, sensors: number][]): Stretch[] {
  let alone: Rhythm['alone'] = null
  let before: number | null = null
  const over: Stretch[] = []
  for (const [number, sensors] of heard) {
    const result = hear(alone, { number, sensors, before })
    alone = result.alone
    before = number
    if (result.over) over.push(result.over)
  }
  return over
}

describe('one sensor alone', () => {
  test('speaks from when the others fell silent until one of them speaks again', () => {
    // Sensors 0 and 1 at 10, sensor 1 alone at 12, 20 and 30, sensor 0 at 40.
    expect(
      stretches([
        [10, 3],
        [12, 2],
        [20, 2],
        [30, 2],
        [40, 1],
      ]),
    ).toEqual([[10, 30]])
  })

  test('does not when it has said nothing since', () => {
    // A silence is no stretch: sensor 1 at 10, sensor 0 at 40.
    expect(
      stretches([
        [10, 2],
        [40, 1],
        [41, 3],
      ]),
    ).toEqual([[10, 31]])
    expect(
      stretches([
        [10, 3],
        [40, 3],
      ]),
    ).toEqual([])
  })

  test('is none while two speak in the same quarter hours', () => {
    expect(
      stretches([
        [8, 1],
        [10, 3],
        [12, 3],
        [14, 3],
        [40, 1],
      ]),
    ).toEqual([])
  })

  test('is nothing where it is not known which sensors spoke', () => {
    expect(
      stretches([
        [10, 0],
        [11, 0],
        [50, 0],
      ]),
    ).toEqual([])
  })

  test('never is of a length below nought, or longer than it was heard', () => {
    const anyHeard = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(7)), { minLength: 2 })
    fc.assert(
      fc.property(anyHeard, (steps) => {
        let at = 0
        const heard = steps.map(([gap, sensors]) => [(at += gap), sensors] as [number, number])
        for (const [since, length] of stretches(heard)) {
          expect(length).toBeGreaterThan(0)
          expect(since + length).toBeLessThanOrEqual(at)
        }
      }),
    )
  })
})

test('the limit is a little less than a day, and twice as long as ever where one sensor alone is nothing new', () => {
  const now = 100 * DAY
  const lone = (hours: number): Stretch[] => [[(now - DAY) / QUARTER, hours * 4]]
  expect(aloneLimit([], 36 * HOUR, now)).toBe(23 * HOUR)
  expect(aloneLimit([], 20 * HOUR, now)).toBe(20 * HOUR)
  expect(aloneLimit(lone(15), 36 * HOUR, now)).toBe(23 * HOUR)
  expect(aloneLimit(lone(16), 36 * HOUR, now)).toBe(32 * HOUR)
  // Forgotten after 60 days.
  expect(aloneLimit(lone(20), 36 * HOUR, now + 61 * DAY)).toBe(23 * HOUR)
})

test('one that is believed less is for less long, but for six hours, and longer than one alone has spoken here', () => {
  const now = 1000 * DAY
  const lone = (hours: number): Stretch[] => [[(now - DAY) / QUARTER, (hours * HOUR) / QUARTER]]
  expect(aloneLimit([], 36 * HOUR, now, 0.5)).toBe(11.5 * HOUR)
  expect(aloneLimit([], 36 * HOUR, now, 0.2)).toBe(6 * HOUR)
  expect(aloneLimit(lone(8), 36 * HOUR, now, 0.2)).toBe(12 * HOUR)
  expect(aloneLimit(lone(16), 36 * HOUR, now, 0.2)).toBe(32 * HOUR)
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 1, noNaN: true }), fc.nat(15), (trust, hours) => {
      const limit = aloneLimit(lone(hours), 36 * HOUR, now, trust)
      expect(limit).toBeLessThanOrEqual(aloneLimit(lone(hours), 36 * HOUR, now))
      expect(limit).toBeGreaterThanOrEqual(6 * HOUR)
    }),
  )
})

test('no sensor is believed for ever, whatever is normal in a home', () => {
  const now = 100 * DAY
  const anyStretch = fc.tuple(
    fc.integer({ min: now / QUARTER - 6000, max: now / QUARTER }),
    fc.nat(400),
  )
  fc.assert(
    fc.property(fc.array(anyStretch, { maxLength: 6 }), (past) => {
      const longest = Math.max(0, ...past.map(([, length]) => length)) * QUARTER
      const most = Math.max(36 * HOUR, 2 * longest)
      expect(aloneLimit(past, 36 * HOUR, now)).toBeLessThanOrEqual(most)
    }),
  )
})
