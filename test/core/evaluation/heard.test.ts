import { expect, test } from 'vitest'
import {
  type Heard,
  hear,
  openHeard,
  silencesAfter,
} from '../../../services/core/evaluation/heard.ts'
import { HOUR, MINUTE } from '../../../services/core/time.ts'
import { MONDAY } from './lived.ts'

/** What is heard when these sensors speak so many minutes after midnight. */
function heardOf(signs: readonly (readonly [minutes: number, sensor: number])[]): Heard {
  return signs.reduce(
    (heard, [minutes, sensor]) =>
      hear(heard, { at: MONDAY + minutes * MINUTE, exit: false, sensor }),
    openHeard(MONDAY),
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

test('after a death the silences are those between what nobody makes', () => {
  const heard = heardOf([[0, 0]])
  const at = Float64Array.from([1, 2, 4], (hour) => MONDAY + hour * HOUR)
  const after = { at, sensor: Uint8Array.from([0, 1, 0]) }
  const silences = [...silencesAfter(after, heard, MONDAY + HOUR)]
  // What is said in the moment of the death is still the person's.
  expect(silences.map(({ until }) => (until - MONDAY) / HOUR)).toEqual([2, 4, Infinity])
  expect(silences.map(({ dead }) => (dead.lastAt - MONDAY) / HOUR)).toEqual([0, 2, 4])
})
