import type { Millis } from '../schemas/time.ts'
import { DAY, MINUTE } from '../services/core/time.ts'
import type { During, Fate } from './fate.ts'
import { type MadeUpHome, homeOf } from './homes.ts'
import { instantsOf, startOfDay } from './local-time.ts'
import { type Calendar, type Moment, instantOf } from './moments.ts'
import { type Random, happens, seeded } from './random.ts'
import type { Event, Scenario } from './scenario.ts'

/** A scenario on which the curtain may rise. */
export type Stage = {
  readonly scenario: Scenario
  /** The first instant of its first day, and the first after its last. */
  readonly from: Millis
  readonly to: Millis
  /** The home of this number, from 1 on. */
  readonly home: (number: number) => MadeUpHome
}

/** Sets a scenario up: the same file and seed give the same homes, to the byte, however many of them are asked for. */
export function stageOf(scenario: Scenario): Stage {
  const timeZone = scenario['time-zone']
  const firstDay = Date.parse(scenario['first-day']) / DAY
  const [from] = instantsOf(firstDay * DAY, timeZone)
  const calendar = { firstDay, timeZone }
  return {
    scenario,
    from,
    to: startOfDay(from, timeZone, scenario.days),
    home: (number) => castOf(scenario, number, calendar),
  }
}

function castOf(scenario: Scenario, number: number, calendar: Calendar): MadeUpHome {
  const { seed, personas, kits, quiet } = scenario
  const persona = personas?.[(number - 1) % personas.length]
  const kit = kits?.[(number - 1) % kits.length]
  const fate = scenario.events.flatMap((event, place) => {
    const random = seeded(seed, 'event', place, number)
    return concerns(event, number, random) ? [fateOf(event, calendar, random)] : []
  })
  const home = homeOf({
    seed,
    number,
    timeZone: calendar.timeZone,
    ...(persona && { persona }),
    ...(kit && { kit }),
    fate,
  })
  return quiet ? { ...home, persona: { ...home.persona, ...UNDISTURBED } } : home
}

const UNDISTURBED = { trips: 0, festivalTrips: 0, illnesses: 0, visits: [] } as const

function concerns({ homes }: Event, number: number, random: Random): boolean {
  if (homes === 'all') return true
  return 'percent' in homes ? happens(random, homes.percent / 100) : homes.includes(number)
}

/** Whom a fall leaves on the floor moves every few minutes at first; whom a stroke leaves in bed far less. */
const MOVES = { fall: 6 * MINUTE, stroke: 25 * MINUTE } as const

function fateOf(event: Event, calendar: Calendar, random: Random): Fate {
  if ('at' in event) return atOnce(event, instantOf(event.at, calendar, random))
  const from = instantOf(event.from, calendar, random)
  if (event.event === 'decline') return { type: 'declines', from, perYear: event['per-year'] }
  const span = { from, to: event.lasts === undefined ? Infinity : from + event.lasts }
  if (event.event === 'power-lost')
    return { type: 'gateway-lost', at: from, ...(event.lasts !== undefined && { to: span.to }) }
  return isOfEquipment(event) ? equipment(event, span) : inLife(event, span)
}

type EventOf<T> = Extract<Event, { event: T }>

function atOnce(event: Extract<Event, { at: Moment }>, at: Millis): Fate {
  switch (event.event) {
    case 'death':
      return { type: 'dies', at }
    case 'fall':
    case 'stroke':
      return { type: 'collapses', at, still: at + event['moves-for'], pause: MOVES[event.event] }
    case 'moves-out':
      return { type: 'moves-out', at }
    case 'help':
      return { type: 'calls', at }
    case 'battery-dies': {
      // A coin cell sinks for months before it is empty.
      const low = at - event['low-before']
      return { type: 'battery-dies', uid: event.sensor, from: low - 60 * DAY, low, at }
    }
  }
}

function inLife({ event }: EventOf<'trip' | 'guest' | 'hospital' | 'illness'>, span: During): Fate {
  return { type: event === 'illness' ? 'ill' : event, ...span }
}

type OfEquipment = Exclude<
  Extract<Event, { from: Moment }>,
  EventOf<'trip' | 'guest' | 'hospital' | 'illness' | 'decline' | 'power-lost'>
>

const isOfEquipment = (event: Event): event is OfEquipment => IN_EQUIPMENT.has(event.event)

const IN_EQUIPMENT: ReadonlySet<string> = new Set<OfEquipment['event']>([
  'line-lost',
  'clock-off',
  'flaps',
  'freezes',
  'door-missed',
  'door-open',
  'unplugged',
])

const offBy = ({ by, direction }: EventOf<'clock-off'>) => (direction === 'ahead' ? by : -by)

function equipment(event: OfEquipment, { from, to }: During): Fate {
  switch (event.event) {
    case 'line-lost':
      return { type: 'line-lost', from, to }
    case 'clock-off':
      return { type: 'clock-off', from, to, by: offBy(event) }
    case 'flaps':
      return { type: 'flaps', uid: event.sensor, from, to, every: event.every }
    case 'freezes':
      return { type: 'freezes', uid: event.sensor, from, to, value: event.watts }
    case 'door-missed':
      return { type: 'missed', uid: 'door-exit', from, to }
    case 'door-open':
      return { type: 'left-open', uid: 'door-exit', from, to }
    case 'unplugged':
      return { type: 'unplugged', uid: event.sensor, from, to }
  }
}
