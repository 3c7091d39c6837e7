import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { LIVELY_KINDS } from '../services/core/evidence.ts'
import { MINUTE } from '../services/core/time.ts'
import { arrivalsOf } from './arrivals.ts'
import type { SimulatedGateway } from './gateway.ts'
import type { Readings } from './flights.ts'
import { inOrder } from './merge.ts'
import { type Arrival, type Bounds, LONGEST_STEP, type Step, Steps, gridAt } from './steps.ts'
import { Talk, turnsOf } from './talk.ts'

/** A home that is lived again. */
export type ReplayedHome = {
  readonly gateway: Pick<SimulatedGateway, 'gateway' | 'publish' | 'beat'>
  /** What its gateway sends, in the order in which it does. */
  readonly readings: Readings
  /** When a reading reaches the broker, where that is not when it was measured; never earlier than the one before. */
  readonly arrivesAt?: (reading: Reading) => Millis
  /** The devices at the doors by which one leaves. */
  readonly exits: ReadonlySet<string>
  /** Whether its gateway can be heard at an instant; without it, always. `turns`: the instants at which that changes. */
  readonly isHeard?: (at: Millis) => boolean
  readonly turns?: readonly Millis[]
}

/** What is due in the pipeline: when it has to look next, and the gateways whose every word makes it look. */
export type Outlook = { readonly due: Millis | null; readonly close: readonly string[] }

/** The pipeline that a replay publishes to, on a clock that stands until it is moved. */
export type Pipeline = {
  moveTo(at: Millis): void
  outlook(now: Millis): Promise<Outlook>
  /** The gateways of homes that are looked at by `until`, and must be heard before. */
  gatewaysDue(until: Millis): Promise<readonly string[]>
  /** Looks at all that is due at `at`. Once it resolves, `at` is over, and stays so after a crash. */
  look(at: Millis): Promise<void>
}

/** How far a replay has come: up to `at` all is published and judged. `published`: readings in this run. */
export type Reached = { readonly at: Millis; readonly published: number }

/** What to replay. */
export type ReplayOptions = {
  readonly homes: readonly ReplayedHome[]
  readonly pipeline: Pipeline
  /** Only what arrives after `from`, up to and including `to`: both on the grid. */
  readonly from: Millis
  readonly to: Millis
  /** Where an earlier run stopped: what came before is stored and judged. */
  readonly resumeAt?: Millis | undefined
  /** The longest step: shorter ones show more and change nothing. */
  readonly longest?: Millis | undefined
  /** Resolves when the step to `at` may begin: a pace, a pause. */
  readonly pace?: ((at: Millis) => Promise<void>) | undefined
  readonly onStep?: ((reached: Reached) => Promise<void> | void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Lives homes again through MQTT, step by step: what arrives is published and acknowledged, then everything that is
 * due is looked at, and only then time moves on. So a replay finds the same at the same instants, however fast it
 * is and whoever interrupts it. Resolves with how far it came.
 */
export async function replay(options: ReplayOptions): Promise<Reached> {
  const { homes, pipeline, from, to, resumeAt = from, pace = atOnce } = options
  const stop = options.signal ?? new AbortController().signal
  const steps = new Steps(inOrder(homes.map((home, i) => arrivalsOf(home, i, options))))
  const talk = new Talk(homes, resumeAt)
  let reached: Reached = { at: resumeAt, published: 0 }
  let outlook = await pipeline.outlook(reached.at)
  while (reached.at < to) {
    const step = await steps.next(reached.at, boundsOf(options, outlook, reached.at))
    await pace(step.to)
    if (stop.aborted) break
    pipeline.moveTo(step.to)
    await talk.publish(step, await mustBeHeard(pipeline, outlook, step))
    await pipeline.look(step.to)
    reached = { at: step.to, published: reached.published + step.arrivals.length }
    await options.onStep?.(reached)
    outlook = await pipeline.outlook(reached.at)
  }
  return reached
}

const atOnce = (): Promise<void> => Promise.resolve()

async function mustBeHeard(
  pipeline: Pipeline,
  { due }: Outlook,
  { to }: Step,
): Promise<readonly string[]> {
  return due !== null && due <= to ? await pipeline.gatewaysDue(to) : []
}

// Whoever uses the exit door is looked at when it has been quiet for ten minutes (core/presence).
const SETTLED = 10 * MINUTE

function boundsOf(
  { homes, to, longest = LONGEST_STEP }: ReplayOptions,
  { due, close }: Outlook,
  at: Millis,
): Bounds {
  const watched = new Set(close)
  const turns = homes.flatMap((home) => turnsOf(home)).filter((turn) => turn > at)
  return {
    until: Math.min(at + Math.max(longest, MINUTE), to, ...turns),
    due,
    isClose: ({ home, reading }) =>
      mayBeLife(reading) && watched.has(homes[home]?.gateway.gateway ?? ''),
    armedBy: ({ home, reading }: Arrival) =>
      homes[home]?.exits.has(reading.uid) ? reading.at + SETTLED : null,
  }
}

function mayBeLife({ kind, nature }: Reading): boolean {
  return nature !== 'snapshot' && LIVELY_KINDS.includes(kind)
}

/** The grid around a recording: its first minute begins at or before `from`. */
export function aroundOnGrid({ from, to }: { from: Millis; to: Millis }): {
  from: Millis
  to: Millis
} {
  return { from: gridAt(from) - MINUTE, to: gridAt(to) }
}
