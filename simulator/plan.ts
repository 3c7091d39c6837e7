import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR, MINUTE } from '../services/core/time.ts'
import { restsOn, winterOf } from './calendar.ts'
import type { Persona } from './persona.ts'
import { type Random, about, between, happens } from './random.ts'
import { isIll } from './year.ts'

/** From and to, in milliseconds after the midnight on which the day began; `to` may lie on the next day. */
export type Stretch = { readonly from: Millis; readonly to: Millis }

/** What somebody means to do on a day, from getting up to going to bed. Times count from its midnight. */
export type Plan = {
  readonly rise: Millis
  readonly bed: Millis
  readonly outings: readonly Stretch[]
  /** When somebody is with them. */
  readonly visits: readonly Stretch[]
  /** Whether they keep to bed. */
  readonly ill: boolean
  /** Whether the night at its end is that of a drinker. */
  readonly drunk: boolean
  /** When they walk about in the night at its end, and for how long; null: they do not. */
  readonly wandering: Stretch | null
}

/** Whose day, and which: `day` as `localDay` counts. `chance` gives the same chance for the same key. */
export type Planning = {
  readonly persona: Persona
  readonly timeZone: string
  readonly day: number
  readonly chance: (key: string, day: number) => Random
}

/** Draws the plan of a day. */
export function planOf({ persona, timeZone, day, chance }: Planning): Plan {
  const random = chance('plan', day)
  const rests = restsOn(day, timeZone)
  const drunk = happens(random, persona.drinks / 7)
  const before = persona.drinks > 0 && happens(chance('plan', day - 1), persona.drinks / 7)
  const hours = hoursOf(persona, { day, rests, before, drunk }, random)
  const ill = isIll(persona, day, chance)
  const outings = ill ? [] : outingsOf(persona, { day, rests }, random)
  const wanders = persona.wanders > 0 && happens(random, persona.wanders / 7)
  return {
    ...hours,
    outings: fitting([...shiftOf(persona, day), ...outings], hours),
    visits: visitsOf(persona, day, random).filter(({ to }) => to < 23 * HOUR),
    ill,
    drunk,
    wandering: wanders ? stretch(hours.bed + between(random, 1.5, 5) * HOUR, 20, 90, random) : null,
  }
}

type Circumstances = {
  readonly day: number
  readonly rests: boolean
  readonly before: boolean
  readonly drunk: boolean
}

// Who drank gets up hours later; in winter everything is a little later, for the sun is.
function hoursOf(
  persona: Persona,
  { day, rests, before, drunk }: Circumstances,
  random: Random,
): Pick<Plan, 'rise' | 'bed'> {
  const later = (rests ? persona.weekendLater : 0) + 20 * (winterOf(day) - 0.5)
  const slept = before ? between(random, 90, 240) : 0
  const up = about(random, persona.rises + later + slept, persona.varies) * MINUTE
  const down = about(random, persona.retires + (rests ? persona.weekendLater : 0), persona.varies)
  const late = drunk ? between(random, 40, 150) : 0
  const own = { rise: Math.round(up), bed: Math.round((down + late) * MINUTE) }
  const [last, next] = [workOf(persona, day - 1), workOf(persona, day)]
  return {
    rise: last === 'night' ? own.rise + 8.5 * HOUR : next === 'day' ? 6 * HOUR : own.rise,
    bed: next === 'night' ? 31 * HOUR + between(random, 0, 60) * MINUTE : own.bed,
  }
}

// Day 4 of the epoch was a Monday.
function workOf({ shifts }: Persona, day: number): 'day' | 'night' | 'off' {
  return shifts[(((day - 4) % shifts.length) + shifts.length) % shifts.length] ?? 'off'
}

// From home to home: twelve hours of a shift with the way there.
function shiftOf(persona: Persona, day: number): readonly Stretch[] {
  const work = workOf(persona, day)
  if (work === 'off') return []
  const from = work === 'day' ? 7 * HOUR : 19.5 * HOUR
  return [{ from, to: from + 10.5 * HOUR }]
}

// Who is out for so many minutes works there, whatever the weather, and keeps its hours.
const WORK = 300

// In the depth of winter and the height of summer people go out less.
function outingsOf(
  { outings, varies }: Persona,
  { day, rests }: Pick<Circumstances, 'day' | 'rests'>,
  random: Random,
): readonly Stretch[] {
  const mild = 1 - 0.3 * Math.abs(2 * winterOf(day) - 1)
  return outings
    .filter(({ lasts, weekday, weekend }) =>
      happens(random, (lasts > WORK ? 1 : mild) * (rests ? weekend : weekday)),
    )
    .map(({ leaves, lasts }) => {
      const from = about(random, leaves, Math.max(varies, 25)) * MINUTE
      const spread = lasts > WORK ? 0.1 : 0.4
      return stretch(from, (1 - spread) * lasts, (1 + spread) * lasts, random)
    })
}

function visitsOf({ visits }: Persona, day: number, random: Random): readonly Stretch[] {
  const weekday = (((day - 4) % 7) + 7) % 7
  return visits
    .filter(({ days, chance }) => days.includes(weekday) && happens(random, chance))
    .map(({ comes, stays }) =>
      stretch(about(random, comes, 12) * MINUTE, 0.8 * stays, 1.2 * stays, random),
    )
    .toSorted((a, b) => a.from - b.from)
}

function stretch(from: Millis, least: number, most: number, random: Random): Stretch {
  return {
    from: Math.round(from),
    to: Math.round(from + between(random, least, most) * MINUTE),
  }
}

const UNDRESSED = 25 * MINUTE

// One after another, between getting up and going to bed; who is too late for one stays at home.
function fitting(
  outings: readonly Stretch[],
  { rise, bed }: Pick<Plan, 'rise' | 'bed'>,
): readonly Stretch[] {
  const fit: Stretch[] = []
  for (const { from, to } of outings.toSorted((a, b) => a.from - b.from)) {
    const leaves = Math.max(from, rise + UNDRESSED)
    const last = fit.at(-1)
    const returns = Math.min(to, bed - UNDRESSED, leaves + DAY / 2)
    if (returns - leaves >= 15 * MINUTE && (!last || last.to + UNDRESSED < leaves))
      fit.push({ from: leaves, to: returns })
  }
  return fit
}
