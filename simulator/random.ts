/** A source of chance: each call gives a number from 0 up to, not including, 1. */
export type Random = () => number

/**
 * Chance that is the same for the same key, on every machine. Source: sfc32 of PractRand 0.95 by Chris
 * Doty-Humphrey (three words of state and a counter, twelve rounds to begin), begun with the key's FNV-1a.
 */
export function seeded(...key: readonly (string | number)[]): Random {
  const text = key.join('/')
  let [a, b, c, counter] = [0, fnv1a(text, 0x811c9dc5), fnv1a(text, 0x01000193), 1]
  const next = (): number => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

/** Evenly from `low` up to `high`. */
export const between = (random: Random, low: number, high: number): number =>
  low + random() * (high - low)

/** About `mean`, two times in three within `spread` (normal, by Box and Muller 1958). */
export const about = (random: Random, mean: number, spread: number): number =>
  mean + spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** The time to the next of events that come `mean` apart and know nothing of one another (exponential). */
export const gap = (random: Random, mean: number): number => -mean * Math.log(1 - random())

/** One of them. */
export function oneOf<T>(random: Random, first: T, ...others: readonly T[]): T {
  const all = [first, ...others]
  return all[Math.floor(random() * all.length)] ?? first
}

// The 32-bit FNV-1a hash of draft-eastlake-fnv over UTF-16 units, from an offset basis of choice.
function fnv1a(text: string, basis: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}
