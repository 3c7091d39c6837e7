import { describe, expect } from 'vitest'
import { z } from 'zod'
import { Habit } from '../../schemas/habit.ts'
import { sentence } from '../../services/core/sentence.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { query } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, setLearnAt, test } from './district.ts'

const START = NINE - 9 * HOUR - 56 * DAY

// A sign of life is where slot + day is no multiple of three. From 28, 29, 30 on by turns the first are 28, 30, 30: the
// median 30 is 07:30. From 48, 49, 50 on they are 49, 49, 50: the median 49 is 12:15.

/** Eight weeks of somebody who rises at seven, and in the last `late` days at noon. */
async function live(district: District, home: TestHome, late: number): Promise<void> {
  await makePartitions(district.pool, START, NINE + 10 * DAY)
  await district.past(home, START, 56 * 96, (quarter) => {
    const [day, slot] = [Math.floor(quarter / 96), quarter % 96]
    const rises = (day < 56 - late ? 28 : 48) + (day % 3)
    return slot >= rises && slot < 84 && (slot + day) % 3 > 0
  })
}

async function habitOf(district: District): Promise<Habit | undefined> {
  const rows = await query(district.pool, z.object({ body: Habit }), 'select body from habit')
  return rows[0]?.body
}

describe('a slow change', () => {
  test('is told once, on the board, with what it was and what it is', async ({ district }) => {
    const home = await district.home('made-up-1')
    await live(district, home, 14)
    await district.learn()
    const signals = await district.signals()
    expect(signals).toMatchObject([
      { kind: 'change', grade: 'watch', reason: { rule: 'change', what: 'activity' } },
      {
        kind: 'change',
        grade: 'watch',
        reason: { rule: 'change', what: 'morning', before: 30, now: 49 },
      },
    ])
    const [, morning] = signals
    expect(morning && sentence(morning.reason, 'ko', 'Asia/Seoul')).toBe(
      '아침 첫 움직임이 07:30쯤에서 최근 2주 12:15쯤으로 늦어졌습니다. 급하지 않으니 틈날 때 한번 들여다봐 주십시오.',
    )
    expect(morning && sentence(morning.reason, 'en', 'Asia/Seoul')).toBe(
      'The day begins later: about 12:15 in the last two weeks, 07:30 before. There is no hurry: please look in when you can.',
    )
    // Neither the next day nor the next week tells it again.
    for (const days of [1, 7]) {
      district.now = NINE + days * DAY
      await setLearnAt(district.pool, home, district.now)
      await district.learn()
    }
    expect(await district.signals()).toHaveLength(2)
  })

  test('is none for somebody who lives as ever, and eight weeks are held', async ({ district }) => {
    const home = await district.home('made-up-1')
    await live(district, home, 0)
    await district.learn()
    expect(await district.signals()).toEqual([])
    const habit = await habitOf(district)
    expect(habit?.days).toHaveLength(56)
    expect(habit?.days.every((day) => day !== null)).toBe(true)
    district.now = NINE + DAY
    await setLearnAt(district.pool, home, district.now)
    await district.learn()
    const next = await habitOf(district)
    expect(next?.day).toBe((habit?.day ?? 0) + 1)
    expect(next?.days.at(-1)).toBeNull()
  })

  test('learnt by two at once comes to the same', async ({ district }) => {
    const home = await district.home('made-up-1')
    await live(district, home, 14)
    await Promise.all([district.learn(), district.learn()])
    await setLearnAt(district.pool, home, district.now)
    await Promise.all([district.learn(), district.learn()])
    expect(await district.signals()).toHaveLength(2)
  })
})
