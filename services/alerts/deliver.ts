import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Message } from '../../schemas/message.ts'
import type { Channel } from '../../schemas/channel.ts'
import type { Millis } from '../../schemas/time.ts'
import { restOf } from '../core/breaker.ts'
import { after, type Result, resting } from '../core/delivery.ts'
import { type Clock, MINUTE } from '../core/time.ts'
import { noteHealth } from '../store/breakers.ts'
import {
  type Claimed,
  claimDelivery,
  lookAhead,
  nameOf,
  type Prospect,
  wayTo,
} from '../store/claims.ts'
import { noteFault, noteTaken } from '../store/contacts.ts'
import { openNextChannels, type Settlement, settleDelivery } from '../store/deliveries.ts'
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
  const provider = providerOf(claimed)
  // As late as can be: what was acknowledged or closed meanwhile, or has arrived after all, is not sent.
  const known = await lookAhead(pool, { id: claimed.id, provider })
  const held = holdBack(claimed, provider, known, clock.now())
  if (held !== null) return await settleDelivery(pool, claimed, held, clock.now())
  const wasLost = claimed.before === 'sending'
  const result = wasLost ? LOST : await send(deps, claimed)
  const settlement = settle(deps, claimed, result)
  await transaction(pool, async (db) => {
    const now = clock.now()
    await settleDelivery(db, claimed, settlement, now)
    if (wasLost) return
    await noteHealth(db, { provider, known, result }, now)
    await note(db, claimed, result, now)
  })
}

/** What keeps a delivery from being sent now, or null: it is nobody's matter any more, or not now. */
function holdBack(
  { before, expires }: Claimed,
  provider: string,
  known: Prospect,
  now: Millis,
): Settlement | null {
  if (!known.meant) return stale(before)
  if (before === 'sending') return null
  if (before !== 'unknown' && known.heard && expires <= now) return EXPIRED
  const rest = restOf(known, now)
  if (rest === 0) return null
  const error = `${provider} has failed too often of late and is left alone`
  return { ...UNTAKEN, ...resting(before, rest, now), error, rested: true }
}

// What may have arrived is not called cancelled because nobody means it any more.
function stale(before: Claimed['before']): Settlement {
  return before === 'sending' || before === 'unknown' ? MAYBE_LEFT : CANCELLED
}

const NO_ANSWER = 'no answer came, or the worker that sent it is gone'
const UNTAKEN = { provider: null, providerId: null, pollAt: null }
const OVER = { ...UNTAKEN, due: null, next: null }
const CANCELLED: Settlement = { ...OVER, state: 'cancelled', error: null }
const MAYBE_LEFT: Settlement = { ...OVER, state: 'unknown', error: NO_ANSWER }
const EXPIRED: Settlement = {
  ...OVER,
  state: 'expired',
  error: 'its time was over, and its reader has heard of the alert by another message',
}
const LOST: Result = { kind: 'unknown', detail: NO_ANSWER }

/** What an answer says besides what became of this message. */
async function note(db: Db, { id, channel }: Claimed, result: Result, now: Millis): Promise<void> {
  if (result.kind === 'permanent' && result.fault)
    await noteFault(db, id, { fault: result.fault, detail: result.detail }, now)
  if (result.kind !== 'accepted') return
  await noteTaken(db, id)
  const { provider = channel, providerId } = result
  if (providerId !== null) await takeEarlyReceipts(db, { provider, providerId }, now)
}

function settle({ clock, log, random }: Delivering, claimed: Claimed, result: Result): Settlement {
  const now = clock.now()
  const outlook = after(result, claimed, random, now)
  const { id: delivery, alert, channel, attempts } = claimed
  const fields = { delivery, alert, channel, attempts, ...result, state: outlook.state }
  if (result.kind === 'accepted') {
    log.info(fields, 'told somebody')
    const { provider = channel, providerId, pollAfter } = result
    const pollAt = pollAfter === undefined ? null : now + pollAfter
    return { ...outlook, provider, providerId, pollAt, error: null }
  }
  log.warn(fields, 'could not be sure to have told somebody')
  return { ...outlook, ...UNTAKEN, error: result.detail }
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
  const left = Math.round((claimed.expires - clock.now()) / clock.speed)
  // Its reader has heard nothing yet: late is better than never, but a device that is off for long need not ring.
  const ttl = left > 0 ? left : MINUTE
  try {
    return await way(message, { person, address, ttl, lastResort: message.last }, nameOf(id))
  } catch (error) {
    // A channel answers with a value; whatever else it does, nobody knows whether the message left.
    return { kind: 'unknown', detail: `the channel broke: ${String(error)}` }
  }
}
