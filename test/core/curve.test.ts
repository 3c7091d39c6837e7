import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Stretch } from '../../schemas/rhythm.ts'
import { curveOf } from '../../services/core/curve.ts'
import { EMPTY_RHYTHM, rhythmCurve } from '../../services/core/rhythm.ts'
import { HALF_HOUR } from '../../services/core/silence.ts'
import type { Habits } from '../../services/core/tally.ts'
import { isWeekend } from '../../services/core/time.ts'

const TODAY = 20_500
const anySilences = fc.array(
  fc.tuple(
    fc.integer({ min: (TODAY - 60) * 96, max: TODAY * 96 }),
    fc.integer({ min: 5, max: 95 }),
  ),
  { maxLength: 40 },
)

// On ten days of rest nobody stirred.
const calm = { active: Array<number>(48).fill(0), days: Array<number>(48).fill(10) }

test('a hazard is what the definition says, word by word', () => {
  fc.assert(
    fc.property(anySilences, fc.nat(95), fc.integer({ min: 2, max: 47 }), (silences, half, age) => {
      const habits = { ...EMPTY_RHYTHM, day: TODAY, silences, rest: calm }
      const { hazard, chance } = curveOf(habits, 'UTC')
      // Whatever was asked of another curve meanwhile.
      curveOf({ ...habits, silences: [] }, 'UTC')
      expect(hazard(half, age) * HALF_HOUR).toBeCloseTo(plain(habits, chance, half, age), 9)
    }),
  )
})

test('on an odd day silences end as silences of their age do at any hour', () => {
  // Nothing known: one in four of a half hour, e^-0.25 a half hour from the first hour on.
  const { odd } = curveOf({ ...EMPTY_RHYTHM, day: TODAY, silences: [] }, 'UTC')
  expect([odd[2], odd[3], odd[10]]).toEqual([1, Math.exp(-0.25), Math.exp(-2)])
  // Ten of today that ended in their fifth quarter hour, which is half of a half hour: (10 + 3) / (5 + 12) = 0.7647.
  const short = Array.from({ length: 10 }, (_, i): Stretch => [TODAY * 96 + 8 * i, 5])
  const known = curveOf({ ...EMPTY_RHYTHM, day: TODAY, silences: short }, 'UTC')
  expect(known.odd[3]).toBeCloseTo(Math.exp(-0.76471), 4)
  expect(known.odd[4]).toBeCloseTo(Math.exp(-0.76471 - 0.25), 4)
})

test('a rhythm has a curve for each zone that it is asked for', () => {
  const [seoul, utc] = ['Asia/Seoul', 'UTC'].map((zone) => rhythmCurve(EMPTY_RHYTHM, zone))
  expect([seoul?.timeZone, utc?.timeZone]).toEqual(['Asia/Seoul', 'UTC'])
  expect(rhythmCurve(EMPTY_RHYTHM, 'UTC', () => true).isRest(TODAY)).toBe(true)
})

const ENDS = [3, 4, 6, 9, 14, 20, 48]
const stratum = (age: number) => ENDS.findIndex((end) => age < end)

// Every quarter hour that every silence lasted is looked at anew.
function plain(habits: Habits, chance: readonly number[], half: number, age: number): number {
  const usual = (slot: number) => -Math.log1p(-(chance[slot] ?? 0))
  let [ends, spent, endsAtAge, foretold] = [0, 0, 0, 0]
  for (const each of quartersOf(habits)) {
    const near = nearness(half % 48, age, each)
    spent += (near * each.weight) / 2
    if (each.isEnd) ends += near * each.weight
    if (stratum(each.age) !== stratum(age)) continue
    foretold += each.weight * usual(each.slot)
    if (each.isEnd) endsAtAge += each.weight
  }
  const slower = (endsAtAge + 5) / (foretold + 10)
  return (ends + 1) / (spent + 1 / ((usual(2 * half) + usual(2 * half + 1)) * slower))
}

type Quarter = { slot: number; age: number; weight: number; isEnd: boolean }

function quartersOf({ silences, least }: Habits): Quarter[] {
  return silences.flatMap(([start, length]: Stretch) =>
    Array.from({ length: length - least + 1 }, (_, i) => {
      const at = start + least - 1 + i
      const slot = (at % 96) + (isWeekend(Math.floor(at / 96)) ? 96 : 0)
      const weight = 2 ** ((Math.floor(start / 96) - TODAY) / 30)
      const age = Math.min(47, (at - start) >> 1)
      return { slot, age, weight, isEnd: at === start + length - 1 }
    }),
  )
}

// An hour to both sides in the time of day, a fifth of its age to both sides in age.
function nearness(half: number, age: number, each: Quarter): number {
  const apart = Math.abs(half - ((each.slot % 96) >> 1))
  const beside = 1 - Math.min(apart, 48 - apart) / 3
  const along = 1 - Math.abs(age - each.age) / (Math.round(each.age / 5) + 1)
  return Math.max(0, beside) * Math.max(0, along)
}
