import { z } from 'zod'
import { Channel } from './channel.ts'
import { StaffRole } from './household.ts'
import { Millis } from './time.ts'

/** Which part of the week it is, in the office's zone: working hours, outside them, or a day of rest. */
export const Band = z.enum(['office', 'night', 'holiday'])
export type Band = z.infer<typeof Band>

/** Whom a step means: resolved to people only when the step runs. */
export const Target = z.discriminatedUnion('type', [
  /** The assigned planner, or the deputy (대직자) while that one is away. */
  z.object({ type: z.literal('planner') }),
  /** The planner's deputy, whoever is there. */
  z.object({ type: z.literal('deputy') }),
  /** Who has the duty desk (당직실) now: one, the least loaded. */
  z.object({ type: z.literal('duty') }),
  /** The neighbourhood care corps (우리동네돌봄단), and the neighbour watchers (이웃살피미) of this home. */
  z.object({ type: z.literal('care') }),
  z.object({ type: z.literal('neighbour') }),
  z.object({ type: z.literal('supervisor') }),
  /** Everybody of this home's office who has the role. */
  z.object({
    type: z.literal('role'),
    role: StaffRole,
  }),
  z.object({ type: z.literal('person'), person: z.string() }),
  /** A machine outside, such as a control room: `receiver` is entered like a person, and told by its webhook only. */
  z.object({ type: z.literal('webhook'), receiver: z.string() }),
])
export type Target = z.infer<typeof Target>

/** One step: whom to tell, by which channels in order of preference, and how long to wait for an answer. */
export const Step = z.object({
  targets: z.array(Target).min(1),
  channels: z.array(Channel).min(1),
  /** From its last telling to the next step. */
  wait: Millis.min(1),
  /** Persistence: how often it is told again before the next step, and how long between two tellings. */
  repeats: z.int().min(0).max(9).default(0),
  every: Millis.min(1).default(60_000),
})
export type Step = z.infer<typeof Step>

const Steps = z.array(Step).max(10)

/** A ladder of steps for one kind and grade. No steps: the board only. All times in milliseconds. */
export const Ladder = z.object({
  /** In working hours, and wherever `night` or `holiday` says nothing else. */
  steps: Steps,
  night: Steps.optional(),
  holiday: Steps.optional(),
  /** The resident is asked first, and staff are told when there is no answer for so long. Null: staff at once. */
  ask: Millis.min(1).nullable().default(null),
  /** Whether the resident is asked in the quiet hours of the office too; else staff are told at once then. */
  askQuiet: z.boolean().optional(),
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
  // A plan made before these kinds were known has none of them: it climbs the standard plan's.
  sos: Ladder.optional(),
  door: Ladder.optional(),
  change: Ladder.optional(),
  staff: Ladder.optional(),
})
export type Plan = z.infer<typeof Plan>
