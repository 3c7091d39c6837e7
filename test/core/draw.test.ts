import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Role } from '../../schemas/household.ts'
import {
  type Load,
  fallOf,
  followLoad,
  isSwitchedOff,
  isThrough,
  ranThrough,
  ranUntil,
  runsSince,
} from '../../services/core/draw.ts'
import { type Measured, type Recurring, learn, riseOf } from '../../services/core/power.ts'
import { mergeSpans } from '../../services/core/silence.ts'
import { DAY, HOUR, MINUTE, type Span } from '../../services/core/time.ts'

const MIDNIGHT = Date.UTC(2026, 0, 5)

type Said = readonly [minute: number, watts: number]

/** All that ran at a meter that says these, what was switched off at it, and what it has drawn by then. */
function heardAt(role: Role, said: readonly Said[], machines: readonly Recurring[] = []) {
  let load: Load | null = null
  let previous: Measured | null = null
  const ran: Span[] = []
  const off: number[] = []
  for (const [minute, value] of said) {
    const before: Load | null = load
    const reading = { at: MIDNIGHT + minute * MINUTE, value }
    load = followLoad(before, reading, role, riseOf(reading, previous))
    const span = ranUntil(before, load, role, machines)
    if (span) ran.push(span)
    if (isSwitchedOff(span, before, fallOf(reading, previous), role)) off.push(minute)
    if (reading.at > (previous?.at ?? -1)) previous = reading
  }
  return { ran, off, load }
}

/** The same of a meter that says what it draws once an hour too. */
function ranAt(role: Role, said: readonly Said[], machines: readonly Recurring[] = []) {
  const hourly = said.flatMap(([minute, watts], i): Said[] => {
    const next = said[i + 1]?.[0] ?? minute
    const hours = Math.max(0, Math.ceil((next - minute) / 60) - 1)
    return Array.from({ length: hours + 1 }, (_, hour) => [minute + hour * 60, watts])
  })
  return heardAt(role, hourly, machines)
}

const minutes = (span: Span) => [
  (span.since - MIDNIGHT) / MINUTE,
  ((span.until ?? Infinity) - MIDNIGHT) / MINUTE,
]

/** One word every so many minutes. */
const every = (apart: number, watts: readonly number[]) =>
  watts.map((each, i): Said => [i * apart, each])

/** A meter of a whole home that draws 60 W at the least says this on the next day. */
const secondDay = (said: readonly Said[]): Said[] => [
  [0, 90],
  [600, 60],
  ...said.map(([minute, watts]): Said => [1440 + minute, watts]),
]

describe('what runs at a plug', () => {
  test('is what draws 30 W and more above what it draws at the least, for ten minutes and more', () => {
    const { ran } = ranAt('plug', [
      [0, 1],
      [60, 90],
      [120, 1],
      // A kettle, and 29 W.
      [130, 2000],
      [133, 1],
      [140, 29],
      [170, 1],
      [180, 30],
      [190, 1],
    ])
    expect(ran.map(minutes)).toEqual([
      [60, 120],
      [180, 190],
    ])
  })

  test('is known ten minutes after it began, and until it ends', () => {
    const since = MIDNIGHT + 60 * MINUTE
    const { load } = ranAt('plug', [
      [0, 1],
      [60, 90],
    ])
    const at = (minute: number) => load && runsSince(load, 'plug', [], MIDNIGHT + minute * MINUTE)
    expect([69, 70, 600].map(at)).toEqual([null, since, since])
    // By its own last word, which came when it began.
    expect(load && runsSince(load, 'plug', [])).toBeNull()
  })

  test('is nothing where it always draws as much', () => {
    // An aquarium of 60 W: on the second day that is its base.
    const said: Said[] = [0, 600, 1440, 1500, 2000].map((minute) => [minute, 60])
    const { ran, load } = ranAt('plug', [...said, [2100, 89], [2200, 60], [2300, 90], [2400, 60]])
    expect(ran.map(minutes)).toEqual([
      [0, 1440],
      [2300, 2400],
    ])
    expect(load?.base).toBe(60)
  })

  test('is nothing where a machine is', () => {
    let machines: readonly Recurring[] = []
    for (let i = 0; i < 20; i++)
      machines = learn(machines, 'plug', 90, MIDNIGHT - DAY + i * 50 * MINUTE)
    const said: Said[] = [
      [0, 1],
      [60, 90],
      [78, 1],
    ]
    expect(ranAt('plug', said).ran).toHaveLength(1)
    expect(ranAt('plug', said, machines).ran).toEqual([])
  })
})

