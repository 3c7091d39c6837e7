import type { Duplex } from 'node:stream'
import { Aedes, type Client } from 'aedes'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Clock } from '../core/time.ts'
import { disabledAmong } from '../store/gateways.ts'
import { type Counts, openTally } from './counts.ts'
import { type Address, type Doors, openDoors } from './doors.ts'
import type { House, Published } from './house.ts'
import { LIMITS, type Limits } from './limits.ts'
import { type Arrival, Lobby } from './lobby.ts'
import { guard } from './rules.ts'
import { type TlsFiles, certificateOf } from './tls.ts'
import { type Visit, Visits } from './visits.ts'

/** What the broker needs. `accept` resolves when a message is stored; only then is it acknowledged. */
export type BrokerDeps = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  readonly host: string
  readonly port: number
  readonly accept: (message: Published) => Promise<void>
  readonly forget: (gateway: string) => void
  /** A door with TLS beside the plain one. */
  readonly tls?: (Address & TlsFiles) | null
  /** A door for WebSockets; with TLS when there is `tls`. */
  readonly webSocket?: Address | null
  /** What differs from `LIMITS`. */
  readonly limits?: Partial<Limits>
}

/** The front door, listening. Ports and addresses are those it really has. */
export type Broker = AsyncDisposable & {
  readonly port: number
  readonly url: string
  readonly tlsUrl: string | null
  readonly webSocketUrl: string | null
  /** What it bears. */
  readonly limits: Limits
  /** Who is here now, and whom it turned away since it opened. */
  counts(): Counts
}

/** Real milliseconds between two looks for who is late, and between two lines of the log. */
const SWEEP = 500
const REPORT = 60_000

/** Opens the broker: who may connect, what it may publish, and stored before PUBACK. */
export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const limits = { ...LIMITS, ...deps.limits }
  const tally = openTally()
  const lobby = new Lobby(limits, tally)
  const visits = new Visits({ limits, lobby, tally })
  const aedes = await Aedes.createBroker({
    maxTopicLevels: 16,
    drainTimeout: limits.drainWithin,
    // The lobby keeps the time; this is for what it cannot see, such as a stream of our own.
    connectTimeout: 2 * limits.connectWithin,
  })
  const house: House = { deps, limits, lobby, tally, visits, visitOf: new WeakMap() }
  guard(aedes, house)
  const doors = await openDoors(
    { plain: deps, tls: deps.tls ?? null, webSocket: deps.webSocket ?? null },
    { limits, lobby, tally, log: deps.log, receive: receiver(aedes, house) },
  ).catch((error: unknown) => {
    aedes.close()
    throw error
  })
  const watch = keepWatch(house)
  return {
    ...addresses(deps, doors),
    limits,
    counts: () => visits.counts(),
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]()
      doors[Symbol.dispose]()
      await new Promise<void>((resolve) => aedes.close(resolve))
      lobby.close()
    },
  }
}

function receiver(aedes: Aedes, { visits, visitOf }: House) {
  return (conn: Duplex, arrival: Arrival, socket: object): void => {
    const visit: Visit = visits.receive(conn, arrival, certificateOf(socket))
    const client: Client = aedes.handle(conn)
    visitOf.set(client, visit)
    visit.gate.listen()
  }
}

function addresses(deps: BrokerDeps, { plain, tls, webSocket }: Doors) {
  const scheme = deps.tls ? 'wss' : 'ws'
  return {
    port: plain,
    url: `mqtt://${deps.host}:${plain}`,
    tlsUrl: tls === null ? null : `mqtts://${deps.tls?.host}:${tls}`,
    webSocketUrl: webSocket === null ? null : `${scheme}://${deps.webSocket?.host}:${webSocket}`,
  }
}

function keepWatch({ deps, limits, lobby, visits }: House): Disposable {
  const sweep = setInterval(() => {
    const now = performance.now()
    lobby.sweep(now)
    visits.sweep(now)
  }, SWEEP)
  // While the store is away nobody is sent away for what it would say.
  const shutOut = async () => {
    const gone = await disabledAmong(deps.pool, visits.gateways).catch(() => [])
    for (const gateway of gone) visits.disable(gateway)
  }
  const ask = setInterval(() => void shutOut(), limits.disabledWithin)
  let before = 0
  const report = setInterval(() => {
    const counts = visits.counts()
    const turned = Object.values(counts.turned).reduce((sum, each) => sum + each, 0)
    if (turned > before) deps.log.info(counts, 'the front door turned somebody away')
    before = turned
  }, REPORT)
  return {
    [Symbol.dispose]() {
      clearInterval(sweep)
      clearInterval(ask)
      clearInterval(report)
    },
  }
}
