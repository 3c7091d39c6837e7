/** What the front door bears, and no more. `docs/protocol.md` lists these numbers for who builds a gateway. */
export type Limits = {
  /** Open connections in all, and from one address (of IPv6: one /64, which is one customer). */
  readonly connections: number
  readonly perAddress: number
  /** New connections a second, and how many at once after a pause. Beyond them they are closed unheard. */
  readonly connectsPerSecond: number
  readonly connectsAtOnce: number
  /** Connections that have not said who they are. A newcomer pushes out the one that has been silent longest. */
  readonly strangers: number
  /** Who has not sent CONNECT after this is sent away. Real milliseconds, counted from the TCP connection on. */
  readonly connectWithin: number
  /** How many may wait for the answer to their CONNECT, and how long one may, in real milliseconds. */
  readonly signingIn: number
  readonly signInWithin: number
  /** Look-ups of a gateway at once: they share the database with the commits. */
  readonly lookUps: number
  /** Password derivations at once: each has a thread of Node's four for about 8 ms. */
  readonly derivations: number
  /** Connections of one gateway. One more closes its oldest, as a client id that comes again does. */
  readonly perGateway: number
  /** Bytes of a packet that is no PUBLISH, CONNECT among them, and so of all that comes before it is accepted. */
  readonly smallFrame: number
  /** Bytes of a PUBLISH: Zigbee2MQTT tells of 300 devices in one of 1 MB. */
  readonly frame: number
  /** PUBLISHes of one connection that are not answered yet, and their bytes. Beyond them its socket is not read. */
  readonly inFlight: number
  readonly inFlightBytes: number
  /** Readings of all connections that are not answered yet; one is taken to be `READING` bytes. */
  readonly pending: number
  /** Bytes a second of one gateway, and how many at once after a pause. Beyond them it is read more slowly. */
  readonly bytesPerSecond: number
  readonly bytesAtOnce: number
  readonly subscriptions: number
  /** The longest a connection may be silent is 1.5 times its keep-alive, of which this is the most. Milliseconds. */
  readonly keepAlive: number
  /** How long somebody may leave our answers unread before it is sent away. Real milliseconds. */
  readonly drainWithin: number
  /** How long a gateway that was disabled is heard over a connection that stands. Real milliseconds. */
  readonly disabledWithin: number
}

// How many bytes a reading is taken for: a native one has 60 to 90.
const READING = 64

/** How many readings a PUBLISH of this many bytes is taken for. */
export function weigh(length: number): number {
  return Math.max(1, Math.ceil(length / READING))
}

/** The limits of a house that sets no others. */
export const LIMITS: Limits = {
  connections: 20_000,
  perAddress: 10_000,
  connectsPerSecond: 1000,
  connectsAtOnce: 5000,
  strangers: 5000,
  connectWithin: 10_000,
  signingIn: 10_000,
  signInWithin: 20_000,
  lookUps: 4,
  derivations: 2,
  perGateway: 10,
  smallFrame: 8 * 1024,
  frame: 1024 * 1024,
  inFlight: 64,
  inFlightBytes: 256 * 1024,
  pending: 100_000,
  bytesPerSecond: 256 * 1024,
  bytesAtOnce: 32 * 1024 * 1024,
  subscriptions: 20,
  keepAlive: 1_200_000,
  drainWithin: 30_000,
  disabledWithin: 60_000,
}
