import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  withEntry,
  withFlapping,
  withMissedExits,
  withNoise,
} from '../../../services/core/evaluation/noise.ts'
import { MINUTE } from '../../../services/core/time.ts'
import { lived } from './lived.ts'

/** Chances that are the same in every run. */
function chances(seed = 7): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const HOURS = Array.from({ length: 400 }, (_, i) => i * 0.12)

describe('noise', () => {
  test('loses a share of the signs, and adds as many that outlive the resident', () => {
    const clean = lived(HOURS)
    const noisy = withNoise(clean, 0.1, chances())
    const kept = [...noisy.at].filter((at) => clean.at.includes(at)).length
    expect(kept).toBeGreaterThan(340)
    expect(kept).toBeLessThan(380)
    expect(noisy.at.length - kept).toBe(40)
    expect(noisy.after?.at.length).toBe(40)
    for (const at of noisy.after?.at ?? []) expect(noisy.at).toContain(at)
    expect([...noisy.at]).toEqual([...noisy.at].toSorted((a, b) => a - b))
  })

  test('of nothing changes nothing', () => {
    const { after, ...rest } = withNoise(lived(HOURS), 0, chances())
    expect(rest).toEqual(lived(HOURS))
    expect(after?.at).toHaveLength(0)
  })

  test('never invents a use of the exit door', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (seed, share) => {
          const { exit } = withNoise(lived(HOURS, { exits: [12, 24] }), share, chances(seed))
          expect(exit.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2)
        },
      ),
    )
  })
})

test('a motion sensor at the entrance sees a share of the uses of the door, and now and then who walks by', () => {
  const exits = Array.from({ length: 200 }, (_, i) => i * 0.2)
  const moves = Array.from({ length: 800 }, (_, i) => 0.001 + i * 0.05)
  const seen = withEntry(
    lived(
      [...exits, ...moves].toSorted((a, b) => a - b),
      { exits },
    ),
    0.9,
    chances(),
  )
  expect(seen.byMotion).toBe(true)
  const passed = [...seen.at].filter((_, i) => seen.exit[i] === 1)
  const used = exits.filter((hour) => passed.includes(seen.from + hour * 3_600_000))
  // 180 of 200, and 8 of 800, give or take three times the root of what is expected to be missed or seen.
  expect(Math.abs(used.length - 180)).toBeLessThan(14)
  expect(Math.abs(passed.length - used.length - 8)).toBeLessThan(9)
  expect(seen.at.length - passed.length).toBe(800)
})

test('every second use of the door is missed: opening and closing are one', () => {
  const uses = [1, 1 + 0.01, 5, 9, 9 + 0.01, 13]
  const missed = withMissedExits(lived([...uses, 20], { exits: uses }), 2)
  const hours = Array.from(missed.at, (at) => Math.round((at - missed.from) / MINUTE))
  expect(hours).toEqual([60, 61, 540, 541, 1200])
})

test('a sensor that flaps is the one inside that spoke most, fires by chance, and goes on for a week after the end', () => {
  const quiet = lived([1, 2, 3], { exits: [1, 2] })
  const flapping = withFlapping(
    { ...quiet, sensor: Uint8Array.of(1, 1, 2) },
    10 * MINUTE,
    chances(),
  )
  expect(flapping.at).toBe(quiet.at)
  const { at, sensor } = flapping.after ?? { at: [], sensor: [] }
  expect(new Set(sensor)).toEqual(new Set([2]))
  // Six an hour for nine days: 1,296, give or take three times the root.
  expect(Math.abs(at.length - 1296)).toBeLessThan(108)
  expect(at[0]).toBeGreaterThan(quiet.from)
  expect((at.at(-2) ?? 0) / 1000).toBeCloseTo(quiet.to / 1000 + 7 * 86_400, -4)
})
