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
    return (sum >>> 0) / 4_294_967_296
  }
  for (let round = 0; round < 12; round++) next()
  return next
}

/** Evenly from `low` up to `high`. */
export const between = (random: Random, low: number, high: number): number =>
  low + random() * (high - low)

/** About `mean`, two times in three within `spread` (normal, by the polar method of Marsaglia and Bray 1964). */
export function about(random: Random, mean: number, spread: number): number {
  for (;;) {
    const x = 2 * random() - 1
    const y = 2 * random() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return mean + spread * x * Math.sqrt((-2 * ln(square)) / square)
  }
}

/** The time to the next of events that come `mean` apart and know nothing of one another (exponential). */
export const gap = (random: Random, mean: number): number => -mean * ln(1 - random())

/**
 * The time to the next movement of somebody whose bouts of movement come about `pause` apart: seconds within a bout of
 * some six movements, and else as long as it takes, now and then very long. Fitted to tm000 of CASAS: three in four
 * of its gaps between minutes with movement are shorter than two minutes, one in a hundred is longer than an hour.
 */
export function stir(random: Random, pause: number): number {
  const chance = random()
  if (chance < 0.84) return gap(random, Math.min(WITHIN, pause))
  return gap(random, chance < 0.968 ? 0.45 * pause : 3.6 * pause)
}

/** Between two movements of one bout, in milliseconds, on average. */
const WITHIN = 9000

/** Whether something of this chance comes true. */
export const happens = (random: Random, chance: number): boolean => random() < chance

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

/**
 * The natural logarithm of a number above 0 and up to 1, to 8 digits. ECMA-262 (21.3) leaves Math.log, Math.exp and
 * Math.cos to each engine, and engines differ in the last bit; it fixes +, -, *, / and their order, and every
 * processor's square root is that of IEEE 754. So the same seed lives the same life everywhere.
 */
export function ln(x: number): number {
  let [mantissa, halvings] = [x, 0]
  for (; mantissa < 0.5; halvings++) mantissa *= 2
  const s = (mantissa - 1) / (mantissa + 1)
  const q = s * s
  // ln m = 2 artanh s, and |s| is at most 1/3.
  const series =
    1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13))))))
  return 2 * s * series - halvings * LN2
}

const LN2 = 0.6931471805599453
