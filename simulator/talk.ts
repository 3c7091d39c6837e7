import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { MINUTE } from '../services/core/time.ts'
import type { ReplayedHome } from './replay.ts'
import { type Step, gridAt } from './steps.ts'

/** A gateway says that it is there when it has said nothing else for so long. */
const HEARTBEAT = 10 * MINUTE

/** What the gateways of a replay say, and when each spoke last. */
export class Talk {
  readonly #homes: readonly ReplayedHome[]
  readonly #spoke: Float64Array

  constructor(homes: readonly ReplayedHome[], at: Millis) {
    this.#homes = homes
    this.#spoke = new Float64Array(homes.length).fill(at - HEARTBEAT)
  }

  /** Publishes a step, and a sign of life of each gateway that has been quiet or is `due`. All is acknowledged then. */
  async publish({ to, arrivals }: Step, due: readonly string[]): Promise<void> {
    const readings = Map.groupBy(arrivals, ({ home }) => home)
    const asked = new Set(due)
    const said = this.#homes.map(async (home, i) => {
      const own = readings.get(i)?.map(({ reading }) => reading)
      if (own) await this.#say(i, home, own, to)
      if (asked.has(home.gateway.gateway) || this.#isQuiet(i, home, to))
        await this.#beat(i, home, to)
    })
    await Promise.all(said)
  }

  #say(
    i: number,
    { gateway }: ReplayedHome,
    readings: readonly Reading[],
    to: Millis,
  ): Promise<void> {
    this.#spoke[i] = to
    return gateway.publish(readings)
  }

  #isQuiet(i: number, home: ReplayedHome, to: Millis): boolean {
    return to - (this.#spoke[i] ?? 0) >= HEARTBEAT || turnsOf(home).includes(to)
  }

  #beat(i: number, { gateway, isHeard }: ReplayedHome, to: Millis): Promise<void> {
    if (isHeard && !isHeard(to)) return Promise.resolve()
    this.#spoke[i] = to
    return gateway.beat()
  }
}

/** When a gateway says that it is there, though nobody asks: as the last thing before it is gone, and when it is back. */
export function turnsOf({ turns = [] }: Pick<ReplayedHome, 'turns'>): readonly Millis[] {
  return turns.flatMap((turn) => [gridAt(turn) - MINUTE, gridAt(turn)])
}
