import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BINARY_KINDS } from '../../schemas/reading.ts'
import { openMemory } from '../../services/ingest/memory.ts'

const kind = fc.constantFrom(...BINARY_KINDS)
const told = fc.record({
  device: fc.integer({ min: 1, max: 3 }),
  kind,
  value: fc.integer({ min: 0, max: 1 }),
})

test('a state is an event exactly when it differs from what the same device said of the same kind', () => {
  const property = fc.property(fc.array(told), (all) => {
    const memory = openMemory()
    for (const [place, each] of all.entries()) {
      const before = all
        .slice(0, place)
        .findLast(({ device, kind: other }) => device === each.device && other === each.kind)
      const expected = before && before.value !== each.value ? 'event' : 'snapshot'
      expect(memory.nature(each.device, { ...each, nature: 'state' })).toBe(expected)
    }
  })
  fc.assert(property)
})

test('what its dialect knows stays as it is, and is remembered', () => {
  const memory = openMemory()
  const motion = { kind: 'motion', value: 1 } as const
  expect(memory.nature(1, { ...motion, nature: 'event' })).toBe('event')
  expect(memory.nature(1, { ...motion, nature: 'event' })).toBe('event')
  expect(memory.nature(1, { ...motion, nature: 'state' })).toBe('snapshot')
  expect(memory.nature(1, { ...motion, value: 0, nature: 'historical' })).toBe('historical')
})

test('a number needs no memory: power is compared with the value before, no other is a sign of life', () => {
  const memory = openMemory()
  for (const _ of [1, 2]) {
    expect(memory.nature(1, { kind: 'power', value: 40, nature: 'state' })).toBe('event')
    expect(memory.nature(1, { kind: 'energy', value: 40, nature: 'state' })).toBe('snapshot')
  }
})

test('beyond its bound it forgets the device it has known longest', () => {
  const memory = openMemory(2)
  const say = (device: number, value: number) =>
    memory.nature(device, { kind: 'open', value, nature: 'state' })
  say(1, 0)
  say(2, 0)
  say(3, 0)
  expect(say(2, 1)).toBe('event')
  expect(say(1, 1)).toBe('snapshot')
})
