import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ReadCallback, Receipt, Result } from '../core/delivery.ts'
import { isSenderFault, type Template, variablesOf } from './alimtalk.ts'
import type { Send } from './deliver.ts'
import { type Answer, type Ask, jsonIn, refusalIn } from './http.ts'
import type { Poll } from './poll.ts'
import { isSame } from './secret.ts'
import { smsText } from './sms-text.ts'

/** An account at SOLAPI, and the registered number that it sends from. */
export type Solapi = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly from: string | null
  readonly ask: Ask
  readonly now: () => number
}

/** By which channel of KakaoTalk ("KA01PF..."), and with which template. */
export type SolapiAlimtalk = Solapi & { readonly sender: string; readonly template: Template }

// It calls back, if that is set up there; should the call be lost, we ask.
const POLL_AFTER = 3_000

/** Tells by SMS or LMS through SOLAPI (https://developers.solapi.com/references/messages/sendManyDetail). */
export function solapiSms(account: Solapi): Send {
  return async (message, to, deliveryId) => {
    const { type, text } = smsText(message.sms || message.subject)
    const subject = type === 'LMS' && { subject: '[안부]' }
    return send(account, { to: to.address, from: account.from, type, text, ...subject }, deliveryId)
  }
}

/** Tells by AlimTalk through SOLAPI. */
export function solapiAlimtalk(account: SolapiAlimtalk): Send {
  return async (message, to, deliveryId) => {
    const { sender: pfId, template, from } = account
    const named = Object.entries(variablesOf(message)).map(([name, value]) => [`#{${name}}`, value])
    const kakaoOptions = {
      pfId,
      templateId: template.code,
      variables: Object.fromEntries(named),
      disableSms: !to.lastResort,
    }
    const fallback = to.lastResort ? { text: smsText(message.sms).text } : {}
    const one = {
      to: to.address,
      type: 'ATA',
      ...(from !== null && { from }),
      ...fallback,
      kakaoOptions,
    }
    return send(account, one, deliveryId)
  }
}

/** Asks what became of a message. 2xxx: taken, 3xxx: with the carrier or refused by it, 4000: arrived. */
export function solapiPoll(account: Solapi): Poll {
  return async (messageId) => {
    const url = new URL('/messages/v4/list', account.url)
    url.searchParams.set('messageId', messageId)
    const asked = await account.ask({ method: 'GET', url: url.href, headers: authorized(account) })
    if ('failure' in asked) throw new Error(asked.failure.detail)
    if (asked.answer.status !== 200) throw new Error(`SOLAPI answered ${asked.answer.status}`)
    return fateOf(Listed.parse(jsonIn(asked.answer.text)).messageList[messageId]?.statusCode)
  }
}

/**
 * Reads a report of SOLAPI (https://solapi.com/developers/api/webhook, "SINGLE-REPORT"): a list of messages. It proves
 * itself by the secret that was entered there, as `X-Solapi-Secret`.
 */
export function solapiCallback(secret: string): ReadCallback {
  return ({ headers, body }) => {
    if (!isSame(headers.get('x-solapi-secret') ?? '', secret)) return null
    const called = Reported.safeParse(jsonIn(body))
    if (!called.success) return []
    return called.data.flatMap(({ messageId, statusCode, customFields }): Receipt[] => {
      const fate = fateOf(statusCode)
      const delivery = customFields?.delivery ?? null
      return fate ? [{ ...fate, provider: 'solapi', providerId: messageId, delivery }] : []
    })
  }
}

function fateOf(
  code: string | undefined,
): (Pick<Receipt, 'status' | 'detail'> & { fault: 'channel' | null }) | null {
  // 2000 and 3000 are on their way; every other 2xxx and 3xxx is a refusal on the way.
  if (code === undefined || code === '2000' || code === '3000') return null
  if (code === '4000') return { status: 'delivered', detail: null, fault: null }
  return { status: 'failed', detail: `SOLAPI: ${code}`, fault: faultOf(code) }
}

const Taken = z.object({
  groupInfo: z.object({ groupId: z.string() }).optional(),
  failedMessageList: z
    .array(z.object({ statusCode: z.string(), statusMessage: z.string().default('') }))
    .default([]),
  messageList: z
    .array(z.object({ messageId: z.string(), statusCode: z.string().default('2000') }))
    .default([]),
})
const Listed = z.object({
  messageList: z.record(z.string(), z.object({ statusCode: z.string() })).default({}),
})
const Reported = z.array(
  z.object({
    messageId: z.string(),
    statusCode: z.string(),
    customFields: z.object({ delivery: z.string().optional() }).nullish(),
  }),
)
const Refused = z.object({ errorCode: z.string(), errorMessage: z.string().default('') })

async function send(account: Solapi, one: object, deliveryId: string): Promise<Result> {
  const { url, ask, now } = account
  const messages = [{ ...one, country: '82', customFields: { delivery: deliveryId } }]
  const asked = await ask({
    method: 'POST',
    url: new URL('/messages/v4/send-many/detail', url).href,
    headers: { 'content-type': 'application/json', ...authorized(account) },
    body: JSON.stringify({ messages, showMessageList: true, allowDuplicates: false }),
  })
  if ('failure' in asked) return asked.failure
  const refusal = refusalIn(asked.answer, 'SOLAPI', now())
  if (refusal === null) return judge(asked.answer)
  const said = Refused.safeParse(jsonIn(asked.answer.text))
  const why = said.success ? `: ${said.data.errorCode} ${said.data.errorMessage}` : ''
  const detail = `${refusal.detail}${why}`
  return refusal.kind === 'permanent'
    ? { ...refusal, detail, fault: 'channel' }
    : { ...refusal, detail }
}

function judge({ text }: Answer): Result {
  const taken = Taken.safeParse(jsonIn(text))
  if (!taken.success)
    return { kind: 'unknown', detail: 'SOLAPI took it with words that we do not know' }
  // A 200 can hold a message that was not taken.
  const [failed] = taken.data.failedMessageList
  if (failed) {
    const detail = `SOLAPI did not take it: ${failed.statusCode} ${failed.statusMessage}`.trim()
    return { kind: 'permanent', detail, fault: faultOf(failed.statusCode) }
  }
  const providerId = taken.data.messageList[0]?.messageId ?? null
  return { kind: 'accepted', provider: 'solapi', providerId, pollAfter: POLL_AFTER }
}

// 1062: the number it is sent from is not registered.
function faultOf(code: string): 'channel' | null {
  return code === '1062' || isSenderFault(code) ? 'channel' : null
}

function authorized({ apiKey, apiSecret, now }: Solapi): { authorization: string } {
  const date = new Date(now()).toISOString()
  const salt = randomBytes(16).toString('hex')
  const signature = createHmac('sha256', apiSecret).update(`${date}${salt}`).digest('hex')
  const parts = [`apiKey=${apiKey}`, `date=${date}`, `salt=${salt}`, `signature=${signature}`]
  return { authorization: `HMAC-SHA256 ${parts.join(', ')}` }
}
