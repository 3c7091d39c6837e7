import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { localDay } from '../services/core/time.ts'
import type { Appliance } from './appliances.ts'
import { sunOf, winterOf } from './calendar.ts'
import { befall } from './befall.ts'
import { heard, ownWill } from './equipment.ts'
import {
  type Fate,
  type ResidentFate,
  isOfEquipment,
  isOfResident,
  isUnvisited,
  slowerBy,
  strangers,
} from './fate.ts'
import { startOfDay } from './local-time.ts'
import { lodging, move, prowl, stillness, sweepFloors, visiting } from './movement.ts'
import type { Persona } from './persona.ts'
import { packed } from './packed.ts'
import { type Plan, type Stretch, planOf } from './plan.ts'
import { type Random, seeded } from './random.ts'
import { type Stay, instead, routine } from './routine.ts'
import { type Lived, type Sensor, observe } from './sensors.ts'
import { journeysOf } from './year.ts'

/** A home to simulate. The same home lives every day of it in the same way, to the byte. */
export type Home = {
  readonly household: string
  readonly seed: number
  readonly timeZone: string
  readonly persona: Persona
  readonly sensors: readonly Sensor[]
  readonly fate: readonly Fate[]
}

/** All that the home's sensors say on the local day that begins at `dayStart`, in order of time. */
export function simulateDay(home: Home, dayStart: Millis): readonly Reading[] {
  return sayings(home, dayStart, 'all')
}

/**
 * Only what may be a sign of life of `simulateDay`: movement seen, doors, and each change of power. It is the same, to the
 * byte, without what sensors re-state, and takes a third of the time.
 */
export function livelyDay(home: Home, dayStart: Millis): readonly Reading[] {
  return sayings(home, dayStart, 'lively')
}

/** The home's readings from an instant on, in order of time: for ever, or until its gateway is lost for good. */
export function* live(home: Home, from: Millis): Generator<Reading, void> {
  const lost = home.fate.find((fate) => fate.type === 'gateway-lost' && fate.to === undefined)
  const end = lost?.type === 'gateway-lost' ? lost.at : Infinity
  let day = startOfDay(from, home.timeZone)
  for (; day <= end; day = startOfDay(day, home.timeZone, 1))
    for (const reading of packed(simulateDay(home, day))) if (reading.at >= from) yield reading
}

/** Where somebody was on the local day that begins at `dayStart`, in milliseconds after that. */
export function whereabouts(home: Home, dayStart: Millis): readonly Stay[] {
  return livedDay(home, dayStart).stays
}

function sayings(home: Home, dayStart: Millis, what: 'all' | 'lively'): readonly Reading[] {
  const lived = livedDay(home, dayStart)
  const chances = (name: string) => ({
    random: chanceOf(home, name, lived.day),
    own: chanceOf(home, name, 0),
    idle: what === 'all' ? chanceOf(home, `${name} idle`, lived.day) : null,
  })
  const plugged = (appliance: Appliance) => chances(`appliance ${appliance}`)
  const readings = home.sensors
    .flatMap((sensor) => observe(sensor, lived, chances(sensor.device.uid), plugged))
    .map((said) => ({ ...said, at: said.at + dayStart }))
  const day = { from: dayStart, to: dayStart + lived.length }
  const equipment = home.fate.filter(isOfEquipment)
  const fated = equipment
    .flatMap((fate) => ownWill(fate, day, chanceOf(home, `own will ${fate.type}`, lived.day)))
    .filter(({ kind, value }) => what === 'all' || isLively(kind, value))
  return equipment
    .reduce<readonly Reading[]>(heard, [...readings, ...fated])
    .toSorted((a, b) => a.at - b.at)
}

// A door that closes is somebody's doing, a motion that ends is nobody's.
function isLively(kind: Reading['kind'], value: number): boolean {
  return kind === 'open' || ((kind === 'motion' || kind === 'button') && value === 1)
}

function chanceOf({ seed, household }: Home, key: string, day: number): Random {
  return seeded(seed, household, key, day)
}

