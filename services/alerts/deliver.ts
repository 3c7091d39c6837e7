import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Message } from '../../schemas/message.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Breaker, CLOSED, heard, restOf } from '../core/breaker.ts'
import { after, type Result } from '../core/delivery.ts'
import type { Clock } from '../core/time.ts'
import { noteFault, noteTaken } from '../store/contacts.ts'
import {
  type Claimed,
  claimDelivery,
  isMeant,
  nameOf,
  openNextChannels,
  type Settlement,
  settleDelivery,
  wayTo,
} from '../store/deliveries.ts'
import { type Db, transaction } from '../store/pool.ts'
import { takeEarlyReceipts } from '../store/receipts.ts'

/** Where a message goes: one of the staff, at the address that this channel has for them. */
export type Addressee = {
  readonly person: string
  readonly address: string
  /** Real milliseconds for which the message is worth showing: until the next step is told. */
  readonly ttl: Millis
  /** Everybody was told and nobody answered: the provider may try its own other ways too. */
  readonly lastResort: boolean
}

/**
 * Hands a message to a provider and says what it made of it. `deliveryId` is the same for every try, so that
 * the other side can know a repeat. It must end by itself within `SEND_LIMIT`.
 */
export type Send = (message: Message, to: Addressee, deliveryId: string) => Promise<Result>

/** The ways out; null for one that is not set up. */
export type Channels = Readonly<Record<Channel, Send | null>>

/** What delivering needs. */
export type Delivering = {
  readonly pool: pg.Pool
  readonly channels: Channels
  /** What this process knows of each provider's health; it is kept between runs. */
  readonly breakers: Map<string, Breaker>
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
  /** Nothing more is begun once this aborts. */
  readonly stop: AbortSignal
  /** The page on which the reader of this one answers; null or not given: the link of its message. */
  readonly link?: (claimed: Claimed) => string | null
}

/** Real milliseconds that a provider has for an answer. */
export const SEND_LIMIT = 10_000
/** Real milliseconds after which a worker that has not come back is given up. */
export const LEASE = 30_000
// Several, since a provider may take its time; few, since each is a connection to it. A way to a person and a channel
// have less than all: one that hangs leaves lanes to the others.
const LANES = 32
const OF_A_CHANNEL = 16
const OF_A_WAY = 4
// While others are on their way: how soon what has just been planned is seen.
const LOOK_AGAIN = 200
// How often, in real milliseconds, a run looks for messages that are not known to have arrived in their time.
const OVERLOOK = 1000

/**
 * Sends every message that is due, many at once, but only some of them by one channel and few by one way to a person, so
 * that a slow provider holds up only its own. Ends when none is due and none is on its way, or soon after `stop` aborts: on a
 * fast clock something may always be due.
 */
export async function deliver(deps: Delivering): Promise<void> {
  const failures: unknown[] = []
  const underway = new Map<Promise<void>, Claimed>()
  const look = overlook(deps)
  try {
    while (failures.length === 0 && !deps.stop.aborted) {
      await look()
      const { size } = underway
      const claimed = size < LANES ? await claim(deps, busyOf(underway.values())) : null
      if (claimed) {
        const lane = attempt(deps, claimed)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underway.delete(lane))
        underway.set(lane, claimed)
      } else if (size === 0) return
      // What was busy may be free by now, and more may be due on it: then look again at once.
      else if (underway.size > 0) await Promise.race([...underway.keys(), sleep(LOOK_AGAIN)])
    }
  } finally {
    await Promise.all(underway.keys())
  }
  if (failures.length === 0) return
  throw new AggregateError(
    failures,
    'could not record what became of a delivery; its lease will run out',
  )
}

/**
 * What is under way, for it stays this worker's also when its clock jumps beyond the lease; and the channels, and the
 * ways to persons, by which as many are under way as may be.
 */
