import type pg from 'pg'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ReadCallback } from '../core/delivery.ts'
import type { Lang } from '../core/sentence.ts'
import type { Clock } from '../core/time.ts'
import type { Voice } from '../store/alerts.ts'
import type { Live } from './live.ts'
import type { View } from './view.ts'

/** What the console stands on. */
export type ConsoleOptions = {
  readonly pool: pg.Pool
  readonly clock: Clock
  readonly log: Logger
  /** ANBU_SESSION_KEY: signs sessions and sign-in links. */
  readonly sessionKey: string
  /** ANBU_NAMES_KEY: opens the names of residents. Null: no name can be shown. */
  readonly namesKey: string | null
  /** Sends a sign-in link. Null: this installation sends no mail, and links come from the command line. */
  readonly mail: ((to: string, subject: string, text: string) => Promise<void>) | null
  /** How people are told of what somebody does here. */
  readonly voice: Voice
  /** Has what was just planned sent at once. */
  readonly told: () => Promise<void>
  /** Has a signal that was just raised taken at once. */
  readonly raised: () => Promise<void>
  /** The address under which staff reach the console. */
  readonly publicUrl: string
  /** The office's time zone, for what belongs to no home. */
  readonly timeZone: string
  /** Who may call back about messages, and how to read it, by the last part of the address. */
  readonly callbacks: Readonly<Record<string, ReadCallback>>
  /** By which key push services know this installation (VAPID), or null: no device can be registered. */
  readonly pushKey: string | null
  readonly live: Live
  /** What the other services of this process say of themselves to Prometheus. */
  readonly figures?: Registry
  /** Whether changes reach `live` at once, for /health. */
  readonly listening: () => boolean
}

/** What a request carries: a language always, a view once somebody has signed in. */
export type ConsoleEnv = { Variables: { lang: Lang; language: string; view: View } }
