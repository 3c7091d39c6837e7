import type { IPublishPacket, MqttClient } from 'mqtt'
import type { Logger } from 'pino'

/** A message as it came. `replayed`: kept by the broker for whoever subscribes; `repeated`: said before. */
export type Heard = {
  readonly topic: string
  readonly payload: Uint8Array
  readonly replayed: boolean
  readonly repeated: boolean
}

/** What a line does with what it hears: `receive` resolves when it is stored. */
export type LineDeps = {
  readonly receive: (message: Heard) => Promise<void>
  readonly log: Logger
}

// The most messages a line holds that are not stored yet. Brokers send fewer ahead by themselves; one that is set to
// no window at all (Mosquitto's max_inflight_messages 0) is then not read on.
const MOST = 1000
// What mqtt.js answers a handler that fails: nothing. It goes on with the next packet and leaves the PUBACK to us.
const LATER = new Error('acknowledged when it is stored')

/**
 * One connection to a broker of another house that acknowledges by itself, after storing. mqtt.js hands on one
 * packet after the other and waits with the next, and with the answer to its own PINGREQ, until the one before is
 * acknowledged: one commit a message. So it is told that each failed, which sends nothing and goes on, and the
 * PUBACK is written to the stream when the message is stored, in the order in which they came [MQTT-4.6.0-2].
 */
export class Line {
  readonly #client: MqttClient
  readonly #deps: LineDeps
  readonly #closing = new AbortController()
  #turn: Promise<unknown> = Promise.resolve()
  #stream: unknown = null
  #held = 0
  #goOn: (() => void) | null = null

  constructor(client: MqttClient, deps: LineDeps) {
    this.#client = client
    this.#deps = deps
    client.handleMessage = (packet, done) => this.#take(packet, done)
  }

  /** Acknowledges nothing more: what is not stored yet comes again in the next session. */
  close(): void {
    this.#closing.abort()
  }

  #take(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { stream } = this.#client
    // A new connection has an order, and packet identifiers, of its own: what is under way belongs to the old one.
    if (stream !== this.#stream) this.#turn = Promise.resolve()
    this.#stream = stream
    this.#turn = this.#answer(packet, stream, this.#turn)
    this.#held++
    const next = () => done(packet.qos === 1 ? LATER : undefined)
    if (this.#held < MOST) next()
    else this.#goOn = next
  }

  async #answer(
    packet: IPublishPacket,
    stream: MqttClient['stream'],
    before: Promise<unknown>,
  ): Promise<void> {
    const stored = await this.#store(packet)
    await before
    this.#held--
    if (stored && packet.qos === 1 && !this.#closing.signal.aborted && stream.writable)
      stream.write(puback(packet.messageId ?? 0))
    const next = this.#goOn
    this.#goOn = null
    next?.()
  }

  // It rejects when it is closed, or when trying again cannot help: then the broker keeps it and says it again.
  async #store({ topic, payload, retain, dup }: IPublishPacket): Promise<boolean> {
    const message = { topic, payload: Buffer.from(payload), replayed: retain, repeated: dup }
    try {
      await this.#deps.receive(message)
      return true
    } catch (error) {
      this.#deps.log.warn({ err: error, topic }, 'not stored, so not acknowledged')
      return false
    }
  }
}

// [MQTT-3.4.2-1]: two bytes of header, two of identifier. In MQTT 5 a PUBACK of that length means success (3.4.2.1).
function puback(messageId: number): Buffer {
  return Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff])
}
