import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Heard,
  hear,
  openAftermath,
  openHeard,
  silenceOf,
} from '../../../services/core/evaluation/heard.ts'
import { isLonely } from '../../../services/core/evaluation/found.ts'
import { NOBODY_GOES } from '../../../services/core/restless.ts'
import { HOUR, MINUTE } from '../../../services/core/time.ts'
import { NO_WALKING } from '../../../services/core/walking.ts'
import { MONDAY } from './lived.ts'

const HOME = { from: MONDAY, timeZone: 'Asia/Seoul', unseen: [] }

/** What is heard when these sensors speak so many minutes after midnight. */
function heardOf(signs: readonly (readonly [minutes: number, sensor: number])[]): Heard {
  return signs.reduce(
    (heard, [minutes, sensor]) =>
      hear(heard, { at: MONDAY + minutes * MINUTE, exit: false, sensor }),
    openHeard(HOME),
  )
}

test('three sensors are company within one quarter hour, and not from one to the next', () => {
  const walks = [
    [16, 0],
    [20, 1],
    [29, 2],
  ] as const
  expect(heardOf(walks).lastCompany).toBe(MONDAY + 15 * MINUTE)
  expect(heardOf([...walks.slice(0, 2), [30, 2]]).lastCompany).toBeNull()
  expect(heardOf([...walks, [40, 3]])).toMatchObject({
    lastCompany: MONDAY + 15 * MINUTE,
    lastOther: MONDAY + 29 * MINUTE,
  })
})

test('a pause of minutes is looked at once signs have been too few for a day', () => {
  const walking = { ...NO_WALKING, few: 2 }
  const signs = [0, 60, 23 * 60, 23 * 60 + 30].map((minute, i) => ({ minute, sensor: i & 1 }))
  const heard = signs.reduce<Heard>(
    (before, { minute, sensor }) =>
      hear(before, { at: MONDAY + minute * MINUTE, exit: false, sensor }),
    { ...openHeard(HOME), walking },
  )
  // The second from the last came at 23:00; after the pause before it nobody was away.
  expect(silenceOf(heard).scant).toBe(MONDAY + 23 * HOUR)
  const others = { lastOther: MONDAY + 47 * HOUR, lastCompany: MONDAY + 47 * HOUR }
  const lately = { ...heard, ...others, goings: NOBODY_GOES }
  expect([46.9, 47].map((hour) => isLonely(lately, MONDAY + hour * HOUR))).toEqual([false, true])
})

test('what follows two deaths is not taken for the same where more signs came lately before the second', () => {
  const walking = { ...NO_WALKING, few: 3 }
  const heardOn = (minutes: readonly number[]) =>
    minutes.reduce<Heard>(
      (heard, minute) =>
        hear(heard, { at: MONDAY + minute * MINUTE, exit: false, sensor: minute % 2 }),
      { ...openHeard(HOME), walking },
    )
  // The same two signs last, and one an hour or a day before them.
  const hours = [20, 1].map((hour) => heardOn([hour * 60, 24 * 60, 24 * 60 + 1]))
  const after = { at: Float64Array.of(MONDAY + 30 * HOUR), sensor: Uint8Array.of(0) }
  const silencesAfter = openAftermath(after)
  const dead = hours.map((heard) => [...silencesAfter(heard, MONDAY + 25 * HOUR)].at(-1)?.dead)
  expect(dead.map((heard) => heard && silenceOf(heard).scant)).toEqual([
    MONDAY + 24 * HOUR,
    MONDAY + 24 * HOUR,
  ])
  expect(dead[0]?.latest).not.toEqual(dead[1]?.latest)
})

test('where it is known how lively the home is, so many signs of two sensors within one quarter hour are a walk', () => {
  const walking = { ...NO_WALKING, least: 3, back: 4 }
  const lively = (signs: readonly (readonly [minutes: number, sensor: number, exit?: boolean])[]) =>
    signs.reduce<Heard>(
      (heard, [minutes, sensor, exit = false]) =>
        hear(heard, { at: MONDAY + minutes * MINUTE, exit, sensor }),
      { ...openHeard(HOME), walking },
    ).lastCompany
  expect(
    lively([
      [16, 0],
      [20, 1],
      [29, 1],
    ]),
  ).toBe(MONDAY + 15 * MINUTE)
  expect(
    lively([
      [16, 0],
      [20, 1],
      [30, 1],
    ]),
  ).toBeNull()
  expect(
    lively([
      [16, 1],
      [20, 1],
      [29, 1],
    ]),
  ).toBeNull()
  // The door is no step.
  expect(
    lively([
      [16, 0, true],
      [20, 1],
      [29, 1],
    ]),
  ).toBeNull()
})

