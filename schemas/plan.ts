import { z } from 'zod'
import { Channel } from './channel.ts'
import { Millis } from './time.ts'

/** Whom a step means: resolved to people only when the step runs. */
export const Target = z.discriminatedUnion('type', [
  z.object({ type: z.literal('planner') }),
  z.object({
    type: z.literal('role'),
    role: z.enum(['planner', 'duty', 'supervisor', 'technician']),
  }),
  z.object({ type: z.literal('person'), person: z.string() }),
])
export type Target = z.infer<typeof Target>

/** One step: whom to tell, by which channels in order of preference, and how long to wait for an answer. */
export const Step = z.object({
  targets: z.array(Target).min(1),
  channels: z.array(Channel).min(1),
  wait: Millis.min(1),
})
export type Step = z.infer<typeof Step>

/** A ladder of steps for one kind and grade. No steps: the board only. All times in milliseconds. */
export const Ladder = z.object({
  steps: z.array(Step).max(10),
  /** How often the whole ladder is run again when nobody answers. */
  repeats: z.int().min(0).max(9),
  /** How long an acknowledgement holds. */
  lease: Millis.min(1),
  /** After the last step: how often the last step is told again, for as long as nobody answers. */
  again: Millis.min(1),
  /** Movement came back: how long until somebody must have confirmed it. */
  confirm: Millis.min(1),
})
export type Ladder = z.infer<typeof Ladder>

/** An escalation plan: immutable under its version. An alert keeps the version it was opened with. */
export const Plan = z.object({
  plan: z.string().min(1).max(64),
  version: z.int().positive(),
  inactivity: z.object({ watch: Ladder, caution: Ladder, warning: Ladder, danger: Ladder }),
  blind: Ladder,
  sensor: Ladder,
  configuration: Ladder,
})
export type Plan = z.infer<typeof Plan>
