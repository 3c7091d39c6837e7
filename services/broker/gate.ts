import type { Duplex } from 'node:stream'
import { CONNECT, PUBLISH, type Header, readHeader } from './frames.ts'
import { type Limits, READING } from './limits.ts'
import type { Pace } from './pace.ts'
import type { Room } from './room.ts'

/** Why a connection was ended by its gate. */
export type Violation = 'no-mqtt' | 'frame-too-large'

/** What a gate stands in. */
export type GateDeps = {
  readonly limits: Limits
  readonly room: Room
  /** Told once, when the gate ends the connection. */
  readonly ended: (why: Violation) => void
}

type Held = 'sign-in' | 'answers' | 'room' | 'pace' | 'drain'

// aedes gives a whole chunk of packets to its handlers at once: not more than this.
const PACKETS_A_TURN = 64

/**
 * Stands between a socket and aedes, which guards no size and no number: it reads whatever there is. aedes asks its
 * connection for bytes by `read(null)`, and the gate answers there: whole packets that may pass, the rest later. A
 * stream in between would do the same for 3 KiB more a connection and two more queues on the way of every byte.
 *
 * What may not pass yet stays in the socket, then in the kernel, then with the gateway.
 */
export class Gate {
  /** When something last came, by performance.now(). */
  heardAt = performance.now()
  readonly #conn: Duplex
  readonly #deps: GateDeps
  readonly #read: (size?: number) => unknown
  #stage: 'new' | 'asked' | 'open' = 'new'
  #pace: Pace | null = null
  #held: Held | null = null
  #heldAt = 0
  #waking: NodeJS.Timeout | null = null
  // Taken from the socket and not handed on: it begins with a header.
  #rest: Buffer | null = null
  // Bytes still to come of the packet that is being handed on.
  #body = 0
  #inFlight = 0
  #inFlightBytes = 0
  // Whether aedes has asked for bytes since the last 'readable'.
  #served = false
  #insisting = false

