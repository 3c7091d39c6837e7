import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DeliveryState } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import { CLOSED, heard, restOf } from '../../services/core/breaker.ts'
import {
  after,
  hasReached,
  pollAgain,
  RANKS,
  rankOf,
  receive,
  resting,
  type Result,
  type Status,
  urgencyOf,
} from '../../services/core/delivery.ts'

const half = () => 0.5
const NOW = 1_000_000
const LATER = NOW + 3_600_000
const SECOND = 1000

const anyFailure: fc.Arbitrary<Result> = fc.oneof(
  fc.constant({ kind: 'temporary', detail: '503' } as const),
  fc.record({
    kind: fc.constant('temporary' as const),
    detail: fc.constant('429'),
    retryAfter: fc.nat(600_000),
  }),
  fc.constant({ kind: 'unknown', detail: 'reset' } as const),
)
const email = (attempts: number, expires = LATER) =>
  ({ channel: 'email', attempts, expires }) as const

describe('a delivery', () => {
  test('that was taken is done, where that is all anybody will say', () => {
    const result = { kind: 'accepted', providerId: 'm-1' } as const
    expect(after(result, email(1), half, NOW)).toEqual({ state: 'accepted', due: null, next: null })
  })

  test('that was taken but does not arrive in time opens the next channel', () => {
    const result = { kind: 'accepted', providerId: 'm-1' } as const
    const waits = Channel.options.flatMap((channel) => {
      const { next } = after(result, { channel, attempts: 1, expires: LATER }, half, NOW)
      return next === null ? [] : [[channel, next - NOW]]
    })
    expect(waits).toEqual([
      ['push', 20 * SECOND],
      ['alimtalk', 30 * SECOND],
      ['sms', 60 * SECOND],
      ['slack', 0],
    ])
  })

  test('that can never succeed opens the next channel at once', () => {
    const result = { kind: 'permanent', detail: '410' } as const
    expect(after(result, email(1), half, NOW)).toEqual({ state: 'failed', due: null, next: NOW })
  })

  test('of which nobody knows is tried again, and by the next channel too', () => {
    // Half of 2 s.
    const result = { kind: 'unknown', detail: 'reset' } as const
    const outlook = { state: 'unknown', due: NOW + 1000, next: NOW }
    expect(after(result, email(1), half, NOW)).toEqual(outlook)
  })

  test('that fails for a while waits 2, 4, 8 ... 60 s by chance, and is not patient with one channel', () => {
    const result = { kind: 'temporary', detail: '503' } as const
    const waits = [1, 2, 3, 5, 6, 50].map((attempts) =>
      after(result, email(attempts), () => 1, NOW),
    )
    expect(waits.map(({ due }) => (due ?? 0) - NOW)).toEqual([
      2000, 4000, 8000, 32_000, 60_000, 60_000,
    ])
    expect(waits.map(({ next }) => next)).toEqual([null, NOW, NOW, NOW, NOW, NOW])
  })

  test('whose first try fails for a while still has only so long to arrive', () => {
    const result = { kind: 'temporary', detail: '503' } as const
    const push = { channel: 'push', attempts: 1, expires: LATER } as const
    expect(after(result, push, half, NOW).next).toBe(NOW + 20 * SECOND)
  })

  test('to a provider that is left alone waits for it, and the next channel goes at once', () => {
    const outlook = { state: 'retrying', due: NOW + 30_000, next: NOW }
    expect(resting('queued', 30_000, NOW)).toEqual(outlook)
    // What may have left already stays so.
    expect(resting('unknown', 30_000, NOW)).toEqual({ ...outlook, state: 'unknown' })
  })

  test('waits as long as the provider asks, and gives up at once if that is too long', () => {
    const result = { kind: 'temporary', detail: '429', retryAfter: 30_000 } as const
    expect(after(result, email(1), half, NOW).due).toBe(NOW + 30_000)
    const given = { state: 'failed', due: null, next: NOW }
    expect(after(result, email(1, NOW + 29_999), half, NOW)).toEqual(given)
  })

  test('that began too late still has its second try, and no third', () => {
    const result = { kind: 'temporary', detail: '503' } as const
    expect(after(result, email(1, NOW - 1), half, NOW).state).toBe('retrying')
    expect(after(result, email(2, NOW - 1), half, NOW).state).toBe('failed')
  })

  test('never tries again in the past, nor after its time, nor stops without the next channel', () => {
    const attempts = fc.integer({ min: 2, max: 2000 })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const channel = fc.constantFrom(...Channel.options)
    fc.assert(
      fc.property(
        anyFailure,
        channel,
        attempts,
        fc.nat(2 * NOW),
        chance,
        (result, way, tries, expires, x) => {
          const outlook = after(result, { channel: way, attempts: tries, expires }, () => x, NOW)
          if (outlook.due === null) expect(outlook.next).toBe(NOW)
          else {
            expect(Number.isInteger(outlook.due)).toBe(true)
            expect(outlook.due).toBeGreaterThan(NOW)
            expect(outlook.due).toBeLessThanOrEqual(expires)
          }
        },
      ),
    )
  })
})