test('what is on at a death is on for four hours since it was switched on, and then off for good', () => {
  // The television is on since midnight; pets move the sensor of the living room at 03:59 and at 04:00, and at 04:10 again.
  const minutes = [239, 240, 250]
  let dead: Heard = { ...heardOf([[5, 0]]), running: MONDAY }
  const running = minutes.map((minute) => {
    dead = hear(dead, { at: MONDAY + minute * MINUTE, exit: false, sensor: 0 })
    return dead.running
  })
  expect(running).toEqual([MONDAY, null, null])
})

test('what follows two deaths is not taken for the same where one sensor had gone on for longer before the second', () => {
  const at = Float64Array.of(MONDAY + 65 * MINUTE)
  const silencesAfter = openAftermath({ at, sensor: Uint8Array.of(1) })
  // As to all else they are alike: who spoke last, who before, and when.
  const since = [false, true].map((isOld) => {
    const heard = heardOf([...(isOld ? ([[20, 1]] as const) : []), [40, 0], [50, 1]])
    return [...silencesAfter(heard, MONDAY + HOUR)].at(-1)?.dead.goings.half
  })
  // The half hours of 0:00 and 0:30, as half hours since the epoch.
  const half = MONDAY / (HOUR / 2)
  expect(since.map((going) => going?.find(([slot]) => slot === 1)?.[1])).toEqual([half + 1, half])
})

test('after a death the silences are those between what nobody makes', () => {
  const heard = heardOf([[0, 0]])
  const at = Float64Array.from([1, 2, 4], (hour) => MONDAY + hour * HOUR)
  const after = { at, sensor: Uint8Array.from([0, 1, 0]) }
  const silences = [...openAftermath(after)(heard, MONDAY + HOUR)]
  // What is said in the moment of the death is still the person's.
  expect(silences.map(({ until }) => (until - MONDAY) / HOUR)).toEqual([2, 4, Infinity])
  expect(silences.map(({ dead }) => (dead.lastAt - MONDAY) / HOUR)).toEqual([0, 2, 4])
})

test('what follows two deaths is not taken for the same where more signs were heard before the second', () => {
  const at = Float64Array.from([3, 4, 5], (minute) => MONDAY + minute * MINUTE)
  const silencesAfter = openAftermath({ at, sensor: Uint8Array.from([1, 0, 1]) })
  const walking = { ...NO_WALKING, least: 5, back: 4 }
  // Home by the door; signs of that quarter hour are no stirs.
  let heard: Heard = { ...openHeard(HOME), walking }
  heard = hear(heard, { at: MONDAY, exit: true, sensor: 2 })
  const walks = [1, 2].map((minute) => {
    heard = hear(heard, { at: MONDAY + minute * MINUTE, exit: false, sensor: 0 })
    return [...silencesAfter(heard, heard.lastAt)].at(-1)?.dead.lastCompany
  })
  expect(walks).toEqual([null, MONDAY])
})

test('what follows a death does not depend on the deaths that were looked at before', () => {
  const anySigns = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat(3)), { minLength: 4 })
  fc.assert(
    fc.property(anySigns, anySigns, fc.boolean(), (lived, left, byMotion) => {
      const after = { at: momentsOf(left), sensor: Uint8Array.from(left, ([, sensor]) => sensor) }
      const silencesAfter = openAftermath(after)
      let heard = openHeard({ ...HOME, byMotion })
      for (const [i, at] of momentsOf(lived).entries()) {
        heard = hear(heard, { at, exit: false, sensor: lived[i]?.[1] ?? 0 })
        const alone = [...openAftermath(after)(heard, at + MINUTE)]
        expect([...silencesAfter(heard, at + MINUTE)]).toEqual(alone)
      }
    }),
  )
})

/** Signs that follow each other after so many minutes. */
function momentsOf(signs: readonly (readonly [minutes: number, sensor: number])[]): Float64Array {
  let at = MONDAY
  return Float64Array.from(signs, ([minutes]) => (at += minutes * MINUTE))
}
