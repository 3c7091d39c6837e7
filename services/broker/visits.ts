import type { Duplex } from 'node:stream'
import type { Counts, Tally } from './counts.ts'
import type { Certificate } from './credentials.ts'
import type { Data, Violation } from './frames.ts'
import { Gate } from './gate.ts'
import type { Limits } from './limits.ts'
import { TOPIC } from '../../schemas/reading.ts'
import { Acks } from './answers.ts'
import type { Arrival, Lobby } from './lobby.ts'
import { Pace } from './pace.ts'
import { Room } from './room.ts'
import { Turns } from './turns.ts'

/** One MQTT connection, from its first byte. */
export type Visit = {
  readonly arrival: Arrival
  readonly conn: Duplex
  readonly gate: Gate
  readonly certificate: Certificate | null
  /** Who it is, by its credential; null until it has signed in. */
  gateway: string | null
  /** How long it may be silent, in milliseconds. */
  silence: number
  readonly turns: Turns
  /** What it subscribes to; null when to nothing, as nearly all. */
  subscriptions: Set<string> | null
}

/** What the visits stand in. */
export type VisitsDeps = {
  readonly limits: Limits
  readonly lobby: Lobby
  readonly tally: Tally
}

type Guest = { readonly pace: Pace; visits: readonly Visit[] }

/** All connections, and what each gateway has of them. */
export class Visits {
  readonly room: Room
  readonly #deps: VisitsDeps
  readonly #acks = new Acks()
  readonly #open = new Set<Visit>()
  readonly #guests = new Map<string, Guest>()
  #signedIn = 0

  constructor(deps: VisitsDeps) {
    this.#deps = deps
    this.room = new Room(deps.limits.pending)
  }

  /** Puts a gate before a connection. */
  receive(conn: Duplex, arrival: Arrival, certificate: Certificate | null): Visit {
    const { limits, tally } = this.#deps
    const ended = (why: Violation) => tally.count(why)
    const gate = new Gate(conn, { limits, room: this.room, acks: this.#acks, ended })
    const visit: Visit = {
      arrival,
      conn,
      gate,
      certificate,
      gateway: null,
      silence: 1.5 * limits.keepAlive,
      turns: new Turns(),
      subscriptions: null,
    }
    this.#open.add(visit)
    conn.once('close', () => this.#leave(visit))
    return visit
  }

  /** It is known who this is. Its oldest connection makes way when there are too many. */
  signIn(visit: Visit, gateway: string): void {
    if (visit.conn.destroyed) return
    const guest = this.#guests.get(gateway) ?? this.#newGuest(gateway)
    const [oldest] = guest.visits
    if (oldest && guest.visits.length >= this.#deps.limits.perGateway) this.#end(oldest, 'replaced')
    visit.gateway = gateway
    visit.arrival.signedIn = true
    guest.visits = [...guest.visits, visit]
    this.#signedIn++
  }

  /** It has its CONNACK: its packets may pass, those with data to `take`. */
  ready(visit: Visit, take: (data: Data, length: number) => void): void {
    const { gateway } = visit
    const guest = gateway === null ? undefined : this.#guests.get(gateway)
    if (gateway === null || !guest) return
    visit.gate.open({ pace: guest.pace, topic: Buffer.from(TOPIC.data(gateway)), take })
  }

  /** Sends away who says nothing, or hears nothing, for too long. */
  sweep(now: number): void {
    for (const visit of this.#open) {
      const why = this.#lateness(visit, now)
      if (why) this.#end(visit, why)
    }
    for (const [gateway, { pace, visits }] of this.#guests)
      if (visits.length === 0 && pace.full(now)) this.#guests.delete(gateway)
  }

  /** The gateways that are signed in. */
  get gateways(): string[] {
    return [...this.#guests].flatMap(([name, { visits }]) => (visits.length > 0 ? [name] : []))
  }

  /** Sends a gateway away that is let in no more. */
  disable(gateway: string): void {
    for (const visit of this.#guests.get(gateway)?.visits ?? []) this.#end(visit, 'disabled')
  }

  counts(): Counts {
    const held = { 'sign-in': 0, answers: 0, room: 0, pace: 0, drain: 0 }
    for (const { gate } of this.#open) if (gate.held !== null) held[gate.held]++
    return {
      connections: this.#deps.lobby.size,
      signedIn: this.#signedIn,
      pending: this.room.used,
      held,
      turned: { ...this.#deps.tally.turned },
    }
  }

  #lateness({ gateway, gate, silence }: Visit, now: number): 'unread' | 'keep-alive' | null {
    if (now - (gate.unreadSince ?? now) > this.#deps.limits.drainWithin) return 'unread'
    // Unless it is we who do not listen [MQTT-3.1.2-24].
    const silent = gateway !== null && !gate.deaf && now - gate.heardAt > silence
    return silent ? 'keep-alive' : null
  }

  // Kept when its connections end, so that nobody gets a full bucket by connecting again.
  #newGuest(gateway: string): Guest {
    const { bytesPerSecond: perSecond, bytesAtOnce: atOnce } = this.#deps.limits
    const pace = new Pace({ perSecond, atOnce }, performance.now())
    const guest: Guest = { pace, visits: [] }
    this.#guests.set(gateway, guest)
    return guest
  }

  #end(visit: Visit, why: 'replaced' | 'unread' | 'keep-alive' | 'disabled'): void {
    this.#deps.tally.count(why)
    visit.conn.destroy(new Error(why))
  }

  #leave(visit: Visit): void {
    visit.gate.close()
    this.#open.delete(visit)
    if (visit.gateway === null) return
    this.#signedIn--
    const guest = this.#guests.get(visit.gateway)
    if (guest) guest.visits = guest.visits.filter((each) => each !== visit)
  }
}
