import { z } from 'zod'
import { Alert } from './alert.ts'
import { Millis } from './time.ts'

/** Why something that was asked for was not done. */
export const Refusal = z.enum([
  'not-yours',
  'moved-on',
  'too-long',
  'too-often',
  'danger',
  'nothing-offered',
  'no-visit',
  'unknown-person',
  'incomplete',
])
export type Refusal = z.infer<typeof Refusal>

/** What became of something that a person did to an alert. */
export const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), alert: Alert }),
  /** It was closed before; nothing changed. */
  z.object({ kind: z.literal('closed'), by: z.string(), at: Millis }),
  /** Somebody else has it already; nothing changed. */
  z.object({ kind: z.literal('already'), by: z.string() }),
  z.object({ kind: z.literal('refused'), why: Refusal }),
  /** They may not. It is on the record. */
  z.object({ kind: z.literal('denied') }),
  /** There is no such alert. */
  z.object({ kind: z.literal('unknown') }),
])
export type Answer = z.infer<typeof Answer>
