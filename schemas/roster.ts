import { z } from 'zod'
import { Channel } from './channel.ts'
import { Person } from './household.ts'
import { Band } from './plan.ts'
import { Millis, TimeZone } from './time.ts'

const Id = z.string().regex(/^[a-z0-9-]{1,40}$/, '1 to 40 of a-z, 0-9, -, such as night-desk')

/** A day on which an office is not as the calendar says: a holiday of its own, or one on which it works. */
export const OfficeDay = z.object({
  /** The local day, as `localDay` counts. */
  day: z.int(),
  rest: z.boolean(),
  name: z.string().min(1).max(64),
})
export type OfficeDay = z.infer<typeof OfficeDay>

/** When an office is open: `opens` to `closes` in milliseconds after local midnight, on days that are none of rest. */
export const Office = z.object({
  timeZone: TimeZone,
  opens: Millis,
  closes: Millis,
  days: z.array(OfficeDay),
})
export type Office = z.infer<typeof Office>

/** What somebody is to a household. Care corps (우리동네돌봄단) and neighbour watchers (이웃살피미) need its consent. */
export const Duty = z.enum(['planner', 'care', 'neighbour'])
export type Duty = z.infer<typeof Duty>

/** A stretch in which somebody answers for a household; `until` null: until further notice. */
export const Assignment = z.object({
  person: Person.shape.person,
  duty: Duty,
  since: Millis,
  until: Millis.nullable(),
})
export type Assignment = z.infer<typeof Assignment>

/** A stretch in which one of the staff is not there. `deputy` stands in for this time; null: the person's own deputy does. */
export const Leave = z.object({
  id: z.int(),
  person: Person.shape.person,
  since: Millis,
  until: Millis,
  deputy: z.string().nullable(),
  reason: z.string().max(200),
})
export type Leave = z.infer<typeof Leave>

const HOUR = 3_600_000

/**
 * A duty desk's rota: the participants take turns, each for `length`, from `start` on. Both are of the local clock:
 * `start` is what it shows then, as milliseconds since 1970 without any offset, and its time of day is when they hand
 * over. `bands`: the sorts of time in which the desk is staffed at all.
 */
export const Rotation = z.object({
  rotation: Id,
  office: z.string().min(1).max(64),
  timeZone: TimeZone,
  start: z.int(),
  length: z
    .int()
    .multipleOf(HOUR, 'a whole number of hours')
    .min(HOUR)
    .max(366 * 24 * HOUR),
  participants: z.array(Person.shape.person).min(1).max(50),
  bands: z.array(Band).min(1),
})
export type Rotation = z.infer<typeof Rotation>

/** A change to a rota for some time: `out` leaves it, `in` joins it, both: one replaces the other. */
export const Override = z.object({
  id: z.int(),
  rotation: Rotation.shape.rotation,
  since: Millis,
  until: Millis,
  out: z.string().nullable(),
  in: z.string().nullable(),
  reason: z.string().max(200),
})
export type Override = z.infer<typeof Override>

/** What is known of a way to a person. `proven`: they confirmed it, or something arrived; `dead`: nothing can any more. */
export const Contact = z.object({
  person: z.string(),
  channel: Channel,
  address: z.string(),
  proven: z.boolean(),
  dead: z.boolean(),
})
export type Contact = z.infer<typeof Contact>
