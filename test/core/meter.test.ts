import { expect, test } from 'vitest'
import { type Held, follow } from '../../services/core/meter.ts'
import { HOUR, MINUTE, type Span } from '../../services/core/time.ts'

/** The stretches in which a meter that says this every minute was stuck. */
function stuckIn(values: readonly number[]): Span[] {
  let held: Held | null = null
  const spans: Span[] = []
  for (const [i, value] of values.entries()) {
    const followed = follow(held, { at: i * MINUTE, value })
    held = followed.held
    if (followed.stuck) spans.push(followed.stuck)
  }
  return spans
}

test('a meter that holds one value for two hours was stuck from its first to the next other', () => {
  const held = Array.from({ length: 121 }, () => 230)
  expect(stuckIn([200, ...held, 210])).toEqual([{ since: MINUTE, until: 2 * HOUR + 2 * MINUTE }])
  expect(stuckIn([200, ...held.slice(1), 210])).toEqual([])
})

test('a hole that was filled with zeros is one too', () => {
  expect(stuckIn([200, ...Array.from({ length: 600 }, () => 0), 210])).toHaveLength(1)
})

test('a home that draws a little more and a little less is quiet, not stuck', () => {
  expect(stuckIn(Array.from({ length: 600 }, (_, i) => 80 + (i % 3)))).toEqual([])
})
