import type { Millis } from '../../schemas/time.ts'
import type { Result } from './delivery.ts'

/** What is known of a provider's health: failures in a row, and until when nobody asks it. */
export type Breaker = { readonly failures: number; readonly openUntil: Millis }

/** A provider of which nothing bad is known. */
export const CLOSED: Breaker = { failures: 0, openUntil: 0 }

const TRIES = 5
const REST = 30_000

/** How much longer the provider is left alone, in milliseconds; 0: ask it. */
export function restOf(breaker: Breaker, now: Millis): Millis {
  return Math.max(0, breaker.openUntil - now)
}

/**
 * What an answer says of the provider. Five failures in a row open the breaker for 30 s; after that each single
 * failure opens it again until something is taken. A refusal is an answer: the provider is well.
 */
export function heard(breaker: Breaker, result: Result, now: Millis): Breaker {
  if (result.kind === 'accepted' || result.kind === 'permanent') return CLOSED
  const failures = breaker.failures + 1
  return { failures, openUntil: failures >= TRIES ? now + REST : breaker.openUntil }
}
