import { z } from 'zod'
import { AbsenceCause } from './household.ts'
import { Grade, SignalKind } from './signal.ts'
import { Millis } from './time.ts'

/** How a case ended, as it is recorded. `self`: the resident said so, before any of the staff was told. */
export const OUTCOMES = [
  'safe', // 안전 확인
  'away', // 부재
  'visitor', // 방문객
  'fault', // 오작동
  'refused', // 거부
  'transported', // 응급 이송
  'found-dead', // 사망 발견
  'self', // 본인 확인
] as const
export const OutcomeCode = z.enum(OUTCOMES)
export type OutcomeCode = z.infer<typeof OutcomeCode>

/** How somebody made sure. */
export const HOWS = ['phone', 'visit', 'other'] as const

/** What is recorded with an outcome; which of it each outcome demands is data: `demands` of core/closing. */
const OutcomeFields = z.object({
  outcome: OutcomeCode,
  note: z.string().max(2000),
  how: z.enum(HOWS).optional(),
  /** When it happened, and who was there or took over: a hospital, the police. */
  happened: Millis.optional(),
  who: z.string().max(200).optional(),
})

/** An alert is in exactly one of these states; `resolved` and `cancelled` are final, and only a person leads there. */
export const AlertState = z.discriminatedUnion('state', [
  /** The resident has been asked; at `until` staff are told. */
  z.object({ state: z.literal('pending'), until: Millis }),
  /** Step `step` of round `loop` has been told `times` times more; at `until` it is told again, or the next one is. */
  z.object({
    state: z.literal('notifying'),
    loop: z.int().nonnegative(),
    step: z.int().nonnegative(),
    times: z.int().nonnegative().default(0),
    band: z.enum(['office', 'night', 'holiday']).default('office'),
    until: Millis,
  }),
  /** On the board only: this grade tells nobody, or another alert of the same outage does. */
  z.object({ state: z.literal('listed') }),
  /** `by` gave it to `to`, who has been told and has not answered yet. */
  z.object({ state: z.literal('assigned'), to: z.string(), giver: z.string(), until: Millis }),
  /** Somebody has it, for as long as the lease holds. `level`: the highest step that has been told besides. */
  z.object({
    state: z.literal('acknowledged'),
    by: z.string(),
    until: Millis,
    level: z.int().min(-1).default(-1),
  }),
  /** Somebody is on the way or there. Their own safety is `visit`'s matter; at `until` nobody answers for the resident. */
  z.object({
    state: z.literal('visiting'),
    by: z.string(),
    companion: z.string().nullable(),
    until: Millis,
  }),
  /** Contact was made, and its owner waits for a stated reason. */
  z.object({ state: z.literal('deferred'), by: z.string(), reason: z.string(), until: Millis }),
  /** Every step was told and nobody answered: the last step again at `until`, for ever. */
  z.object({ state: z.literal('exhausted'), times: z.int().nonnegative(), until: Millis }),
  /**
   * Movement came back, and nobody has confirmed it yet. `by` has it, if anybody. `absent`: nobody is asked for that before
   * the end of an absence, which is at `until` if it is not ended before.
   */
  z.object({
    state: z.literal('recovered'),
    by: z.string().nullable(),
    until: Millis,
    absent: z.literal(true).optional(),
  }),
  /** Staff have told of an absence that holds: nobody is told of it until that ends. */
  z.object({ state: z.literal('away'), author: z.string(), cause: AbsenceCause, until: Millis }),
  z.object({ state: z.literal('resolved'), by: z.string(), outcome: OutcomeCode, at: Millis }),
  /** It should never have been: a test, a double, a broken device. `second` agreed, where two are needed. */
  z.object({
    state: z.literal('cancelled'),
    by: z.string(),
    second: z.string().nullable(),
    reason: z.string(),
    at: Millis,
  }),
])
export type AlertState = z.infer<typeof AlertState>

const by = z.string()

/** A place on a ladder, as somebody saw it. */
const Place = z.object({ generation: z.int(), loop: z.int(), step: z.int() })

