import type { Device } from '../schemas/household.ts'
import type { Kind, Nature, Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import { type Random, between, gap } from './random.ts'
import { ROOMS, type Room, type Stay } from './routine.ts'

/** What stands behind a smart plug. */
export type Appliance = 'kettle' | 'tv' | 'fridge'

/** A sensor of a simulated home: what it is registered as, and what it stands for in this home. */
export type Sensor = {
  readonly device: Device
  readonly sees: { readonly room: Room } | 'door' | Appliance
}

/** What a sensor says on a day on which its resident lives so. Times count from midnight; not yet in order of time. */
export function observe(
  { device, sees }: Sensor,
  stays: readonly Stay[],
  length: Millis,
  random: Random,
): readonly Reading[] {
  const say = speaker(device.uid)
  switch (sees) {
    case 'door':
      return door(say, stays, length, random)
    case 'kettle':
      return plug(say, kettle(stays, random), length, random)
    case 'tv':
      return plug(say, television(stays), length, random)
    case 'fridge':
      return plug(say, compressor(length, random), length, random)
    default:
      return pir(say, movements(sees.room, stays, random), length, random)
  }
}

type Say = (kind: Kind, value: number, at: Millis, nature: Nature) => Reading

function speaker(uid: string): Say {
  return (kind, value, at, nature) => ({ uid, kind, value, at: Math.round(at), nature })
}

/** After seeing somebody a PIR is blind for so long: 60 s with Aqara's, 97 s with IKEA's. */
const BLIND = MINUTE

function pir(say: Say, seen: readonly Millis[], length: Millis, random: Random): Reading[] {
  const readings = battery(say, length, random)
  let clear = 0
  for (const at of seen) {
    if (at < clear || at + BLIND >= length) continue
    clear = at + BLIND
    readings.push(say('motion', 1, at, 'event'), say('motion', 0, clear, 'event'))
  }
  return readings
}

function movements(room: Room, stays: readonly Stay[], random: Random): readonly Millis[] {
  return stays
    .flatMap((stay, i) => {
      // Nobody moves: out, or worse.
      if (stay.pause === Infinity) return []
      const passes = room === 'living' && random() < 0.3
      const here = stay.room === room
      const arrival = i > 0 && (here || passes) ? [stay.from + between(random, 1000, 9000)] : []
      return here ? [...arrival, ...stirs(stay, random)] : arrival
    })
    .toSorted((a, b) => a - b)
}

function stirs({ from, to, pause }: Stay, random: Random): readonly Millis[] {
  const seen: Millis[] = []
  for (let at = from + gap(random, pause); at < to; at += gap(random, pause)) seen.push(at)
  return seen
}

function door(say: Say, stays: readonly Stay[], length: Millis, random: Random): Reading[] {
  const readings = battery(say, length, random)
  const used = (at: Millis) =>
    readings.push(
      say('open', 1, at, 'event'),
      say('open', 0, at + between(random, 3000, 12_000), 'event'),
    )
  for (const { room, from, to } of stays) {
    if (room !== 'out') continue
    // Who is still out at midnight, or was already, went through the door on another day.
    if (from > 0) used(from)
    if (to < length) used(to - 15_000)
  }
  for (const { at } of readings.filter(({ kind }) => kind === 'battery'))
    readings.push(say('open', 0, at, 'snapshot'))
  return readings
}

// Once an hour, at a minute of its own: Zigbee battery sensors check in about so often.
function battery(say: Say, length: Millis, random: Random): Reading[] {
  const minute = random() * HOUR
  const percent = Math.round(between(random, 68, 97))
  return times(minute, HOUR, length).map((at) => say('battery', percent, at, 'snapshot'))
}

/** An appliance draws `watts` from `at` on. */
type Draw = { readonly at: Millis; readonly watts: number }

/** A plug says what it measures when that changes, and again every ten minutes. */
const PERIOD = 10 * MINUTE

function plug(say: Say, draws: readonly Draw[], length: Millis, random: Random): Reading[] {
  const readings = draws
    .filter(({ at }) => at > 0 && at < length)
    .map(({ at, watts }) => say('power', watts, at, 'event'))
  let next = 0
  let watts = 0
  for (const at of times(random() * PERIOD, PERIOD, length)) {
    for (let draw = draws[next]; draw && draw.at <= at; draw = draws[++next]) watts = draw.watts
    readings.push(say('power', watts, at, 'snapshot'))
  }
  return readings
}

function kettle(stays: readonly Stay[], random: Random): readonly Draw[] {
  return [
    { at: 0, watts: 0 },
    ...stays
      .filter(({ uses }) => uses === 'kettle')
      .flatMap(({ from }) => {
        const at = from + between(random, 20, 70) * 1000
        const watts = Math.round(between(random, 1760, 1840))
        return [
          { at, watts },
          { at: at + between(random, 100, 200) * 1000, watts: 0 },
        ]
      }),
  ]
}

// On for as long as somebody watches; short walks away leave it on.
function television(stays: readonly Stay[]): readonly Draw[] {
  const draws: Draw[] = [{ at: 0, watts: 0.6 }]
  let off = 0
  for (const { from, to } of stays.filter(({ uses }) => uses === 'tv')) {
    if (from - off < 12 * MINUTE) draws.pop()
    else draws.push({ at: from, watts: 84 })
    draws.push({ at: to, watts: 0.6 })
    off = to
  }
  return draws
}

// A compressor runs by itself, whoever lives or not: 18 minutes in about 50. It is a small one with an inverter:
// the 80 W of an old one are more than `RISE.plug` of core/evidence, and would pass for a sign of life.
function compressor(length: Millis, random: Random): readonly Draw[] {
  const draws: Draw[] = [{ at: 0, watts: 1.8 }]
  let at = random() * 50 * MINUTE
  while (at < length) {
    draws.push({ at, watts: Math.round(between(random, 19, 27)) })
    at += between(random, 15, 21) * MINUTE
    draws.push({ at, watts: 1.8 })
    at += between(random, 26, 38) * MINUTE
  }
  return draws
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

/** The sensors of a home: motion in the rooms, a contact on the exit door, and plugs. */
export function sensorsOf(
  gateway: string,
  rooms: readonly Room[],
  plugs: readonly Appliance[],
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
      sees: { room },
    })),
    { device: device('door-exit', 'open', 'entrance', 'exit', BATTERY_HOURS), sees: 'door' },
    ...plugs.map((sees) => ({
      device: device(`plug-${sees}`, 'power', sees === 'tv' ? 'living' : 'kitchen', 'plug', 2),
      sees,
    })),
  ]
}

// They speak every hour: after four without a word something is wrong.
const BATTERY_HOURS = 4