describe('what runs in a whole home', () => {
  test('is 50 W and more above the least of most days, without a pause for an hour', () => {
    // A compressor of 90 W pauses after 18 minutes; the set draws 50 W; from 300 on both, and the least is 110.
    const { ran } = ranAt(
      'mains',
      secondDay([
        [0, 60],
        [10, 150],
        [28, 60],
        [60, 110],
        [130, 109],
        [300, 200],
        [318, 110],
        [400, 60],
      ]),
    )
    expect(ran.map(minutes)).toEqual([
      [1500, 1570],
      [1740, 1840],
    ])
  })

  test('is not known on its first day, and hours filled with zeros tell nothing of what it draws at the least', () => {
    const filled: Said[] = [
      [0, 60],
      [100, 0],
      [200, 500],
      [400, 60],
    ]
    const { ran, load } = ranAt('mains', [...filled, [1440, 60]])
    expect(ran).toEqual([])
    expect(load?.base).toBe(60)
  })

  test('is weighed against the median of seven days: one strange day changes nothing', () => {
    const days = [60, 61, 62, 5, 63, 64, 900, 65, 66].map((watts, day): Said => [day * 1440, watts])
    // Of the last seven whole days, 62 5 63 64 900 65 66, the fourth of 5 62 63 64 65 66 900.
    expect(ranAt('mains', [...days, [9 * 1440, 60]]).load?.base).toBe(64)
  })
})

describe('what ran', () => {
  test('is told by the first of two words of one moment', () => {
    // The second word of 01:00 would say that it draws nothing; on from 01:00 to 02:00.
    const said: Said[] = [
      [0, 1],
      [60, 90],
      [60, 1],
      [120, 1],
    ]
    expect(heardAt('plug', said).ran.map(minutes)).toEqual([[60, 120]])
  })

  test('on a day is the same however often it is said between, and whatever comes late', () => {
    const anySaid = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 47 }), fc.integer({ min: 0, max: 200 })), {
        minLength: 1,
        maxLength: 30,
      })
      .map((gaps) => {
        let minute = 0
        return gaps.map(([gap, watts]): Said => [(minute += gap), watts])
      })
    fc.assert(
      fc.property(anySaid, fc.constantFrom<Role>('plug', 'mains'), (said, role) => {
        const again = said.flatMap(([minute, watts], i): Said[] => {
          const next = said[i + 1]?.[0] ?? minute + 1
          return [
            [minute, watts],
            ...(next > minute + 1 ? [[minute + 1, watts] as const] : []),
            [minute, 777],
          ]
        })
        const { ran } = ranAt(role, secondDay(again))
        expect(ran).toEqual(ranAt(role, secondDay(said)).ran)
        expect(mergeSpans(ran)).toEqual(ran)
      }),
    )
  })

  test('was switched off by hand at a plug, within three and a half hours', () => {
    const off = (length: number, role: Role = 'plug') =>
      ranAt(role, [
        [0, 1],
        [60, 90],
        [60 + length, 1],
      ]).off
    expect([9, 10, 210, 211].map((length) => off(length))).toEqual([[], [70], [270], []])
    const onSecondDay = secondDay([
      [60, 200],
      [150, 60],
    ])
    expect(ranAt('mains', onSecondDay).ran).toHaveLength(1)
    expect(ranAt('mains', onSecondDay).off).toEqual([])
  })

  test('was switched off by nobody where it glides up or down by itself', () => {
    // An inverter: 20 W more every five minutes up to 80, and down again; and one that stops at once.
    const glides = [0, 20, 40, 60, 80, 60, 40, 20, 0]
    const stops = [0, 20, 40, 60, 80, 80, 80, 0]
    expect(ranAt('plug', every(5, glides)).ran.map(minutes)).toEqual([[10, 35]])
    expect(ranAt('plug', every(5, glides)).off).toEqual([])
    expect(ranAt('plug', every(5, stops)).off).toEqual([])
    // Switched on at once, it fades out.
    expect(ranAt('plug', every(5, [0, 80, 80, 80, 60, 40, 20, 0])).off).toEqual([])
    expect(ranAt('plug', every(5, [0, 80, 80, 80, 0])).off).toEqual([20])
  })

  test('is no more often switched off than it rose at once, whatever it draws', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 2 }), (watts) => {
        const rises = watts.filter((each, i) => i > 0 && each - (watts[i - 1] ?? each) >= 30)
        expect(heardAt('plug', every(10, watts)).off.length).toBeLessThanOrEqual(rises.length)
      }),
    )
  })

  test('is not known through a pause of two hours: it ran until the word before, and nobody switched it off', () => {
    const before: Said[] = [
      [0, 1],
      [60, 90],
      [120, 90],
    ]
    const lost = heardAt('plug', [...before, [240, 1]])
    expect(lost.ran.map(minutes)).toEqual([[60, 120]])
    expect(lost.off).toEqual([])
    const on = heardAt('plug', [...before, [240, 90], [260, 1]])
    expect(on.ran.map(minutes)).toEqual([
      [60, 120],
      [240, 260],
    ])
    expect(on.off).toEqual([])
    expect(heardAt('plug', [...before, [239, 1]]).off).toEqual([239])
  })
})

