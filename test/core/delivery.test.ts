import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { after, type Result } from '../../services/core/delivery.ts'

const half = () => 0.5
const NOW = 1_000_000
const LATER = NOW + 3_600_000

const anyFailure: fc.Arbitrary<Result> = fc.oneof(
  fc.constant({ kind: 'temporary', detail: '503' } as const),
  fc.record({
    kind: fc.constant('temporary' as const),
    detail: fc.constant('429'),
    retryAfter: fc.nat(600_000),
  }),
  fc.constant({ kind: 'unknown', detail: 'reset' } as const),
)

describe('a delivery', () => {
  test('that was taken is done', () => {
    const result = { kind: 'accepted', providerId: 'm-1' } as const
    expect(after(result, { attempts: 1, expires: LATER }, half, NOW)).toEqual({
      state: 'accepted',
      due: null,
      fallback: false,
    })
  })

  test('that can never succeed opens the next channel at once', () => {
    const result = { kind: 'permanent', detail: '410' } as const
    expect(after(result, { attempts: 1, expires: LATER }, half, NOW)).toEqual({
      state: 'failed',
      due: null,
      fallback: true,
    })
  })

  test('of which nobody knows is tried again, and by the next channel too', () => {
    // Half of 2 s.
    const result = { kind: 'unknown', detail: 'reset' } as const
    expect(after(result, { attempts: 1, expires: LATER }, half, NOW)).toEqual({
      state: 'unknown',
      due: NOW + 1000,
      fallback: true,
    })
  })

  test('that fails for a while waits 2, 4, 8 ... 60 s by chance, and is not patient with one channel', () => {
    const result = { kind: 'temporary', detail: '503' } as const
    const waits = [1, 2, 3, 5, 6, 50].map((attempts) =>
      after(result, { attempts, expires: LATER }, () => 1, NOW),
    )
    expect(waits.map(({ due }) => (due ?? 0) - NOW)).toEqual([
      2000, 4000, 8000, 32_000, 60_000, 60_000,
    ])
    expect(waits.map(({ fallback }) => fallback)).toEqual([false, true, true, true, true, true])
  })

  test('waits as long as the provider asks, and gives up at once if that is too long', () => {
    const result = { kind: 'temporary', detail: '429', retryAfter: 30_000 } as const
    expect(after(result, { attempts: 1, expires: LATER }, half, NOW).due).toBe(NOW + 30_000)
    expect(after(result, { attempts: 1, expires: NOW + 29_999 }, half, NOW)).toEqual({
      state: 'failed',
      due: null,
      fallback: true,
    })
  })

  test('that began too late still has its second try, and no third', () => {
    const result = { kind: 'temporary', detail: '503' } as const
    expect(after(result, { attempts: 1, expires: NOW - 1 }, half, NOW).state).toBe('queued')
    expect(after(result, { attempts: 2, expires: NOW - 1 }, half, NOW).state).toBe('failed')
  })

  test('never tries again in the past, nor after its time, nor stops without the next channel', () => {
    const attempts = fc.integer({ min: 2, max: 2000 })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(anyFailure, attempts, fc.nat(2 * NOW), chance, (result, tries, expires, x) => {
        const outlook = after(result, { attempts: tries, expires }, () => x, NOW)
        if (outlook.due === null) expect(outlook.fallback).toBe(true)
        else {
          expect(Number.isInteger(outlook.due)).toBe(true)
          expect(outlook.due).toBeGreaterThan(NOW)
          expect(outlook.due).toBeLessThanOrEqual(expires)
        }
      }),
    )
  })
})
