import type { Client } from 'aedes'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Clock } from '../core/time.ts'
import type { Tally } from './counts.ts'
import type { Limits } from './limits.ts'
import type { Lobby } from './lobby.ts'
import type { Visit, Visits } from './visits.ts'

/** A message whose sender is known from its credential. */
export type Published = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
  /** Its sender has said it before, and does not know whether we heard it (MQTT's DUP flag). */
  readonly repeated: boolean
}

/** What the rules at the door stand on. */
export type House = {
  readonly deps: {
    readonly pool: pg.Pool
    readonly clock: Clock
    readonly log: Logger
    readonly accept: (message: Published) => Promise<void>
    readonly forget: (gateway: string) => void
  }
  readonly limits: Limits
  readonly lobby: Lobby
  readonly tally: Tally
  readonly visits: Visits
  readonly visitOf: WeakMap<Client, Visit>
}
