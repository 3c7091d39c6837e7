import type pg from 'pg'
import type { Logger } from 'pino'
import type { Environment } from '../../schemas/environment.ts'
import type { ReadCallback } from '../core/delivery.ts'
import {
  dropSubscription,
  subscriptionsOf,
  type VapidKeys,
  vapidKeys,
} from '../store/subscriptions.ts'
import { capChannel } from './cap.ts'
import type { Channels, Send } from './deliver.ts'
import { emailChannel } from './email.ts'
import { openGuard } from './guard.ts'
import { type Ask, type AskOptions, openAsk } from './http.ts'
import { withLoopback } from './loopback.ts'
import { nhnCallback } from './nhn.ts'
import { ntfyChannel } from './ntfy.ts'
import type { Polls } from './poll.ts'
import { alimtalkBy, smsBy } from './providers.ts'
import { pushCallback, pushChannel, receiptKeyFrom } from './push.ts'
import { slackChannel } from './slack.ts'
import { solapiCallback } from './solapi.ts'
import { webhookChannel } from './webhook.ts'

/** What the ways out stand on. */
export type ChannelOptions = {
  readonly env: Environment
  readonly secrets: {
    readonly webhookSecret: string
    readonly sessionKey: string
    readonly namesKey: string
  }
  readonly pool: pg.Pool
  readonly log: Logger
  /** The wall's time, which signatures and a Retry-After are by. */
  readonly now: () => number
  /** How long an answer may take. */
  readonly limits?: Pick<AskOptions, 'connect' | 'total'>
}

/** The ways out, null for one that the environment does not set up, and how to ask those who tell nothing by themselves. */
export async function openChannels(
  options: ChannelOptions,
): Promise<{ readonly channels: Channels; readonly polls: Polls }> {
  const { env, secrets, now, limits } = options
  // People enter addresses; providers are the operator's own choice.
  const outside = openAsk({ ...limits, guard: openGuard(env.ANBU_OUTSIDE_ALLOW) })
  const ask = openAsk(limits)
  const sms = smsBy({ env, ask, now })
  const alimtalk = alimtalkBy({ env, ask, now })
  return {
    channels: {
      push: await pushOf(options, outside),
      alimtalk: alimtalk && alimtalk.send,
      sms: sms && sms.send,
      email: emailOf(options),
      webhook: withLoopback(webhookChannel(secrets.webhookSecret, outside, now)),
      slack: slackChannel(outside, now),
      ntfy: ntfyOf(env, ask, now),
      cap: capOf(env, outside, now),
    },
    polls: { ...sms?.polls, ...alimtalk?.polls },
  }
}

function emailOf({ env, limits }: ChannelOptions): Send | null {
  const { ANBU_SMTP_URL: url, ANBU_MAIL_FROM: from } = env
  return url ? emailChannel(url, from, limits?.total) : null
}

function ntfyOf(env: Environment, ask: Ask, now: () => number): Send | null {
  const { ANBU_NTFY_URL: url, ANBU_NTFY_TOKEN: token = null } = env
  return url ? ntfyChannel({ url, token }, ask, now) : null
}

function capOf(env: Environment, ask: Ask, now: () => number): Send | null {
  const { ANBU_CAP_SENDER: sender, ANBU_TIME_ZONE: timeZone } = env
  return sender ? capChannel({ sender, timeZone }, ask, now) : null
}

/** How to read what providers and devices call back, by the last part of the address that they call. */
export function openCallbacks(
  env: Pick<Environment, 'ANBU_NHN_WEBHOOK_SECRET' | 'ANBU_SOLAPI_WEBHOOK_SECRET'>,
  { sessionKey }: Pick<ChannelOptions['secrets'], 'sessionKey'>,
): Readonly<Record<string, ReadCallback>> {
  const { ANBU_NHN_WEBHOOK_SECRET: nhn, ANBU_SOLAPI_WEBHOOK_SECRET: solapi } = env
  return {
    push: pushCallback(receiptKeyFrom(sessionKey)),
    ...(nhn && { nhn: nhnCallback(nhn) }),
    ...(solapi && { solapi: solapiCallback(solapi) }),
  }
}

/** The key by which push services know this installation, or null while it cannot be opened. */
export async function pushKeyOf(
  options: Pick<ChannelOptions, 'pool' | 'secrets' | 'log'>,
): Promise<string | null> {
  return (await keysOf(options))?.publicKey ?? null
}

function keysOf({
  pool,
  secrets,
  log,
}: Pick<ChannelOptions, 'pool' | 'secrets' | 'log'>): Promise<VapidKeys | null> {
  return vapidKeys(pool, secrets.namesKey).catch((error: unknown) => {
    // No reason to leave everybody else untold.
    log.error({ err: error }, 'nobody is told by push')
    return null
  })
}

async function pushOf(options: ChannelOptions, ask: Ask): Promise<Send | null> {
  const { env, secrets, pool, now } = options
  const keys = await keysOf(options)
  if (!keys) return null
  const address = env.ANBU_MAIL_FROM.match(/[^\s<>]+@[^\s<>]+/)?.[0] ?? 'anbu@localhost'
  return pushChannel({
    keys,
    subject: `mailto:${address}`,
    receiptKey: receiptKeyFrom(secrets.sessionKey),
    devicesOf: (person) => subscriptionsOf(pool, person),
    forget: (endpoint) => dropSubscription(pool, endpoint),
    ask,
    now,
  })
}
