import { randomUUID } from 'node:crypto'
import type { MqttClient } from 'mqtt'
import { type GatewayId, type NativeState, type Reading, TOPIC } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { bodyOf } from './letter.ts'
import { Socket, goodbye, keepConnected } from './line.ts'
import { Outbox } from './outbox.ts'
import type { Random } from './random.ts'

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
  readonly #socket = new Socket()
  readonly #first = Promise.withResolvers<void>()
  readonly #running: Promise<void>
  #line: MqttClient | null = null

  constructor(options: GatewayOptions) {
    this.gateway = options.gateway
    this.#first.promise.catch(() => undefined) // whoever waits for it is told
    const session = { up: this.#up(options.now), down: this.#down }
    const will = { topic: TOPIC.state(this.gateway), payload: stateOf('offline', this.#boot) }
    const line = { ...options, will }
    this.#running = keepConnected(line, session, this.#socket, this.#end.signal).catch(this.#fail)
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

  /** Says that it is alive, if there is a line. Resolves when that is acknowledged, or can no longer be. */
  beat(): Promise<void> {
    const state = stateOf('online', this.#boot)
    const topic = TOPIC.state(this.gateway)
    return new Promise((resolve) => {
      if (!this.#line) return resolve()
      this.#line.publish(topic, state, { qos: 1, retain: true }, () => resolve())
    })
  }

  /** Loses power or line without a goodbye, and keeps what it is told until it has them again. */
  darken(): void {
    this.#socket.pull()
  }

  /** Has power and line again. */
  lighten(): void {
    this.#socket.plug()
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
    void this.beat() // whoever waits for it says so again
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

function stateOf(state: NativeState['state'], boot: string): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, state, boot, sw: 'anbu-simulator' }))
}
