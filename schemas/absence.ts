import { z } from 'zod'
import { AbsenceCause } from './household.ts'
import { Grade } from './signal.ts'
import { Millis } from './time.ts'

const DAY = 86_400_000

// Then somebody has to say it again.
const LONGEST_ABSENCE: Readonly<Record<AbsenceCause, Millis>> = {
  hospital: 180 * DAY,
  trip: 90 * DAY,
  consent: 366 * DAY,
  muted: 30 * DAY,
}

const LONGEST_WORDS = AbsenceCause.options
  .map((cause) => `${cause} ${LONGEST_ABSENCE[cause] / DAY} days`)
  .join(', ')

/** An absence about to be recorded: it has an end, somebody who answers for it, and a reason. */
export const NewAbsence = z
  .object({
    household: z.string(),
    cause: AbsenceCause,
    since: Millis,
    until: Millis,
    author: z.string(),
    reason: z.string().trim().min(1).max(500),
  })
  .refine(({ since, until }) => until > since, {
    path: ['until'],
    error: 'it ends before it begins',
  })
  .refine(({ cause, since, until }) => until - since <= LONGEST_ABSENCE[cause], {
    path: ['until'],
    error: `too long; at most ${LONGEST_WORDS}`,
  })
export type NewAbsence = z.infer<typeof NewAbsence>

/** An absence as it stands on the record. */
export const Absence = z.object({
  id: z.int(),
  household: z.string(),
  cause: AbsenceCause,
  since: Millis,
  until: Millis,
  author: z.string(),
  reason: z.string(),
  recorded: Millis,
  /** When a person ended it early, and who; null: it ends by itself. */
  ended: Millis.nullable(),
  endedBy: z.string().nullable(),
  /** The gravest grade that it has held back, or null. */
  withheld: Grade.nullable(),
})
export type Absence = z.infer<typeof Absence>
