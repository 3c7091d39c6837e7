import { once } from 'node:events'
import { type Server, createServer } from 'node:net'
import { Aedes, type Client } from 'aedes'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Clock } from '../core/time.ts'
import { addRejection } from '../store/gateways.ts'
import { type Door, type Refusal, maySubscribe, openDoor, refusePublish } from './door.ts'

/** A message whose sender is known from its credential. */
export type Published = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
}

/** What the broker needs. `accept` resolves when a message is stored; only then is it acknowledged. */
export type BrokerDeps = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  readonly host: string
  readonly port: number
  readonly accept: (message: Published) => Promise<void>
  readonly forget: (gateway: string) => void
}

/** The front door, listening. */
export type Broker = AsyncDisposable & { readonly port: number; readonly url: string }

// A gateway that has not said who it is after this is sent away, in real milliseconds.
const CONNECT_TIMEOUT = 10_000

/** Opens the broker: who may connect, what it may publish, and stored before PUBACK. */
export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const aedes = await Aedes.createBroker({ connectTimeout: CONNECT_TIMEOUT, maxTopicLevels: 16 })
  guard(aedes, deps)
  const server = createServer(aedes.handle)
  server.listen(deps.port, deps.host)
  await once(server, 'listening')
  const port = portOf(server)
  return {
    port,
    url: `mqtt://${deps.host}:${port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      await new Promise<void>((resolve) => aedes.close(resolve))
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return address.port
}

/** The gateway behind a connection, by its credential. */
const gateways = new WeakMap<Client, string>()

/** Per connection, the answer before: PUBACKs go out in the order of the PUBLISHes [MQTT-4.6.0-2]. */
const turns = new WeakMap<Client, Promise<unknown>>()

function guard(aedes: Aedes, deps: BrokerDeps): void {
  const door = openDoor(deps.pool)
  aedes.authenticate = (client, username, password, done) => {
    const given = { gateway: username ?? '', secret: password?.toString() ?? '' }
    void answer(letIn(door, deps, client, given), (error) => done(error, error === null))
  }
  // The one hook that runs before the PUBACK and may take its time: aedes acknowledges QoS 1 before it
  // publishes, so whatever came later would be stored after the gateway was told "safe".
  aedes.authorizePublish = (client, packet, done) => {
    // Nobody subscribes to what gateways say, so nothing needs to be kept for later subscribers.
    packet.retain = false
    // The broker's own heartbeats have no client: they stay inside.
    if (!client) return done(null)
    void answer(inTurn(client, take(deps, client, packet)), done)
  }
  aedes.authorizeSubscribe = (client, subscription, done) => {
    const gateway = gateways.get(client)
    const allowed = gateway !== undefined && maySubscribe(gateway, subscription.topic)
    // Null is answered with SUBACK 0x80 [MQTT-3.9.3-2].
    done(null, allowed ? subscription : null)
  }
  aedes.on('clientDisconnect', (client) => {
    const gateway = gateways.get(client)
    if (gateway !== undefined) deps.forget(gateway)
  })
  for (const event of ['clientError', 'connectionError'] as const)
    aedes.on(event, (client, error) =>
      deps.log.debug({ err: error, gateway: gateways.get(client) }, 'connection ended'),
    )
}

// The works never throw: they turn every failure into an answer.
async function answer<E>(work: Promise<E>, done: (error: E) => void): Promise<void> {
  done(await work)
}

async function letIn(
  door: Door,
  deps: BrokerDeps,
  client: Client,
  given: { gateway: string; secret: string },
): Promise<ConnackError | null> {
  try {
    const refusal = await door.check(given.gateway, given.secret, client.id)
    if (refusal) {
      record(deps, { ...given, topic: '(connect)', payload: Buffer.alloc(0) }, refusal)
      return connackError(refusal.detail, refusal.reason === 'wrong-password' ? 4 : 5)
    }
    gateways.set(client, given.gateway)
    return null
  } catch (error) {
    deps.log.warn({ err: error, gateway: given.gateway }, 'cannot check a password now')
    return connackError('cannot check passwords now', 3)
  }
}

/** Null when the packet may be acknowledged; an error ends the connection without. */
async function take(
  deps: BrokerDeps,
  client: Client,
  packet: { topic: string; payload: string | Buffer },
): Promise<Error | null> {
  const gateway = gateways.get(client)
  if (gateway === undefined) return new Error('not signed in')
  const payload = Buffer.from(packet.payload)
  const message = { gateway, topic: packet.topic, payload }
  const refusal = refusePublish(gateway, packet.topic, payload.length)
  try {
    if (!refusal) await deps.accept(message)
    else if (refusal.reason === 'foreign-topic') record(deps, message, refusal)
    else await refuse(deps, message, refusal)
  } catch (error) {
    return new Error('not stored, so not acknowledged', { cause: error })
  }
  return refusal?.reason === 'foreign-topic' ? new Error(refusal.detail) : null
}

async function inTurn(client: Client, taken: Promise<Error | null>): Promise<Error | null> {
  const before = turns.get(client)
  turns.set(client, taken)
  await before
  return await taken
}

function refuse(deps: BrokerDeps, message: Published, refusal: Refusal): Promise<void> {
  return addRejection(deps.pool, { ...message, ...refusal }, deps.clock.now())
}

// The refusal stands whether or not it could be written down.
function record(deps: BrokerDeps, message: Published, refusal: Refusal): void {
  refuse(deps, message, refusal).catch((error: unknown) =>
    deps.log.warn(
      { err: error, gateway: message.gateway, reason: refusal.reason },
      'refused, but not on record',
    ),
  )
}

type ConnackError = Error & { returnCode: number }

// CONNACK return codes, MQTT 3.1.1 table 3.1: 3 unavailable, 4 bad user name or password, 5 not authorized.
function connackError(message: string, returnCode: 3 | 4 | 5): ConnackError {
  return Object.assign(new Error(message), { returnCode })
}
