import { z } from 'zod'

const Count = z.number().nonnegative()

/**
 * How a sensor agrees with the others of its home, in quarter hours; old ones count less (half-life 21 days), so these are
 * no whole numbers. By day another spoke within two hours (`near`), or none did (`far`); in how many of each it spoke.
 */
export const Agreement = z.object({
  /** The local day after the last one that is counted. */
  day: z.int(),
  near: Count,
  nearSpoke: Count,
  far: Count,
  farSpoke: Count,
  /** All quarter hours in which the home was seen, by day and by night, and those of them in which it spoke. */
  all: Count,
  spoke: Count,
})
export type Agreement = z.infer<typeof Agreement>
