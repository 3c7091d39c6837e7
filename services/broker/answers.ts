import type { Duplex } from 'node:stream'
import type { Limits } from './limits.ts'

/**
 * Writes PUBACKs when all that have become ready together are known: a batch that is stored answers many messages of
 * one connection, and a write to a socket costs more than all else that is done for one of them.
 */
export class Acks {
  #ready: Answers[] = []

  /** Has a connection write its PUBACKs soon. */
  add(answers: Answers): void {
    // Behind all promises that are settled now.
    if (this.#ready.push(answers) === 1) process.nextTick(() => this.#write())
  }

  #write(): void {
    const ready = this.#ready
    this.#ready = []
    for (const answers of ready) answers.write()
  }
}

/** The PUBLISHes of one connection that are not answered yet. */
export class Answers {
  readonly #conn: Duplex
  readonly #acks: Acks
  #messages = 0
  #bytes = 0
  #ids: number[] | null = null

  constructor(conn: Duplex, acks: Acks) {
    this.#conn = conn
    this.#acks = acks
  }

  /** Whether one more, of this many bytes, has to wait. The first never has. */
  full(length: number, { inFlight, inFlightBytes }: Limits): boolean {
    return (
      this.#messages > 0 && (this.#messages >= inFlight || this.#bytes + length > inFlightBytes)
    )
  }

  admit(length: number): void {
    this.#messages++
    this.#bytes += length
  }

  answered(length: number): void {
    this.#messages--
    this.#bytes -= length
  }

  /** Acknowledges a message, together with others that are ready in the same breath. */
  acknowledge(messageId: number): void {
    if (this.#ids === null) {
      this.#ids = []
      this.#acks.add(this)
    }
    this.#ids.push(messageId)
  }

  /** Writes the PUBACKs that are ready (MQTT 3.1.1, 3.4): before anything else that comes behind them. */
  write(): void {
    const ids = this.#ids
    this.#ids = null
    if (ids === null || !this.#conn.writable) return
    const bytes = Buffer.allocUnsafe(4 * ids.length)
    for (const [place, id] of ids.entries()) bytes.writeUInt32BE(PUBACK + id, 4 * place)
    this.#conn.write(bytes)
  }
}

// Type 4, and two bytes to come: the identifier.
const PUBACK = 0x4002_0000
