import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Message } from '../../schemas/message.ts'
import type { Result } from '../core/delivery.ts'
import { BUTTON, filled, isSenderFault, type Template } from './alimtalk.ts'
import type { Send } from './deliver.ts'
import { type Ask, type Call, jsonIn, refusalIn } from './http.ts'
import type { Poll } from './poll.ts'
import { smsText } from './sms-text.ts'

/** An account at Naver Cloud SENS. `url` is https://sens.apigw.ntruss.com, or gov-ntruss.com for public bodies. */
export type Sens = {
  readonly url: string
  readonly accessKey: string
  readonly secretKey: string
  readonly ask: Ask
  readonly now: () => number
}

/** Which service of the account sends, and the registered number that it sends from. */
export type SensSms = Sens & { readonly service: string; readonly from: string }

/** Which service of the account sends AlimTalk, by which channel ("@name"), and the number to fall back to. */
export type SensAlimtalk = Sens & {
  readonly service: string
  readonly sender: string
  readonly template: Template
  readonly from: string | null
}

// SENS calls nobody back.
const POLL_AFTER = 2_000

/** Tells by SMS or LMS through SENS (https://api.ncloud-docs.com/docs/sens-sms-send). */
export function sensSms(account: SensSms): Send {
  return async (message, to) => {
    const { type, text } = smsText(message.sms || message.subject)
    const body = {
      type,
      contentType: 'COMM',
      countryCode: '82',
      from: account.from,
      ...(type === 'LMS' && { subject: '[안부]' }),
      content: text,
      messages: [{ to: to.address }],
    }
    const answered = await post(account, smsPath(account), body, SmsTaken)
    if ('result' in answered) return answered.result
    const { requestId } = answered.taken
    return { kind: 'accepted', provider: 'sens-sms', providerId: requestId, pollAfter: POLL_AFTER }
  }
}

/** Asks what became of a text message: by the request its one message, by that its result. */
export function sensSmsPoll(account: SensSms): Poll {
  return async (requestId) => {
    const list = await get(
      account,
      `${smsPath(account)}?requestId=${encodeURIComponent(requestId)}`,
    )
    const [listed] = SmsResults.parse(list).messages
    if (!listed) return null
    const found = await get(account, `${smsPath(account)}/${encodeURIComponent(listed.messageId)}`)
    const [message] = SmsResults.parse(found).messages
    if (!message || message.status !== 'COMPLETED') return null
    if (message.statusName === 'success') return { status: 'delivered', detail: null }
    return { status: 'failed', detail: `SENS: ${message.statusCode} ${message.statusMessage}` }
  }
}

/** Tells by AlimTalk through SENS (https://api.ncloud-docs.com/docs/sens-alimtalk-send). */
export function sensAlimtalk(account: SensAlimtalk): Send {
  return async (message, to) => {
    const { sender, template } = account
    const one = {
      countryCode: '82',
      to: to.address,
      content: filled(template, message),
      ...(message.link !== null && { buttons: [button(message.link)] }),
      ...failover(account, message, to.lastResort),
    }
    const body = { plusFriendId: sender, templateCode: template.code, messages: [one] }
    const answered = await post(account, alimtalkPath(account), body, AlimtalkTaken)
    if ('result' in answered) return answered.result
    const [taken] = answered.taken.messages
    if (!taken) return { kind: 'unknown', detail: 'SENS took the request, and names no message' }
    if (taken.requestStatusCode !== 'A000')
      return refused(`${taken.requestStatusCode} ${taken.requestStatusDesc}`)
    const { messageId: providerId } = taken
    return { kind: 'accepted', provider: 'sens-alimtalk', providerId, pollAfter: POLL_AFTER }
  }
}

/** Asks what became of an AlimTalk. */
export function sensAlimtalkPoll(account: SensAlimtalk): Poll {
  return async (messageId) => {
    const found = await get(account, `${alimtalkPath(account)}/${encodeURIComponent(messageId)}`)
    const { messageStatusCode: code, messageStatusDesc: why } = AlimtalkResult.parse(found)
    if (!code) return null
    if (code === '0000') return { status: 'delivered', detail: null }
    const fault = isSenderFault(code) ? 'channel' : null
    return { status: 'failed', detail: `SENS: ${code} ${why ?? ''}`.trim(), fault }
  }
}

const smsPath = ({ service }: SensSms) => `/sms/v2/services/${encodeURIComponent(service)}/messages`
const alimtalkPath = ({ service }: SensAlimtalk) =>
  `/alimtalk/v2/services/${encodeURIComponent(service)}/messages`

function button(link: string): object {
  return { type: 'WL', name: BUTTON, linkMobile: link, linkPc: link }
}

function failover({ from }: SensAlimtalk, message: Message, lastResort: boolean): object {
  if (!lastResort || from === null) return { useSmsFailover: false }
  const { type, text } = smsText(message.sms)
  return { useSmsFailover: true, failoverConfig: { type, from, subject: '[안부]', content: text } }
}

const SmsTaken = z.object({ requestId: z.string() })
const SmsResults = z.object({
  messages: z
    .array(
      z.object({
        messageId: z.string(),
        status: z.string().default(''),
        statusName: z.string().default(''),
        statusCode: z.string().default(''),
        statusMessage: z.string().default(''),
      }),
    )
    .default([]),
})
const AlimtalkTaken = z.object({
  messages: z.array(
    z.object({
      messageId: z.string(),
      requestStatusCode: z.string(),
      requestStatusDesc: z.string().default(''),
    }),
  ),
})
const AlimtalkResult = z.object({
  messageStatusCode: z.string().nullish(),
  messageStatusDesc: z.string().nullish(),
})

async function post<T>(
  account: Sens,
  path: string,
  body: object,
  schema: z.ZodType<T>,
): Promise<{ readonly taken: T } | { readonly result: Result }> {
  const asked = await account.ask(signed(account, 'POST', path, JSON.stringify(body)))
  if ('failure' in asked) return { result: asked.failure }
  const refusal = refusalIn(asked.answer, 'SENS', account.now())
  if (refusal?.kind === 'permanent') return { result: { ...refusal, fault: 'channel' } }
  if (refusal) return { result: refusal }
  const taken = schema.safeParse(jsonIn(asked.answer.text))
  return taken.success
    ? { taken: taken.data }
    : { result: { kind: 'unknown', detail: 'SENS took it with words that we do not know' } }
}

async function get(account: Sens, path: string): Promise<unknown> {
  const asked = await account.ask(signed(account, 'GET', path))
  if ('failure' in asked) throw new Error(asked.failure.detail)
  if (asked.answer.status !== 200) throw new Error(`SENS answered ${asked.answer.status}`)
  return jsonIn(asked.answer.text)
}

// https://api.ncloud-docs.com/docs/common-ncpapi: what is signed is the method, the path, the time and the key.
function signed(
  { url, accessKey, secretKey, now }: Sens,
  method: Call['method'],
  path: string,
  body?: string,
): Call {
  const timestamp = String(now())
  const text = `${method} ${path}\n${timestamp}\n${accessKey}`
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-ncp-apigw-timestamp': timestamp,
    'x-ncp-iam-access-key': accessKey,
    'x-ncp-apigw-signature-v2': createHmac('sha256', secretKey).update(text).digest('base64'),
  }
  return { method, url: new URL(path, url).href, headers, ...(body !== undefined && { body }) }
}

function refused(why: string): Result {
  return { kind: 'permanent', detail: `SENS did not take it: ${why}`, fault: 'channel' }
}
