import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Rhythm } from '../../schemas/rhythm.ts'
import {
  type ActiveQuarter,
  EMPTY_RHYTHM,
  learn,
  rhythmCurve,
  silencesOf,
} from '../../services/core/rhythm.ts'
import { mergeSpans, surprise } from '../../services/core/silence.ts'
import { DAY, HOUR, QUARTER, type Span } from '../../services/core/time.ts'

const ZONE = 'Asia/Seoul'
const MONDAY = Date.parse('2026-03-02T00:00:00+09:00')

/** Every quarter hour from `from` to `to` hours of each of `days` days, from Monday on. */
function busy(days: number, from: number, to: number): ActiveQuarter[] {
  return Array.from({ length: days }, (_, day) =>
    Array.from({ length: (to - from) * 4 }, (__, i) => ({
      quarter: MONDAY + day * DAY + from * HOUR + i * QUARTER,
      exit: false,
      sensors: 0,
    })),
  ).flat()
}

/** From 08:00 to 09:45, and up to three o'clock of the next night, from an hour of it on. */
function backAt(hours: number): ActiveQuarter[] {
  return busy(1, 8, 10).concat(busy(2, hours, 3).slice(-(3 - hours) * 4))
}

function learnt(activity: readonly ActiveQuarter[], until: number, unseen: readonly Span[] = []) {
  return learn(EMPTY_RHYTHM, { activity, unseen, timeZone: ZONE }, until)
}

const anyActivity = fc
  .uniqueArray(fc.nat(20 * 96), { minLength: 1, maxLength: 600 })
  .chain((quarters) =>
    fc.tuple(fc.constant(quarters.toSorted((a, b) => a - b)), fc.infiniteStream(fc.nat(9))),
  )
  .map(([quarters, luck]): ActiveQuarter[] =>
    quarters.map((n) => ({
      quarter: MONDAY + n * QUARTER,
      exit: luck.next().value === 0,
      sensors: luck.next().value & 7,
      signs: luck.next().value,
    })),
  )
const anyUnseen = fc.array(
  fc.tuple(fc.nat(20 * 96), fc.nat(96)).map(([from, length]) => ({
    since: MONDAY + from * QUARTER,
    until: MONDAY + (from + length) * QUARTER,
  })),
  { maxLength: 4 },
)

