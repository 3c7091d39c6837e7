import { Counter, Gauge, type Registry } from 'prom-client'
import type { Broker } from '../broker/broker.ts'
import { TURNED } from '../broker/counts.ts'
import { LARGEST_PAYLOAD } from '../broker/door.ts'
import type { Limits } from '../broker/limits.ts'

type Door = Pick<Broker, 'counts' | 'limits'>

/** Tells of the front door: who is there, who waits for what, whom it turned away, and its limits. */
export function tellOfDoor(registry: Registry, { counts, limits }: Door): void {
  for (const [name, help, read] of [
    ['connections', 'Open TCP connections.', () => counts().connections],
    ['signed_in', 'Connections that are signed in.', () => counts().signedIn],
    [
      'pending_readings',
      'Readings, as the door estimates them, that are taken and not answered yet.',
      () => counts().pending,
    ],
  ] as const)
    tellNow(registry, `anbu_door_${name}`, help, read)
  tellOfHeld(registry, counts)
  tellOfTurned(registry, counts)
  tellOfLimits(registry, limits)
}

/** A gauge that is read when Prometheus asks. */
export function tellNow(registry: Registry, name: string, help: string, read: () => number): void {
  const collect = function (this: Gauge) {
    this.set(read())
  }
  registry.registerMetric(new Gauge({ name, help, registers: [], collect }))
}

function tellOfHeld(registry: Registry, counts: Door['counts']): void {
  const held = new Gauge({
    name: 'anbu_door_held_connections',
    help: 'Connections that are not read now, by what they wait for.',
    labelNames: ['waits_for'],
    registers: [registry],
    collect() {
      for (const [what, count] of Object.entries(counts().held))
        held.set({ waits_for: what }, count)
    },
  })
}

function tellOfTurned(registry: Registry, counts: Door['counts']): void {
  const away = new Counter({
    name: 'anbu_door_turned_away_total',
    help: 'Connections, messages and subscriptions that the door did not take, by reason.',
    labelNames: ['reason'],
    registers: [registry],
    // The door counts; here its counts are shown, those that are nothing too.
    collect() {
      const { turned } = counts()
      away.reset()
      for (const reason of TURNED) away.inc({ reason }, turned[reason] ?? 0)
    },
  })
}

// Prometheus counts in seconds and bytes.
const LIMIT: Readonly<Record<keyof Limits, readonly [name: string, of: number]>> = {
  connections: ['connections', 1],
  perAddress: ['connections_per_address', 1],
  connectsPerSecond: ['connects_per_second', 1],
  connectsAtOnce: ['connects_at_once', 1],
  strangers: ['connections_without_connect', 1],
  connectWithin: ['connect_seconds', 1000],
  signingIn: ['signing_in', 1],
  signInWithin: ['sign_in_seconds', 1000],
  lookUps: ['look_ups_at_once', 1],
  derivations: ['derivations_at_once', 1],
  perGateway: ['connections_per_gateway', 1],
  smallFrame: ['other_frame_bytes', 1],
  frame: ['publish_frame_bytes', 1],
  inFlight: ['in_flight_per_connection', 1],
  inFlightBytes: ['in_flight_per_connection_bytes', 1],
  pending: ['pending_readings', 1],
  bytesPerSecond: ['gateway_bytes_per_second', 1],
  bytesAtOnce: ['gateway_bytes_at_once', 1],
  subscriptions: ['subscriptions_per_connection', 1],
  keepAlive: ['keep_alive_seconds', 1000],
  drainWithin: ['unread_answers_seconds', 1000],
  disabledWithin: ['disabled_seconds', 1000],
}

function tellOfLimits(registry: Registry, limits: Limits): void {
  const told = new Gauge({
    name: 'anbu_door_limit',
    help: 'What the door bears at most, as it is set.',
    labelNames: ['limit'],
    registers: [registry],
  })
  let key: keyof Limits
  for (key in LIMIT) {
    const [limit, of] = LIMIT[key]
    told.set({ limit }, limits[key] / of)
  }
  told.set({ limit: 'message_bytes' }, LARGEST_PAYLOAD)
}
