import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Channel } from '../../schemas/channel.ts'
import { STANDARD_PLAN } from '../core/plan.ts'
import type { Clock } from '../core/time.ts'
import type { Queue } from '../queue/queue.ts'
import { beat } from '../store/gateways.ts'
import { keepMeans } from '../store/coverage.ts'
import { addPlan } from '../store/homes.ts'
import { addressesByChannel } from '../store/staff.ts'
import type { Voice } from '../store/alerts.ts'
import type { Claimed } from '../store/claims.ts'
import { type AskResident, askResidents } from './ask.ts'
import { type Channels, deliver } from './deliver.ts'
import { escalate } from './escalate.ts'
import { askProviders, type Polls } from './poll.ts'
import { openVoice, passLink } from './voice.ts'

/** What the alert service needs. `publicUrl` is where staff reach the console, or null; `ask` asks residents first. */
export type AlertsOptions = {
  readonly pool: pg.Pool
  readonly queue: Queue
  readonly clock: Clock
  readonly log: Logger
  readonly channels: Channels
  readonly polls: Polls
  readonly publicUrl: string | null
  /** Makes links that answer without signing in; not given: messages link to the console. */
  readonly passKey?: string
  readonly ask?: AskResident | null
}

// A new signal wakes us at once; the sweeps are for timers, and for wakes that were lost. In milliseconds of the
// clock, but never so often that a fast one leaves the database no time to breathe.
const ESCALATE_EVERY = 5_000
const DELIVER_EVERY = 2_000
const SHORTEST = 250

/**
 * Starts to escalate and to deliver, until it is disposed of; the queue then waits for what is under way. The
 * standard plan is there from then on. A channel that is not set up reaches nobody, and is warned of once if anybody
 * has an address for it.
 */
export async function startAlerts(options: AlertsOptions): Promise<Disposable> {
  const { pool, queue, clock, log, channels, publicUrl, passKey = null, ask = null } = options
  await addPlan(pool, STANDARD_PLAN)
  await warnOfUnset(pool, channels, log)
  const voice = openVoice({ channels, publicUrl, passKey, asks: ask !== null })
  await keepMeans(pool, voice)
  const every = (length: number) => Math.max(SHORTEST, Math.round(length / clock.speed))
  const told = () => queue.wake('deliver')
  const now = () => clock.now()
  await queue.work(
    'escalate',
    async () => {
      await escalate({ pool, log, voice, now, told })
      await beat(pool, 'alerts', clock.now())
    },
    every(ESCALATE_EVERY),
  )
  const ending = new AbortController()
  await queue.work('deliver', delivering(options, voice, ending.signal), every(DELIVER_EVERY))
  return { [Symbol.dispose]: () => ending.abort() }
}

function delivering(
  options: AlertsOptions,
  { pass }: Voice,
  stop: AbortSignal,
): () => Promise<void> {
  const { pool, clock, log, channels, polls, publicUrl, ask = null } = options
  const random = Math.random
  const every = Math.max(SHORTEST, DELIVER_EVERY / clock.speed)
  // News asks for no answer: its reader looks into the console.
  const link = ({ alert, person, generation, message }: Claimed) =>
    pass && publicUrl && message.news === null
      ? passLink(publicUrl, pass(alert, person, generation))
      : null
  return async () => {
    const stopBeating = await beatOn({ pool, clock, log })
    const asking = () =>
      Promise.all([
        askProviders({ pool, polls, clock, log }),
        ask && askResidents({ pool, clock, log, ask }),
      ])
    const sent = deliver({ pool, channels, clock, log, random, stop, link })
    await alongside(sent, asking, every).finally(stopBeating)
  }
}

/**
 * Works again and again until everything is sent. Where something is always due, sending never ends, and nobody must
 * wait for its end to be asked. Ends, and fails, when both have ended.
 */
async function alongside(
  sent: Promise<void>,
  work: () => Promise<unknown>,
  every: number,
): Promise<void> {
  const over = new AbortController()
  const isOn = () => sleep(every, true, { signal: over.signal }).catch(() => false)
  const again = async () => {
    do await work()
    while (await isOn())
  }
  const ended = await Promise.allSettled([sent.finally(() => over.abort()), again()])
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

const BEAT_EVERY = 5_000

// Slow providers may keep it busy for long: it says that it lives from its begin to its end. Whether it gets on is what
// the messages that wait tell.
async function beatOn({ pool, clock, log }: Pick<AlertsOptions, 'pool' | 'clock' | 'log'>) {
  const say = () => beat(pool, 'delivery', clock.now())
  await say()
  const timer = setInterval(() => {
    say().catch((err: unknown) => log.warn({ err }, 'cannot say that messages are sent'))
  }, BEAT_EVERY)
  return () => clearInterval(timer)
}

// The others need nothing but an address.
const SETTING: Partial<Readonly<Record<Channel, string>>> = {
  alimtalk: 'ANBU_ALIMTALK_PROVIDER',
  sms: 'ANBU_SMS_PROVIDER',
  email: 'ANBU_SMTP_URL',
  ntfy: 'ANBU_NTFY_URL',
  cap: 'ANBU_CAP_SENDER',
}

async function warnOfUnset(pool: pg.Pool, channels: Channels, log: Logger): Promise<void> {
  for (const { channel, people } of await addressesByChannel(pool))
    if (channels[channel] === null)
      log.warn(
        { channel, people },
        `nobody is told by ${channel}: set ${SETTING[channel] ?? 'it up'}`,
      )
}
