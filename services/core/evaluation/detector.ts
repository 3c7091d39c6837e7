import type { Millis } from '../../../schemas/time.ts'
import type { Whereabouts } from '../presence.ts'
import type { Restless } from '../restless.ts'
import { HORIZON } from '../silence.ts'
import type { Life } from './life.ts'
import type { Pupil } from './pupil.ts'

/** A silence as it stands when it has just begun: all that can be known if it never ends. */
export type Silence = {
  readonly since: Millis
  readonly lastInner: Millis | null
  readonly lastExit: Millis | null
  /** How many signs inside came with the last. */
  readonly stirs: number
  /** Since when what it is spent with has run, though it may be over; null: nothing. */
  readonly running: Millis | null
  /** The last sign of any sensor but the one that spoke last. */
  readonly lastOther: Millis | null
  /** The last quarter hour in which somebody walked about. */
  readonly lastCompany: Millis | null
  /** Which sensors have not rested. */
  readonly restless: readonly Restless[]
  /** Since when there have been too few signs to be somebody's. */
  readonly scant: Millis | null
  /** Where the contact on the exit door says that the person is, and what was thought before. */
  readonly where: Whereabouts
  readonly before: Pick<Whereabouts, 'presence' | 'since'>
}

/** A detector with one home in its care. */
export type Watcher = {
  /** Takes in what happened before `until`. */
  learn(until: Millis): void
  /** When it would raise a signal of a silence that never ends, for each of its settings; what is later than `by` need not be told. */
  due(silence: Silence, out: Float64Array, by?: Millis): void
}

/** A way to tell that somebody has gone quiet, with a setting that trades delay for false signals. */
export type Detector = {
  readonly name: string
  readonly unit: string
  readonly settings: readonly number[]
  /**
   * Whether what machines, pets and faults say after a death is heard by it too, so that it may speak in a pause of any length;
   * else all falls silent with the resident.
   */
  readonly hearsOn?: true
  /** `pupil`: who learns the home; detectors that stand side by side may share one. */
  open(life: Life, pupil?: Pupil): Watcher
}

/** No detector of the sweep waits longer, so that none of them owes its rate to never asking at all. */
export const SWEEP_CEILING = HORIZON
