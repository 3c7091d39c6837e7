import type { DeliveryState } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import type { Grade, SignalKind } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { isNotice } from './contact.ts'

/**
 * Whose set-up a lasting failure shows: nothing goes by this `channel` at all (keys, sender profile, template), or
 * this person's `address` does not exist. Null: neither, such as somebody without KakaoTalk.
 */
export type Fault = 'channel' | 'address' | null

/**
 * What a provider made of one attempt. `temporary` and `permanent`: surely not taken; `unknown`: the
 * request had left and no answer came, so it may have arrived. `retryAfter` and `pollAfter` in milliseconds.
 */
export type Result =
  | {
      readonly kind: 'accepted'
      readonly providerId: string | null
      /** By which name callbacks and polls know the provider. */
      readonly provider?: string
      /** How soon to ask the provider what became of it; absent: it tells by itself, or never. */
      readonly pollAfter?: Millis
    }
  | {
      readonly kind: 'temporary'
      readonly detail: string
      readonly retryAfter?: Millis
    }
  | { readonly kind: 'permanent'; readonly detail: string; readonly fault?: Fault }
  | { readonly kind: 'unknown'; readonly detail: string }

/** What of a delivery decides how it goes on. `attempts` includes the one that has just ended. */
export type Attempt = {
  readonly channel: Channel
  readonly attempts: number
  readonly expires: Millis
}

/** How it goes on: its state, when to try again (null: never), and when the next channel opens (null: never). */
export type Outlook = {
  readonly state: Exclude<DeliveryState, 'sending' | 'cancelled' | 'expired'>
  readonly due: Millis | null
  readonly next: Millis | null
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
 * retry, and the next channel too. What was taken but is not known to have arrived in time opens the next one.
 */
export function after(
  result: Result,
  attempt: Attempt,
  random: () => number,
  now: Millis,
): Outlook {
  switch (result.kind) {
    case 'accepted':
      return { state: 'accepted', due: null, next: patience(attempt.channel, now) }
    case 'permanent':
      return { state: 'failed', due: null, next: now }
    case 'unknown':
      return { state: 'unknown', due: retryAt(attempt, 0, random, now), next: now }
    case 'temporary':
      return retry(result, attempt, random, now)
  }
}

function retry(
  result: Extract<Result, { kind: 'temporary' }>,
  attempt: Attempt,
  random: () => number,
  now: Millis,
): Outlook {
  const due = retryAt(attempt, result.retryAfter ?? 0, random, now)
  if (due === null) return { state: 'failed', due, next: now }
  const given = attempt.attempts >= PATIENCE
  return { state: 'retrying', due, next: given ? now : patience(attempt.channel, now) }
}

/** How a delivery goes on whose provider is left alone for `rest` more: it waits, and the next channel does not. */
export function resting(
  before: 'unknown' | 'queued' | 'retrying',
  rest: Millis,
  now: Millis,
): Outlook {
  return { state: before === 'unknown' ? before : 'retrying', due: now + rest, next: now }
}

// How long each channel has to say that a message arrived. Null: it never says so, and to be taken is all there is.
const RECEIPT_WITHIN: Readonly<Record<Channel, Millis | null>> = {
  push: 20_000,
  alimtalk: 30_000,
  sms: 60_000,
  email: null,
  webhook: null,
  // A notice reaches nobody: the next channel does not wait for it.
  slack: 0,
  ntfy: null,
  cap: null,
}

/** The channels that never say whether a message arrived: that it was taken is all there is to know. */
export const TAKEN_IS_ALL: readonly Channel[] = Channel.options.filter(
  (channel) => RECEIPT_WITHIN[channel] === null,
)

function patience(channel: Channel, now: Millis): Millis | null {
  const within = RECEIPT_WITHIN[channel]
  return within === null ? null : now + within
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

/** What a provider or a device says of a delivery after the request, in its own time and as often as it likes. */
export type Status = 'accepted' | 'delivered' | 'read' | 'failed'

/**
 * A receipt. It names the delivery by our own id ("delivery_7") where the provider hands that back, and by the
 * provider's id always.
 */
export type Receipt = {
  readonly provider: string
  readonly providerId: string
  readonly delivery: string | null
  readonly status: Status
  readonly detail: string | null
  readonly fault?: Fault
  /** Which device of the person's said so, where devices speak for themselves. */
  readonly device?: number
}

/** Reads a callback: null when it is not genuine, else the receipts in it, of which there may be none. */
export type ReadCallback = (request: {
  readonly headers: Headers
  readonly body: string
}) => readonly Receipt[] | null

/** Every state in the order in which a delivery goes through them; those of equal rank stand together. */
export const RANKS = [
  ['queued', 'retrying', 'cancelled', 'expired'],
  ['sending'],
  ['unknown'],
  ['accepted'],
  // Proof that it arrived outweighs a provider's word that it did not, whichever comes first.
  ['failed'],
  ['delivered'],
  ['read'],
] as const satisfies readonly (readonly DeliveryState[])[]

/** How far a delivery has come. */
export function rankOf(state: DeliveryState): number {
  return RANKS.findIndex((states) => states.some((each) => each === state))
}

/** What a receipt makes of a delivery, or null when it says nothing new: late, doubled, or out of order. */
export function receive(state: DeliveryState, status: Status, now: Millis): Outlook | null {
  if (rankOf(status) <= rankOf(state)) return null
  return { state: status, due: null, next: status === 'failed' ? now : null }
}

/** When to ask a provider again that has had the message for `age`, or null when it is not worth it any more. */
export function pollAgain(age: Millis, now: Millis): Millis | null {
  if (age > POLL_FOR) return null
  return now + Math.min(POLL_MOST, Math.max(BASE, Math.floor(age / 2)))
}

const POLL_FOR = 3_600_000
const POLL_MOST = 300_000

/** Whether a message in this state has reached somebody, as far as anybody knows. */
export function hasReached(state: DeliveryState, channel: Channel): boolean {
  return !isNotice(channel) && (state === 'accepted' || state === 'delivered' || state === 'read')
}

/** Which goes first when much waits, from 0: a person before a device, the first telling before a repeat. */
export function urgencyOf(kind: SignalKind, grade: Grade, isRepeat: boolean): number {
  const about = DEVICES.has(kind) ? 2 : Number(grade !== 'danger')
  return 2 * about + Number(isRepeat)
}

/** What asks nothing of anybody goes after all that does. */
export const LEAST_URGENT = 6

const DEVICES: ReadonlySet<SignalKind> = new Set(['change', 'blind', 'sensor', 'configuration'])
