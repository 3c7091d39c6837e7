import type { Send } from './deliver.ts'
import { type Ask, refusalIn } from './http.ts'

// What Slack says with 400 and 403 when the message, and not the webhook, is at fault.
const OURS: ReadonlySet<string> = new Set(['invalid_payload', 'no_text', 'msg_too_long'])

/**
 * Puts a notice up in a Slack channel by its incoming webhook (https://api.slack.com/messaging/webhooks). It never
 * counts as somebody reached. Slack knows no repeat: an answer that was lost may cost a second notice.
 */
export function slackChannel(ask: Ask, now: () => number): Send {
  return async ({ subject, why, link }, to) => {
    const words = [subject, why].map(escaped)
    const lines = [...words, link === null ? '' : `<${link}|안부에서 보기>`]
    const text = lines.filter((line) => line !== '').join('\n')
    const headers = { 'content-type': 'application/json' }
    const asked = await ask({
      method: 'POST',
      url: to.address,
      headers,
      body: JSON.stringify({ text }),
    })
    if ('failure' in asked) return asked.failure
    const refusal = refusalIn(asked.answer, 'Slack', now())
    if (refusal === null) return { kind: 'accepted', providerId: null }
    const said = asked.answer.text.trim().slice(0, 60)
    const detail = said === '' ? refusal.detail : `${refusal.detail}: ${said}`
    if (refusal.kind === 'temporary') return { ...refusal, detail }
    return { ...refusal, detail, fault: OURS.has(said) ? null : 'address' }
  }
}

// https://docs.slack.dev/messaging/formatting-message-text: else a room called "<!channel>" would ring for everybody.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
