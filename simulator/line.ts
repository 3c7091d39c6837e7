import { setTimeout as sleep } from 'node:timers/promises'
import { type MqttClient, connect } from 'mqtt'
import { keepLengths } from './lengths.ts'
import { type Random, between } from './random.ts'

/** Who connects, to which broker, and what the broker says of it when it is gone without a goodbye. */
export type LineOptions = {
  /** Such as mqtt://127.0.0.1:1883. */
  readonly url: string
  readonly gateway: string
  readonly secret: string
  readonly will: { readonly topic: string; readonly payload: Buffer }
  /** Chance for the pauses between two tries to connect. */
  readonly random?: Random | undefined
}

/** What happens with each connection. */
export type Session = { up(client: MqttClient): void; down(): void }

/** A socket that can be pulled: while it is, nobody tries to connect. */
export class Socket {
  #plugged = Promise.withResolvers<void>()
  #line: MqttClient | null = null

  constructor() {
    this.#plugged.resolve()
  }

  /** Resolves when there is power. */
  plugged(): Promise<void> {
    return this.#plugged.promise
  }

  /** The connection that breaks when the plug is pulled. */
  holds(line: MqttClient): void {
    this.#line = line
  }

  /** Breaks the line without a goodbye, and keeps it broken. */
  pull(): void {
    this.#plugged = Promise.withResolvers()
    this.#line?.stream.destroy()
  }

  /** Power again. */
  plug(): void {
    this.#plugged.resolve()
  }
}

/** Between two tries to connect, in real milliseconds: doubled each time, and never all gateways at once. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 30_000

/** Connects, and again whenever the line breaks. Ends when `signal` aborts; rejects when the broker refuses the gateway. */
export async function keepConnected(
  options: LineOptions,
  session: Session,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  keepLengths()
  const { random = Math.random } = options
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  for (let tries = 0; !signal.aborted; tries++) {
    await Promise.race([socket.plugged(), ended])
    if (signal.aborted) return
    const connected = await lineOf(options, session, socket, signal)
    if (connected) tries = 0
    const pause = Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE) * between(random, 0.5, 1.5)
    await sleep(pause, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

// One connection, from its start to its end. A fresh client each time, since mqtt.js 5 can stay "connecting"
// after a broker's restart (its pull request 2052); resolves with whether the broker let us in.
function lineOf(
  { url, gateway, secret, will }: LineOptions,
  session: Session,
  socket: Socket,
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
    will: { ...will, qos: 1, retain: true },
  })
  socket.holds(client)
  const abandon = () => void client.stream.destroy()
  // Cut or closed while it is still connecting; afterwards whoever ends it says how.
  signal.addEventListener('abort', abandon)
  client.on('connect', () => {
    signal.removeEventListener('abort', abandon)
    connected = true
    session.up(client)
  })
  client.on('error', (error) => {
    if (isRefusal(error))
      reject(new RefusedGateway(`gateway ${gateway} is refused`, { cause: error }))
  })
  client.on('close', () => {
    signal.removeEventListener('abort', abandon)
    if (connected) session.down()
    resolve(connected)
  })
  return promise
}

/** A broker does not let a gateway in, and will not however often it asks. */
export class RefusedGateway extends Error {}

// CONNACK return codes: 4 bad user name or password, 5 not authorized [MQTT 3.1.1, table 3.1]. All else may pass.
function isRefusal(error: Error): boolean {
  return 'code' in error && (error.code === 4 || error.code === 5)
}

const GOODBYE = 1000

/** Sends DISCONNECT, so that there is no last will. mqtt.js first waits for all that flies, perhaps for ever. */
export async function goodbye(client: MqttClient): Promise<void> {
  await Promise.race([client.endAsync(), sleep(GOODBYE, undefined, { ref: false })])
  client.stream.destroy()
}