  constructor(conn: Duplex, deps: GateDeps) {
    this.#conn = conn
    this.#deps = deps
    // oxlint-disable-next-line typescript/unbound-method -- called on its connection; bound, it is one more a connection
    this.#read = conn.read
    // Node itself calls read(0), which fetches and returns nothing.
    conn.read = (size?: number) => (size === 0 ? this.#read.call(conn, 0) : this.#give())
  }

  /** Sees to it that aedes reads on whenever there is something; called once aedes listens. */
  listen(): void {
    this.#conn.on('readable', () => this.#insist())
  }

  /** The gateway is signed in: its packets may pass, at its pace. */
  open(pace: Pace): void {
    this.#stage = 'open'
    this.#pace = pace
    this.wake()
  }

  /** A PUBLISH of this many bytes was answered. */
  answered(length: number): void {
    this.#inFlight--
    this.#inFlightBytes -= length
    if (this.#held === 'answers') this.wake()
  }

  /** Asks aedes to read on. */
  wake(): void {
    if (this.#waking) clearTimeout(this.#waking)
    this.#waking = null
    this.heardAt = performance.now()
    this.#held = null
    this.#conn.emit('readable')
  }

  /** Whether it is we who do not listen: such a silence is not the gateway's. */
  get deaf(): boolean {
    return this.#held !== null && this.#held !== 'drain'
  }

  /** Lets go of what it holds, when the connection is closed. */
  close(): void {
    if (this.#waking) clearTimeout(this.#waking)
    this.#deps.room.forget(this)
    this.#rest = null
  }

  // aedes counts a 'readable' down for each packet that is under way, and reads at zero: behind ten PUBLISHes that
  // wait for the store, ten PINGREQs would stay unread, and the gateway would give up. We count for ourselves.
  #insist(): void {
    if (this.#insisting || this.#stage !== 'open') return
    this.#insisting = true
    for (let i = 0; i < 2 * PACKETS_A_TURN && !this.#served; i++) this.#conn.emit('readable')
    this.#served = false
    this.#insisting = false
  }

  /** Since when our answers are not read, by performance.now(); null when they are. */
  get unreadSince(): number | null {
    return this.#held === 'drain' ? this.#heldAt : null
  }

  #take(): Buffer | null {
    const bytes = this.#read.call(this.#conn)
    // A stream without an encoding gives bytes, or null.
    if (!(bytes instanceof Buffer)) return null
    this.heardAt = performance.now()
    this.#pace?.take(bytes.length, this.heardAt)
    return bytes
  }

  #give(): Buffer | null {
    this.#served = true
    if (this.#conn.destroyed || this.#mustWait()) return null
    const bytes = this.#next()
    return bytes && this.#split(bytes)
  }

  // What may pass, or null when that is nothing.
  #split(bytes: Buffer): Buffer | null {
    const end = this.#cut(bytes)
    if (end === null) return null
    this.#rest = end < bytes.length ? bytes.subarray(end) : null
    // aedes reads on when what it got is answered. A piece of a packet has no answer: there may be more of it.
    if (this.#body > 0 && this.#conn.readableLength > 0) setImmediate(() => this.wake())
    return end > 0 ? bytes.subarray(0, end) : null
  }

  // Who does not read our answers is not read either: they would grow here, for aedes is not told when a PUBACK
  // finds the socket full (mqtt-packet's writeToStream says true). And who is fast is read at its pace.
  #mustWait(): boolean {
    if (this.#conn.writableNeedDrain) return this.#wait('drain')
    const wait = this.#pace?.wait(performance.now()) ?? 0
    return wait > 0 && this.#wait('pace', wait)
  }

  #wait(why: Held, wait = 0): true {
    if (this.#held === why) return true
    this.#held = why
    this.#heldAt = performance.now()
    if (why === 'drain') this.#conn.once('drain', () => this.wake())
    if (why === 'room') this.#deps.room.wait(this)
    if (why === 'pace') this.#waking = setTimeout(() => this.wake(), wait).unref()
    return true
  }

  // The rest first. Only when that is no whole header does the socket have to add to it.
  #next(): Buffer | null {
    const rest = this.#rest
    if (rest === null) return this.#take()
    if (readHeader(rest, 0) !== 'more') return rest
    const more = this.#take()
    return more && Buffer.concat([rest, more])
  }

  // How many bytes may pass; null when the connection was ended instead.
  #cut(bytes: Buffer): number | null {
    let at = this.#pass(0, bytes.length)
    let weight = 0
    for (let packets = 0; packets < PACKETS_A_TURN && at < bytes.length; packets++) {
      const header = readHeader(bytes, at)
      if (header === 'more') break
      if (header === 'bad') return this.#end('no-mqtt')
      const violation = this.#violation(header)
      if (violation) return this.#end(violation)
      if (this.#holds(header, weight)) break
      this.#held = null
      if (header.type === PUBLISH) weight += this.#admit(header)
      this.#body = header.size + header.length
      at += this.#pass(at, bytes.length)
    }
    return at
  }

  #pass(at: number, end: number): number {
    const passed = Math.min(this.#body, end - at)
    this.#body -= passed
    return passed
  }

  #violation({ type, length }: Header): Violation | null {
    const { frame, smallFrame } = this.#deps.limits
    // [MQTT-3.1.0-1]
    if (this.#stage === 'new' && type !== CONNECT) return 'no-mqtt'
    const most = this.#stage === 'open' && type === PUBLISH ? frame : smallFrame
    // What comes behind a CONNECT is looked at when that is answered.
    return this.#stage !== 'asked' && length > most ? 'frame-too-large' : null
  }

  #holds({ type, length }: Header, weight: number): boolean {
    const { inFlight, inFlightBytes } = this.#deps.limits
    if (this.#stage === 'asked') return this.#wait('sign-in')
    // A PINGREQ is answered while PostgreSQL is away, so that the connections are kept.
    if (type !== PUBLISH) return this.#stage === 'new' && this.#ask()
    const full = this.#inFlight >= inFlight || this.#inFlightBytes + length > inFlightBytes
    if (this.#inFlight > 0 && full) return this.#wait('answers')
    return !this.#deps.room.fits(weight) && this.#wait('room')
  }

  #ask(): false {
    this.#stage = 'asked'
    return false
  }

  #admit({ length }: Header): number {
    this.#inFlight++
    this.#inFlightBytes += length
    return weigh(length)
  }

  #end(why: Violation): null {
    this.#deps.ended(why)
    this.#conn.destroy()
    return null
  }
}

/** How many readings a PUBLISH of this many bytes is taken for. */
export function weigh(length: number): number {
  return Math.max(1, Math.ceil(length / READING))
}
