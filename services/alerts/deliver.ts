import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Message } from '../../schemas/message.ts'
import type { Channel } from '../../schemas/channel.ts'
import { after, type Result } from '../core/delivery.ts'
import type { Clock } from '../core/time.ts'
import {
  type Claimed,
  claimDelivery,
  isMeant,
  type Settlement,
  settleDelivery,
  wayTo,
} from '../store/deliveries.ts'

/** Where a message goes: one of the staff, at the address that this channel has for them. */
export type Addressee = { readonly person: string; readonly address: string }

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
}

/** Real milliseconds that a provider has for an answer. */
export const SEND_LIMIT = 10_000
/** Real milliseconds after which a worker that has not come back is given up. */
export const LEASE = 30_000
// Several, since a provider may take its time; few, since each is a connection to it.
const LANES = 8
// While others are on their way: how soon what has just been planned is seen.
const LOOK_AGAIN = 200

/**
 * Sends every message that is due, up to eight at once and one at a time by each way to a person, so that a slow
 * provider holds up only its own. Ends when none is due and none is on its way, or soon after `stop` aborts: on a
 * fast clock something may always be due.
 */
export async function deliver(deps: Delivering): Promise<void> {
  const { pool, clock, stop } = deps
  const failures: unknown[] = []
  const underway = new Map<string, Promise<void>>()
  try {
    while (failures.length === 0 && !stop.aborted) {
      const now = clock.now()
      const busy = [...underway.keys()]
      const claimed =
        busy.length < LANES ? await claimDelivery(pool, busy, now + LEASE * clock.speed, now) : null
      if (claimed) {
        const way = wayTo(claimed)
        const lane = attempt(deps, claimed)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => underway.delete(way))
        underway.set(way, lane)
      } else if (busy.length === 0) return
      // What was busy may be free by now, and more may be due on it: then look again at once.
      else if (underway.size > 0) await Promise.race([...underway.values(), sleep(LOOK_AGAIN)])
    }
  } finally {
    await Promise.all(underway.values())
  }
  if (failures.length === 0) return
  throw new AggregateError(
    failures,
    'could not record what became of a delivery; its lease will run out',
  )
}

async function attempt(deps: Delivering, claimed: Claimed): Promise<void> {
  const { pool, clock } = deps
  // As late as can be: what was acknowledged or closed meanwhile is not sent.
  const settlement = (await isMeant(pool, claimed.id))
    ? await tryToSend(deps, claimed)
    : stale(claimed)
  await settleDelivery(pool, claimed, settlement, clock.now())
}

/** Nobody means it any more. What may have arrived is not called cancelled for that. */
function stale({ before }: Claimed): Settlement {
  const over = { due: null, fallback: false, providerId: null }
  return before === 'queued'
    ? { ...over, state: 'cancelled', error: null }
    : { ...over, state: 'unknown', error: LOST.detail }
}

async function tryToSend(deps: Delivering, claimed: Claimed): Promise<Settlement> {
  const { clock, log, random } = deps
  const result = claimed.before === 'sending' ? LOST : await send(deps, claimed)
  const outlook = after(result, claimed, random, clock.now())
  const { id: delivery, alert, channel, attempts } = claimed
  const fields = { delivery, alert, channel, attempts, ...result, state: outlook.state }
  if (result.kind === 'accepted') {
    log.info(fields, 'told somebody')
    return { ...outlook, providerId: result.providerId, error: null }
  }
  log.warn(fields, 'could not be sure to have told somebody')
  return { ...outlook, providerId: null, error: result.detail }
}

const LOST = {
  kind: 'unknown',
  detail: 'no answer came, or the worker that sent it is gone',
} as const

async function send({ channels }: Delivering, claimed: Claimed): Promise<Result> {
  const { id, person, channel, address, message } = claimed
  if (address === null)
    return { kind: 'permanent', detail: `${person} has no address for ${channel} any more` }
  const way = channels[channel]
  // It was when this was planned, or is in the process that planned it.
  if (way === null) return { kind: 'permanent', detail: `the channel ${channel} is not set up` }
  try {
    return await way(message, { person, address }, `delivery_${id}`)
  } catch (error) {
    // A channel answers with a value; whatever else it does, nobody knows whether the message left.
    return { kind: 'unknown', detail: `the channel broke: ${String(error)}` }
  }
}
