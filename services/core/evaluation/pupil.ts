import type { Rhythm } from '../../../schemas/rhythm.ts'
import type { Millis } from '../../../schemas/time.ts'
import { EMPTY_RHYTHM, learn } from '../rhythm.ts'
import { type Life, quarterOf, quartersOf } from './life.ts'

/** Who learns a home day by day, for all detectors that go by its rhythm. */
export type Pupil = {
  rhythm(): Rhythm
  /** Takes in what happened before `until`; harmless when it is known. */
  learn(until: Millis): void
}

/** Opens a pupil of whom nothing is asked yet. */
export function openPupil(life: Life): Pupil {
  const { at, timeZone, unseen, isRest, ran, byMotion = false } = life
  const place = { timeZone, byMotion, ...(isRest && { isRest }), ...(ran && { ran }) }
  let rhythm = EMPTY_RHYTHM
  // The first sign that is not known yet. A year of quarter hours is made day by day: all at once they outlive what is thrown
  // away, and to move them about took a fourteenth of the time.
  let next = 0
  return {
    rhythm: () => rhythm,
    learn(until: Millis): void {
      const activity = quartersOf(life, next, until)
      while (quarterOf(at[next] ?? Infinity) < until) next++
      rhythm = learn(rhythm, { activity, unseen, ...place }, until)
    },
  }
}
