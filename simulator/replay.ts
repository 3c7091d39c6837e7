import type { Reading } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR, MINUTE } from '../services/core/time.ts'
import { arrivalsOf } from './arrivals.ts'
import type { During } from './fate.ts'
import type { Readings } from './flights.ts'
import type { SimulatedGateway } from './gateway.ts'
import { GRID, LONGEST_STEP, gridAt } from './steps.ts'
import { Traveller, turnsOf } from './traveller.ts'

/** A home that is lived again. */
export type ReplayedHome = {
  readonly gateway: Pick<SimulatedGateway, 'gateway' | 'publish' | 'beat'>
  /** What its gateway sends, in the order in which it does. */
  readonly readings: Readings
  /** When a reading reaches the broker, where that is not when it was measured; never earlier than the one before. */
  readonly arrivesAt?: (reading: Reading) => Millis
  /** The devices at the doors by which one leaves. */
  readonly exits: ReadonlySet<string>
  /** The buttons that call for help. */
  readonly buttons: ReadonlySet<string>
  /** Whether its gateway can be heard at an instant; without it, always. `turns`: the instants at which that changes. */
  readonly isHeard?: (at: Millis) => boolean
  readonly turns?: readonly Millis[]
  /** While its clock is ahead, what it says may be refused as the future. */
  readonly ahead?: readonly During[]
}

/** When a home is looked at next, and whether it is for each sign of life. */
export type Prospect = { readonly due: Millis | null; readonly isClose: boolean }

/** What is due in the pipeline: of homes, in the order in which they were asked for, and when something is to be told. */
export type Outlook = { readonly homes: readonly Prospect[]; readonly tell: Millis | null }

/** The pipeline that a replay publishes to. Its clocks stand until they are moved. */
export type Pipeline = {
  /** The broker's clock shows `horizon` from now on: what is published has been said by then. */
  expect(horizon: Millis): void
  /** What is due at `now` or later in the homes of these gateways. */
  outlook(gateways: readonly string[], now: Millis): Promise<Outlook>
  /**
   * Looks at all that is due at `at`, and at the homes of these gateways if what came from them asks for it. Once it
   * resolves, `at` is over, and stays so after a crash.
   */
  look(at: Millis, stirred: readonly string[]): Promise<void>
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
  /** Resolves when what is due at `at` may be looked at: a pace, a pause. */
  readonly pace?: ((at: Millis) => Promise<void>) | undefined
  readonly onStep?: ((reached: Reached) => Promise<void> | void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Lives homes again through MQTT. Each home is published up to where it is looked at next, and not beyond; then
 * whoever is due first is looked at, while the others are still on their way. So no look sees what came after it, a
 * replay finds the same at the same instants, however fast it is and whoever interrupts it, and the pipeline never
 * waits for a home that it does not look at. Resolves with how far it came.
 */
export async function replay(options: ReplayOptions): Promise<Reached> {
  const { homes, pipeline, to, resumeAt = options.from, pace = atOnce } = options
  const travellers = homes.map((home) => new Traveller(home, arrivalsOf(home, options), resumeAt))
  let reached: Reached = { at: resumeAt, published: 0 }
  let waiting: readonly Traveller[] = travellers
  try {
    while (reached.at < to) {
      const { published, tell } = await goOn(options, waiting, reached.at)
      const at = nextLook(options, travellers, tell, reached.at)
      await pace(at)
      if (options.signal?.aborted) break
      const awaited = travellers.filter((each) => each.isAwaited(at))
      await Promise.all(awaited.map((each) => each.arrived()))
      waiting = travellers.filter((each) => each.to <= at)
      const stirred = waiting.filter(({ isStirred }) => isStirred)
      await pipeline.look(at, stirred.map(nameOf))
      reached = { at, published: reached.published + published }
      await options.onStep?.(reached)
    }
  } finally {
    await Promise.allSettled(travellers.map((each) => each.arrived()))
  }
  return reached
}

const atOnce = (): Promise<void> => Promise.resolve()
const nameOf = ({ home }: Traveller): string => home.gateway.gateway

type Gone = { readonly published: number; readonly tell: Millis | null }

// Has those who have been looked at go on, from `at`.
async function goOn(
  options: ReplayOptions,
  travellers: readonly Traveller[],
  at: Millis,
): Promise<Gone> {
  const { pipeline } = options
  const horizon = horizonOf(options, at)
  pipeline.expect(horizon)
  const { homes, tell } = await pipeline.outlook(travellers.map(nameOf), at)
  let published = 0
  for (const [i, traveller] of travellers.entries())
    published += await traveller.goOn(homes[i] ?? NOBODY, horizon)
  return { published, tell }
}

const NOBODY: Prospect = { due: null, isClose: false }

// How far ahead of the looks a home may be published. All stand still together where a gateway goes or comes back; and
// while some clock is ahead, the broker must know what time it is.
function horizonOf({ homes, to, longest = LONGEST_STEP }: ReplayOptions, at: Millis): Millis {
  const most = Math.max(GRID, Math.floor(longest / GRID) * GRID)
  const turns = homes.flatMap((home) => turnsOf(home)).filter((turn) => turn > at)
  const isAhead = homes.some(({ ahead = [] }) =>
    ahead.some((span) => at + most > span.from && at < span.to),
  )
  return Math.min(at + (isAhead ? GRID : most), to, ...turns)
}

// When a home is due, something is to be told, or an hour is over.
function nextLook(
  { to }: ReplayOptions,
  travellers: readonly Traveller[],
  tell: Millis | null,
  at: Millis,
): Millis {
  const told = tell === null ? Infinity : Math.max(at + GRID, gridAt(tell))
  const hour = (Math.floor(at / HOUR) + 1) * HOUR
  return travellers.reduce((first, each) => Math.min(first, each.to), Math.min(told, hour, to))
}

/** The grid around a recording: its first minute begins at or before `from`. */
export function aroundOnGrid({ from, to }: { from: Millis; to: Millis }): {
  from: Millis
  to: Millis
} {
  return { from: gridAt(from) - MINUTE, to: gridAt(to) }
}
