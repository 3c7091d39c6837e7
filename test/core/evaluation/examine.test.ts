import { describe, expect, test } from 'vitest'
import type { Detector } from '../../../services/core/evaluation/detector.ts'
import { examine } from '../../../services/core/evaluation/examine.ts'
import { type Life, lifeOf } from '../../../services/core/evaluation/life.ts'
import { deployed, model } from '../../../services/core/evaluation/model.ts'
import { pointsOf } from '../../../services/core/evaluation/score.ts'
import { HOUR } from '../../../services/core/time.ts'
import { MONDAY, lived } from './lived.ts'

/** Speaks after 2 or after 5 hours; `learnt` is told of each lesson. */
function patient(learnt: (until: number) => void = () => undefined): Detector {
  const settings = [2, 5]
  return {
    name: 'patient',
    unit: 'h',
    settings,
    open: () => ({
      learn: learnt,
      due: ({ since }, out) => out.set(settings.map((hours) => since + hours * HOUR)),
    }),
  }
}

/** Speaks after `before` hours, and after `then` once it has learnt of the second Monday. */
function fickle(before: number, then: number): Detector {
  let limit = before
  return {
    name: 'patient',
    unit: 'h',
    settings: [0],
    open: () => ({
      learn: (until) => (limit = until > MONDAY + 7 * 24 * HOUR ? then : before),
      due: ({ since }, out) => out.set([since + limit * HOUR]),
    }),
  }
}

const HOW = { trainDays: 1, cutEvery: 2.5 * HOUR, blockDays: 30 }
// Every hour of two days, but nothing from Tuesday 00:00 to 03:00; Monday is for learning.
const HOURS = Array.from({ length: 49 }, (_, hour) => hour).filter((hour) => hour < 25 || hour > 26)

function pointsFor(life: Life, detector: Detector = patient()) {
  const result = examine(life, [detector], HOW)
  const points = pointsOf(result.scores.get('patient')?.blocks ?? [], detector.settings)
  return { result, points }
}

const at = (hour: number) => MONDAY + hour * HOUR

/** Speaks after so many hours where something runs, and after so many where nothing does. */
function warmed(running: number, idle: number): Detector {
  return {
    ...patient(),
    settings: [0],
    open: () => ({
      learn: () => undefined,
      due: (silence, out) =>
        out.set([silence.since + (silence.running === null ? idle : running) * HOUR]),
    }),
  }
}

/**
 * The mean delay of two deaths, at 24 and 26.5 h, after which a machine speaks once: what is idle is due after 9 h, what is spent with
 * something on after 5.
 */
function meanAfter(speaks: number, on: readonly [number, number]) {
  const after = { at: Float64Array.of(at(speaks)), sensor: Uint8Array.of(1) }
  const ran = [{ since: at(on[0]), until: at(on[1]) }]
  const life = lived([...HOURS.filter((hour) => hour < 25), 27], { to: at(27), ran, after })
  return pointsFor(life, { ...warmed(5, 9), hearsOn: true }).points[0]?.meanDelayHours
}

/** As of a life in which something runs from 24.5 h until then. */
function ranUntil(hour: number) {
  const ran = [{ since: at(24.5), until: at(hour) }]
  return pointsFor(lived(HOURS, { ran }), warmed(2, 5)).points[0]
}

