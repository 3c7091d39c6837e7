import type { Millis } from '../schemas/time.ts'
import { DAY, HOUR, MINUTE } from '../services/core/time.ts'

/** A stretch of time; Infinity: for ever. */
export type During = { readonly from: Millis; readonly to: Millis }

/** What befalls the resident: it changes how a day is lived. */
export type ResidentFate =
  /** They move no more; a television that was on stays on, and the fridge goes on. Nobody comes any more. */
  | { readonly type: 'dies'; readonly at: Millis }
  /** They lie where they are: moving every `pause` at first and ever more seldom, until `still`; then no more. */
  | {
      readonly type: 'collapses'
      readonly at: Millis
      readonly still: Millis
      readonly pause: Millis
    }
  /** They leave through the exit door, and come back through it. */
  | ({ readonly type: 'trip' } & During)
  /** An ambulance takes them: strangers in the home for a quarter of an hour before. */
  | ({ readonly type: 'hospital' } & During)
  /** They leave for good; helpers carry things for three hours before. */
  | { readonly type: 'moves-out'; readonly at: Millis }
  /** They keep to bed. */
  | ({ readonly type: 'ill' } & During)

/** What befalls the equipment: it changes what is heard of a day. */
export type EquipmentFate =
  /** The gateway has no power, until `to` if that is given: what the sensors say is lost. */
  | { readonly type: 'gateway-lost'; readonly at: Millis; readonly to?: Millis }
  /** The gateway's line is down: it keeps what the sensors say, and delivers it at `to`. */
  | ({ readonly type: 'line-lost' } & During)
  /** The gateway's clock is wrong by `by`. */
  | ({ readonly type: 'clock-off'; readonly by: Millis } & During)
  /** The battery of one sensor sinks from `from` on, is called low at `low`, and is empty at `at`. */
  | {
      readonly type: 'battery-dies'
      readonly uid: string
      readonly from: Millis
      readonly low: Millis
      readonly at: Millis
    }
  /** A motion sensor fires by itself, every `every` on average. */
  | ({ readonly type: 'flaps'; readonly uid: string; readonly every: Millis } & During)
  /** A meter says this value again and again, whatever it measures. */
  | ({ readonly type: 'freezes'; readonly uid: string; readonly value: number } & During)
  /** A door sensor sees nothing, for its magnet has come off. */
  | ({ readonly type: 'missed'; readonly uid: string } & During)
  /** The door is left open: until `to` nothing says that it is closed. */
  | ({ readonly type: 'left-open'; readonly uid: string } & During)
  /** The emergency button is pressed, in a home that then has one. */
  | { readonly type: 'calls'; readonly at: Millis }
  /** A device is pulled out of its socket, or taken down. */
  | ({ readonly type: 'unplugged'; readonly uid: string } & During)

/** What befalls a home. */
export type Fate =
  | ResidentFate
  | EquipmentFate
  /** Somebody lives with them. */
  | ({ readonly type: 'guest' } & During)
  /** From then on they become slower, by this share in a year. */
  | { readonly type: 'declines'; readonly from: Millis; readonly perYear: number }

/** Whether it befalls the resident. */
export const isOfResident = (fate: Fate): fate is ResidentFate => RESIDENT.has(fate.type)

const RESIDENT: ReadonlySet<string> = new Set<ResidentFate['type']>([
  'dies',
  'collapses',
  'trip',
  'hospital',
  'moves-out',
  'ill',
])

/** Whether it befalls the equipment. */
export const isOfEquipment = (fate: Fate): fate is EquipmentFate =>
  !isOfResident(fate) && fate.type !== 'guest' && fate.type !== 'declines'

/** Who else is in the home, and moves about, because of what befalls it. */
export function strangers(fate: Fate): During | null {
  if (fate.type === 'guest') return fate
  if (fate.type === 'hospital') return { from: fate.from - 15 * MINUTE, to: fate.from }
  return fate.type === 'moves-out' ? { from: fate.at - 3 * HOUR, to: fate.at } : null
}

/** Whether nobody comes to see them in a stretch of time, or whoever comes ends the story. */
export function isUnvisited(fate: Fate, { from, to }: During): boolean {
  if (!isOfResident(fate) || fate.type === 'ill') return false
  return 'at' in fate ? fate.at < to : fate.from < to && fate.to > from
}

/** The moment from which somebody lies helpless or dead, or null. */
export function emergencyOf(fates: readonly Fate[]): Millis | null {
  const moments = fates.flatMap((fate) =>
    fate.type === 'dies' || fate.type === 'collapses' ? [fate.at] : [],
  )
  return moments.length === 0 ? null : Math.min(...moments)
}

/** How much slower than ever somebody is by then: 1 is as ever. */
export function slowerBy(fates: readonly Fate[], at: Millis): number {
  return fates.reduce(
    (slower, fate) =>
      fate.type === 'declines' && at > fate.from
        ? slower * (1 + (fate.perYear * (at - fate.from)) / (365.25 * DAY))
        : slower,
    1,
  )
}
