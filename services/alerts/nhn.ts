import { z } from 'zod'
import type { Message } from '../../schemas/message.ts'
import type { ReadCallback, Receipt, Result } from '../core/delivery.ts'
import { HOUR, localClock, MINUTE } from '../core/time.ts'
import { isSenderFault, type Template, variablesOf } from './alimtalk.ts'
import type { Send } from './deliver.ts'
import { jsonIn } from './http.ts'
import { get, type Nhn, post, STRANGE } from './nhn-client.ts'
import type { Poll } from './poll.ts'
import { isSame } from './secret.ts'
import { smsText } from './sms-text.ts'

/** The registered number that it sends from. */
export type NhnSms = Nhn & { readonly from: string }

/** The sender key of the channel (40 letters), and the number to fall back to. */
export type NhnAlimtalk = Nhn & {
  readonly sender: string
  readonly template: Template
  readonly from: string | null
}

// It calls back, if that is set up there; should the call be lost, we ask.
const POLL_AFTER = 5_000

/** Tells by SMS or LMS through NHN Cloud (SMS API v3.0). */
export function nhnSms(account: NhnSms): Send {
  return async (message, to, deliveryId) => {
    const { type, text } = smsText(message.sms || message.subject)
    const body = {
      body: text,
      sendNo: account.from,
      ...(type === 'LMS' && { title: '[안부]' }),
      recipientList: [{ recipientNo: to.address, recipientGroupingKey: deliveryId }],
    }
    const path = `/sms/v3.0/appKeys/${account.appKey}/sender/${type === 'SMS' ? 'sms' : 'mms'}`
    const asked = await post(account, path, body, deliveryId)
    if ('result' in asked) return asked.result
    if ('repeat' in asked) return await taken(() => findSms(account, type, deliveryId))
    const data = SmsTaken.safeParse(asked.taken)
    if (!data.success) return STRANGE
    const { requestId, sendResultList } = data.data.body.data
    return judge(requestId, sendResultList[0], `nhn-${type === 'SMS' ? 'sms' : 'mms'}`)
  }
}

// It refused a key that it has seen: an earlier try was taken, of which we have heard nothing. Whatever we find out of it
// besides, so that its fate can be asked for, it is not to be sent again.
async function taken(find: () => Promise<Result | null>): Promise<Result> {
  const found = await find().catch(() => null)
  return found ?? { kind: 'accepted', providerId: null }
}

async function findSms(account: Nhn, type: string, deliveryId: string): Promise<Result | null> {
  const kind = type === 'SMS' ? 'sms' : 'mms'
  const path = `/sms/v3.0/appKeys/${account.appKey}/sender/${kind}?${lately(account, deliveryId).toString()}`
  const [one] = SmsFound.parse(await get(account, path)).body.data
  return one ? accepted(one, `nhn-${kind}`) : null
}

async function findAlimtalk(account: Nhn, deliveryId: string): Promise<Result | null> {
  const path = `/alimtalk/v2.3/appkeys/${account.appKey}/messages?${lately(account, deliveryId).toString()}`
  const [one] = AlimtalkFound.parse(await get(account, path)).messageSearchResultResponse.messages
  return one ? accepted(one, 'nhn-alimtalk') : null
}

// A key is known there for ten minutes, and a retry may come as late as that.
function lately({ now }: Nhn, deliveryId: string): URLSearchParams {
  return new URLSearchParams({
    startRequestDate: koreanTime(now() - HOUR),
    endRequestDate: koreanTime(now() + MINUTE),
    recipientGroupingKey: deliveryId,
    pageSize: '1',
  })
}

function koreanTime(at: number): string {
  return new Date(localClock(at, 'Asia/Seoul')).toISOString().slice(0, 16).replace('T', ' ')
}

/** Asks what became of a text message; `kind` is "sms", or "mms" for an LMS. */
export function nhnSmsPoll(account: NhnSms, kind: 'sms' | 'mms'): Poll {
  return async (providerId) => {
    const [request = '', seq = '1'] = providerId.split('.')
    const path = `/sms/v3.0/appKeys/${account.appKey}/sender/${kind}/${request}?recipientSeq=${seq}`
    const { msgStatus, resultCode } = SmsResult.parse(await get(account, path)).body.data
    // 1: requested, 2: on its way, 3: arrived, 4: taken back, 5: failed.
    if (msgStatus === '3') return { status: 'delivered', detail: null }
    return msgStatus === '4' || msgStatus === '5'
      ? { status: 'failed', detail: `NHN Cloud: ${resultCode ?? msgStatus}` }
      : null
  }
}

/** Tells by AlimTalk through NHN Cloud (KakaoTalk Bizmessage API v2.3). */
export function nhnAlimtalk(account: NhnAlimtalk): Send {
  return async (message, to, deliveryId) => {
    const recipient = {
      recipientNo: to.address,
      templateParameter: variablesOf(message),
      recipientGroupingKey: deliveryId,
      resendParameter: resend(account, message, to.lastResort),
    }
    const { sender: senderKey, template } = account
    const body = { senderKey, templateCode: template.code, recipientList: [recipient] }
    const path = `/alimtalk/v2.3/appkeys/${account.appKey}/messages`
    const asked = await post(account, path, body, deliveryId)
    if ('result' in asked) return asked.result
    if ('repeat' in asked) return await taken(() => findAlimtalk(account, deliveryId))
    const data = AlimtalkTaken.safeParse(asked.taken)
    if (!data.success) return STRANGE
    const { requestId, sendResults } = data.data.message
    return judge(requestId, sendResults[0], 'nhn-alimtalk')
  }
}

