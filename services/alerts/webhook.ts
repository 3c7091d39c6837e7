import { Webhook } from 'standardwebhooks'
import type { Message } from '../../schemas/message.ts'
import type { Send } from './deliver.ts'
import { type Ask, refusalIn } from './http.ts'

/**
 * Tells by webhook as Standard Webhooks 1.0.0 has it (https://www.standardwebhooks.com): `webhook-id` is the
 * delivery, the same for every try; the payload holds ids only. `secret` is "whsec_" and base64.
 */
export function webhookChannel(secret: string, ask: Ask, now: () => number): Send {
  const signer = new Webhook(secret)
  return async (message, to, deliveryId) => {
    const body = JSON.stringify(payload(message, to.person))
    const sent = new Date(now())
    const headers = {
      'content-type': 'application/json',
      'webhook-id': deliveryId,
      'webhook-timestamp': String(Math.floor(sent.getTime() / 1000)),
      'webhook-signature': signer.sign(deliveryId, sent, body),
    }
    const asked = await ask({ method: 'POST', url: to.address, headers, body })
    if ('failure' in asked) return asked.failure
    const refusal = refusalIn(asked.answer, 'the webhook', now())
    if (refusal === null) return { kind: 'accepted', providerId: null }
    // Gone, moved, or not for us: whoever entered it must enter another.
    return refusal.kind === 'permanent' ? { ...refusal, fault: 'address' } : refusal
  }
}

/** What a webhook says: enough to look the alert up, and nothing about anybody. The same bytes for every try. */
function payload(message: Message, person: string): object {
  const { alert, kind, grade, exercise, news } = message
  return {
    type: exercise ? 'alert.exercise' : `alert.${news ?? 'told'}`,
    timestamp: new Date(message.at).toISOString(),
    data: { alert, kind, grade, person },
  }
}
