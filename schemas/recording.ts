import { z } from 'zod'
import { HouseholdId, Role, Tier } from './household.ts'
import { Kind, Nature, Uid } from './reading.ts'
import { Instant, TimeZone } from './time.ts'

/** The first rows of a recording: the home. */
export const RecordedHousehold = z.strictObject({
  type: z.literal('household'),
  household: HouseholdId,
  timeZone: TimeZone,
  tier: Tier,
})
export type RecordedHousehold = z.infer<typeof RecordedHousehold>

/** Then its devices. */
export const RecordedDevice = z.strictObject({
  type: z.literal('device'),
  household: HouseholdId,
  device: Uid,
  kind: Kind,
  room: z.string().max(64),
  role: Role,
})
export type RecordedDevice = z.infer<typeof RecordedDevice>

/** Then its readings, in order of time. `value` is a number, or true and false for yes and no; `nature` may be left out. */
export const RecordedReading = z.strictObject({
  at: Instant,
  household: HouseholdId,
  device: Uid,
  kind: Kind,
  value: z.union([z.number(), z.boolean()]),
  nature: Nature.default('event'),
})
export type RecordedReading = z.infer<typeof RecordedReading>