const anyStatus = fc.constantFrom<Status>('accepted', 'delivered', 'read', 'failed')
const anyState = fc.constantFrom(...DeliveryState.options)

function afterAll(state: DeliveryState, statuses: readonly Status[]): DeliveryState {
  return statuses.reduce((each, status) => receive(each, status, NOW)?.state ?? each, state)
}

describe('a receipt', () => {
  test('moves a delivery only forward, and every state has its rank', () => {
    expect(RANKS.flat().toSorted()).toEqual(DeliveryState.options.toSorted())
    fc.assert(
      fc.property(anyState, anyStatus, (state, status) => {
        const outlook = receive(state, status, NOW)
        if (outlook) expect(rankOf(outlook.state)).toBeGreaterThan(rankOf(state))
        else expect(rankOf(status)).toBeLessThanOrEqual(rankOf(state))
      }),
    )
  })

  test('means the same however late, in whatever order and how often it comes', () => {
    fc.assert(
      fc.property(anyState, fc.array(anyStatus), fc.gen(), (state, statuses, gen) => {
        const shuffled = gen(fc.shuffledSubarray, statuses, {
          minLength: statuses.length,
          maxLength: statuses.length,
        })
        const once = afterAll(state, statuses)
        expect(afterAll(state, shuffled)).toBe(once)
        expect(afterAll(once, statuses)).toBe(once)
      }),
    )
  })

  test('of failure opens the next channel, and proof of arrival stops everything', () => {
    expect(receive('accepted', 'failed', NOW)).toEqual({ state: 'failed', due: null, next: NOW })
    const arrived = { state: 'delivered', due: null, next: null }
    for (const state of ['sending', 'unknown', 'accepted', 'failed', 'cancelled'] as const)
      expect(receive(state, 'delivered', NOW)).toEqual(arrived)
    expect(receive('delivered', 'failed', NOW)).toBeNull()
  })

  test('is asked for after 2 s, then ever more slowly, for an hour', () => {
    const ages = [0, 4000, 40_000, 3_600_000]
    const waits = ages.map((age) => (pollAgain(age, NOW) ?? 0) - NOW)
    expect(waits).toEqual([2000, 2000, 20_000, 300_000])
    expect(pollAgain(3_600_001, NOW)).toBeNull()
  })
})

test('I12: somebody is reached by what was taken, arrived or was seen, and never by a notice', () => {
  const reaching = DeliveryState.options.filter((state) => hasReached(state, 'sms'))
  expect(reaching).toEqual(['accepted', 'delivered', 'read'])
  expect(DeliveryState.options.some((state) => hasReached(state, 'slack'))).toBe(false)
})

test('a person goes before a device, danger before all, and the first telling before a repeat', () => {
  const order = [
    urgencyOf('inactivity', 'danger', false),
    urgencyOf('inactivity', 'danger', true),
    urgencyOf('inactivity', 'warning', false),
    urgencyOf('inactivity', 'caution', true),
    urgencyOf('blind', 'danger', false),
    urgencyOf('sensor', 'caution', true),
  ]
  expect(order).toEqual([0, 1, 2, 3, 4, 5])
})

describe('the breaker of a provider', () => {
  const failure = { kind: 'unknown', detail: 'reset' } as const
  const taken = { kind: 'accepted', providerId: null } as const

  test('opens for 30 s with the fifth failure in a row, and again with each that follows', () => {
    const four = [1, 2, 3, 4].reduce((breaker) => heard(breaker, failure, NOW), CLOSED)
    expect(restOf(four, NOW)).toBe(0)
    const five = heard(four, failure, NOW)
    expect(restOf(five, NOW)).toBe(30_000)
    expect(restOf(five, NOW + 30_000)).toBe(0)
    expect(restOf(heard(five, failure, NOW + 30_000), NOW + 30_000)).toBe(30_000)
  })

  test('closes when the provider takes something, or refuses it for good: it is there', () => {
    const open = [1, 2, 3, 4, 5].reduce((breaker) => heard(breaker, failure, NOW), CLOSED)
    expect(heard(open, taken, NOW)).toEqual(CLOSED)
    expect(heard(open, { kind: 'permanent', detail: '404' }, NOW)).toEqual(CLOSED)
  })
})
