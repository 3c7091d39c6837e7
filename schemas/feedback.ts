import { z } from 'zod'
import { Millis } from './time.ts'

/** What the outcomes of a home's alerts have taught. Counts fade (half of a count is gone after 60 days). */
export const Feedback = z.object({
  falseAlarms: z.number().nonnegative(),
  aways: z.number().nonnegative(),
  visitors: z.number().nonnegative().default(0),
  faults: z.number().nonnegative(),
  emergencies: z.number().nonnegative(),
  /** By what the home's budgets are multiplied: below 1 it is alerted later, above 1 sooner. */
  budget: z.number().positive(),
  /** Silences that turned out to be absences: their begin and length. Each is longer than all after it. */
  absences: z.array(z.tuple([Millis, Millis])).max(12),
})
export type Feedback = z.infer<typeof Feedback>
