import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { LIVELY_KINDS } from '../services/core/evidence.ts'
import { MINUTE } from '../services/core/time.ts'
import type { Prospect, ReplayedHome } from './replay.ts'
import { type Arrival, type Bounds, GRID, Steps, gridAt } from './steps.ts'

/** A gateway says that it is there when it has said nothing else for so long. */
const HEARTBEAT = 10 * MINUTE
// Whoever uses the exit door is looked at when it has been quiet for ten minutes (core/presence).
const SETTLED = 10 * MINUTE

/** A home on its way through a replay: what arrives of it by `to` is on its way to the broker, or there. */
export class Traveller {
  readonly home: ReplayedHome
  readonly #steps: Steps
  #to: Millis
  #spoke: Millis
  #isStirred = false
  #said: Promise<void> = Promise.resolve()
  #heard: Millis

  constructor(home: ReplayedHome, arrivals: AsyncIterable<Arrival>, at: Millis) {
    this.home = home
    this.#steps = new Steps(arrivals)
    this.#to = at
    this.#spoke = at - HEARTBEAT
    this.#heard = at - HEARTBEAT
  }

  /** How far it is published: there it is looked at before it goes on. */
  get to(): Millis {
    return this.#to
  }

  /** Whether its last step ends with what it is looked at for at once. */
  get isStirred(): boolean {
    return this.#isStirred
  }

  /**
   * Sets off to publish the step after the last, up to `horizon` at the latest, which is what the clock of the broker
   * shows. Resolves with the number of its readings.
   */
  async goOn({ due, isClose }: Prospect, horizon: Millis): Promise<number> {
    const { to, arrivals } = await this.#steps.next(this.#to, this.#bounds(due, isClose, horizon))
    this.#to = to
    this.#isStirred = isClose && arrivals.some(({ reading }) => mayBeLife(reading))
    const isDue = to < horizon || (due !== null && due <= to)
    this.#said = this.#say(arrivals, isDue || this.#isQuiet(horizon), horizon)
    this.#said.catch(() => undefined) // whoever waits for it is told
    return arrivals.length
  }

  /** Whether a look at `at` has to wait until it has arrived: it is looked at itself, or its gateway may seem silent. */
  isAwaited(at: Millis): boolean {
    return this.#to <= at || this.#heard < at
  }

  /** Resolves when all of its steps are acknowledged. */
  arrived(): Promise<void> {
    return this.#said
  }

  #bounds(due: Millis | null, isClose: boolean, until: Millis): Bounds {
    const { exits, buttons } = this.home
    return {
      until,
      due,
      isClose: ({ reading }) => isClose && mayBeLife(reading),
      armedBy: ({ reading }) =>
        exits.has(reading.uid) && mayBeLife(reading) ? reading.at + SETTLED : null,
      isSudden: ({ reading }) => buttons.has(reading.uid) && mayBeLife(reading),
    }
  }

  // What a gateway has not confirmed is no silence: so it is heard before its home is looked at, though it has nothing
  // to say.
  async #say(arrivals: readonly Arrival[], mustBeat: boolean, horizon: Millis): Promise<void> {
    const { gateway, isHeard } = this.home
    const isSilent = arrivals.length === 0
    if (isSilent && !(mustBeat && (isHeard?.(horizon) ?? true))) return
    this.#spoke = horizon
    await (isSilent ? gateway.beat() : gateway.publish(arrivals.map(({ reading }) => reading)))
    this.#heard = horizon
  }

  #isQuiet(horizon: Millis): boolean {
    return horizon - this.#spoke >= HEARTBEAT || turnsOf(this.home).includes(horizon)
  }
}

function mayBeLife({ kind, nature }: Reading): boolean {
  return nature !== 'snapshot' && LIVELY_KINDS.includes(kind)
}

/** When a gateway says that it is there, though nobody asks: as the last thing before it is gone, and when it is back. */
export function turnsOf({ turns = [] }: Pick<ReplayedHome, 'turns'>): readonly Millis[] {
  return turns.flatMap((turn) => [gridAt(turn) - GRID, gridAt(turn)])
}
