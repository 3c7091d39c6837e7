import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Hold, follow, freed, holdLimit, stuckSince } from '../../services/core/meter.ts'
import { DAY, HOUR, MINUTE, type Span } from '../../services/core/time.ts'

type Said = { readonly at: number; readonly value: number }

/** Follows a meter through what it says: what it holds in the end, and when it was stuck. */
function followed(said: readonly Said[], from: Hold | null = null) {
  let hold = from
  const stuck: Span[] = []
  for (const each of said) {
    const next = follow(hold, each)
    const span = freed(hold, next)
    if (span) stuck.push(span)
    hold = next
  }
  return { hold, stuck }
}

const everyMinute = (values: readonly number[], from = 0): Said[] =>
  values.map((value, i) => ({ at: from + i * MINUTE, value }))

// A home that draws a little more and a little less, but holds its load for 40 minutes a day.
const ordinaryDay = (day: number) =>
  everyMinute(
    Array.from({ length: 1440 }, (_, i) => (i < 40 ? 80 : 80 + (i % 3))),
    day * DAY,
  )
const week = followed(Array.from({ length: 8 }, (_, day) => ordinaryDay(day)).flat()).hold

const anySaid = fc
  .array(fc.record({ after: fc.nat(4 * HOUR), value: fc.constantFrom(0, 80, 81) }), {
    maxLength: 200,
  })
  .map((all) => {
    let at = 0
    return all.map(({ after, value }): Said => ({ at: (at += after), value }))
  })

// Every ten minutes a value of its own while it draws anything, and nothing at all at night.
const standby = (day: number) =>
  Array.from({ length: 144 }, (_, i) => ({
    at: day * DAY + i * 10 * MINUTE,
    value: i < 48 ? 0 : 0.8 + (i % 3) / 10,
  }))
const every10 = (value: number, hours: number, from: number) =>
  Array.from({ length: hours * 6 + 1 }, (_, i) => ({ at: from + i * 10 * MINUTE, value }))

/** So many words of something on each of eight days, each for the ten minutes until the next, and of nothing at all. */
const used = (words: number) =>
  Array.from({ length: 8 * 144 }, (_, i) => ({
    at: i * 10 * MINUTE,
    value: i % 144 >= 48 && i % 144 < 48 + words ? 80 + (i % 3) : 0,
  }))

/** What a plug that says these holds in the end. */
function plugged(said: readonly Said[]): Hold {
  let hold: Hold | null = null
  for (const each of said) hold = follow(hold, each, 'plug')
  if (!hold) throw new Error('it said something')
  return hold
}

