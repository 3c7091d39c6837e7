import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type MqttClient, connect } from 'mqtt'
import { type GatewayId, type NativeState, type Reading, TOPIC } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { bodyOf } from './letter.ts'
import { Outbox } from './outbox.ts'
import { type Random, between } from './random.ts'

/** A gateway, and the broker that it speaks to. */
export type GatewayOptions = {
  /** Such as mqtt://127.0.0.1:1883. */
  readonly url: string
  readonly gateway: GatewayId
  readonly secret: string
  /** What the gateway's own clock shows. */
  readonly now: () => Millis
  /** Chance for the pauses between two tries to connect. */
  readonly random?: Random
}

/**
 * A gateway in a home: an ordinary MQTT 3.1.1 client that keeps what it could not yet deliver. It connects, and
 * connects again whenever the line breaks, until it is cut or disposed of.
 */
export class SimulatedGateway implements AsyncDisposable {
  readonly gateway: GatewayId
  readonly #boot = randomUUID()
  readonly #outbox = new Outbox()
  readonly #end = new AbortController()
  readonly #first = Promise.withResolvers<void>()
  readonly #running: Promise<void>
  #line: MqttClient | null = null

  constructor(options: GatewayOptions) {
    this.gateway = options.gateway
    this.#first.promise.catch(() => undefined) // whoever waits for it is told
    const session = { up: this.#up(options.now), down: this.#down }
    this.#running = keepConnected(options, this.#boot, session, this.#end.signal).catch(this.#fail)
  }

  /** Messages that are not acknowledged yet. */
  get pending(): number {
    return this.#outbox.pending
  }

  /** Resolves with the first connection, however long that takes; rejects when the broker refuses this gateway. */
  ready(): Promise<void> {
    return this.#first.promise
  }

  /**
   * Resolves when the broker has acknowledged all of the readings, however often the line breaks meanwhile.
   * Rejects when that can no longer be: refused, cut or disposed of.
   */
  publish(readings: readonly Reading[]): Promise<void> {
    return this.#outbox.add(readings)
  }

  /** Says that it is alive, if there is a line. */
  beat(): void {
    const state = stateOf('online', this.#boot)
    this.#line?.publish(TOPIC.state(this.gateway), state, { qos: 1, retain: true })
  }

  /** Pulls the plug: no goodbye, so the broker publishes the last will; what was not delivered is lost. */
  cut(): void {
    this.#fail(new Error(`gateway ${this.gateway} has lost its power`))
    const line = this.#line
    this.#line = null
    line?.stream.destroy()
  }

  /** Says goodbye: no last will. What was not delivered is lost, as with a gateway that has no disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error(`gateway ${this.gateway} was closed`))
    if (this.#line) await goodbye(this.#line)
    await this.#running
  }

  readonly #up = (now: () => Millis) => (client: MqttClient) => {
    this.#line = client
    this.beat()
    this.#outbox.lineUp((letter, seq, acknowledged) => {
      const body = bodyOf(letter, this.#boot, seq, now())
      client.publish(TOPIC.data(this.gateway), body, { qos: 1 }, (error) => {
        if (!error) acknowledged()
      })
    })
    this.#first.resolve()
  }

  readonly #down = () => {
    this.#line = null
    this.#outbox.lineDown()
  }

  readonly #fail = (reason: Error) => {
    this.#end.abort(reason)
    this.#outbox.fail(reason)
    this.#first.reject(reason)
  }
}

type Session = { up(client: MqttClient): void; down(): void }

/** Between two tries to connect, in real milliseconds: doubled each time, and never all gateways at once. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 30_000

// Ends when `signal` aborts; rejects when the broker refuses the gateway, for trying again would not help.
async function keepConnected(
  options: GatewayOptions,
  boot: string,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { random = Math.random } = options
  for (let tries = 0; !signal.aborted; tries++) {
    const connected = await lineOf(options, boot, session, signal)
    if (connected) tries = 0
    const pause = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE) * between(random, 0.5, 1.5)
    await sleep(pause, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

// One connection, from its start to its end. A fresh client each time, since mqtt.js 5 can stay "connecting"
// after a broker's restart (its pull request 2052); resolves with whether the broker let us in.
function lineOf(
  { url, gateway, secret }: GatewayOptions,
  boot: string,
  session: Session,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  let connected = false
  const client = connect(url, {
    clientId: gateway,
    username: gateway,
    password: secret,
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    will: { topic: TOPIC.state(gateway), payload: stateOf('offline', boot), qos: 1, retain: true },
  })
  const abandon = () => void client.stream.destroy()
  // Cut or closed while it is still connecting; afterwards whoever ends it says how.
  signal.addEventListener('abort', abandon)
  client.on('connect', () => {
    signal.removeEventListener('abort', abandon)
    connected = true
    session.up(client)
  })
  client.on('error', (error) => {
    if (isRefusal(error)) reject(new Error(`gateway ${gateway} is refused`, { cause: error }))
  })
  client.on('close', () => {
    signal.removeEventListener('abort', abandon)
    if (connected) session.down()
    resolve(connected)
  })
  return promise
}

// CONNACK return codes: 4 bad user name or password, 5 not authorized [MQTT 3.1.1, table 3.1]. All else may pass.
function isRefusal(error: Error): boolean {
  return 'code' in error && (error.code === 4 || error.code === 5)
}

function stateOf(state: NativeState['state'], boot: string): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, state, boot, sw: 'anbu-simulator' }))
}

const GOODBYE = 1000

// DISCONNECT, so that there is no last will. mqtt.js first waits for all that flies, perhaps for ever.
async function goodbye(client: MqttClient): Promise<void> {
  await Promise.race([client.endAsync(), sleep(GOODBYE, undefined, { ref: false })])
  client.stream.destroy()
}
