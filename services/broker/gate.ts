import type { Duplex } from 'node:stream'
import { type Acks, Answers } from './answers.ts'
import {
  PUBLISH,
  type Data,
  type Header,
  type Stage,
  type Violation,
  readData,
  readHeader,
  violationOf,
} from './frames.ts'
import { type Limits, weigh } from './limits.ts'
import type { Pace } from './pace.ts'
import type { Room } from './room.ts'

/** What a gate stands in. */
export type GateDeps = {
  readonly limits: Limits
  readonly room: Room
  readonly acks: Acks
  /** Told once, when the gate ends the connection. */
  readonly ended: (why: Violation) => void
}

/** A gateway that is signed in: its pace, the topic of its data, and who takes what it publishes there. */
export type Opened = {
  readonly pace: Pace
  readonly topic: Buffer
  readonly take: (data: Data, length: number) => void
}

/**
 * What a connection that is not read waits for: the answer to its CONNECT, to its PUBLISHes, room in the house, the
 * pace of its gateway, or that it reads what we say.
 */
export type Held = 'sign-in' | 'answers' | 'room' | 'pace' | 'drain'

// aedes gives a whole chunk of packets to its handlers at once: not more than this.
const PACKETS_A_TURN = 64

/**
 * Stands between a socket and aedes, which guards no size and no number: it reads whatever there is. aedes asks its
 * connection for bytes by `read(null)`, and the gate answers there: whole packets that may pass, the rest later. A
 * stream in between would do the same for 3 KiB more a connection and two more queues on the way of every byte.
 *
 * The socket flows and gives each chunk as it comes; read by 'readable', as aedes would, each first waits for a turn of
 * its own.
 *
 * What nearly all messages are, a PUBLISH with QoS 1 to the gateway's own data topic, never reaches aedes: nobody
 * subscribes to it, so there is nothing to route, and on that way it cost 13 us.
 *
 * What may not pass yet stays in the socket, then in the kernel, then with the gateway.
 */
export class Gate {
  /** When something last came, by performance.now(). */
  heardAt = performance.now()
  readonly answers: Answers
  readonly #conn: Duplex
  readonly #deps: GateDeps
  #readers: readonly (() => void)[] = []
  #stage: Stage = 'new'
  #opened: Opened | null = null
  #held: Held | null = null
  #heldAt = 0
  #waking: NodeJS.Timeout | null = null
  // What has come and nobody has asked for.
  #come: Buffer | null = null
  // Taken of that and not handed on: it begins with a header.
  #rest: Buffer | null = null
  // Bytes still to come of the packet that is being handed on.
  #body = 0
  // Whether aedes has asked for bytes since it was last told that there are some.
  #served = false
  #insisting = false