describe('a plug', () => {
  const known = Array.from({ length: 8 }, (_, day) => standby(day)).flat()

  test('that was never still while it drew anything is frozen once it holds one value for 26 hours', () => {
    // 48 readings of nothing a night, of eight hours, count for nothing: it is still for ten minutes at most.
    expect(plugged(known).usual).toBe(MINUTE)
    const held = (hours: number) => plugged([...known, ...every10(0.9, hours, 8 * DAY)])
    expect(stuckSince(held(25), 'plug')).toBeNull()
    expect(stuckSince(held(26), 'plug')).toBe(8 * DAY)
    // In its first week it is not told.
    const young = plugged([...known.filter(({ at }) => at < 5 * DAY), ...every10(0.9, 40, 5 * DAY)])
    expect(stuckSince(young, 'plug')).toBeNull()
  })

  test('that is put to another use and holds one value since then is not frozen: it has not wobbled since', () => {
    // Eight days of a television, then nothing for ten minutes, and a lamp of 5 W that is left on; it settles for half an hour.
    const end = 8 * DAY
    const settling = [5.4, 5.2, 5.1].map((value, i) => ({
      at: end + (i + 1) * 10 * MINUTE,
      value,
    }))
    const lamp = (days: number) => every10(5, days * 24, end + 40 * MINUTE)
    // After two days and after thirteen, for what stands still for longer is let go anyway.
    for (const days of [2, 13, 30]) {
      const swapped = plugged([...known, { at: end, value: 0 }, ...settling, ...lamp(days)])
      expect(stuckSince(swapped, 'plug')).toBeNull()
    }
    // Two hours of it, and it has wobbled.
    const evening = Array.from({ length: 13 }, (_, i) => ({
      at: end + (i + 1) * 10 * MINUTE,
      value: 80 + (i % 3),
    }))
    const froze = end + 140 * MINUTE
    const stands = [...known, { at: end, value: 0 }, ...evening, ...every10(81, 26, froze)]
    expect(stuckSince(plugged(stands), 'plug')).toBe(froze)
  })

  test('that was put to another use between two readings is let go after 14 days', () => {
    const held = (hours: number) => plugged([...known, ...every10(5, hours, 8 * DAY)])
    expect(stuckSince(held(14 * 24 - 1), 'plug')).toBe(8 * DAY)
    expect(stuckSince(held(14 * 24), 'plug')).toBeNull()
    expect(stuckSince(held(40 * 24), 'plug')).toBeNull()
    // What is let go is let go for good: that it stood still for so long is what is known of it now.
    const after = plugged([...known, ...every10(5, 22 * 24, 8 * DAY), ...every10(6, 48, 31 * DAY)])
    expect(stuckSince(after, 'plug')).toBeNull()
  })

  test('at nothing is switched off, for however long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (hours) => {
        const off = plugged([...known, ...every10(0, hours, 8 * DAY)])
        expect(stuckSince(off, 'plug')).toBeNull()
      }),
    )
  })

  test('that drew nothing, or for minutes a day, has not shown that it wobbles: a lamp left on there is none that froze', () => {
    const empty = every10(0, 10 * 24, 0)
    const kettle = Array.from({ length: 20 * 144 }, (_, i) => ({
      at: i * 10 * MINUTE,
      value: i % 144 === 48 ? 1800 + (i % 7) : 0,
    }))
    for (const before of [empty, kettle]) {
      const end = (before.at(-1)?.at ?? 0) + 10 * MINUTE
      for (const days of [2, 3, 20]) {
        const lamp = plugged([...before, ...every10(5, days * 24, end)])
        expect(stuckSince(lamp, 'plug')).toBeNull()
      }
    }
  })

  test('is known by days on which it drew something for two hours and more, and by no others', () => {
    // On for 1, 11 or 12 times ten minutes a day; on the ninth day it wobbles for three hours, more than two since it was at
    // nothing, and then it holds 81 W for 26 hours.
    const froze = 8 * DAY + 3 * HOUR
    const evening = Array.from({ length: 18 }, (_, i) => ({
      at: 8 * DAY + i * 10 * MINUTE,
      value: 83 + (i % 3),
    }))
    const after = (words: number) =>
      stuckSince(plugged([...used(words), ...evening, ...every10(81, 26, froze)]), 'plug')
    expect([1, 11, 12].map(after)).toEqual([null, null, froze])
  })

  test('whose standby is the same to the watt is never told: nobody can tell that from quiet', () => {
    // On for six hours a day, and at 1 W for the rest.
    const coarse = Array.from({ length: 8 * 144 }, (_, i) => ({
      at: i * 10 * MINUTE,
      value: i % 144 < 36 ? 80 + (i % 3) : 1,
    }))
    expect(plugged(coarse).usual).toBeGreaterThan(17 * HOUR)
    const still = plugged([...coarse, ...every10(1, 20 * 24, 8 * DAY)])
    expect(stuckSince(still, 'plug')).toBeNull()
  })
})

test('what measures power and is neither a meter of the home nor a plug is never frozen', () => {
  fc.assert(
    fc.property(fc.constantFrom('inner', 'exit', 'sos'), fc.constantFrom(0, 40), (role, value) => {
      let hold: Hold | null = null
      for (const each of every10(value, 20 * 24, 0)) hold = follow(hold, each, role)
      expect(hold && stuckSince(hold, role)).toBeNull()
    }),
  )
})

