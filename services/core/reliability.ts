import type { Rhythm, Stretch } from '../../schemas/rhythm.ts'
import type { Millis } from '../../schemas/time.ts'
import { longestOf } from './presence.ts'
import { keepLongest } from './stretches.ts'
import { HOUR, QUARTER } from './time.ts'

/** Since which quarter hour one sensor has spoken alone, and which; null while none has. */
export type Alone = NonNullable<Rhythm['alone']>

/** What a quarter hour with signs of life comes to: who speaks alone from then on, and what stretch of it is over. */
export type Heard = { readonly alone: Alone | null; readonly over: Stretch | null }

/**
 * Follows which sensor speaks alone. `sensors`: the slots that gave signs of life in quarter hour `number`, as bits;
 * `before`: the quarter hour with signs before it, or null.
 */
export function hear(
  alone: Alone | null,
  { number, sensors, before }: { number: number; sensors: number; before: number | null },
): Heard {
  if (alone !== null && sensors === 1 << alone.slot) return { alone, over: null }
  const next = isOne(sensors) ? { slot: 31 - Math.clz32(sensors), since: before ?? number } : null
  // It spoke at least once after the others fell silent, or the silence itself tells.
  const spoke = alone !== null && (before ?? 0) > alone.since
  return { alone: next, over: spoke ? [alone.since, number - alone.since] : null }
}

/** Takes in which sensors spoke in a quarter hour; a stretch of one alone that is over is kept if it was long. */
export function takeAlone(
  { alone, lone }: Pick<Rhythm, 'alone' | 'lone'>,
  heard: { readonly number: number; readonly sensors: number; readonly before: number | null },
): Pick<Rhythm, 'alone' | 'lone'> {
  const { alone: next, over } = hear(alone, heard)
  if (!over || over[1] < LONE) return { alone: next, lone }
  const kept = [...lone]
  keepLongest(kept, over, LONES)
  return { alone: next, lone: kept }
}

function isOne(sensors: number): boolean {
  return sensors !== 0 && (sensors & (sensors - 1)) === 0
}

/**
 * How long one sensor is believed while no other of the home says anything: 23 hours, for whoever dies must be found
 * within a day, or the ceiling if that is less. A sensor that flaps, a cat and a cleaning robot keep nobody alive longer.
 * In a home where one sensor alone spoke for 16 hours in the last 60 days it is believed for twice as long as it ever was.
 * One that is believed less (`trust`, its reliability r) is for less long: r of the 23 hours, but for six, and for half as
 * long again as one sensor alone has spoken in this home.
 */
export function aloneLimit(lone: Rhythm['lone'], ceiling: Millis, now: Millis, trust = 1): Millis {
  const longest = longestOf(lone, now) ?? 0
  if (longest >= 16 * HOUR) return USUAL * longest
  return Math.min(ceiling, MOST, Math.max(trust * MOST, LEAST, 1.5 * longest))
}

// Where such hours are normal nobody is asked about because of them, and yet no sensor keeps anybody alive for ever.
const USUAL = 2
const MOST = 23 * HOUR
const LEAST = 6 * HOUR

// Stretches in which one sensor spoke alone are kept from so many quarter hours on, and so many of them.
const LONE = (4 * HOUR) / QUARTER
const LONES = 6
