import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { KNOWN_BACK, type Quarter, type Restless, SLOW, isHidden } from './restless.ts'
import { type Latest, lastOf, scantSince } from './scant.ts'
import { HALF_HOUR, mergeSpans, seenAfter } from './silence.ts'
import { DAY, QUARTER, type Span } from './time.ts'

/** The sensor that a grade tells of: since when it has not rested, by how long a rest, and the last stretch that was none. */
export type Standing = {
  readonly slot: number
  readonly since: Millis
  readonly rest: Millis
  readonly last: number
}

/** A grade that was raised at an instant, of a sensor that does not rest. */
export type Told = Omit<Standing, 'last'> & { readonly at: Millis }

function standFrom({ slot, since, rest, at }: Told): Standing {
  return { slot, since, rest, last: Math.floor(at / rest) }
}

/**
 * Whether that holds at a later instant at which the sensor speaks, or is asked about; null: it has rested. A person has been asked
 * to look, so that the home is out of sight proves nothing, however long: nobody is back before the sensor was seen to rest.
 */
export function standOn(standing: Standing, at: Millis, unseen: readonly Span[]): Standing | null {
  const { last, rest } = standing
  const now = Math.floor(at / rest)
  const by = { rest: rest === HALF_HOUR ? 1 : SLOW, unseen } as const
  return isHidden(last + 1, now, by) ? { ...standing, last: Math.max(last, now) } : null
}

/** Since when the sensor has not rested that a grade tells of, by who spoke since it was raised; null: it has. */
export function standsSince(
  told: Told,
  spoke: readonly Quarter[],
  unseen: readonly Span[],
  now: Millis,
): Millis | null {
  // Of what was before the service knows no more; and had it rested by then, somebody would have been back.
  let standing: Standing | null = standFrom({ ...told, at: Math.max(told.at, now - KNOWN_BACK) })
  for (const { number, sensors } of spoke)
    if (standing && (sensors >> told.slot) & 1)
      standing = standOn(standing, number * QUARTER, unseen)
  return standing && standOn(standing, now, unseen) && told.since
}

/** A grade that was raised at an instant, of signs that were fewer than `few` since then. */
export type ToldScant = { readonly since: Millis; readonly few: number; readonly at: Millis }

// Twice as many in a day end it (so in store/watch): every day but one has had them, and what a machine says comes to `few` now and then.
const ENOUGH = 2

/**
 * Since when signs have been scant of which a grade tells, if enough of them began at `enough`; null: there were enough within a day,
 * or somebody has used the exit. However long nobody could see the home, and whoever spoke once after a journey, that ends nothing.
 */
export function scantStands(
  told: ToldScant,
  { enough, lastExit }: { readonly enough: Millis | null; readonly lastExit: Millis | null },
  unseen: readonly Span[],
  now: Millis,
): Millis | null {
  if ((lastExit ?? -Infinity) > told.at) return null
  const isScant = enough === null || seenAfter(mergeSpans(unseen), enough, DAY) <= now
  return isScant ? told.since : null
}

/** What a grade tells of that stands: a sensor that does not rest, or signs that are scant. */
export type Stands = { readonly going: Standing | null; readonly scant: ToldScant | null }

/** No grade was raised. */
export const NOTHING_STANDS: Stands = { going: null, scant: null }

/** The same once a grade was raised, or a graver one: that tells of the hours alone, whatever went on before. */
export function standBy(
  { going, scant }: Stands,
  reason: Reason,
  { restless = [] }: { readonly restless?: readonly Restless[] },
  at: Millis,
): Stands {
  const { restless: rest, scant: signs, othersSince = at } = reason.rule === 'alone' ? reason : {}
  const told = restless.find((each) => each.rest === rest)
  return {
    going: told ? standFrom({ ...told, at }) : going,
    scant: signs ? { since: othersSince, few: signs.few, at } : scant,
  }
}

/** Since when it stands, and since when signs are scant, as the store tells both. */
export function standsIn(
  { going, scant }: Stands,
  heard: { readonly latest: Latest; readonly lastExit: Millis | null; readonly few: number | null },
  unseen: readonly Span[],
  now: Millis,
): { readonly standsSince: Millis | null; readonly scant: Millis | null } {
  const { latest, lastExit, few } = heard
  if (scant) {
    const enough = lastOf(latest, ENOUGH * scant.few)
    return { standsSince: scantStands(scant, { enough, lastExit }, unseen, now), scant: enough }
  }
  const standing = going && standOn(going, now, unseen)
  return { standsSince: standing?.since ?? null, scant: scantSince(latest, few) }
}