describe('a meter', () => {
  test('whatever it says, is stuck only where it held one value for its limit, of two hours to three days', () => {
    fc.assert(
      fc.property(anySaid, (said) => {
        const { hold, stuck } = followed(said)
        for (const { since, until } of stuck) {
          expect((until ?? 0) - since).toBeGreaterThanOrEqual(2 * HOUR)
          const values = said.filter(({ at }) => at >= since && at < (until ?? 0))
          expect(new Set(values.map(({ value }) => value)).size).toBe(1)
        }
        if (hold) expect(holdLimit(hold)).toBeGreaterThanOrEqual(2 * HOUR)
        if (hold) expect(holdLimit(hold)).toBeLessThanOrEqual(3 * DAY)
      }),
    )
  })

  test('that comes late or twice is followed no further', () => {
    fc.assert(
      fc.property(anySaid, fc.nat(50), (said, back) => {
        const { hold } = followed(said)
        const late = said.at(-1 - back)
        if (hold && late) expect(follow(hold, { at: late.at, value: 99 })).toBe(hold)
      }),
    )
  })

  test('that says nothing for two hours is filled with zeros, from its first to the next other value', () => {
    const zeros = Array.from({ length: 121 }, () => 0)
    expect(followed(everyMinute([200, ...zeros, 210])).stuck).toEqual([
      { since: MINUTE, until: 2 * HOUR + 2 * MINUTE },
    ])
    expect(followed(everyMinute([200, ...zeros.slice(1), 210])).stuck).toEqual([])
  })

  test('that held its value for 40 minutes a day is frozen after two hours, a new one after 26', () => {
    if (!week) throw new Error('it was followed')
    expect(week).toMatchObject({ days: 7 })
    // 80 W from the minute in which the ramp ends on it, and the 40 minutes after midnight.
    expect(week.usual).toBeLessThan(HOUR)
    expect(holdLimit(week)).toBe(2 * HOUR)
    const held = everyMinute(
      Array.from({ length: 122 }, () => 230),
      8 * DAY,
    )
    expect(stuckSince(followed(held, week).hold ?? week)).toBe(8 * DAY)
    expect(stuckSince(followed(held).hold ?? week)).toBeNull()
  })

  test('that tells rough changes only, and holds its value through the night, is given twice as long', () => {
    const nights = Array.from({ length: 8 }, (_, day) =>
      [0, 10, 20].map((hour) => ({ at: day * DAY + hour * HOUR, value: hour })),
    )
    // Said again every hour: ten hours at a time.
    const said = nights
      .flat()
      .flatMap(({ at, value }) =>
        Array.from({ length: value === 20 ? 4 : 10 }, (_, i) => ({ at: at + i * HOUR, value })),
      )
    const { hold } = followed(said.filter(({ value }) => value > 0))
    expect(hold?.usual).toBe(9 * HOUR)
    expect(hold && holdLimit(hold)).toBe(18 * HOUR)
  })

  test('that is stuck for weeks is not taught that this is usual', () => {
    if (!week) throw new Error('it was followed')
    const held = Array.from({ length: 14 * 24 }, (_, i) => ({ at: 8 * DAY + i * HOUR, value: 230 }))
    const { hold } = followed(held, week)
    // The eighth day is learnt when it is over, and none after it.
    expect(hold?.days).toBe(week.days + 1)
    expect(hold && stuckSince(hold)).toBe(8 * DAY)
  })

  test('of which nothing was heard for two hours has held nothing meanwhile, unless it was stuck before', () => {
    const { hold } = followed([0, 1, 2, 30].map((hour) => ({ at: hour * HOUR, value: 80 })))
    expect(hold?.since).toBe(30 * HOUR)
    const stuck = followed([0, 1, 1.9, 2.5, 30].map((hour) => ({ at: hour * HOUR, value: 0 })))
    expect(stuck.hold?.since).toBe(0)
  })
})
