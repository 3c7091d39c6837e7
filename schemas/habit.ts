import { z } from 'zod'

/** What may change slowly: how much somebody moves, the nights, when the day begins, going out. */
export const HabitName = z.enum(['activity', 'nights', 'morning', 'outings'])
export type HabitName = z.infer<typeof HabitName>

/**
 * One local day in numbers: quarter hours with a sign of life; those between midnight and five; the quarter hour of the
 * day in which the first one after four fell; quarter hours in which the exit door was used.
 */
const Day = z.object({
  activity: z.int(),
  nights: z.int(),
  morning: z.int(),
  outings: z.int(),
})
export type HabitDay = z.infer<typeof Day>

/** The last eight weeks of a home, a line a day. */
export const Habit = z.object({
  /** The local day after the last one that is held, as `localDay` numbers them. */
  day: z.int(),
  /** The oldest first; null: a day in which the home was not watched, or nobody was there. */
  days: z.array(Day.nullable()).max(56),
  /** The week in which a change was last looked for, since 1970. */
  week: z.int(),
  /** The day on which each change was last told. */
  told: z.partialRecord(HabitName, z.int()),
})
export type Habit = z.infer<typeof Habit>