function busyOf(underway: Iterable<Claimed>): string[] {
  const counts = new Map<string, number>()
  const names: string[] = []
  for (const claimed of underway) {
    names.push(nameOf(claimed.id))
    for (const name of [claimed.channel, wayTo(claimed)])
      counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const full = [...counts].flatMap(([name, taken]) => (taken >= mostOf(name) ? [name] : []))
  return [...names, ...full]
}

function mostOf(name: string): number {
  return name.includes('/') ? OF_A_WAY : OF_A_CHANNEL
}

/** Opens next channels, when asked for it: at first, and then at most once in `OVERLOOK`. */
function overlook({ pool, clock }: Delivering): () => Promise<void> {
  let looked = -Infinity
  return async () => {
    const now = clock.now()
    if (now - looked < OVERLOOK * clock.speed) return
    await openNextChannels(pool, now)
    looked = now
  }
}

function claim({ pool, clock }: Delivering, busy: readonly string[]): Promise<Claimed | null> {
  const now = clock.now()
  return claimDelivery(pool, busy, now + LEASE * clock.speed, now)
}

async function attempt(deps: Delivering, claimed: Claimed): Promise<void> {
  const { pool, clock } = deps
  // As late as can be: what was acknowledged or closed meanwhile, or has arrived after all, is not sent.
  const [result, settlement] = (await isMeant(pool, claimed.id))
    ? await tryToSend(deps, claimed)
    : [null, stale(claimed)]
  await transaction(pool, async (db) => {
    const now = clock.now()
    await settleDelivery(db, claimed, settlement, now)
    if (result) await note(db, claimed, result, now)
  })
}

/** What an answer says besides what became of this message. */
async function note(db: Db, { id, channel }: Claimed, result: Result, now: Millis): Promise<void> {
  if (result.kind === 'permanent' && result.fault)
    await noteFault(db, id, { fault: result.fault, detail: result.detail }, now)
  if (result.kind !== 'accepted') return
  await noteTaken(db, id)
  const { provider = channel, providerId } = result
  if (providerId !== null) await takeEarlyReceipts(db, { provider, providerId }, now)
}

/** Nobody means it any more. What may have arrived is not called cancelled for that. */
function stale({ before }: Claimed): Settlement {
  const over = { due: null, next: null, provider: null, providerId: null, pollAt: null }
  return before === 'queued' || before === 'retrying'
    ? { ...over, state: 'cancelled', error: null }
    : { ...over, state: 'unknown', error: LOST.detail }
}

async function tryToSend(deps: Delivering, claimed: Claimed): Promise<[Result, Settlement]> {
  const { clock, log, random } = deps
  const result = claimed.before === 'sending' ? LOST : await guarded(deps, claimed)
  const now = clock.now()
  const outlook = after(result, claimed, random, now)
  const { id: delivery, alert, channel, attempts } = claimed
  const fields = { delivery, alert, channel, attempts, ...result, state: outlook.state }
  if (result.kind === 'accepted') {
    log.info(fields, 'told somebody')
    const { provider = channel, providerId, pollAfter } = result
    const pollAt = pollAfter === undefined ? null : now + pollAfter
    return [result, { ...outlook, provider, providerId, pollAt, error: null }]
  }
  log.warn(fields, 'could not be sure to have told somebody')
  const nothing = { provider: null, providerId: null, pollAt: null }
  return [result, { ...outlook, ...nothing, error: result.detail }]
}

const LOST = {
  kind: 'unknown',
  detail: 'no answer came, or the worker that sent it is gone',
} as const

/** Sends, unless the provider has failed so often of late that it is left alone: others go at once then. */
async function guarded(deps: Delivering, claimed: Claimed): Promise<Result> {
  const { breakers, clock } = deps
  const provider = providerOf(claimed)
  const rest = restOf(breakers.get(provider) ?? CLOSED, clock.now())
  if (rest > 0)
    return {
      kind: 'temporary',
      detail: `${provider} has failed too often`,
      retryAfter: rest,
      down: true,
    }
  const result = await send(deps, claimed)
  breakers.set(provider, heard(breakers.get(provider) ?? CLOSED, result, clock.now()))
  return result
}

// Behind an address of the web stands a provider of its own; all the others have one each.
function providerOf({ channel, address }: Claimed): string {
  return address !== null && URL.canParse(address) ? new URL(address).host : channel
}

async function send({ channels, clock, link }: Delivering, claimed: Claimed): Promise<Result> {
  const { id, person, channel, address } = claimed
  const message = { ...claimed.message, link: link?.(claimed) ?? claimed.message.link }
  if (address === null)
    return { kind: 'permanent', detail: `${person} has no address for ${channel} any more` }
  const way = channels[channel]
  // It was when this was planned, or is in the process that planned it.
  if (way === null) return { kind: 'permanent', detail: `the channel ${channel} is not set up` }
  const ttl = Math.max(0, Math.round((claimed.expires - clock.now()) / clock.speed))
  try {
    return await way(message, { person, address, ttl, lastResort: message.last }, nameOf(id))
  } catch (error) {
    // A channel answers with a value; whatever else it does, nobody knows whether the message left.
    return { kind: 'unknown', detail: `the channel broke: ${String(error)}` }
  }
}
