import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { KNOWN_BACK, type Quarter, type Restless, SLOW, isHidden } from './restless.ts'
import { HALF_HOUR } from './silence.ts'
import { QUARTER, type Span } from './time.ts'

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

/** What stands once a grade was raised: the sensor of which it tells; null: it tells of none. */
export function standingOf(
  reason: Reason,
  { restless = [] }: { readonly restless?: readonly Restless[] },
  at: Millis,
): Standing | null {
  const rest = reason.rule === 'alone' ? reason.restless : undefined
  const told = restless.find((each) => each.rest === rest)
  return told ? standFrom({ ...told, at }) : null
}