  constructor(conn: Duplex, deps: GateDeps) {
    this.#conn = conn
    this.#deps = deps
    this.answers = new Answers(conn, deps.acks)
    const read = conn.read.bind(conn)
    // Only aedes asks like this; Node itself gives a size, or none.
    conn.read = (size?: number | null) => (size === null ? this.#give() : read(size))
  }

  /** Takes the place of the socket's 'readable', to which aedes listens by now. */
  listen(): void {
    const conn = this.#conn
    this.#readers = conn.listeners('readable').map((reader) => () => void reader.call(conn))
    conn.removeAllListeners('readable')
    conn.on('data', (bytes: Buffer) => this.#hear(bytes))
    conn.resume()
  }

  /** The gateway is signed in: its packets may pass, at its pace. */
  open(opened: Opened): void {
    this.#stage = 'open'
    this.#opened = opened
    this.wake()
  }

  /** A PUBLISH of this many bytes was answered. */
  answered(length: number): void {
    this.answers.answered(length)
    if (this.#held === 'answers') this.wake()
  }

  /** Asks aedes to read on. */
  wake(): void {
    if (this.#waking) clearTimeout(this.#waking)
    this.#waking = null
    this.heardAt = performance.now()
    this.#held = null
    this.#offer()
    this.#flow()
  }

  /** What it waits for before it reads on; null when it reads. */
  get held(): Held | null {
    return this.#held
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
    this.#come = null
  }

  #hear(bytes: Buffer): void {
    this.heardAt = performance.now()
    this.#opened?.pace.take(bytes.length, this.heardAt)
    this.#come = this.#come === null ? bytes : Buffer.concat([this.#come, bytes])
    this.#offer()
    this.#flow()
  }

  // aedes counts a 'readable' down for each packet that is under way, and reads at zero: behind ten PUBLISHes that
  // wait for the store, ten PINGREQs would stay unread, and the gateway would give up. We count for ourselves.
  #offer(): void {
    for (const reader of this.#readers) reader()
    if (this.#insisting || this.#stage !== 'open') return
    this.#insisting = true
    for (let i = 0; i < 2 * PACKETS_A_TURN && !this.#served; i++)
      for (const reader of this.#readers) reader()
    this.#served = false
    this.#insisting = false
  }

  // Nothing more comes while something waits that is not only the beginning of a packet.
  #flow(): void {
    const kept = this.#held !== null || this.#come !== null
    const waits = kept || (this.#rest !== null && readHeader(this.#rest, 0) !== 'more')
    if (waits === this.#conn.isPaused()) return
    if (waits) this.#conn.pause()
    else this.#conn.resume()
  }

  /** Since when our answers are not read, by performance.now(); null when they are. */
  get unreadSince(): number | null {
    return this.#held === 'drain' ? this.#heldAt : null
  }

  #give(): Buffer | null {
    this.#served = true
    if (this.#conn.destroyed) return null
    const bytes = this.#mustWait() ? null : this.#next()
    const given = bytes && this.#split(bytes)
    this.#flow()
    return given
  }

  // What aedes gets, or null when that is nothing.
  #split(bytes: Buffer): Buffer | null {
    const cut = this.#cut(bytes)
    if (cut === null) return null
    const { from, end } = cut
    this.#rest = end < bytes.length ? bytes.subarray(end) : null
    if (this.#isLeftAlone(from === end)) setImmediate(() => this.wake())
    return end > from ? bytes.subarray(from, end) : null
  }

  // aedes reads on when what it got is answered. A piece of a packet has no answer, nor has what it did not get.
  #isLeftAlone(gotNothing: boolean): boolean {
    if (this.#held !== null || !(this.#body > 0 || gotNothing)) return false
    return this.#come !== null || (this.#rest !== null && this.#body === 0)
  }

  // Who does not read our answers is not read either: they would grow here, for aedes is not told when a PUBACK
  // finds the socket full (mqtt-packet's writeToStream says true). And who is fast is read at its pace.
  #mustWait(): boolean {
    if (this.#conn.writableNeedDrain) return this.#wait('drain')
    const wait = this.#opened?.pace.wait(performance.now()) ?? 0
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

  // The rest first. Only when that is no whole header does what has come have to add to it.
  #next(): Buffer | null {
    const [rest, come] = [this.#rest, this.#come]
    if (rest !== null && readHeader(rest, 0) !== 'more') return rest
    if (come === null) return null
    this.#come = null
    return rest === null ? come : Buffer.concat([rest, come])
  }

  // The stretch that aedes gets; what stands before it has been taken here, what stands behind it waits. Null when the
  // connection was ended instead.
  #cut(bytes: Buffer): { from: number; end: number } | null {
    let at = this.#pass(0, bytes.length)
    let [from, weight] = [0, 0]
    for (let packets = 0; packets < PACKETS_A_TURN && at < bytes.length; packets++) {
      const header = this.#look(bytes, at, weight)
      if (header === null) return null
      const data = this.#dataAt(bytes, at, header)
      // Data not before what stands in front of it.
      if (header === 'later' || (data && at > from)) break
      at = this.#enter(header, at, bytes.length)
      if (this.#taken(data, header)) from = at
      else weight += weigh(header.length)
    }
    return { from, end: at }
  }

  #look(bytes: Buffer, at: number, weight: number): Header | 'later' | null {
    const header = readHeader(bytes, at)
    if (header === 'more') return 'later'
    if (header === 'bad') return this.#end('no-mqtt')
    const violation = violationOf(header, this.#stage, this.#deps.limits)
    if (violation) return this.#end(violation)
    return this.#holds(header, weight) ? 'later' : header
  }

  #dataAt(bytes: Buffer, at: number, header: Header | 'later'): Data | null {
    if (header === 'later' || this.#opened === null) return null
    return readData(bytes, at, header, this.#opened.topic)
  }

  #taken(data: Data | null, { length }: Header): boolean {
    if (data) this.#opened?.take(data, length)
    return data !== null
  }

  #enter({ type, size, length }: Header, at: number, end: number): number {
    this.#held = null
    if (type === PUBLISH) this.answers.admit(length)
    this.#body = size + length
    return at + this.#pass(at, end)
  }

  #pass(at: number, end: number): number {
    const passed = Math.min(this.#body, end - at)
    this.#body -= passed
    return passed
  }

  #holds({ type, length }: Header, weight: number): boolean {
    if (this.#stage === 'asked') return this.#wait('sign-in')
    // A PINGREQ is answered while PostgreSQL is away, so that the connections are kept.
    if (type !== PUBLISH) return this.#stage === 'new' && this.#ask()
    if (this.answers.full(length, this.#deps.limits)) return this.#wait('answers')
    return !this.#deps.room.fits(weight) && this.#wait('room')
  }

  #ask(): false {
    this.#stage = 'asked'
    return false
  }

  #end(why: Violation): null {
    this.#deps.ended(why)
    this.#conn.destroy()
    return null
  }
}
