import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import type { Stretch } from './plan.ts'
import { type Random, between, gap, happens, oneOf, stir } from './random.ts'
import { ROOMS, type Room, type Stay } from './routine.ts'

/** When something moves in each room, in milliseconds after midnight; not yet in order. */
export type Movements = Readonly<Record<Room, Millis[]>>

/** A home in which nothing moves. */
export function stillness(): Movements {
  return { bedroom: [], living: [], kitchen: [], bathroom: [], entrance: [] }
}

/** Adds how somebody moves who lives so. The living room lies between the others: one way in three leads through it. */
export function move(movements: Movements, stays: readonly Stay[], random: Random): void {
  for (const [i, { room, from, to, pause }] of stays.entries()) {
    // Nobody moves: out, or worse.
    if (pause === Infinity || room === 'out') continue
    const seen = movements[room]
    if (i > 0) {
      seen.push(from + between(random, 1000, 9000))
      if (room !== 'living' && happens(random, 0.3)) movements.living.push(from + random() * 1000)
    }
    for (let at = from + stir(random, pause); at < to; at += stir(random, pause)) seen.push(at)
  }
}

/** How somebody spends a visit: in by the entrance, about the rooms, out again. */
export function visiting({ from, to }: Stretch, random: Random): readonly Stay[] {
  const pause = 5 * MINUTE
  const inside = { pause, uses: null }
  const stays: Stay[] = [{ from, to: from + 2 * MINUTE, room: 'entrance', ...inside }]
  let at = from + 2 * MINUTE
  const leaves = to - 2 * MINUTE
  while (at < leaves) {
    const until = Math.min(leaves, at + between(random, 5, 45) * MINUTE)
    const room = oneOf(random, 'living', 'living', 'kitchen', 'bathroom', 'bedroom')
    stays.push({ from: at, to: until, room, ...inside })
    at = until
  }
  return [...stays, { from: at, to, room: 'entrance', ...inside }]
}

/** How a guest spends the day who stays for days: asleep in the living room at night, about the rooms by day. */
export function lodging({ from, to }: Stretch, random: Random): readonly Stay[] {
  const stays: Stay[] = []
  for (let at = from; at < to;) {
    const night = at < 7 * HOUR || at >= 23 * HOUR
    const until = Math.min(to, night ? (at < 7 * HOUR ? 7 * HOUR : to) : at + 40 * MINUTE)
    const room = night ? 'living' : oneOf(random, 'living', 'living', 'kitchen', 'bathroom')
    stays.push({ from: at, to: until, room, pause: (night ? 50 : 6) * MINUTE, uses: null })
    at = until
  }
  return stays
}

/** Adds what a cat stirs of what a PIR would see: most at dawn and dusk, at home alone or not. How often is assumed. */
export function prowl(movements: Movements, length: Millis, random: Random): void {
  for (let at = gap(random, HOUR); at < length;) {
    movements[oneOf(random, 'living', 'kitchen', 'bedroom', 'entrance')].push(at)
    const hour = Math.floor(at / HOUR)
    const lively = (hour >= 5 && hour < 8) || (hour >= 19 && hour < 22)
    at += gap(random, lively ? 25 * MINUTE : 75 * MINUTE)
  }
}

/** Adds a cleaning robot's round: from room to room at ten, nine minutes each, which is assumed. */
export function sweepFloors(movements: Movements, random: Random): void {
  let at = 10 * HOUR + random() * MINUTE
  for (const room of ROOMS)
    for (const until = at + 9 * MINUTE; at < until; at += gap(random, MINUTE))
      movements[room].push(at)
}