/** Asks what became of an AlimTalk. */
export function nhnAlimtalkPoll(account: NhnAlimtalk): Poll {
  return async (providerId) => {
    const path = `/alimtalk/v2.3/appkeys/${account.appKey}/messages/${providerId.replace('.', '/')}`
    return statusOf(AlimtalkResult.parse(await get(account, path)).message)
  }
}

/**
 * Reads a callback of NHN Cloud ("MESSAGE_RESULT_UPDATE"). Its signature is the word that was entered there
 * (https://docs.nhncloud.com: Webhook, X-Toast-Webhook-Signature).
 */
export function nhnCallback(secret: string): ReadCallback {
  return ({ headers, body }) => {
    if (!isSame(headers.get('x-toast-webhook-signature') ?? '', secret)) return null
    const called = Called.safeParse(jsonIn(body))
    if (!called.success || called.data.event !== 'MESSAGE_RESULT_UPDATE') return []
    const product = called.data.productName.toLowerCase()
    return called.data.hooks.flatMap((hook): Receipt[] => {
      const provider = product.startsWith('sms') ? smsKind(hook.senderType) : 'nhn-alimtalk'
      const found = statusOf(hook)
      const providerId = `${hook.requestId}.${hook.recipientSeq}`
      const delivery = hook.recipientGroupingKey ?? null
      return found ? [{ ...found, provider, providerId, delivery }] : []
    })
  }
}

function smsKind(senderType: string | undefined): string {
  return senderType?.includes('MMS') === true || senderType?.includes('LMS') === true
    ? 'nhn-mms'
    : 'nhn-sms'
}

type Found = {
  readonly messageStatus?: string | undefined
  readonly resultCode?: string | null | undefined
}

function statusOf({
  messageStatus,
  resultCode,
}: Found): Pick<Receipt, 'status' | 'detail' | 'fault'> | null {
  if (messageStatus === 'COMPLETED') return { status: 'delivered', detail: null }
  if (messageStatus === undefined || !/^(FAILED|CANCEL|DUPLICATED)/.test(messageStatus)) return null
  const fault = isSenderFault(resultCode ?? '') ? 'channel' : null
  return { status: 'failed', detail: `NHN Cloud: ${resultCode ?? messageStatus}`, fault }
}

function resend({ from }: NhnAlimtalk, message: Message, lastResort: boolean): object {
  if (!lastResort || from === null) return { isResend: false }
  const { type, text } = smsText(message.sms)
  return {
    isResend: true,
    resendType: type,
    resendTitle: '[안부]',
    resendContent: text,
    resendSendNo: from,
  }
}

const Sent = z.object({
  recipientSeq: z.int().default(1),
  resultCode: z.union([z.int(), z.string()]).default(0),
  resultMessage: z.string().default(''),
})
const SmsTaken = z.object({
  body: z.object({ data: z.object({ requestId: z.string(), sendResultList: z.array(Sent) }) }),
})
const AlimtalkTaken = z.object({
  message: z.object({ requestId: z.string(), sendResults: z.array(Sent) }),
})
const SmsResult = z.object({
  body: z.object({
    data: z.object({ msgStatus: z.string(), resultCode: z.string().nullish() }),
  }),
})
const AlimtalkResult = z.object({
  message: z.object({ messageStatus: z.string(), resultCode: z.string().nullish() }),
})
const Found = z.object({ requestId: z.string(), recipientSeq: z.int().default(1) })
const SmsFound = z.object({ body: z.object({ data: z.array(Found) }) })
const AlimtalkFound = z.object({
  messageSearchResultResponse: z.object({ messages: z.array(Found) }),
})
const Called = z.object({
  event: z.string(),
  productName: z.string().default(''),
  hooks: z.array(
    z.object({
      requestId: z.string(),
      recipientSeq: z.int(),
      senderType: z.string().optional(),
      messageStatus: z.string().optional(),
      recipientGroupingKey: z.string().nullish(),
      resultCode: z.string().nullish(),
    }),
  ),
})

function judge(
  requestId: string,
  sent: z.infer<typeof Sent> | undefined,
  provider: string,
): Result {
  if (sent && Number(sent.resultCode) !== 0) {
    const detail = `NHN Cloud did not take it: ${sent.resultCode} ${sent.resultMessage}`
    return { kind: 'permanent', detail, fault: null }
  }
  return accepted({ requestId, recipientSeq: sent?.recipientSeq ?? 1 }, provider)
}

function accepted(
  { requestId, recipientSeq }: { readonly requestId: string; readonly recipientSeq: number },
  provider: string,
): Result {
  const providerId = `${requestId}.${recipientSeq}`
  return { kind: 'accepted', provider, providerId, pollAfter: POLL_AFTER }
}
