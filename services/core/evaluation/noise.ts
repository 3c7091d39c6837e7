import type { Millis } from '../../../schemas/time.ts'
import { MINUTE } from '../time.ts'
import { FOLLOWED } from './heard.ts'
import { type Life, type Sign, lifeOf, signsOf } from './life.ts'

/**
 * Loses a share of the signs of life, and adds as many that nobody made, at any time and by any sensor: they go on when
 * nobody lives.
 */
export function withNoise(life: Life, share: number, random: () => number): Life {
  const sensors = [...new Set(life.sensor)]
  const kept: Sign[] = []
  for (const [i, at] of life.at.entries())
    if (random() >= share) kept.push({ at, exit: life.exit[i] === 1, sensor: life.sensor[i] ?? 0 })
  const added = Array.from({ length: Math.round(life.at.length * share) }, () => ({
    at: Math.round(life.from + random() * (life.to - life.from)),
    exit: false,
    sensor: sensors[Math.floor(random() * sensors.length)] ?? 0,
  }))
  const { at = [], sensor = [] } = life.after ?? {}
  const others = Array.from(at, (each, i) => ({ at: each, sensor: sensor[i] ?? 0 })).filter(
    () => random() >= share,
  )
  const after = signsOf([...others, ...added].toSorted((a, b) => a.at - b.at))
  return lifeOf({ ...life, after }, [...kept, ...added])
}

// One in a hundred movements in the rooms is seen at the entrance too, up to so long before or after.
const PASSES = 0.01
const PASSING = MINUTE / 2

/** In place of the contact a motion sensor at the entrance, which sees a share of the uses of the door, and who walks by. */
export function withEntry(life: Life, share: number, random: () => number): Life {
  const slot = life.sensor[life.exit.indexOf(1)] ?? 0
  const signs: Sign[] = []
  const pass = (at: Millis) => signs.push({ at, exit: true, sensor: slot })
  let last = -Infinity
  for (const [i, at] of life.at.entries()) {
    if (life.exit[i] === 1) {
      if (at - last > ONE_USE / 2 && random() < share) pass(at)
      last = at
      continue
    }
    signs.push({ at, exit: false, sensor: life.sensor[i] ?? 0 })
    if (random() < PASSES) pass(Math.round(at + (2 * random() - 1) * PASSING))
  }
  return lifeOf({ ...life, byMotion: true }, signs)
}

// Opening and closing are one use.
const ONE_USE = MINUTE

/** After a death the sensor inside that spoke most fires once in so many milliseconds, by chance. */
export function withFlapping(life: Life, every: Millis, random: () => number): Life {
  const sensor = liveliest(life)
  const { at = [], sensor: by = [] } = life.after ?? {}
  const after = Array.from(at, (each, i) => ({ at: each, sensor: by[i] ?? 0 }))
  for (let each = life.from; each < life.to + FOLLOWED;) {
    each += Math.ceil(-every * Math.log(1 - random()))
    after.push({ at: each, sensor })
  }
  return { ...life, after: signsOf(after.toSorted((a, b) => a.at - b.at)) }
}

function liveliest({ sensor, exit }: Life): number {
  const counts = new Map<number, number>()
  for (const [i, each] of sensor.entries())
    if (exit[i] !== 1) counts.set(each, (counts.get(each) ?? 0) + 1)
  const [first] = [...counts].toSorted(([, one], [, other]) => other - one)
  return first?.[0] ?? 0
}

/** Loses every so manieth use of the exit door. */
export function withMissedExits(life: Life, every: number): Life {
  let uses = 0
  let last = -Infinity
  const signs: Sign[] = []
  for (const [i, at] of life.at.entries()) {
    const exit = life.exit[i] === 1
    if (exit && at - last > ONE_USE) uses++
    if (exit) last = at
    if (!exit || uses % every !== 0) signs.push({ at, exit, sensor: life.sensor[i] ?? 0 })
  }
  return lifeOf(life, signs)
}