/** What one of the staff can do to an alert. */
export const StaffEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), by }),
  z.object({ type: z.literal('take-over'), by }),
  /** "못 갑니다": somebody else, now. `asOf`: what they were told last; not given, they were told nothing. */
  z.object({ type: z.literal('decline'), by, asOf: Place.optional() }),
  /** Hands it to `to`, who must accept; `until` is the end of the giver's shift. */
  z.object({ type: z.literal('offer'), by, to: z.string(), until: Millis }),
  z.object({ type: z.literal('accept'), by }),
  z.object({ type: z.literal('refuse'), by }),
  z.object({ type: z.literal('reassign'), by, to: z.string() }),
  /** Tells the next step at once; without effect where the alert has moved on from what its sender saw. */
  z.object({
    type: z.literal('escalate'),
    by,
    asOf: Place,
  }),
  z.object({ type: z.literal('defer'), by, until: Millis, reason: z.string().min(1).max(500) }),
  /** Goes there, by `until` reports, and has `companion` along or nobody. */
  z.object({
    type: z.literal('start-visit'),
    by,
    companion: z.string().nullable(),
    until: Millis,
  }),
  z.object({ type: z.literal('check-in'), by, until: Millis }),
  z.object({ type: z.literal('arrive'), by }),
  z.object({ type: z.literal('leave'), by }),
  /** A call, a word: it renews the lease of its owner. */
  z.object({ type: z.literal('note'), by, text: z.string().min(1).max(2000) }),
  /** Has it go on by the newest version of its home's plan. */
  z.object({ type: z.literal('replan'), by }),
  z.object({ type: z.literal('cancel'), by, reason: z.string().min(1).max(500) }),
  OutcomeFields.extend({ type: z.literal('outcome'), by }),
])
export type StaffEvent = z.infer<typeof StaffEvent>

/** What can happen to an alert. `tick` means only that time has passed. */
export const AlertEvent = z.discriminatedUnion('type', [
  /**
   * `grouped`: another alert of the same outage tells of it. `calls`: one of the staff calls for help, in a case that knew
   * only that they were late.
   */
  z.object({
    type: z.literal('signal'),
    grade: Grade,
    signal: z.int(),
    grouped: z.boolean().optional(),
    calls: z.boolean().optional(),
  }),
  z.object({ type: z.literal('tick') }),
  z.object({ type: z.literal('activity'), at: Millis }),
  z.object({ type: z.literal('resident'), answer: z.enum(['fine', 'help']) }),
  /** `by` has told of an absence of the home that holds from now on. */
  z.object({ type: z.literal('absent'), by, reason: z.string() }),
  /** On leave, off the staff, or every way to them is dead. */
  z.object({ type: z.literal('unavailable'), person: z.string() }),
  /** Somebody tried what they may not. It changes nothing, and is kept. */
  z.object({ type: z.literal('denied'), by, command: z.string() }),
  ...StaffEvent.options,
])
export type AlertEvent = z.infer<typeof AlertEvent>

/** Handed to somebody who has not accepted yet. `late`: the giver's shift is over, and the supervisor has been told. */
export const Offer = z.object({ to: z.string(), by: z.string(), until: Millis, late: z.boolean() })

/** One case of one home. At most one is open per home and kind. */
export const Alert = z.object({
  id: z.int(),
  household: z.string(),
  kind: SignalKind,
  grade: Grade,
  /** Rises with every change that makes planned work stale: a delivery of an older one is not sent. */
  generation: z.int().nonnegative(),
  /** How many signals it holds. */
  signals: z.int().positive(),
  plan: z.string(),
  planVersion: z.int(),
  opened: Millis,
  state: AlertState,
  offer: Offer.nullable().default(null),
  /** How often it was offered: each time somebody is told. */
  offers: z.int().nonnegative().default(0),
  /** How often it was put off. */
  deferrals: z.int().nonnegative().default(0),
  /** Who wants it cancelled and waits for a second to agree. */
  cancelling: z.object({ by: z.string(), reason: z.string(), at: Millis }).nullable().default(null),
})
export type Alert = z.infer<typeof Alert>

/**
 * The life of one message to one person by one channel: waits, is on its way, waits to be tried again, may or may
 * not have left, was taken by the provider, reached the device, was seen; or never can arrive, is meant no more, or
 * never left while it was worth it.
 */
export const DeliveryState = z.enum([
  'queued',
  'sending',
  'retrying',
  'unknown',
  'accepted',
  'delivered',
  'read',
  'failed',
  'cancelled',
  'expired',
])
export type DeliveryState = z.infer<typeof DeliveryState>
