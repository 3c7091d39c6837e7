import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR } from '../services/core/time.ts'
import { festivalNear } from './calendar.ts'
import type { Persona } from './persona.ts'
import type { Planning } from './plan.ts'
import { type Random, between, happens } from './random.ts'

// What lasts for days is drawn for each four weeks by themselves: any day can be asked for without those before.
const BLOCK = 28

type Chance = Planning['chance']

/** Whether somebody is ill in bed on a day: for two to six days, so many times a year. */
export function isIll({ illnesses }: Persona, day: number, chance: Chance): boolean {
  return episodes('illness', illnesses, day, chance).some(
    ({ first, random }) => day >= first && day < first + between(random, 2, 7),
  )
}

/** A stretch away from home, in milliseconds after the midnight of the day that was asked about. */
export type Absence = { readonly from: Millis; readonly to: Millis }

/** The journeys that somebody is on around a day: to the family at 설날 and 추석, and others for a night or three. */
export function journeysOf(
  { trips, festivalTrips }: Persona,
  { day, timeZone, chance }: Omit<Planning, 'persona'>,
): readonly Absence[] {
  const journeys = episodes('trip', trips, day, chance).map(({ first, random }) =>
    journey((first - day) * DAY, Math.floor(between(random, 1, 3.6)), random),
  )
  const festival = festivalTrips > 0 ? festivalNear(day, timeZone, 2) : null
  if (festival === null) return journeys
  const random = chance('festival', festival)
  if (!happens(random, festivalTrips)) return journeys
  return [...journeys, journey((festival - 1 - day) * DAY, 2, random)]
}

function journey(midnight: Millis, nights: number, random: Random): Absence {
  return {
    from: midnight + Math.round(between(random, 8, 16) * HOUR),
    to: midnight + nights * DAY + Math.round(between(random, 11, 21) * HOUR),
  }
}

type Episode = { readonly first: number; readonly random: Random }

// Those that may still last: one at most in a block, and none longer than a block.
function episodes(key: string, perYear: number, day: number, chance: Chance): readonly Episode[] {
  if (perYear === 0) return []
  const block = Math.floor(day / BLOCK)
  return [block - 1, block].flatMap((each) => {
    const random = chance(key, each)
    if (!happens(random, (perYear * BLOCK) / 365.25)) return []
    return [{ first: each * BLOCK + Math.floor(random() * BLOCK), random }]
  })
}
