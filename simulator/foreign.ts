import type { MqttClient } from 'mqtt'
import type { Reading } from '../schemas/reading.ts'
import { FOREIGN, type ForeignAccent, type Said } from './accents.ts'
import type { GatewayOptions } from './gateway.ts'
import { Socket, goodbye, keepConnected } from './line.ts'

/**
 * A gateway that speaks as somebody else's, unmodified. It keeps nothing: what it would say while the line is down is
 * lost, as with Zigbee2MQTT (its lib/mqtt.ts publishes nothing while it is not connected), Tasmota and Shelly.
 */
export class ForeignGateway implements AsyncDisposable {
  readonly #words: (typeof FOREIGN)[ForeignAccent]
  readonly #tongue: ReturnType<(typeof FOREIGN)[ForeignAccent]['tongue']>
  readonly #gateway: string
  readonly #end = new AbortController()
  readonly #socket = new Socket()
  readonly #first = Promise.withResolvers<void>()
  readonly #running: Promise<void>
  readonly #flying = new Set<() => void>()
  #line: MqttClient | null = null

  constructor(accent: ForeignAccent, options: Omit<GatewayOptions, 'now'>) {
    this.#gateway = options.gateway
    this.#words = FOREIGN[accent]
    this.#tongue = this.#words.tongue(options.gateway)
    this.#first.promise.catch(() => undefined) // whoever waits for it is told
    const { topic, payload } = this.#words.offline(options.gateway)
    const line = { ...options, will: { topic, payload: Buffer.from(payload) } }
    const session = { up: this.#up, down: this.#down }
    this.#running = keepConnected(line, session, this.#socket, this.#end.signal).catch(
      (reason: Error) => this.#first.reject(reason),
    )
  }

  /** Resolves with the first connection; rejects when the broker refuses this gateway. */
  ready(): Promise<void> {
    return this.#first.promise
  }

  /** Resolves when the broker has acknowledged all of the readings, or they are lost. */
  async publish(readings: readonly Reading[]): Promise<void> {
    const line = this.#line
    if (!line) return
    const said = readings.flatMap((reading) => this.#tongue(reading))
    await Promise.all(said.map((message) => this.#say(line, message, false)))
  }

  /** Says of itself what it says every few minutes, if there is a line. */
  async beat(): Promise<void> {
    if (this.#line) await this.#say(this.#line, this.#words.beat(this.#gateway), false)
  }

  /** Loses power or line. */
  darken(): void {
    this.#socket.pull()
  }

  /** Has power and line again. */
  lighten(): void {
    this.#socket.plug()
  }

  /** Loses its power for good. */
  cut(): void {
    this.#end.abort()
    this.#socket.pull()
  }

  /** Says goodbye: no last will. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    this.#first.reject(new Error(`gateway ${this.#gateway} was closed`))
    if (this.#line) await goodbye(this.#line)
    await this.#running
  }

  readonly #up = (client: MqttClient) => {
    this.#line = client
    void this.#say(client, this.#words.online(this.#gateway), true)
    this.#first.resolve()
  }

  readonly #down = () => {
    this.#line = null
    for (const lost of this.#flying) lost()
  }

  // Lost where the line breaks before it is acknowledged: never an error.
  #say(line: MqttClient, { topic, payload }: Said, retain: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#flying.delete(done)
        resolve()
      }
      this.#flying.add(done)
      line.publish(topic, payload, { qos: this.#words.qos, retain }, done)
    })
  }
}
