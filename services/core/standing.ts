import type { Reason } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import {
  type Goings,
  KNOWN_BACK,
  NOBODY_GOES,
  type Quarter,
  type Rest,
  type Restless,
  SLOW,
  type Sign,
  goOn,
  isHidden,
  restlessAt,
} from './restless.ts'
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

// Whether that holds at a later instant at which the sensor speaks, or is asked about; null: it has rested. A person has been asked
// to look, so that the home is out of sight proves nothing, however long: nobody is back before the sensor was seen to rest.
function standOn(standing: Standing, at: Millis, unseen: readonly Span[]): Standing | null {
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

/** Which sensors go on in a home, sign by sign, and the one of which its grade tells; null: none. */
export type Ongoing = { readonly goings: Goings; readonly standing: Standing | null }

/** Nothing was heard yet, or told. */
export const NOTHING_GOES: Ongoing = { goings: NOBODY_GOES, standing: null }

/** Takes in a sign, in order of time. */
export function hearOngoing(
  { goings, standing }: Ongoing,
  sign: Sign,
  unseen: readonly Span[],
): Ongoing {
  return {
    goings: goOn(goings, sign, unseen),
    standing: standing?.slot === sign.slot ? standOn(standing, sign.at, unseen) : standing,
  }
}

/** What goes on at an instant, as `doubt.ts` asks for it. */
export function ongoingAt(
  { goings, standing }: Ongoing,
  at: Millis,
  by: { readonly rest: Rest; readonly unseen: readonly Span[] },
): { readonly restless: readonly Restless[]; readonly standsSince: Millis | null } {
  const standsOn = standing && standOn(standing, at, by.unseen)
  return { restless: restlessAt(goings, at, by), standsSince: standsOn?.since ?? null }
}

/** Takes in that a grade was raised. */
export function tellOngoing(
  { goings }: Ongoing,
  reason: Reason,
  { restless = [] }: { readonly restless?: readonly Restless[] },
  at: Millis,
): Ongoing {
  const rest = reason.rule === 'alone' ? reason.restless : undefined
  const told = restless.find((each) => each.rest === rest)
  return { goings, standing: told ? standFrom({ ...told, at }) : null }
}