describe('a rhythm', () => {
  test('learnt day by day is the one learnt at once', () => {
    fc.assert(
      fc.property(anyActivity, anyUnseen, (activity, unseen) => {
        const past = { activity, unseen, timeZone: ZONE }
        let daily: Rhythm = EMPTY_RHYTHM
        for (let day = 1; day <= 21; day++) daily = learn(daily, past, MONDAY + day * DAY)
        expect(daily).toEqual(learn(EMPTY_RHYTHM, past, MONDAY + 21 * DAY))
      }),
      { numRuns: 15 },
    )
  })

  test('learnt twice is the one learnt once', () => {
    fc.assert(
      fc.property(anyActivity, (activity) => {
        const once = learnt(activity, MONDAY + 30 * DAY)
        const past = { activity, unseen: [], timeZone: ZONE }
        expect(learn(once, past, MONDAY + 30 * DAY)).toEqual(once)
      }),
      { numRuns: 15 },
    )
  })

  test('learns day by day as at once what ran through its silences', () => {
    fc.assert(
      fc.property(anyActivity, anyUnseen, (activity, spans) => {
        const past = { activity, unseen: [], timeZone: ZONE, ran: mergeSpans(spans) }
        let daily: Rhythm = EMPTY_RHYTHM
        for (let day = 1; day <= 21; day++) daily = learn(daily, past, MONDAY + day * DAY)
        expect(daily).toEqual(learn(EMPTY_RHYTHM, past, MONDAY + 21 * DAY))
        expect(Rhythm.parse(structuredClone(daily))).toEqual(daily)
      }),
      { numRuns: 15 },
    )
  })

  test('of a year fits 4 KiB and its schema', () => {
    let seed = 1
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const year = busy(365, 0, 24)
      .filter(() => random() < 0.4)
      .map((each) => ({ ...each, exit: random() < 0.05 }))
    const ran = Array.from({ length: 365 }, (_, day) => ({
      since: MONDAY + day * DAY + 12 * HOUR,
      until: MONDAY + day * DAY + 20 * HOUR,
    }))
    const past = { activity: year, unseen: [], timeZone: ZONE, ran }
    const rhythm = learn(EMPTY_RHYTHM, past, MONDAY + 365 * DAY)
    expect(rhythm.ran?.some((bits) => bits > 0)).toBe(true)
    expect(JSON.stringify(rhythm).length).toBeLessThanOrEqual(4096)
    expect(Rhythm.parse(structuredClone(rhythm))).toEqual(rhythm)
    expect(rhythm.peaks).toHaveLength(60)
    expect(silencesOf(rhythm).length).toBeGreaterThan(150)
  })

  test('knows which of its silences something ran through, and which journeys', () => {
    // 08:00 to 09:45 on Monday, Wednesday, Friday: two silences of 46.25 hours, and 185 quarter hours are journeys.
    const activity = [0, 2, 4].flatMap((day) =>
      busy(1, 8, 10).map((each) => ({ ...each, quarter: each.quarter + day * DAY })),
    )
    const told = (since: number, until: number) => {
      const ran = [{ since: MONDAY + since * HOUR, until: MONDAY + until * HOUR }]
      const past = { activity, unseen: [], timeZone: ZONE, ran }
      return learn(EMPTY_RHYTHM, past, MONDAY + 6 * DAY).gone
    }
    // The first begins at 09:50, in the quarter hour of the last sign.
    const two = 1 + 2 ** (-1 / 365)
    expect(told(9.9, 57).running.journeys).toBeCloseTo(2 ** (-1 / 365), 5)
    expect(told(9.9, 57).journeys).toBeCloseTo(two, 2)
    // It went off by itself: they had left it on all the same.
    expect(told(9.9, 14).running.journeys).toBe(told(9.9, 57).running.journeys)
    // Somebody switched it off and left, it was over when the silence began, or it began late: two journeys.
    expect(told(9.9, 13.4).running.journeys).toBe(0)
    expect(told(9, 10).running.journeys).toBe(0)
    expect(told(11.6, 57).running.journeys).toBe(0)
    expect(told(11.5, 57).running.journeys).toBeGreaterThan(0)
  })

  test('keeps which of its silences began with something running', () => {
    // Two hours of silence from 10:00, 12:15 ... each day; what runs from noon to 15:36 is there when the second and the third begin.
    const activity = Array.from({ length: 4 * 5 }, (_, i) => ({
      quarter: MONDAY + Math.floor(i / 5) * DAY + (10 + 2.25 * (i % 5)) * HOUR,
      exit: false,
      sensors: 0,
    }))
    const ran = [{ since: MONDAY + 12 * HOUR, until: MONDAY + 15.6 * HOUR }]
    const past = { activity, unseen: [], timeZone: ZONE }
    const { ran: bits } = learn(EMPTY_RHYTHM, { ...past, ran }, MONDAY + 5 * DAY)
    // The first from 10:00 to 12:15, for it began not an hour and a half after that; the others from 12:15 and 14:30.
    expect(bits).toEqual([0b110])
    expect(learn(EMPTY_RHYTHM, past, MONDAY + 5 * DAY).ran).toBeNull()
    // A lamp from noon on, switched off at 15:00 after three hours: it was on to the end of the second, but not of the third.
    const lamp = [{ since: MONDAY + 12 * HOUR, until: MONDAY + 15 * HOUR }]
    expect(learn(EMPTY_RHYTHM, { ...past, ran: lamp }, MONDAY + 5 * DAY).ran).toEqual([0b010])
  })

  test('counts how often the quarter hours of each half hour held a sign of life', () => {
    // Monday and Tuesday 08:00 to 10:00, two quarters in each half hour. Tuesday counts 1, Monday 2^(-1/21) = 0.968.
    const { weekday, rest } = learnt(busy(2, 8, 10), MONDAY + 2 * DAY)
    expect(weekday.active[16]).toBeCloseTo(2 * 1.968, 1)
    expect(weekday.days[16]).toBeCloseTo(2 * 1.968, 1)
    // The night between them, when nothing was: seen once, by a silence that ended on Tuesday.
    expect(weekday.active[30]).toBe(0)
    expect(weekday.days[30]).toBe(2)
    expect(rest.days.every((each) => each === 0)).toBe(true)
  })

  test('learns nothing from a silence that still lasts', () => {
    const activity = busy(2, 8, 10)
    expect(learnt(activity, MONDAY + 9 * DAY)).toEqual(learnt(activity, MONDAY + 2 * DAY))
  })

  test('forgets half in three weeks', () => {
    const [first] = busy(1, 8, 9)
    const later = busy(22, 9, 10).slice(-1)
    const { weekday } = learnt([...(first ? [first] : []), ...later], MONDAY + 22 * DAY)
    expect(weekday.active[16]).toBeCloseTo(0.5, 1)
  })
})

