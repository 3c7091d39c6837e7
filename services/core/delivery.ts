import type { DeliveryState } from '../../schemas/alert.ts'
import type { Millis } from '../../schemas/time.ts'

/**
 * What a provider made of one attempt. `temporary` and `permanent`: surely not taken; `unknown`: the
 * request had left and no answer came, so it may have arrived. `retryAfter` in milliseconds.
 */
export type Result =
  | { readonly kind: 'accepted'; readonly providerId: string | null }
  | { readonly kind: 'temporary'; readonly detail: string; readonly retryAfter?: Millis }
  | { readonly kind: 'permanent'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string }

/** What of a delivery decides how it goes on. `attempts` includes the one that has just ended. */
export type Attempt = { readonly attempts: number; readonly expires: Millis }

/** How it goes on: its state, when to try again (null: never), and whether the next channel opens now. */
export type Outlook = {
  readonly state: Exclude<DeliveryState, 'sending' | 'cancelled'>
  readonly due: Millis | null
  readonly fallback: boolean
}

const BASE = 2_000
const CAP = 60_000
// The second failure in a row is no hiccup any more: the other channel may well work.
const PATIENCE = 2

/**
 * What follows an attempt. Retries wait by exponential backoff with full jitter (2 s doubling up to 60 s, times
 * `random`, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) or as long as the
 * provider asks, and end with `expires`; but unless the provider asks for more time than there is, each delivery
 * has two tries, however late it began. Where an answer is missing we would rather tell twice than not at all:
 * retry, and the next channel too.
 */
export function after(
  result: Result,
  attempt: Attempt,
  random: () => number,
  now: Millis,
): Outlook {
  switch (result.kind) {
    case 'accepted':
      return { state: 'accepted', due: null, fallback: false }
    case 'permanent':
      return { state: 'failed', due: null, fallback: true }
    case 'unknown':
      return { state: 'unknown', due: retryAt(attempt, 0, random, now), fallback: true }
    case 'temporary': {
      const due = retryAt(attempt, result.retryAfter ?? 0, random, now)
      if (due === null) return { state: 'failed', due, fallback: true }
      return { state: 'queued', due, fallback: attempt.attempts >= PATIENCE }
    }
  }
}

function retryAt(
  attempt: Attempt,
  asked: Millis,
  random: () => number,
  now: Millis,
): Millis | null {
  const most = Math.min(CAP, BASE * 2 ** (attempt.attempts - 1))
  const due = now + Math.max(Math.ceil(random() * most), asked, 1)
  const entitled = attempt.attempts < 2 && asked === 0
  return due <= attempt.expires || entitled ? due : null
}
