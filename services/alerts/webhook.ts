import { Webhook } from 'standardwebhooks'
import type { Message } from '../../schemas/message.ts'
import type { Result } from '../core/delivery.ts'
import { type Send, SEND_LIMIT } from './deliver.ts'

/**
 * Tells by webhook as Standard Webhooks 1.0.0 has it (https://www.standardwebhooks.com): `webhook-id` is the
 * delivery, the same for every try; the payload holds ids only. `secret` is "whsec_" and base64.
 */
export function webhookChannel(secret: string, limit: number = SEND_LIMIT): Send {
  const signer = new Webhook(secret)
  return async (message, to, deliveryId) => {
    const body = JSON.stringify(payload(message, to.person))
    const sent = new Date()
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Anbu',
      'webhook-id': deliveryId,
      'webhook-timestamp': String(Math.floor(sent.getTime() / 1000)),
      'webhook-signature': signer.sign(deliveryId, sent, body),
    }
    const signal = AbortSignal.timeout(limit)
    try {
      // A redirect is never followed: it would take the alarm where nobody has agreed to send it.
      const request = { method: 'POST', headers, body, signal, redirect: 'manual' } as const
      const response = await fetch(to.address, request)
      await response.body?.cancel()
      return judge(response)
    } catch (error) {
      return judgeFailure(error)
    }
  }
}

/** What a webhook says: enough to look the alert up, and nothing about anybody. The same bytes for every try. */
function payload(message: Message, person: string): object {
  const { alert, kind, grade } = message
  return {
    type: 'alert.told',
    timestamp: new Date(message.at).toISOString(),
    data: { alert, kind, grade, person },
  }
}

const TRY_LATER: ReadonlySet<number> = new Set([408, 425, 429])

function judge({ status, headers }: Response): Result {
  if (status >= 200 && status < 300) return { kind: 'accepted', providerId: null }
  const detail = `the webhook answered ${status}`
  if (status < 500 && !TRY_LATER.has(status)) return { kind: 'permanent', detail }
  const wait = retryAfter(headers.get('retry-after'))
  return wait === null
    ? { kind: 'temporary', detail }
    : { kind: 'temporary', detail, retryAfter: wait }
}

/** Retry-After in milliseconds: seconds, or an HTTP date (RFC 9110, section 10.2.3). */
function retryAfter(value: string | null): number | null {
  if (value === null) return null
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, Math.ceil(wait)) : null
}

// With these no connection came about, so nothing was sent. All else may have left.
const NEVER_LEFT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

function judgeFailure(error: unknown): Result {
  const code = codeOf(error)
  const detail = `the webhook could not be reached: ${code ?? String(error)}`
  return { kind: code !== null && NEVER_LEFT.has(code) ? 'temporary' : 'unknown', detail }
}

// fetch says only "fetch failed"; the reason is its cause.
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : null
}