describe('an examination', () => {
  test('counts a false signal at each setting that was due before the silence ended', () => {
    const { points } = pointsFor(lived(HOURS))
    // One in the one day judged: 30.44 a month. It was due at 02:00, and the silence ended at 03:00, in the night.
    expect(points[0]?.byCause.night).toBeCloseTo(30.44, 10)
    expect(points[0]?.falsePerHomeMonth).toBeCloseTo(30.44, 10)
    expect(points[1]?.falsePerHomeMonth).toBe(0)
  })

  test('knows what runs, and what ran at the beginning of a silence', () => {
    // As below, but after 5 h: four deaths on the hour wait 5 h, four on the half 4.5 h, in all 38 h; those at 24 and at
    // 26.5 h lie in the silence from 24 to 27 h, in which something runs from 24.5 h on.
    // Until 26.75 h: at 24 nothing does yet, 5 h; at 26.5 it has rung since 26, and that was false.
    expect(ranUntil(26.75)?.meanDelayHours).toBeCloseTo(4.3, 6)
    expect(ranUntil(26.75)?.falsePerHomeMonth).toBeCloseTo(30.44, 10)
    // Until 25.75 h: at 26.5 somebody has switched it off, and it is due at 29.
    expect(ranUntil(25.75)?.meanDelayHours).toBeCloseTo(4.55, 6)
    expect(ranUntil(25.75)?.falsePerHomeMonth).toBe(0)
  })

  test('knows what went off by itself, and what begins too late', () => {
    // From 22 h on it went off by itself: at 24 h 2 h, and at 26.5 it has rung since 26.
    const alone = [{ since: at(22), until: at(25.75) }]
    const { points } = pointsFor(lived(HOURS, { ran: alone }), warmed(2, 5))
    expect(points[0]?.meanDelayHours).toBeCloseTo((2 + 0 + 38) / 10, 6)
    expect(points[0]?.falsePerHomeMonth).toBeCloseTo(30.44, 10)
    // Until 29.5 h, beyond the silence: who dies at 29 h, in a later one, is found after 2 h.
    expect(ranUntil(29.5)?.meanDelayHours).toBeCloseTo((5 + 2 + 33) / 10, 6)
    // Of what begins when the silence is older than an hour and a half, nobody knows what it means.
    const late = pointsFor(
      lived(HOURS, { ran: [{ since: at(25.6), until: at(28) }] }),
      warmed(2, 5),
    )
    expect(late.points[0]?.meanDelayHours).toBeCloseTo(4.55, 6)
  })

  test('knows what runs on in the silences between what nobody makes', () => {
    // Of two deaths in the silence from 24 to 27 h, that at 24 h leaves nothing running: the machine speaks at 27.2 h, and it
    // is due 9 h later, 12.2 h. That at 26.5 h does: 4 h after the machine, 4.7 h.
    const after = { at: Float64Array.of(at(27.2)), sensor: Uint8Array.of(1) }
    const ran = [{ since: at(24.5), until: at(26.75) }]
    const life = lived([...HOURS.filter((hour) => hour < 25), 27], { to: at(27), ran, after })
    const { result, points } = pointsFor(life, { ...warmed(4, 9), hearsOn: true })
    expect(result.cuts).toBe(2)
    expect(points[0]?.meanDelayHours).toBeCloseTo((12.2 + 4.7) / 2, 6)
  })

  test('has what runs at a death go off after four hours, for the silences that follow', () => {
    // Begun at 24.5 h it is on until 28.5 h: a silence from 28.4 h is due at 33.4, one from 28.6 h at 37.6; the death at
    // 24 h leaves nothing on, and is found at 37.4 and 37.6.
    expect(meanAfter(28.4, [24.5, 27])).toBeCloseTo((13.4 + 6.9) / 2, 6)
    expect(meanAfter(28.6, [24.5, 27])).toBeCloseTo((13.6 + 11.1) / 2, 6)
    // Over at 26 h, before the second death: nothing is on in the silence from 28.4 h.
    expect(meanAfter(28.4, [24.5, 26])).toBeCloseTo((13.4 + 10.9) / 2, 6)
    // Gone off by itself at 25 h: the silence from 24 h is due at 29 h all the same, before the machine speaks.
    expect(meanAfter(29.5, [20, 25])).toBeCloseTo((5 + 2.5) / 2, 6)
    // Begun at 26 h, too late for the silence from 24 h, it is on at 29.9 h: the silence from then on is due at 34.9.
    expect(meanAfter(29.9, [26, 27])).toBeCloseTo((14.9 + 8.4) / 2, 6)
    // On for more than four hours at both deaths, it goes off with them: at 29 h nothing has spoken yet.
    expect(meanAfter(28.4, [19, 27])).toBeCloseTo((13.4 + 10.9) / 2, 6)
  })

  test('counts none in the days of learning', () => {
    // One silence of Monday, and one that ends on Tuesday at 03:00 but began on Monday at 20:00.
    const calm = HOURS.filter((hour) => (hour < 5 || hour > 9) && (hour < 21 || hour > 26))
    expect(pointsFor(lived(calm)).points[0]?.falsePerHomeMonth).toBe(0)
  })

  test('has somebody die at every cut, found when the silence since their last sign is due', () => {
    const { result, points } = pointsFor(lived(HOURS))
    // Cuts at 24, 26.5, 29 ... 46.5 h. After 2 h: five on the hour wait 2 h, four on the half 1.5 h, and at
    // 26.5 the signal due at 26 rings already, no delay: (5 x 2 + 4 x 1.5 + 0) / 10 = 1.6 h.
    expect(result.cuts).toBe(10)
    expect(points[0]?.meanDelayHours).toBeCloseTo(1.6, 6)
    expect(points[0]?.alreadyRinging).toBe(0.1)
    // After 5 h: (5 x 5 + 4 x 4.5 + 2.5) / 10 = 4.55 h.
    expect(points[1]?.meanDelayHours).toBeCloseTo(4.55, 6)
    expect(points[1]?.alreadyRinging).toBe(0)
  })

  test('leaves out who is thought out, and who could not be seen, and counts them', () => {
    const { result, points } = pointsFor(
      lived(HOURS, { exits: [24], unseen: [{ since: at(29), until: at(29.5) }] }),
    )
    // By the door at 24 and 26.5; dark at 29: seven of ten are left.
    expect([result.cuts, result.cutsAway, result.cutsBlind]).toEqual([7, 2, 1])
    // 31.5, 36.5, 41.5, 46.5 wait 1.5 h; 34, 39 and 44 wait 2 h: 12 / 7.
    expect(points[0]?.meanDelayHours).toBeCloseTo(12 / 7, 6)
    expect(points[0]?.byCause.out).toBeCloseTo(30.44, 10)
    // Out from 20 h on: by a motion sensor one sign an hour brings nobody back.
    expect(pointsFor(lived(HOURS, { exits: [20], byMotion: true })).result.cutsAway).toBe(10)
  })

  test('leaves out who was out, and nobody who is only thought so, where that is known', () => {
    const out = [{ since: at(34), until: at(34.5) }]
    expect(pointsFor(lived(HOURS, { exits: [24], out })).result.cutsAway).toBe(1)
    expect(pointsFor(lived(HOURS, { exits: [20], out, byMotion: true })).result.cutsAway).toBe(1)
  })
})