describe('a silence', () => {
  /** One busy stretch from 8 to 10, another from 16 to 18: 25 quarter hours between them. */
  const activity = busy(1, 8, 10).concat(busy(1, 16, 18))

  test('of an hour and more is kept, and how surprising it was on its day', () => {
    const rhythm = learnt(busy(3, 8, 22), MONDAY + 3 * DAY)
    // From 21:45 to 08:00 are 41 quarter hours, on two nights.
    const night = (day: number) => [(MONDAY + day * DAY + 21.75 * HOUR) / QUARTER, 41]
    expect(silencesOf(rhythm)).toEqual([night(0), night(1)])
    // Monday had none, and the second night is less of a surprise than the first.
    expect(rhythm.peaks[0]).toBe(0)
    expect(rhythm.peaks[1]).toBeGreaterThan(3)
    expect(rhythm.peaks[2]).toBeLessThan(rhythm.peaks[1] ?? 0)
  })

  test('is as surprising as it was to whoever judged its day', () => {
    fc.assert(
      fc.property(anyActivity, (lived) => {
        const known = learnt(lived, MONDAY + 10 * DAY)
        const rhythm = learnt(lived, MONDAY + 11 * DAY)
        const nats = silencesOf(rhythm)
          .filter(([from]) => from >= (known.until ?? Infinity))
          .map(([from, length]) => {
            const since = (from + 1 / 2) * QUARTER
            return surprise(rhythmCurve(known, ZONE), [], since, since + length * QUARTER)
          })
        fc.pre(nats.length > 0)
        expect(rhythm.peaks.at(-1)).toBeCloseTo(Math.max(...nats), 2)
      }),
      { numRuns: 15 },
    )
  })

  test('of less than an hour is forgotten', () => {
    const few = busy(1, 8, 10).filter((_, i) => i % 4 === 0)
    expect(learnt(few, MONDAY + DAY).silences).toEqual([])
  })

  test('is kept among 200 only, and then the shorter ones go', () => {
    const broken = busy(70, 0, 24).filter((_, i) => i % 7 === 0 || i % 96 === 40)
    const rhythm = learnt(broken, MONDAY + 70 * DAY)
    expect(silencesOf(rhythm).length).toBeLessThanOrEqual(200)
    expect(rhythm.least).toBeGreaterThan(5)
    for (const [, length] of silencesOf(rhythm)) expect(length).toBeGreaterThanOrEqual(rhythm.least)
  })

  test('that began at the exit door is an absence, and none of its quarters calm', () => {
    const out = activity.map((each, i) => ({ ...each, exit: i === 7 || i === 8 }))
    const { absences, silences, weekday } = learnt(out, MONDAY + DAY)
    // The door at 09:45, and again at 16:00: 25 quarter hours.
    expect(absences).toEqual([[(MONDAY + 9.75 * HOUR) / QUARTER, 25]])
    expect(silences).toEqual([])
    expect(weekday.days[25]).toBe(0)
    expect(learnt(activity, MONDAY + DAY).weekday.days[25]).toBe(2)
  })

  test('that began at the exit door and did not end there is neither', () => {
    const nap = activity.map((each, i) => ({ ...each, exit: i === 7 }))
    expect(learnt(nap, MONDAY + DAY)).toMatchObject({ absences: [], silences: [] })
  })

  test('in which the home was out of sight is none, and its dark quarters are not calm', () => {
    const dark = [{ since: MONDAY + 12 * HOUR, until: MONDAY + 13 * HOUR }]
    const { silences, weekday } = learnt(activity, MONDAY + DAY, dark)
    expect(silences).toEqual([])
    expect(weekday.days.slice(23, 27)).toEqual([2, 0, 0, 2])
  })

  test('of a day and more is nobody’s habit', () => {
    const long = busy(1, 8, 10).concat(busy(3, 12, 13).slice(-4))
    expect(learnt(long, MONDAY + 3 * DAY).silences).toEqual([])
  })

  test('of 16 hours and more that no use of the door began was a journey, as far as is known', () => {
    // From 09:45 to 01:45 are 64 quarter hours; to 01:30 they are 63, and a day spent outside.
    expect(learnt(backAt(1.75), MONDAY + 2 * DAY).gone).toMatchObject({ journeys: 1, trips: 0 })
    expect(learnt(backAt(1.5), MONDAY + 2 * DAY).gone).toMatchObject({ journeys: 0, trips: 1 })
    const seen = backAt(1.75).map((each, i) => ({ ...each, exit: i === 7 }))
    const door = (MONDAY + 9.75 * HOUR) / QUARTER
    expect(learnt(seen, MONDAY + 2 * DAY)).toMatchObject({ gone: { journeys: 0, trips: 0 }, door })
    const dark = [{ since: MONDAY + 12 * HOUR, until: MONDAY + 13 * HOUR }]
    expect(learnt(backAt(1.75), MONDAY + 2 * DAY, dark).gone.journeys).toBe(0)
  })

  test('is remembered as a journey for a year and more', () => {
    // Two days: 1 x 2^(-1/365) + 1 = 1.998103; after 30 more with a sign each, one journey weighs 2^(-30/365) = 0.944621.
    const once = learnt(backAt(1.75), MONDAY + 2 * DAY)
    expect(once.gone.days).toBeCloseTo(1.998103, 6)
    const later = busy(32, 0, 24).slice(96 + 12)
    const past = { activity: later, unseen: [], timeZone: 'Asia/Seoul' }
    expect(learn(once, past, MONDAY + 32 * DAY).gone.journeys).toBeCloseTo(0.944621, 6)
  })

  test('but for single signs is kept as the pause of the day on which a walk ends it, unless somebody was out', () => {
    // The first week is calm: then three signs of two sensors are a walk, at eight on Monday and at noon on Tuesday.
    const quarters = busy(10, 8, 20).map((each, i) => ({
      ...each,
      sensors: 0b11,
      signs: i === 7 * 48 || i === 8 * 48 + 16 ? 3 : 2,
    }))
    const walk = (MONDAY + 8 * DAY + 12 * HOUR) / QUARTER
    const { walking, company } = learnt(quarters, MONDAY + 10 * DAY)
    // Of the seventh day nothing is known; from a quarter to eight in the evening before it to Monday morning are 49 + 96.
    expect(walking.pauses).toEqual([0, 145, 112, 0])
    expect(company).toBe(walk)
    // Out from a quarter to eight on Monday evening until eight in the morning: four hours of it are left.
    const out = quarters.map((each, i) => ({ ...each, exit: i === 7 * 48 + 47 }))
    expect(learnt(out, MONDAY + 10 * DAY).walking.pauses).toEqual([0, 145, 16, 0])
  })

  test('between two walks is told by how lively the home is, once a week of it is known', () => {
    // Six signs in each of 48 quarter hours are 288 a day, and five in one of them then a walk: 0.6 on average are five with
    // a chance of 0.0004, and four with one of 0.0034.
    const lively = busy(14, 8, 20).map((each) => ({ ...each, sensors: 0b11, signs: 6 }))
    const { walking } = learnt(lively, MONDAY + 14 * DAY)
    expect(walking).toMatchObject({ least: 5, back: null })
    // From 19:45 to eight, from the seventh day on.
    expect(walking.pauses).toEqual(Array(8).fill(49))
    // Out by the door each evening, and back without it.
    const out = lively.map((each, i) => ({ ...each, exit: i % 48 === 47 }))
    const left = learnt(out, MONDAY + 14 * DAY).walking
    expect(left).toMatchObject({ back: 4, byDoor: 0 })
    expect(left.inside).toBeGreaterThan(10)
    const home = lively.map((each, i) => ({ ...each, exit: i % 48 === 47 || i % 48 === 0 }))
    expect(learnt(home, MONDAY + 14 * DAY).walking).toMatchObject({ back: null, inside: 0 })
    const calm = lively.map((each) => ({ ...each, signs: 1 }))
    expect(learnt(calm, MONDAY + 14 * DAY).walking).toMatchObject({ least: 3, back: null })
  })

  test('stands for its day, also when the day is learnt by the hour', () => {
    const past = { activity: busy(3, 8, 22), unseen: [], timeZone: ZONE }
    let rhythm = EMPTY_RHYTHM
    for (let hour = 1; hour <= 72; hour++) rhythm = learn(rhythm, past, MONDAY + hour * HOUR)
    const once = learn(EMPTY_RHYTHM, past, MONDAY + 3 * DAY)
    expect(rhythm.silences).toEqual(once.silences)
    expect(rhythm.peaks).toHaveLength(3)
  })

  test('is forgotten after 60 days', () => {
    const early = busy(1, 0, 1).concat(busy(1, 20, 21))
    const later = busy(70, 8, 22).slice(-60 * 56)
    const rhythm = learnt([...early, ...later], MONDAY + 70 * DAY)
    expect(silencesOf(rhythm).every(([, length]) => length === 41)).toBe(true)
    expect(rhythm.peaks).toHaveLength(60)
  })
})

