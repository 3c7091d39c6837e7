import { z } from 'zod'
import { Millis } from './time.ts'

/** Where staff are told that the person is: what is judged by (home, away, blind), and what home looks like. */
export const SeenAs = z.enum(['home', 'away', 'asleep', 'visitor', 'blind'])
export type SeenAs = z.infer<typeof SeenAs>

/** What sees that somebody leaves. */
export const ExitSeenBy = z.enum(['contact', 'motion'])
export type ExitSeenBy = z.infer<typeof ExitSeenBy>

/** A time of the local day, in minutes after midnight. */
const Minutes = z.int().min(0).max(1440)

/** Why they are told so. */
export const SeenWhy = z.discriminatedUnion('code', [
  /** Something moved inside, and the exit door was not used since. */
  z.object({ code: z.literal('moved') }),
  /** The same, but nothing is on the exit door: whoever goes out is not seen to. */
  z.object({ code: z.literal('no-exit') }),
  /** Something moved inside, and nothing at the entrance since; no contact is on the exit door. */
  z.object({ code: z.literal('inside') }),
  /** The exit door was used, and nothing has moved inside since. */
  z.object({ code: z.literal('door') }),
  /** Something moved at the entrance, and nothing inside since; no contact is on the exit door. */
  z.object({ code: z.literal('entrance') }),
  /** It is the night of this home, and all is quiet but for one sensor. */
  z.object({ code: z.literal('night'), from: Minutes, to: Minutes }),
  /**
   * More signs of life in the last hour than this person makes alone; `usual` in half of their hours. `byDoor`: the exit
   * door was used while they were in, and it takes less to tell.
   */
  z.object({
    code: z.literal('crowded'),
    signs: z.int(),
    usual: z.int(),
    byDoor: z.boolean(),
  }),
  /** The gateway or the sensors are not heard, or not believed. */
  z.object({ code: z.literal('unheard') }),
])
export type SeenWhy = z.infer<typeof SeenWhy>

/** Where the person is thought to be, since when, and why. */
export const Seen = z.object({ as: SeenAs, since: Millis, why: SeenWhy })
export type Seen = z.infer<typeof Seen>