describe('what goes on after a death', () => {
  // A cat moves at 44 and at 46.5 h.
  const after = { at: Float64Array.from([at(44), at(46.5)]), sensor: Uint8Array.from([0, 0]) }

  test('is heard by a detector as deployed, and by no other', () => {
    const cat = lived(HOURS, { after })
    expect(pointsFor(cat).points).toEqual(pointsFor(lived(HOURS)).points)
    // After 5 h, up to the cut at 36.5 as without it: 5 + 2.5 + 5 + 4.5 + 5 + 4.5. Those at 39, 41.5 and 44 would be due at 44, 46
    // and 49, but the cat moved, last at 46.5: 51.5, after 12.5, 10 and 7.5. That at 46.5 waits for 4.5: 61 / 10.
    const heard = pointsFor(cat, { ...patient(), hearsOn: true }).points[1]
    expect(heard?.meanDelayHours).toBeCloseTo(6.1, 6)
    expect(heard?.neverFound).toBe(0)
  })

  test('is followed for a week', () => {
    const always = Float64Array.from({ length: 300 }, (_, hour) => at(24 + hour))
    const cat = lived(HOURS, { after: { at: always, sensor: new Uint8Array(300) } })
    expect(pointsFor(cat, { ...patient(), hearsOn: true }).points[0]?.neverFound).toBeCloseTo(
      0.9,
      6,
    )
  })

  test('is judged by what was learnt until the death', () => {
    // A sign each hour, up to the ninth day at 08:00; the cat moves at 08:00 and 09:00 of that day.
    const hours = Array.from({ length: 201 }, (_, hour) => hour)
    const echo = { at: Float64Array.from([at(200), at(201)]), sensor: new Uint8Array(2) }
    const life = lived(hours, { to: at(200), after: echo })
    const detector = { ...fickle(40, 5), hearsOn: true as const }
    const how = { trainDays: 7, cutEvery: 29.5 * HOUR, blockDays: 30 }
    const blocks = examine(life, [detector], how).scores.get('patient')?.blocks ?? []
    // Who dies at 168 is found at 201 + 40; who dies at 197.5, after the lesson, at 201 + 5: (73 + 8.5) / 2.
    expect(pointsOf(blocks, detector.settings)[0]?.meanDelayHours).toBeCloseTo(40.75, 10)
  })
})

