import { describe, expect, test } from 'vitest'
import { lifeOfQuarters, quartersOf } from '../../../services/core/evaluation/life.ts'
import { HOUR, MINUTE, QUARTER } from '../../../services/core/time.ts'
import { MONDAY, lived } from './lived.ts'

const ONE = MONDAY + HOUR

describe('a life of which only the quarter hours are known', () => {
  test('has each sign in the middle of its quarter, as many as were counted', () => {
    const quarters = [
      { quarter: ONE, exit: false, sensors: 0b101, signs: 3 },
      { quarter: ONE + QUARTER, exit: true, sensors: 0b10, signs: 0 },
    ]
    const life = lifeOfQuarters(lived([]), quarters)
    const [first, second] = [ONE + 7.5 * MINUTE, ONE + 22.5 * MINUTE]
    expect([...life.at]).toEqual([first, first, first, second])
    expect([...life.sensor]).toEqual([0, 2, 0, 1])
    expect([...life.exit]).toEqual([0, 0, 0, 1])
    expect(quartersOf(life)).toEqual(quarters)
  })

  test('has what began or ended to run there too, so that it still begins with the sign that switched it on', () => {
    const ran = [
      { since: ONE + 2 * MINUTE, until: ONE + 40 * MINUTE },
      { since: ONE + 46 * MINUTE, until: ONE + 58 * MINUTE },
      { since: ONE + 2 * HOUR, until: null },
    ]
    // The second one is too short to be seen.
    expect(lifeOfQuarters({ ...lived([]), ran }, []).ran).toEqual([
      { since: ONE + 7.5 * MINUTE, until: ONE + 37.5 * MINUTE },
      { since: ONE + 127.5 * MINUTE, until: null },
    ])
    expect(lifeOfQuarters(lived([]), []).ran).toBeUndefined()
  })
})
