import { MINUTE } from '../time.ts'
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

// Opening and closing are one use.
const ONE_USE = MINUTE

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
