import type { Refusal } from './door.ts'

/** Why somebody was turned away at the door, or sent away again. */
export type Turned =
  | Refusal['reason']
  | 'full'
  | 'address-full'
  | 'too-fast'
  | 'crowded-out'
  | 'no-connect'
  | 'no-mqtt'
  | 'frame-too-large'
  | 'sign-in-busy'
  | 'store-away'
  | 'replaced'
  | 'keep-alive'
  | 'unread'
  | 'subscription'

/** What the front door does now, and whom it turned away since it was opened, by reason. */
export type Counts = {
  /** TCP connections, and those among them that are signed in. */
  readonly connections: number
  readonly signedIn: number
  /** Readings, as the door estimates them, that are taken and not answered yet. */
  readonly pending: number
  /** Connections that are not read because the house is full: the store is too slow, or away. */
  readonly held: number
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
