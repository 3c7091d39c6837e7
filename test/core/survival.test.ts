import fc from 'fast-check'
import { expect, it } from 'vitest'
import { survival } from '../../services/core/survival.ts'

it('what survives so many nats is what the exponential says, to fifteen digits', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 40, noNaN: true }), (nats) => {
      expect(Math.abs(survival(nats) / Math.exp(-nats) - 1)).toBeLessThan(1e-15)
    }),
  )
  expect(survival(0)).toBe(1)
  // At a step of the table, between two, and at its end.
  for (const nats of [1 / 32, 1 / 64, 39.99, 40])
    expect(Math.abs(survival(nats) / Math.exp(-nats) - 1)).toBeLessThan(1e-15)
})
