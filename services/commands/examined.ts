import { seeded } from '../../simulator/random.ts'
import { fixedLimit, slotLine } from '../core/evaluation/baselines.ts'
import type { Detector } from '../core/evaluation/detector.ts'
import { type Examination, type Result, examine } from '../core/evaluation/examine.ts'
import { inactivityScore } from '../core/evaluation/inactivity-score.ts'
import { type Life, lifeOfQuarters, quartersOf } from '../core/evaluation/life.ts'
import { deployed, model } from '../core/evaluation/model.ts'
import { MINUTE } from '../core/time.ts'
import { withEntry, withFlapping, withMissedExits, withNoise } from '../core/evaluation/noise.ts'

const DETECTORS: readonly Detector[] = [model, fixedLimit, slotLine, inactivityScore]

/** The names of the detectors that can be compared. */
export const NAMES: readonly string[] = DETECTORS.map(({ name }) => name)

/** The detector of a name, or all. */
export function detectorsOf(name: string | undefined): readonly Detector[] {
  return DETECTORS.filter((each) => name === undefined || each.name === name)
}

/** What is done to a life before it is examined. */
export type Disturbance = {
  /** This share of its signs is lost, and as many are added. */
  readonly noise: number
  /** Every so manieth use of the exit door is lost. */
  readonly missExits?: number | undefined
  /** A motion sensor that sees this share of the uses of the exit door stands for its contact. */
  readonly entry?: number | undefined
  /** After a death one sensor fires once in so many minutes. */
  readonly flap?: number | undefined
  /** No more than the quarter hours is known. */
  readonly quarters: boolean
}

/** How homes are examined: by which detector, or by all. */
export type Manner = Disturbance & {
  readonly detector?: string | undefined
  readonly how: Examination
}

/** A made-up home to examine. */
export type MadeUp = { readonly seed: number; readonly days: number; readonly manner: Manner }

/** Examines a life: the detectors side by side, and what is deployed. */
export function examineLife(life: Life, manner: Manner): Result {
  return examine(disturbed(life, manner), [...detectorsOf(manner.detector), deployed], manner.how)
}

/** A life with noise, with uses of its door missed, a sensor that flaps, or of which only the quarter hours are known. */
export function disturbed(
  life: Life,
  { noise, missExits, entry, flap, quarters }: Disturbance,
): Life {
  const seen =
    life.exit.includes(1) && entry !== undefined
      ? withEntry(life, entry, seeded(life.household, 'entry'))
      : life
  const deaf = missExits === undefined ? seen : withMissedExits(seen, missExits)
  const noisy = noise > 0 ? withNoise(deaf, noise, seeded(life.household, 'noise')) : deaf
  const flapping =
    flap === undefined ? noisy : withFlapping(noisy, flap * MINUTE, seeded(life.household, 'flap'))
  return quarters ? lifeOfQuarters(flapping, quartersOf(flapping)) : flapping
}
