import type { Device } from '../schemas/household.ts'
import type { Kind, Nature, Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import { type Appliance, type Draw, drawsOf } from './appliances.ts'
import type { Movements } from './movement.ts'
import { type Random, between, happens } from './random.ts'
import { ROOMS, type Room, type Stay } from './routine.ts'

/** A sensor of a simulated home: what it is registered as, and what it stands for in this home. */
export type Sensor = { readonly device: Device; readonly sees: Sight }

/** What a sensor sees. `field`: which share of the movements in its room; `blind`: for so long after one it sees none. */
export type Sight =
  | { readonly type: 'room'; readonly room: Room; readonly field: number; readonly blind: Millis }
  /** `misses`: which share of the door's uses. */
  | { readonly type: 'door'; readonly misses: number }
  | { readonly type: 'plug'; readonly appliance: Appliance }
  /** The meter of the whole home, and what hangs on it. */
  | { readonly type: 'mains'; readonly appliances: readonly Appliance[] }
  /** A button that calls for help. */
  | { readonly type: 'sos' }

/** A day as it was lived in a home, for its sensors to see. */
export type Lived = {
  readonly length: Millis
  readonly stays: readonly Stay[]
  readonly movements: Movements
  /** When the exit door was opened. */
  readonly door: readonly Millis[]
  /** When the sun rises and sets, in minutes after midnight. */
  readonly sun: readonly [rise: number, set: number]
}

/**
 * The chances that a sensor has on a day: `random` for what it sees, `own` the same on every day, `idle` for what it only
 * re-states, so that leaving that out changes nothing else.
 */
export type Chances = {
  readonly random: Random
  readonly own: Random
  readonly idle: Random | null
}

/** Says each thing that a sensor says, in no order of time. Without `idle`, only what may be a sign of life. */
export function observe(
  { device, sees }: Sensor,
  lived: Lived,
  chances: Chances,
  chanceOf: (appliance: Appliance) => Chances,
): Reading[] {
  const readings: Reading[] = []
  const say = (kind: Kind, value: number, at: Millis, nature: Nature) => {
    if (at >= 0 && at < lived.length)
      readings.push({ uid: device.uid, kind, value, at: Math.round(at), nature })
  }
  switch (sees.type) {
    case 'room':
      pir(say, sees, lived, chances)
      break
    case 'door':
      door(say, sees, lived, chances)
      break
    case 'plug':
      meter(
        say,
        drawsOf(sees.appliance, lived.stays, lived.length, chanceOf(sees.appliance)),
        lived,
        chances,
      )
      break
    case 'mains':
      meter(say, mains(sees.appliances, lived, chanceOf), lived, chances)
      break
    case 'sos':
      if (chances.idle) battery(say, lived, chances.idle)
  }
  return readings
}

type Say = (kind: Kind, value: number, at: Millis, nature: Nature) => void

function pir(
  say: Say,
  { room, field, blind }: Extract<Sight, { type: 'room' }>,
  lived: Lived,
  { random, idle }: Chances,
): void {
  let clear = 0
  const ends = lived.length - blind
  for (const at of lived.movements[room].toSorted((a, b) => a - b)) {
    if (at < clear || at >= ends || !happens(random, field)) continue
    clear = at + blind
    say('motion', 1, at, 'event')
    if (idle) say('motion', 0, clear, 'event')
  }
  if (!idle) return
  const dark = between(idle, 1, 8)
  for (const at of battery(say, lived, idle))
    say('illuminance', Math.round(daylight(lived.sun, at) * dark), at, 'snapshot')
}

// Lux behind a window, before the room takes its share: none at night, most at noon.
function daylight([rise, set]: Lived['sun'], at: Millis): number {
  const share = (at / MINUTE - rise) / (set - rise)
  return share <= 0 || share >= 1 ? 0 : 240 * share * (1 - share)
}

function door(
  say: Say,
  { misses }: Extract<Sight, { type: 'door' }>,
  lived: Lived,
  { random, idle }: Chances,
): void {
  for (const at of lived.door) {
    const closes = at + between(random, 3000, 12_000)
    if (happens(random, misses)) continue
    say('open', 1, at, 'event')
    say('open', 0, closes, 'event')
  }
  if (!idle) return
  for (const at of battery(say, lived, idle)) say('open', 0, at, 'snapshot')
}

// Once an hour, at a minute of its own: about as often as Zigbee battery sensors check in, which is assumed.
function battery(say: Say, { length }: Lived, idle: Random): readonly Millis[] {
  const minute = idle() * HOUR
  const percent = Math.round(between(idle, 68, 97))
  const all = times(minute, HOUR, length)
  for (const at of all) say('battery', percent, at, 'snapshot')
  return all
}

// A meter says what it measures when that changes, and again so often. Assumed: between Tasmota's five minutes and the hour
// of a Zigbee plug.
const PERIOD = 10 * MINUTE

function meter(say: Say, draws: readonly Draw[], { length }: Lived, { idle }: Chances): void {
  for (const { at, watts } of draws) if (at > 0) say('power', watts, at, 'event')
  if (!idle) return
  let next = 0
  let watts = 0
  for (const at of times(idle() * PERIOD, PERIOD, length)) {
    for (let draw = draws[next]; draw && draw.at <= at; draw = draws[++next]) watts = draw.watts
    say('power', watts, at, 'snapshot')
  }
}

/** The meter of a home speaks when its load has changed by so many W: assumed. */
const STEP = 40

function mains(
  appliances: readonly Appliance[],
  lived: Lived,
  chanceOf: (appliance: Appliance) => Chances,
): readonly Draw[] {
  const changes = appliances.flatMap((appliance) => {
    const draws = drawsOf(appliance, lived.stays, lived.length, chanceOf(appliance))
    return draws.map(({ at, watts }, i) => ({ at, by: watts - (draws[i - 1]?.watts ?? 0) }))
  })
  const sum: Draw[] = []
  // What is never switched off: routers, set-top boxes, clocks. Assumed.
  let load = 45
  for (const { at, by } of changes.toSorted((a, b) => a.at - b.at)) {
    load += by
    const said = sum.at(-1)
    if (said?.at === at || !said) sum[Math.max(0, sum.length - 1)] = { at, watts: Math.round(load) }
    else if (Math.abs(load - said.watts) >= STEP) sum.push({ at, watts: Math.round(load) })
  }
  return sum
}

function times(first: Millis, every: Millis, length: Millis): readonly Millis[] {
  const count = Math.max(0, Math.ceil((length - first) / every))
  return Array.from({ length: count }, (_, i) => first + i * every)
}

// As staff read them.
const ROOM_NAMES: Readonly<Record<Room, string>> = {
  bedroom: '침실',
  living: '거실',
  kitchen: '주방',
  bathroom: '화장실',
  entrance: '현관',
}

/** How well the sensors of a home see. Room by room, or for all of them. */
export type Eyesight = {
  readonly fields: Readonly<Partial<Record<Room, number>>>
  readonly blind: Millis
  readonly misses: number
}

// 60 s with Aqara's PIR. The bed is seen from the side, and a blanket hides who sleeps in it.
const GOOD: Eyesight = { fields: { bedroom: 0.8 }, blind: MINUTE, misses: 0 }

/** The sensors of a home: motion in the rooms, a contact on the exit door, and plugs. */
export function sensorsOf(
  gateway: string,
  rooms: readonly Room[],
  plugs: readonly Appliance[],
  { fields, blind, misses }: Eyesight = GOOD,
): readonly Sensor[] {
  const device = (uid: string, kind: Kind, room: Room, role: Device['role'], hours: number) => ({
    gateway,
    uid,
    kind,
    room: ROOM_NAMES[room],
    role,
    silentAfter: hours * HOUR,
  })
  return [
    ...ROOMS.filter((room) => rooms.includes(room)).map((room) => ({
      device: device(`motion-${room}`, 'motion', room, 'inner', BATTERY_HOURS),
      sees: { type: 'room', room, field: fields[room] ?? 1, blind } as const,
    })),
    {
      device: device('door-exit', 'open', 'entrance', 'exit', BATTERY_HOURS),
      sees: { type: 'door', misses },
    },
    ...plugs.map((appliance) => ({
      device: device(`plug-${appliance}`, 'power', PLUGGED[appliance], 'plug', 2),
      sees: { type: 'plug', appliance } as const,
    })),
  ]
}

const PLUGGED: Readonly<Record<Appliance, Room>> = {
  kettle: 'kitchen',
  rice: 'kitchen',
  microwave: 'kitchen',
  hob: 'kitchen',
  fridge: 'kitchen',
  'old-fridge': 'kitchen',
  tv: 'living',
  blanket: 'bedroom',
  bidet: 'bathroom',
  hairdryer: 'bathroom',
}

/** The meter of a whole home (AMI). */
export function mainsOf(gateway: string, appliances: readonly Appliance[]): Sensor {
  return {
    device: {
      gateway,
      uid: 'mains',
      kind: 'power',
      room: ROOM_NAMES.entrance,
      role: 'mains',
      silentAfter: 2 * HOUR,
    },
    sees: { type: 'mains', appliances },
  }
}

/** A button that calls for help. */
export function sosOf(gateway: string): Sensor {
  const device = {
    gateway,
    uid: 'sos',
    kind: 'button',
    room: ROOM_NAMES.bedroom,
    role: 'sos',
  } as const
  return { device: { ...device, silentAfter: BATTERY_HOURS * HOUR }, sees: { type: 'sos' } }
}

// They speak every hour: after four without a word something is wrong.
const BATTERY_HOURS = 4
