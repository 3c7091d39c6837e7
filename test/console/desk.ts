import type { Hono } from 'hono'
import type pg from 'pg'
import { pino } from 'pino'
import { createConsole } from '../../services/console/console.ts'
import type { ConsoleEnv, ConsoleOptions } from '../../services/console/env.ts'
import { openVoice } from '../../services/alerts/voice.ts'
import { openLive } from '../../services/console/live.ts'
import { signInLink } from '../../services/console/session.ts'
import { HOUR } from '../../services/core/time.ts'
import { NAMES_KEY, SEOUL, type Town, buildTown } from './town.ts'

export const SESSION_KEY = 'a made-up key for sessions, of enough characters'
export const BASE = 'http://console.example'
const PASS_KEY = 'a made-up key for links in messages'
const nothing = { push: null, alimtalk: null, sms: null, webhook: null, slack: null, ntfy: null }
const CHANNELS = {
  ...nothing,
  cap: null,
  email: () => Promise.reject(new Error('nothing is sent from the console itself')),
}
/** A voice that speaks by mail and by nothing else. */
export const VOICE = openVoice({
  channels: CHANNELS,
  publicUrl: BASE,
  passKey: PASS_KEY,
  asks: false,
})

export type Mail = { readonly to: string; readonly subject: string; readonly text: string }

/** A console on a made-up town, asked without any network. */
export type Desk = {
  readonly town: Town
  readonly app: Hono<ConsoleEnv>
  readonly mails: Mail[]
  /** Signs somebody in and resolves with their cookie. */
  enter(person: string): Promise<string>
  /** Asks for a page as `cookie`'s owner. */
  get(path: string, cookie: string, headers?: Record<string, string>): Promise<Response>
  /** Sends a form from our own page. */
  post(path: string, cookie: string, form?: Record<string, string>): Promise<Response>
}

export async function openDesk(pool: pg.Pool, given: Partial<ConsoleOptions> = {}): Promise<Desk> {
  const town = await buildTown(pool)
  const mails: Mail[] = []
  const app = createConsole({
    pool,
    clock: town.clock,
    log: pino({ level: 'silent' }),
    sessionKey: SESSION_KEY,
    namesKey: NAMES_KEY,
    mail: (to, subject, text) => Promise.resolve(void mails.push({ to, subject, text })),
    voice: VOICE,
    told: () => Promise.resolve(),
    raised: () => Promise.resolve(),
    publicUrl: BASE,
    timeZone: SEOUL,
    callbacks: {},
    pushKey: 'a made-up key',
    live: openLive(),
    listening: () => true,
    ...given,
  })
  return {
    town,
    app,
    mails,
    async enter(person) {
      const until = Date.now() + HOUR
      const link = signInLink({ key: SESSION_KEY, base: BASE, person, until })
      const entered = await app.request(link)
      return (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    },
    get: async (path, cookie, headers = {}) =>
      app.request(BASE + path, { headers: { cookie, ...headers } }),
    post: async (path, cookie, form = {}) =>
      app.request(BASE + path, {
        method: 'POST',
        headers: { cookie, origin: BASE },
        body: new URLSearchParams(form),
      }),
  }
}