test('a sensor that never rests keeps nobody alive beside a cat, nor does it before a death', () => {
  // Three sensors an hour, by turns, of who is up from six to midnight; from the death on one every minute, and a cat three times an hour.
  const up = Array.from({ length: 20 * 24 }, (_, hour) => hour).filter((hour) => hour % 24 >= 6)
  const alive = up.flatMap((hour) => [0, 1, 2].map((sensor) => ({ at: at(hour) + sensor, sensor })))
  const minutes = Array.from({ length: 22 * 24 * 60 }, (_, minute) => minute)
  const after = {
    at: Float64Array.from(minutes, (minute) => at(minute / 60)),
    sensor: Uint8Array.from(minutes, (minute) => (minute % 20 === 7 ? 1 : 0)),
  }
  const signs = alive.map((each) => ({ ...each, exit: false }))
  const life = lifeOf({ ...lived([], { to: at(20 * 24), after }) }, signs)
  const how = { trainDays: 15, cutEvery: 7.5 * HOUR, blockDays: 30 }
  const score = examine(life, [deployed], how).scores.get(deployed.name)
  const caution = pointsOf(score?.blocks ?? [], deployed.settings)[1]
  expect(caution).toMatchObject({ falsePerHomeMonth: 0, neverFound: 0 })
  expect(caution?.foundWithin[24]).toBe(1)
})

test('where nobody is seen to walk about, neither does one that speaks every hour', () => {
  // Every hour from six to midnight, and from the death on by night too: no half hour tells, but two hours do.
  const hours = Array.from({ length: 22 * 24 }, (_, hour) => hour)
  const up = hours.filter((hour) => hour % 24 >= 6 && hour < 20 * 24)
  const after = { at: Float64Array.from(hours, at), sensor: new Uint8Array(hours.length) }
  const how = { trainDays: 15, cutEvery: 7.5 * HOUR, blockDays: 30 }
  const result = examine(lived(up, { to: at(20 * 24), after }), [deployed], how)
  const { blocks = [] } = result.scores.get(deployed.name) ?? {}
  const caution = pointsOf(blocks, deployed.settings)[1]
  expect(caution).toMatchObject({ falsePerHomeMonth: 0, neverFound: 0 })
  // 23 hours after the first sign after the death; of one death at three in the morning that is at four.
  expect(caution?.foundWithin[24]).toBe(15 / 16)
})

test('signs far fewer than a day usually has keep nobody alive, though no silence between them is long', () => {
  // Two plugs by turns, every half hour from six to midnight; from the death on a machine at both, every four hours and a half.
  const turns = Array.from({ length: 30 * 48 }, (_, half) => half)
  const alive = turns
    .filter((half) => half % 48 >= 12)
    .map((half) => ({ at: at(half / 2), exit: false, sensor: half & 1 }))
  const moments = Array.from({ length: 200 }, (_, n) => n)
  const after = {
    at: Float64Array.from(moments, (n) => at(4.5 * n + 0.1)),
    sensor: Uint8Array.from(moments, (n) => n & 1),
  }
  const life = lifeOf({ ...lived([], { to: at(30 * 24), after }) }, alive)
  const how = { trainDays: 20, cutEvery: 7.3 * HOUR, blockDays: 30 }
  const { blocks = [] } = examine(life, [deployed], how).scores.get(deployed.name) ?? {}
  const caution = pointsOf(blocks, deployed.settings)[1]
  expect(caution).toMatchObject({ falsePerHomeMonth: 0, neverFound: 0 })
  expect(caution?.foundWithin[24]).toBe(1)
})

