import { z } from 'zod'

const Slots = z.array(z.number().nonnegative()).length(96)

/**
 * One kind of day in 96 quarter hours of local time: in how many days each was watched, and in how many of
 * those it held a sign of life. Old days count less (half-life 21 days), so these are no whole numbers.
 */
const DayClass = z.object({ active: Slots, days: Slots })

/** A stretch of time in quarter hours: its start since the Unix epoch, and its length. */
const Stretch = z.tuple([z.int().nonnegative(), z.int().nonnegative()])
export type Stretch = z.infer<typeof Stretch>

/** How surprising a home's silences become, in nats: see `core/tail.ts`. */
export const Tail = z.object({ level: z.number(), scale: z.number().positive() })
export type Tail = z.infer<typeof Tail>

/** What is known of a home's habits, at most 4 KiB as JSON. No instant of it is finer than a quarter hour. */
export const Rhythm = z.object({
  /** The last quarter hour that was learnt, since the epoch, or null before the first. It held a sign of life. */
  until: z.int().nonnegative().nullable(),
  /** Whether the exit door was used in that quarter hour. */
  byExit: z.boolean(),
  /** The local day up to which old days have been discounted, since 1970-01-01. */
  day: z.int(),
  weekday: DayClass,
  rest: DayClass,
  /** The most surprising silence of each of the last 60 days that had one, the oldest first. */
  silences: z.array(Stretch).max(61),
  /** The longest silences at home of the last 60 days: each longer than all after it. */
  longest: z.array(Stretch).max(12),
  /** The longest absences of the last 60 days: each longer than all after it. */
  absences: z.array(Stretch).max(12),
  tail: Tail,
})
export type Rhythm = z.infer<typeof Rhythm>