describe('the curve', () => {
  test('of an unknown home is the cohort’s, on every day', () => {
    const { chance } = rhythmCurve(EMPTY_RHYTHM, ZONE)
    expect(chance[0]).toBeCloseTo(0.08, 10)
    expect(chance[96 + 75]).toBeCloseTo(0.4, 10)
  })

  test('of two days leans on the cohort', () => {
    const { chance } = rhythmCurve(learnt(busy(2, 8, 10), MONDAY + 2 * DAY), ZONE)
    // (3 x 0.38 + 2 x 1.97) / (3 + 2 x 1.97) = 0.732, at 08:30.
    expect(chance[34]).toBeCloseTo(0.732, 2)
    // A day of rest is first of all a day of that home.
    expect(chance[96 + 34]).toBeCloseTo(0.732, 2)
  })

  test('lies between never and always', () => {
    fc.assert(
      fc.property(anyActivity, (activity) => {
        const { chance, hazard } = rhythmCurve(learnt(activity, MONDAY + 21 * DAY), ZONE)
        expect(chance.every((p) => p > 0 && p < 1)).toBe(true)
        const hazards = Array.from({ length: 96 * 48 }, (_, i) =>
          hazard(i % 96, Math.floor(i / 96)),
        )
        expect(hazards.slice(0, 2 * 96).every((h) => h === 0)).toBe(true)
        expect(hazards.slice(2 * 96).every((h) => h > 0 && Number.isFinite(h))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})
