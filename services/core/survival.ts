// So many steps to the nat: with fewer the series needs more terms, with more the table leaves the nearest cache.
const STEPS = 32
const LAST = 40
const WHOLE = Float64Array.from({ length: LAST * STEPS + 1 }, (_, i) => Math.exp(-i / STEPS))

/**
 * exp(-nats) up to 40 nats, to the last digit but one: from the nearest of a table by the series of what is left, which is
 * 1/64 at most. A year of a home asks for 500,000; the engine's, which is good for any number, takes three times as long.
 */
export function survival(nats: number): number {
  const step = (nats * STEPS + 0.5) | 0
  const left = step / STEPS - nats
  const square = left * left
  const odd = left * (1 + square * (1 / 6 + square / 120))
  const even = square * (1 / 2 + square * (1 / 24 + square / 720))
  return (WHOLE[step] ?? 0) * (1 + (odd + even))
}
