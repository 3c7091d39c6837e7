import type { Held } from './gate.ts'

/** Why somebody was turned away at the door, or sent away again, or not taken at its word. */
export const TURNED = [
  'wrong-password',
  'bad-certificate',
  'disabled',
  'foreign-client-id',
  'foreign-topic',
  'bad-topic',
  'too-large',
  'full',
  'address-full',
  'too-fast',
  'crowded-out',
  'no-connect',
  'no-mqtt',
  'frame-too-large',
  'sign-in-busy',
  'store-away',
  'replaced',
  'keep-alive',
  'unread',
  'subscription',
] as const
export type Turned = (typeof TURNED)[number]

/** What the front door does now, and whom it turned away since it was opened, by reason. */
export type Counts = {
  /** TCP connections, and those among them that are signed in. */
  readonly connections: number
  readonly signedIn: number
  /** Readings, as the door estimates them, that are taken and not answered yet. */
  readonly pending: number
  /** Connections that are not read now, by what they wait for. `room`: the store is too slow, or away. */
  readonly held: Readonly<Record<Held, number>>
  readonly turned: Readonly<Partial<Record<Turned, number>>>
}

/** Counts whom the door turns away. */
export type Tally = {
  count(why: Turned): void
  readonly turned: Readonly<Partial<Record<Turned, number>>>
}

/** Opens a tally that begins at nothing. */
export function openTally(): Tally {
  const turned: Partial<Record<Turned, number>> = {}
  return { count: (why) => void (turned[why] = (turned[why] ?? 0) + 1), turned }
}