function livedDay(home: Home, dayStart: Millis): Lived & { readonly day: number } {
  const { persona, timeZone, fate } = home
  const day = localDay(dayStart, timeZone)
  const length = startOfDay(dayStart, timeZone, 1) - dayStart
  const chance = (key: string, on: number) => chanceOf(home, key, on)
  const plan = planOf({ persona, timeZone, day, chance })
  const before = planOf({ persona, timeZone, day: day - 1, chance })
  const gone = dayStart - startOfDay(dayStart, timeZone, -1)
  const slower = slowerBy(fate, dayStart)
  const usual = routine(
    persona,
    { plan, before, gone, length, winter: winterOf(day), slower },
    chance('life', day),
  )
  const travelled = journeysOf(persona, { day, timeZone, chance }).reduce(away(length), usual)
  const stays = fate
    .filter(isOfResident)
    .reduce(
      (lived, each) =>
        befall(lived, each, { dayStart, length, earlier: () => stayThen(home, each) }),
      travelled,
    )
  const others = othersOf(home, plan, dayStart, length)
  return { day, length, stays, sun: sunOf(day), ...traces(home, { day, length, stays, others }) }
}

// What somebody was doing when it befell them.
function stayThen(home: Home, fate: ResidentFate): Stay | undefined {
  if (!('at' in fate)) return undefined
  const start = startOfDay(fate.at, home.timeZone)
  const before = { ...home, fate: home.fate.filter((each) => each !== fate) }
  return livedDay(before, start).stays.find(({ to }) => start + to > fate.at)
}

const away =
  (length: Millis) =>
  (stays: readonly Stay[], { from, to }: Stretch): readonly Stay[] =>
    to <= 0 || from >= length
      ? stays
      : instead(stays, {
          from: Math.max(0, from),
          to: Math.min(length, to),
          room: 'out',
          pause: Infinity,
          uses: null,
        })

/** Others in the home: how each goes about it, and when they use the door. */
type Others = { readonly stays: readonly Stay[]; readonly door: readonly Millis[] }

// Who comes while nobody is there rings, and leaves; whoever finds somebody helpless ends the story.
function othersOf(home: Home, plan: Plan, dayStart: Millis, length: Millis): readonly Others[] {
  const day = localDay(dayStart, home.timeZone)
  const random = chanceOf(home, 'visits', day)
  const today = { from: dayStart, to: dayStart + length }
  const unvisited = home.fate.some((fate) => isUnvisited(fate, today))
  const visits = unvisited
    ? []
    : plan.visits.map((visit) => guestOf(visit, visiting(visit, random)))
  const fated = home.fate.flatMap((fate) => {
    const span = strangers(fate)
    if (!span) return []
    const [from, to] = [Math.max(0, span.from - dayStart), Math.min(length, span.to - dayStart)]
    if (from >= to) return []
    const stay = { from, to }
    const how = fate.type === 'guest' ? lodging(stay, random) : visiting(stay, random)
    return [{ stays: how, door: span.from >= dayStart ? [from] : [] }]
  })
  return [...visits, ...fated]
}

const guestOf = ({ from, to }: Stretch, stays: readonly Stay[]): Others => ({
  stays,
  door: [from, to - 10_000],
})

type Inside = Pick<Lived, 'length' | 'stays'> & {
  readonly day: number
  readonly others: readonly Others[]
}

function traces(
  home: Home,
  { day, length, stays, others }: Inside,
): Pick<Lived, 'movements' | 'door'> {
  const door = [...doorUses(stays), ...others.flatMap((other) => other.door)].toSorted(
    (a, b) => a - b,
  )
  const movements = stillness()
  // A home of plugs or a meter alone sees nobody move: two thirds of the time of its day.
  if (!home.sensors.some(({ sees }) => sees.type === 'room')) return { movements, door }
  const random = chanceOf(home, 'moves', day)
  move(movements, stays, random)
  for (const other of others) move(movements, other.stays, random)
  if (home.persona.cat) prowl(movements, length, chanceOf(home, 'cat', day))
  if (home.persona.robot) sweepFloors(movements, chanceOf(home, 'robot', day))
  return { movements, door }
}

// Who is still out at midnight, or was already, went through the door on another day.
function doorUses(stays: readonly Stay[]): readonly Millis[] {
  return stays.flatMap((stay, i) => {
    const before = stays[i - 1]
    if (!before || (stay.room === 'out') === (before.room === 'out')) return []
    return [stay.room === 'out' ? stay.from : before.to - 15_000]
  })
}
