import type { Rhythm } from '../../../schemas/rhythm.ts'
import type { Millis } from '../../../schemas/time.ts'
import { EMPTY_RHYTHM, learn } from '../rhythm.ts'
import { type Life, quartersOf } from './life.ts'

/** Who learns a home day by day, for all detectors that go by its rhythm. */
export type Pupil = {
  rhythm(): Rhythm
  /** Takes in what happened before `until`; harmless when it is known. */
  learn(until: Millis): void
}

/** Opens a pupil of whom nothing is asked yet. */
export function openPupil(life: Life): Pupil {
  const quarters = quartersOf(life)
  const { timeZone, unseen, isRest, ran, byMotion = false } = life
  const place = { timeZone, byMotion, ...(isRest && { isRest }), ...(ran && { ran }) }
  let rhythm = EMPTY_RHYTHM
  let next = 0
  return {
    rhythm: () => rhythm,
    learn(until: Millis): void {
      const from = Math.max(0, next - 1)
      while ((quarters[next]?.quarter ?? Infinity) < until) next++
      const activity = quarters.slice(from, next)
      rhythm = learn(rhythm, { activity, unseen, ...place }, until)
    },
  }
}
