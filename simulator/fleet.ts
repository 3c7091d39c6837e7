import type { Millis } from '../schemas/time.ts'
import type { Clock } from '../services/core/time.ts'
import type { Accent } from './accents.ts'
import type { During, Fate } from './fate.ts'
import { ForeignGateway } from './foreign.ts'
import { SimulatedGateway } from './gateway.ts'
import type { MadeUpHome } from './homes.ts'
import { live } from './life.ts'
import { playLive } from './live.ts'

/** Homes that live at once, each with a gateway and a connection of its own. */
export type FleetOptions = {
  readonly homes: readonly MadeUpHome[]
  readonly url: string
  readonly accent: Accent
  readonly clock: Clock
  /** The password of a home's gateway. */
  readonly secret: (home: MadeUpHome) => string
  readonly signal: AbortSignal
  readonly onProgress: (progress: FleetProgress) => void
}

/** How many gateways have connected, and how many readings were acknowledged so far. */
export type FleetProgress = { readonly connected: number; readonly readings: number }

/** Brokers take so many new connections at a time without a pause. */
const AT_ONCE = 100

/** Connects all gateways and lets the homes live along the clock until `signal` aborts. Rejects when one is refused. */
export async function playFleet(options: FleetOptions): Promise<void> {
  const { homes, clock, signal, onProgress } = options
  const progress = { connected: 0, readings: 0 }
  onProgress({ ...progress })
  await using open = new AsyncDisposableStack()
  const members: { home: MadeUpHome; gateway: FleetGateway }[] = []
  for (let i = 0; i < homes.length && !signal.aborted; i += AT_ONCE) {
    const next = homes
      .slice(i, i + AT_ONCE)
      .map((home) => ({ home, gateway: gatewayOf(home, options) }))
    for (const { gateway } of next) open.use(gateway)
    await Promise.race([Promise.all(next.map(({ gateway }) => gateway.ready())), aborted(signal)])
    if (signal.aborted) return
    members.push(...next)
    progress.connected = members.length
    onProgress({ ...progress })
  }
  const from = clock.now()
  const counted = members.map(({ home, gateway }) => ({
    readings: live(home, from),
    cutAt: cutAt(home.fate),
    gateway: {
      beat: () => gateway.beat(),
      cut: () => gateway.cut(),
      publish: async (readings: Parameters<FleetGateway['publish']>[0]) => {
        await gateway.publish(readings)
        progress.readings += readings.length
        onProgress({ ...progress })
      },
    },
  }))
  await Promise.all([
    playLive({ clock, homes: counted, signal }),
    ...members.map(({ home, gateway }) => darken(gateway, darkOf(home.fate), clock, signal)),
  ])
}

type FleetGateway = SimulatedGateway | ForeignGateway

function gatewayOf(home: MadeUpHome, { url, accent, clock, secret }: FleetOptions): FleetGateway {
  const options = { url, gateway: home.gateway, secret: secret(home) }
  return accent === 'native'
    ? new SimulatedGateway({ ...options, now: () => clock.now() })
    : new ForeignGateway(accent, options)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const cutAt = (fates: readonly Fate[]): Millis =>
  Math.min(
    Infinity,
    ...fates.flatMap((fate) =>
      fate.type === 'gateway-lost' && fate.to === undefined ? [fate.at] : [],
    ),
  )

// Without power or without a line, the broker hears nothing; what the gateway keeps meanwhile is its own affair.
function darkOf(fates: readonly Fate[]): readonly During[] {
  return fates.flatMap((fate) => {
    if (fate.type === 'line-lost') return [fate]
    if (fate.type !== 'gateway-lost' || fate.to === undefined) return []
    return [{ from: fate.at, to: fate.to }]
  })
}

async function darken(
  gateway: FleetGateway,
  spans: readonly During[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
      if (to <= clock.now()) continue
      await clock.after(from, signal)
      gateway.darken()
      await clock.after(to, signal)
      gateway.lighten()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