/** Whether a silence is spent with what ran until so many hours after it began, as it is known at three times. */
const told = (until: number) =>
  [3.4, 3.6, 9].map((now) => isThrough({ since: 0, until: until * HOUR }, HOUR, now * HOUR))

describe('a silence is spent with what runs', () => {
  const ran: readonly Span[] = [
    { since: 0, until: 5 * HOUR },
    { since: 8 * HOUR, until: 11 * HOUR },
    { since: 24 * HOUR, until: null },
  ]

  test('from its beginning, or an hour and a half after', () => {
    const from = [
      0,
      5 * HOUR - 1,
      5 * HOUR,
      6.5 * HOUR,
      9 * HOUR,
      11 * HOUR,
      22.5 * HOUR,
      99 * HOUR,
    ]
    expect(from.map((each) => ranThrough(ran, each, each + 1.5 * HOUR)?.since ?? null)).toEqual([
      0,
      0,
      null,
      8 * HOUR,
      8 * HOUR,
      null,
      24 * HOUR,
      24 * HOUR,
    ])
    expect(isThrough({ since: 1.5 * HOUR, until: null }, 0)).toBe(true)
    expect(isThrough({ since: 1.5 * HOUR + 1, until: null }, 0)).toBe(false)
    expect(isThrough({ since: 0, until: 5 * HOUR }, 5 * HOUR - 1)).toBe(true)
    expect(isThrough({ since: 0, until: 5 * HOUR }, 5 * HOUR)).toBe(false)
  })

  test('until somebody switches it off, and for good where it goes off by itself', () => {
    expect(told(3.5)).toEqual([true, false, false])
    expect(told(3.6)).toEqual([true, true, true])
    expect(isThrough({ since: 0, until: 3.5 * HOUR }, HOUR, 3.5 * HOUR)).toBe(false)
  })

  test('the last of it, where one thing goes off and another begins soon', () => {
    // A lamp goes off by itself at 20:20, twenty minutes after the last sign; the television runs from 20:30 on.
    const lamp = { since: 16 * HOUR, until: 20 * HOUR + 20 * MINUTE }
    const television = { since: 20.5 * HOUR, until: 30 * HOUR }
    expect(ranThrough([lamp, television], 20 * HOUR)).toBe(television)
    expect(ranThrough([lamp, television], 20 * HOUR, 20.4 * HOUR)).toBe(lamp)
    expect(ranThrough([lamp, television], 20 * HOUR, 20.5 * HOUR)).toBe(television)
    expect(ranThrough([lamp, television], 18.9 * HOUR)).toBe(lamp)
  })

  test('as a search among all finds it', () => {
    const anyRan = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })))
      .map((pairs) => {
        let at = 0
        return pairs.map(([gap, length]): Span => {
          const since = (at += gap) * HOUR
          return { since, until: (at += length) * HOUR }
        })
      })
    fc.assert(
      fc.property(anyRan, fc.integer({ min: 0, max: 100 }), (spans, hour) => {
        const last = spans.findLast(({ since }) => since <= (hour + 1.5) * HOUR)
        const through = last && isThrough(last, hour * HOUR) ? last : null
        expect(ranThrough(spans, hour * HOUR)).toEqual(through)
        const now = spans.findLast(({ since }) => since <= hour * HOUR)
        const isOn = (now?.until ?? 0) > hour * HOUR
        expect(ranThrough(spans, hour * HOUR, hour * HOUR)).toEqual(isOn ? now : null)
      }),
    )
  })
})
