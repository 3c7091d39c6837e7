import type pg from 'pg'
import type { Millis } from '../../schemas/time.ts'
import { type KeptMeter, keepMeter } from '../store/meters.ts'
import type { Patience } from './patience.ts'
import { type Meter, keptOf } from './sort.ts'

/**
 * Keeps what is learnt of meters, one after the other. What a meter tells while it waits its turn is kept at once with what it
 * told before: a statement for each time that something begins to run took five sixths of the rate at which a past is read in.
 * Nobody waits for it: what is not kept is learnt again, and then kept.
 */
export function openMeterKeeper(
  pool: pg.Pool,
  { persist }: Patience,
): (meters: readonly Meter[], now: Millis) => void {
  const waiting = new Map<number, { readonly meter: KeptMeter; readonly now: Millis }>()
  let isKeeping = false
  const keepAll = async () => {
    isKeeping = true
    for (const [id, { meter, now }] of waiting) {
      waiting.delete(id)
      await persist(() => keepMeter(pool, meter, now)).catch(() => undefined)
    }
    isKeeping = false
  }
  return (meters, now) => {
    for (const meter of meters.map(keptOf))
      waiting.set(meter.id, { meter: joined(waiting.get(meter.id)?.meter, meter), now })
    if (!isKeeping) void keepAll()
  }
}

// Of where it stood before nothing is kept.
function joined(before: KeptMeter | undefined, after: KeptMeter): KeptMeter {
  if (before?.placed !== after.placed) return after
  return { ...after, ran: [...before.ran, ...after.ran] }
}
