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
})
export type Message = z.infer<typeof Message>
