import type { Socket } from 'node:net'
import type { Tally } from './counts.ts'
import type { Limits } from './limits.ts'
import { Pace } from './pace.ts'

/** A TCP connection, from when it was accepted: long before TLS, HTTP or MQTT say anything of it. */
export type Arrival = {
  readonly address: string
  readonly socket: Socket
  readonly at: number
  signedIn: boolean
}

/** Counts who is inside, and sends away who does not say who it is. */
export class Lobby {
  readonly #limits: Limits
  readonly #tally: Tally
  readonly #pace: Pace
  readonly #inside = new Set<Arrival>()
  readonly #byAddress = new Map<string, number>()
  readonly #byPeer = new Map<string, Arrival>()
  // The one that has waited longest stands first.
  readonly #strangers = new Set<Arrival>()

  constructor(limits: Limits, tally: Tally) {
    this.#limits = limits
    this.#tally = tally
    const rate = { perSecond: limits.connectsPerSecond, atOnce: limits.connectsAtOnce }
    this.#pace = new Pace(rate, performance.now())
  }

  get size(): number {
    return this.#inside.size
  }

  /**
   * Lets a connection in, or null. Then it is closed without a word: a CONNACK that refuses would need all of
   * TLS first, and clients such as mqtt.js never try again after one (`reconnectOnConnackError`).
   */
  admit(socket: Socket): Arrival | null {
    const address = addressOf(socket.remoteAddress)
    const why = this.#refusal(address, performance.now())
    if (why) {
      this.#tally.count(why)
      socket.destroy()
      return null
    }
    const arrival = { address, socket, at: performance.now(), signedIn: false }
    this.#enter(arrival)
    return arrival
  }

  /** Remembers an arrival by its far end, for what TLS or HTTP make of its socket. */
  hand(arrival: Arrival): void {
    const peer = peerOf(arrival.socket)
    this.#byPeer.set(peer, arrival)
    arrival.socket.once('close', () => this.#byPeer.delete(peer))
  }

  /** The arrival that a TLS socket or an upgraded HTTP connection stands on; undefined when it has left. */
  arrivalOf(socket: Socket): Arrival | undefined {
    return this.#byPeer.get(peerOf(socket))
  }

  /** It has sent its CONNECT: from here on its sign-in has a time of its own. */
  asked(arrival: Arrival): void {
    this.#strangers.delete(arrival)
  }

  /** Sends away who has not sent CONNECT in time. */
  sweep(now: number): void {
    for (const stranger of this.#strangers) {
      if (now - stranger.at < this.#limits.connectWithin) return
      this.#dismiss(stranger, 'no-connect')
    }
  }

  /** Sends everybody away. */
  close(): void {
    for (const { socket } of this.#inside) socket.destroy()
  }

  #refusal(address: string, now: number): 'full' | 'address-full' | 'too-fast' | null {
    if (address === '' || this.#inside.size >= this.#limits.connections) return 'full'
    if ((this.#byAddress.get(address) ?? 0) >= this.#limits.perAddress) return 'address-full'
    if (this.#pace.wait(now) > 0) return 'too-fast'
    this.#pace.take(1, now)
    return null
  }

  #enter(arrival: Arrival): void {
    const { address, socket } = arrival
    const [oldest] = this.#strangers
    if (oldest && this.#strangers.size >= this.#limits.strangers)
      this.#dismiss(oldest, 'crowded-out')
    this.#inside.add(arrival)
    this.#strangers.add(arrival)
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    // A line that breaks before anybody listens to it must not end the process.
    socket.on('error', ignore)
    socket.once('close', () => this.#leave(arrival))
  }

  #leave(arrival: Arrival): void {
    this.#inside.delete(arrival)
    this.#strangers.delete(arrival)
    const others = (this.#byAddress.get(arrival.address) ?? 1) - 1
    if (others > 0) this.#byAddress.set(arrival.address, others)
    else this.#byAddress.delete(arrival.address)
  }

  #dismiss(stranger: Arrival, why: 'crowded-out' | 'no-connect'): void {
    this.#tally.count(why)
    this.#strangers.delete(stranger)
    stranger.socket.destroy()
  }
}

function ignore(): void {}

// While a connection is open no other has the same far and near end.
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`
}

/** Where somebody comes from: an IPv4 address, or the first half of an IPv6 address. Empty: it is gone already. */
export function addressOf(remote: string | undefined): string {
  if (remote === undefined) return ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote)?.[1]
  if (mapped !== undefined) return mapped
  if (!remote.includes(':')) return remote
  const [head = '', tail = ''] = remote.replace(/%.*$/, '').split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = tail.split(':').filter((group) => group !== '')
  const zeros = remote.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
