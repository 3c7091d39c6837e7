import type { Millis } from '../../schemas/time.ts'

/** Says whether `key` may once more, and counts it if so. */
export type Limit = (key: string, wall: Millis) => boolean

const KEYS = 10_000

/**
 * At most `most` times in `window` for each key, counted in this process. Beyond ten thousand keys in one
 * window the oldest is forgotten: a flood must take neither the memory nor the way in.
 */
export function limit(most: number, window: Millis): Limit {
  let began = 0
  const counts = new Map<string, number>()
  return (key, wall) => {
    if (wall - began >= window) {
      began = wall
      counts.clear()
    }
    const count = counts.get(key) ?? 0
    if (count >= most) return false
    counts.set(key, count + 1)
    if (counts.size > KEYS) counts.delete(counts.keys().next().value ?? key)
    return true
  }
}
