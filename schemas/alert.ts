import { z } from 'zod'
import { Grade, SignalKind } from './signal.ts'
import { Millis } from './time.ts'

/** How a case ended, as staff record it. */
export const OUTCOMES = [
  'safe', // 안전 확인
  'away', // 부재
  'fault', // 오작동
  'refused', // 거부
  'transported', // 응급 이송
  'found-dead', // 사망 발견
] as const
export const OutcomeCode = z.enum(OUTCOMES)
export type OutcomeCode = z.infer<typeof OutcomeCode>

/** An alert is in exactly one of these states; `resolved` is final and only a person's outcome leads there. */
export const AlertState = z.discriminatedUnion('state', [
  /** Step `step` of round `loop` has been told; at `until` the next one is. */
  z.object({
    state: z.literal('notifying'),
    loop: z.int().nonnegative(),
    step: z.int().nonnegative(),
    until: Millis,
  }),
  /** On the board only: this grade tells nobody. */
  z.object({ state: z.literal('listed') }),
  /** Somebody has it, for as long as the lease holds. */
  z.object({ state: z.literal('acknowledged'), by: z.string(), until: Millis }),
  /** Every step was told and nobody answered: the last step again at `until`, for ever. */
  z.object({ state: z.literal('exhausted'), times: z.int().nonnegative(), until: Millis }),
  /** Movement came back, and nobody has confirmed it yet. `by` has it, if anybody. */
  z.object({ state: z.literal('recovered'), by: z.string().nullable(), until: Millis }),
  z.object({
    state: z.literal('resolved'),
    by: z.string(),
    outcome: OutcomeCode,
    at: Millis,
  }),
])
export type AlertState = z.infer<typeof AlertState>

/** What can happen to an alert. `tick` means only that time has passed. */
export const AlertEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('signal'), grade: Grade, signal: z.int() }),
  z.object({ type: z.literal('tick') }),
  z.object({ type: z.literal('acknowledge'), by: z.string() }),
  z.object({ type: z.literal('activity'), at: Millis }),
  z.object({
    type: z.literal('outcome'),
    by: z.string(),
    outcome: OutcomeCode,
    note: z.string().max(2000),
  }),
])
export type AlertEvent = z.infer<typeof AlertEvent>

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
})
export type Alert = z.infer<typeof Alert>

/**
 * The life of one message to one person by one channel: waits, is on its way, waits to be tried again, may or may
 * not have left, was taken by the provider, reached the device, was seen; or never can arrive, or is meant no more.
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
])
export type DeliveryState = z.infer<typeof DeliveryState>
