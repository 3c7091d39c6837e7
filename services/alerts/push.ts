import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import webpush from 'web-push'
import { z } from 'zod'
import type { Message } from '../../schemas/message.ts'
import type { ReadCallback, Result } from '../core/delivery.ts'
import type { Subscription, VapidKeys } from '../store/subscriptions.ts'
import type { Send } from './deliver.ts'
import { type Ask, jsonIn, refusalIn } from './http.ts'

/** What pushing stands on. */
export type PushOptions = {
  readonly keys: VapidKeys
  /** Whom a push service may write to: https: or mailto: (RFC 8292, section 2.1). */
  readonly subject: string
  /** Signs receipts: a device can say only of what it was told that it showed it. */
  readonly receiptKey: string
  readonly devicesOf: (
    person: string,
  ) => Promise<readonly (Subscription & { readonly id: number })[]>
  readonly forget: (endpoint: string) => Promise<void>
  readonly ask: Ask
  readonly now: () => number
}

// A push service takes 4,096 bytes, sealed; a letter of Korean has three.
const BODY = 500

/**
 * Tells by Web Push (RFC 8030, 8291, 8292) every device of a person at once. A message lives until the next step is
 * told, and replaces an older one of the same alert. A device that is gone is forgotten.
 */
export function pushChannel(options: PushOptions): Send {
  return async (message, to, deliveryId) => {
    const devices = await options.devicesOf(to.person)
    const one = (device: (typeof devices)[number]) =>
      pushTo(options, device, request(options, device, message, to.ttl, deliveryId))
    return together(await Promise.all(devices.map(one)), to.person, deliveryId)
  }
}

function request(
  { keys, subject, receiptKey }: PushOptions,
  device: Subscription & { readonly id: number },
  message: Message,
  ttl: number,
  deliveryId: string,
) {
  const receipt = `${deliveryId}.${device.id}`
  const payload = {
    title: message.subject,
    body: [message.why, message.todo].join('\n').slice(0, BODY),
    url: message.link,
    tag: `alert-${message.alert}`,
    receipt,
    proof: proofOf(receiptKey, receipt),
  }
  return webpush.generateRequestDetails(device, JSON.stringify(payload), {
    vapidDetails: { subject, ...keys },
    // The default is four weeks: a telephone that was off would ring for what is long over.
    TTL: Math.ceil(ttl / 1000),
    // RFC 8030, section 5.3: a telephone need not wake up for what asks nothing of anybody.
    urgency: message.news === null ? 'high' : 'low',
    topic: `alert-${message.alert}`,
    contentEncoding: 'aes128gcm',
  })
}

async function pushTo(
  { ask, now, forget }: PushOptions,
  device: Subscription,
  { endpoint, headers, body }: webpush.RequestDetails,
): Promise<Result> {
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value]))
  // The client counts the bytes itself.
  delete flat['Content-Length']
  const asked = await ask({ method: 'POST', url: endpoint, headers: flat, body: body ?? '' })
  if ('failure' in asked) return asked.failure
  const refusal = refusalIn(asked.answer, 'the push service', now())
  if (refusal === null) return { kind: 'accepted', providerId: null }
  if (refusal.kind === 'temporary') return refusal
  const { status } = asked.answer
  if (status === 404 || status === 410) {
    await forget(device.endpoint)
    return { ...refusal, fault: null }
  }
  // 400, 401, 403: our keys (RFC 8292, section 4.2). 413 is our words.
  return { ...refusal, fault: status === 413 ? null : 'channel' }
}

/** What became of a message that went to several devices: one that took it is enough. */
function together(results: readonly Result[], person: string, deliveryId: string): Result {
  const of = <K extends Result['kind']>(kind: K) =>
    results.find((each): each is Extract<Result, { kind: K }> => each.kind === kind)
  if (of('accepted')) return { kind: 'accepted', provider: 'push', providerId: deliveryId }
  const none = `no device of ${person} takes push messages any more`
  const gone: Result = { kind: 'permanent', detail: none, fault: 'address' }
  return (
    of('unknown') ??
    of('temporary') ??
    results.find((each) => 'fault' in each && each.fault) ??
    gone
  )
}

const Told = z.object({
  receipt: z.string().max(64),
  proof: z.string().max(64),
  event: z.enum(['shown', 'opened']),
})

/** Reads what a service worker says: that it showed a message, or that its owner opened it. */
export function pushCallback(receiptKey: string): ReadCallback {
  return ({ body }) => {
    const told = Told.safeParse(jsonIn(body))
    if (!told.success || !isProof(receiptKey, told.data)) return null
    const { receipt, event } = told.data
    const [delivery = '', device = ''] = receipt.split('.')
    const status = event === 'shown' ? 'delivered' : 'read'
    return [
      {
        provider: 'push',
        providerId: receipt,
        delivery,
        status,
        detail: null,
        device: Number(device),
      },
    ]
  }
}

/** The key that signs receipts, made from the key of sessions. */
export function receiptKeyFrom(sessionKey: string): string {
  return Buffer.from(hkdfSync('sha256', sessionKey, '', 'anbu: receipts of push', 32)).toString(
    'hex',
  )
}

function proofOf(key: string, receipt: string): string {
  return createHmac('sha256', key).update(receipt).digest('base64url')
}

function isProof(key: string, { receipt, proof }: z.infer<typeof Told>): boolean {
  const [given, made] = [Buffer.from(proof), Buffer.from(proofOf(key, receipt))]
  return given.length === made.length && timingSafeEqual(given, made)
}