describe('a detector under examination', () => {
  test('that knows of silences alone owes nothing to a pause of minutes, though one sensor goes on alone', () => {
    // After 1.6 h of silence, which 2 h would have made a signal at 33:00, a sign every 20 minutes; the cuts are at 31:30 and 34:00.
    const hours = [...HOURS.filter((hour) => hour < 32), 32.6, 32.9, 33.25, 33.6, 33.9, 34.2]
    const life = lived(hours, { to: at(34.5) })
    life.sensor[20] = 1
    for (const detector of [patient(), { ...patient(), hearsOn: true as const }])
      // The one of the night, in the 10.5 h that are judged.
      expect(pointsFor(life, detector).points[0]?.falsePerHomeMonth).toBeCloseTo(
        (30.44 * 24) / 10.5,
        6,
      )
  })

  test('learns soon after midnight in its first week what was before, and nothing of what comes', () => {
    const lessons: number[] = []
    examine(lived(HOURS), [patient((until) => lessons.push(until))], HOW)
    expect(lessons).toEqual([MONDAY, MONDAY + 24 * HOUR])
    // Nothing more is learnt of a day than when it has just ended; from the second week on that is at three.
    const weeks = Array.from({ length: 9 * 24 + 3 }, (_, hour) => hour)
    const later: number[] = []
    const to = MONDAY + (9 * 24 + 2.9) * HOUR
    examine(lived(weeks, { to }), [patient((until) => later.push(until))], HOW)
    expect(later).toEqual(Array.from({ length: 9 }, (_, day) => MONDAY + day * 24 * HOUR))
  })

  // Learnt for a week, so that the next lesson is at three: silent from midnight to six on the second Tuesday.
  const WEEK = 7 * 24
  const SECOND = Array.from({ length: WEEK + 49 }, (_, hour) => hour).filter(
    (hour) => hour < WEEK + 25 || hour > WEEK + 29,
  )
  const lateLife = lived(SECOND, { to: MONDAY + (WEEK + 48) * HOUR })
  const judged = (detector: Detector) => {
    const result = examine(lateLife, [detector], { ...HOW, trainDays: 8 })
    return pointsOf(result.scores.get('patient')?.blocks ?? [], detector.settings)[0]
  }

  test('that learns during a silence decides anew from then on, not before', () => {
    // Silent from 24 to 30 h: due at 33, and with what it learns at 27 it would have been due at 26: 27.
    const point = judged(fickle(9, 2))
    expect(point?.byCause.night).toBeCloseTo(30.44, 10)
    // Cuts 24: 3 h; 26.5: 0.5; 29: rings; 31.5, 36.5, 41.5, 46.5: 1.5; 34, 39, 44: 2. 15.5 / 10.
    expect(point?.meanDelayHours).toBeCloseTo(1.55, 6)
    // With 2 h before and 9 h after, what was due at 26 stays due: the cuts at 26.5 and 29 ring, that at 24 waits 2 h.
    // 31.5 to 46.5 then wait for 9 h: four times 8.5, three times 9: (2 + 34 + 27) / 10.
    expect(judged(fickle(2, 9))?.meanDelayHours).toBeCloseTo(6.3, 6)
  })
})

test('detectors that share what is learnt find what each would find alone', () => {
  // Three weeks of signs by day, an hour and a half apart,.
  const days = Array.from({ length: 21 }, (_, day) => day * 24)
  const hours = days.flatMap((day) =>
    [7, 8.5, 10, 11.5, 13, 16, 17.5, 19, 20.5].map((h) => day + h),
  )
  const life = lived(hours, { to: at(21 * 24) })
  const scoresOf = (detectors: readonly Detector[]) => [...examine(life, detectors, HOW).scores]
  expect(scoresOf([model, deployed])).toEqual([...scoresOf([model]), ...scoresOf([deployed])])
})
