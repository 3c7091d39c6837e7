import type { Millis } from '../../schemas/time.ts'

/** Says whether `key` may once more, and counts it if so. */
export type Limit = (key: string, wall: Millis) => boolean

const KEYS = 10_000

/**
 * At most `most` times in `window` for each key, counted in this process. Beyond ten thousand keys in one
 * window nobody may: a flood must not take the memory.
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
    if (count >= most || counts.size >= KEYS) return false
    counts.set(key, count + 1)
    return true
  }
}
