import type { Millis } from '../../schemas/time.ts'

export const MINUTE = 60_000
export const QUARTER = 15 * MINUTE
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/**
 * Time as a value: the wall's, or one that runs `speed` times as fast from a given instant. Whoever
 * decides is told an instant; only services and the simulator hold a clock.
 */
export type Clock = {
  now(): Millis
  /** Simulated milliseconds that pass in a real one. */
  readonly speed: number
  /** Resolves when the clock has reached `at`, at once if it has; rejects when `signal` aborts. */
  after(at: Millis, signal?: AbortSignal): Promise<void>
}
