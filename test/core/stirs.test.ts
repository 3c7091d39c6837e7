import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_STIRS, stir, stirsOf } from '../../services/core/stirs.ts'
import { MINUTE, QUARTER } from '../../services/core/time.ts'

/** How many signs are counted after the last of these, in minutes, when the exit was used at that minute. */
function counted(minutes: readonly number[], exit: number | null = null): number {
  const used = exit === null ? null : exit * MINUTE
  return stirsOf(minutes.reduce((stirs, minute) => stir(stirs, minute * MINUTE, used), NO_STIRS))
}

test('signs inside are counted over the quarter hour of the last one and the one before', () => {
  // 5 and 14 lie in the first quarter hour, 20 in the second, 31 in the third.
  expect(counted([])).toBe(0)
  expect(counted([5, 14, 20])).toBe(3)
  expect(counted([5, 14, 20, 31])).toBe(2)
  expect(counted([5, 14, 50])).toBe(1)
})

test('those of the quarter hour in which the exit was used are left out', () => {
  expect(counted([5, 14, 20], 3)).toBe(1)
  expect(counted([5, 14], 3)).toBe(0)
  // Nor those of the next, where the exit was used in its last two minutes: until 15 who left is still seen.
  expect(counted([14.5, 15.2, 16], 14)).toBe(0)
  expect(counted([14.5, 15.2, 16, 31], 14)).toBe(1)
  expect(counted([14.5, 15.2, 16], 12.9)).toBe(2)
})

const quarterOf = (minute: number) => Math.floor((minute * MINUTE) / QUARTER)

test('they are what a sum over two quarter hours of the store gives', () => {
  const anyMinutes = fc.array(fc.nat(200), { maxLength: 30 })
  fc.assert(
    fc.property(anyMinutes, fc.nat(60), (unsorted, exit) => {
      const minutes = unsorted.map((minute) => exit + minute).toSorted((a, b) => a - b)
      const last = quarterOf(minutes.at(-1) ?? exit)
      const inside = minutes.filter((minute) => {
        const quarter = quarterOf(minute)
        return quarter > quarterOf(exit + 2) && quarter >= last - 1
      })
      expect(counted(minutes, exit)).toBe(inside.length)
    }),
  )
})
