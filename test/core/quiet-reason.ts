import { HOUR, MINUTE } from '../../services/core/time.ts'

/** Twelve past eight on a Monday morning in Seoul. */
export const EIGHT = Date.parse('2026-03-02T08:12:00+09:00')

/** What a reason says of a home that has been quiet since then: the example by which the sentences are explained. */
export const QUIET = {
  since: EIGHT,
  silentFor: 5 * HOUR + 40 * MINUTE,
  expected: 11.2,
  longest: 3 * HOUR + 20 * MINUTE,
  lastRoom: '거실',
  presence: 'home',
} as const
