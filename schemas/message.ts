import { z } from 'zod'
import { Grade, SignalKind } from './signal.ts'
import { Millis } from './time.ts'

/**
 * What one of the staff is told, fixed when it is planned: a second try sends the same. It knows an alias and
 * a dong, never a name or an address. `link` is null while no public address is set.
 */
export const Message = z.object({
  alert: z.int(),
  kind: SignalKind,
  grade: Grade,
  at: Millis,
  subject: z.string(),
  text: z.string(),
  link: z.url().nullable(),
  // In Korean, for templates. Messages planned by an older version have none of these.
  /** How grave or what about, such as "위험". */
  what: z.string().default(''),
  /** Which home, such as "가상동 3호 (가상동)". */
  where: z.string().default(''),
  why: z.string().default(''),
  todo: z.string().default(''),
  /** The whole as a text message, without a link. */
  sms: z.string().default(''),
  /** Everybody was told and nobody answered: this is the last step, once more. */
  last: z.boolean().default(false),
  /** It asks nothing of its reader any more: somebody else has it, it is over, or it waits for an absence to end. Null: it asks. */
  news: z.enum(['taken', 'closed', 'away']).nullable().default(null),
  /** A drill or a test: marked so everywhere, and no reason to go anywhere. */
  exercise: z.boolean().default(false),
})
export type Message = z.infer<typeof Message>
