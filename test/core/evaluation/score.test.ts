import { describe, expect, test } from 'vitest'
import { bootstrap, delayAt } from '../../../services/core/evaluation/frontier.ts'
import {
  type Block,
  type Point,
  addCut,
  addFalse,
  blockAt,
  causeOf,
  openScore,
  pointsOf,
} from '../../../services/core/evaluation/score.ts'
import { DAY, HOUR } from '../../../services/core/time.ts'
import { seeded } from '../../../simulator/random.ts'
import { MONDAY } from './lived.ts'

function block(days: number, falses: number, delays: readonly number[]): Block {
  const made = blockAt(openScore(1), 0)
  made.days = days
  for (let i = 0; i < falses; i++) addFalse(made, 0, 'night')
  for (const delay of delays) addCut(made, 0, 9, delay * HOUR)
  return made
}

function pointOf(blocks: readonly Block[]): Point {
  const [point] = pointsOf(blocks, [7])
  if (!point) throw new Error('no point for the one setting')
  return point
}

describe('a point', () => {
  test('has false signals a month, and the delays of all who are found', () => {
    // Two in 60.88 days are one a month. Delays of 1 and 3 h, one that rings already, one never found.
    const point = pointOf([block(60.88, 2, [1, 3, -2, Infinity])])
    expect(point.falsePerHomeMonth).toBeCloseTo(1, 10)
    expect(point.meanDelayHours).toBeCloseTo(4 / 3, 6)
    expect([point.neverFound, point.alreadyRinging]).toEqual([0.25, 0.25])
    // 0, 1, 3, never: the second of four lies in the five minutes from 1 h on; who is never found stands at 95 %.
    expect(point.p50).toBeCloseTo(1 + 2.5 / 60, 6)
    expect(point.p95).toBe(null)
    expect(point.foundWithin).toEqual({ 6: 0.75, 12: 0.75, 24: 0.75 })
    expect(point.byHour[9]).toBeCloseTo(4 / 3, 6)
    expect(point.byHour[10]).toBe(null)
  })

  test('of many blocks is that of their sum', () => {
    // 3 in 91.32 days are one a month; (1 + 2 + 6) / 3 = 3 h.
    const point = pointOf([block(30.44, 3, [1, 2]), block(60.88, 0, [6])])
    expect(point.falsePerHomeMonth).toBeCloseTo(1, 10)
    expect(point.meanDelayHours).toBeCloseTo(3, 6)
  })
})

const quarterOfDay = (at: number) => Math.floor(((at - MONDAY) % DAY) / (HOUR / 4))

const cause = (from: number, to: number, away = false, blind = false) =>
  causeOf({ away, blind }, MONDAY + from * HOUR, MONDAY + to * HOUR, quarterOfDay)

test('the cause of a false signal is what the silence turned out to be', () => {
  expect(cause(9, 12, true, true)).toBe('blind')
  expect(cause(9, 12, true)).toBe('out')
  expect(cause(9, 25)).toBe('absence')
  // The night is from 21:00 to 08:00: of 19:00 to 23:00 half, of 18:45 to 23:00 less than half.
  expect(cause(19, 23)).toBe('night')
  expect(cause(18.75, 23)).toBe('day')
})

const at = (falsePerHomeMonth: number, meanDelayHours: number): Point => {
  const figures = { falsePerHomeMonth, meanDelayHours, p95: 2 * meanDelayHours }
  return { ...pointOf([block(30.44, 0, [])]), ...figures }
}

describe('the delay at a rate', () => {
  test('lies between the two settings around it', () => {
    // Halfway from 1 a month to 0.5: halfway from 4 h to 8 h.
    const found = delayAt([at(1, 4), at(0.5, 8)], 0.75)
    expect(found).toEqual({ rate: 0.75, meanDelayHours: 6, p95: 12 })
  })

  test('is that of the most eager setting where even that is quieter, and none where none is', () => {
    expect(delayAt([at(1, 4), at(0.5, 8)], 2)?.meanDelayHours).toBe(4)
    expect(delayAt([at(1, 4), at(0.5, 8)], 0.1)).toBe(null)
  })
})

describe('the bootstrap', () => {
  const blocks = [block(30.44, 0, [1]), block(30.44, 1, [2]), block(30.44, 4, [6])]

  // Of so few drawings the ends of the interval hang on the seed.
  const draw = (seed: string) => bootstrap(blocks, [7], seeded(seed, 'bootstrap'), 5)

  test('comes to the same for the same seed', () => {
    expect(draw('a')).toEqual(draw('a'))
    expect(['b', 'c', 'd', 'e'].map(draw)).not.toEqual(['a', 'a', 'a', 'a'].map(draw))
  })

  test('spreads from the least to the most that drawing with replacement can give', () => {
    const [spread] = bootstrap(blocks, [7], seeded('a', 'bootstrap'))
    const [low = 0, high = 0] = spread?.falsePerHomeMonth ?? []
    // The mean of three is 5 / 3; three times the first block give 0 and three times the last one 4, each one draw in 27.
    expect([low, high]).toEqual([0, 4])
  })

  test('of one block has no spread', () => {
    const [spread] = bootstrap(blocks.slice(1, 2), [7], seeded('a', 'bootstrap'))
    expect(spread?.falsePerHomeMonth).toEqual([1, 1])
    expect(spread?.meanDelayHours).toEqual([2, 2])
  })
})
