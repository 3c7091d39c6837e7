import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR, MINUTE } from '../services/core/time.ts'
import type { Fate } from './fate.ts'
import { startOfDay } from './local-time.ts'

/** Days of ordinary life before the story begins: what each home's rhythm is learnt from. */
const PAST_DAYS = 28

/** What the demo tells. */
export type Story = {
  /** The past ends here, and life goes on from here. */
  readonly startsAt: Millis
  /** By now all of it has had its effect: two minutes after the start, at 1000 times the speed. */
  readonly endsAt: Millis
  readonly fates: readonly (Fate & { readonly household: string })[]
}

type Befallen = 'gateway-lost' | 'dies' | 'trip' | 'battery-dies'

/**
 * Four homes, one afternoon. The gateway is first, since a last will is heard at once; the death lies so that
 * its afternoon and evening pass in silence, and 24 hours of it are over before the end.
 */
export function tell(
  firstDay: Millis,
  timeZone: string,
  homes: Readonly<Record<Befallen, string>>,
): Story {
  const noon = startOfDay(firstDay, timeZone, PAST_DAYS) + 12 * HOUR
  const after = (hours: number, minutes = 0) => noon + hours * HOUR + minutes * MINUTE
  const fates: readonly (Fate & { type: Befallen })[] = [
    { type: 'gateway-lost', at: after(1, 25) },
    { type: 'dies', at: after(2, 40) },
    { type: 'trip', from: after(3, 30), to: after(2 * 24 + 23) },
    {
      type: 'battery-dies',
      uid: 'motion-kitchen',
      from: firstDay - 30 * DAY,
      low: after(1, 50),
      at: after(4, 10),
    },
  ]
  return {
    startsAt: after(1),
    endsAt: after(34),
    fates: fates.map((fate) => ({ ...fate, household: homes[fate.type] })),
  }
}
