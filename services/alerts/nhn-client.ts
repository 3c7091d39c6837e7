import { z } from 'zod'
import type { Result } from '../core/delivery.ts'
import { type Answer, type Ask, jsonIn, refusalIn } from './http.ts'

/** An application of NHN Cloud, of SMS or of KakaoTalk Bizmessage. */
export type Nhn = {
  readonly url: string
  readonly appKey: string
  readonly secretKey: string
  readonly ask: Ask
  readonly now: () => number
}

/** NHN Cloud took it, and said so with words that are not in its documents. */
export const STRANGE: Result = {
  kind: 'unknown',
  detail: 'NHN Cloud took it with words that we do not know',
}

const Header = z.object({
  isSuccessful: z.boolean(),
  resultCode: z.int(),
  resultMessage: z.string(),
})
const Answered = z.looseObject({ header: Header })
type Posted = { readonly taken: unknown } | { readonly result: Result } | { readonly repeat: true }

/** Asks for a message to be sent. `repeat`: its key was seen before, so that the first try was taken. */
export async function post(
  { url, secretKey, ask, now }: Nhn,
  path: string,
  body: object,
  idempotencyKey: string,
): Promise<Posted> {
  const headers = {
    'content-type': 'application/json;charset=UTF-8',
    'X-Secret-Key': secretKey,
    // The same within 10 minutes is refused there: a second try never becomes a second message.
    'X-NC-API-IDEMPOTENCY-KEY': idempotencyKey,
  }
  const asked = await ask({
    method: 'POST',
    url: new URL(path, url).href,
    headers,
    body: JSON.stringify(body),
  })
  return 'failure' in asked ? { result: asked.failure } : opened(asked.answer, now())
}

/** What an answer holds, or what it means that it holds nothing. A 200 can be a refusal. */
function opened(answer: Answer, now: number): Posted {
  const answered = Answered.safeParse(jsonIn(answer.text))
  if (answered.success && isRepeat(answered.data.header)) return { repeat: true }
  const refusal = refusalIn(answer, 'NHN Cloud', now)
  if (refusal?.kind === 'temporary') return { result: refusal }
  if (refusal) return { result: { ...refusal, fault: 'channel' } }
  if (!answered.success) return { result: STRANGE }
  const { isSuccessful, resultCode, resultMessage } = answered.data.header
  if (isSuccessful) return { taken: answered.data }
  const detail = `NHN Cloud did not take it: ${resultCode} ${resultMessage}`
  return { result: { kind: 'permanent', detail, fault: 'channel' } }
}

// What it says to a key that it has seen: the first try was taken, whatever we heard of it.
function isRepeat({ isSuccessful, resultMessage }: z.infer<typeof Header>): boolean {
  return !isSuccessful && /idempoten|duplicat/i.test(resultMessage)
}

/** Asks for what is known. Throws when it is not answered. */
export async function get({ url, secretKey, ask }: Nhn, path: string): Promise<unknown> {
  const headers = { 'X-Secret-Key': secretKey }
  const asked = await ask({ method: 'GET', url: new URL(path, url).href, headers })
  if ('failure' in asked) throw new Error(asked.failure.detail)
  if (asked.answer.status !== 200) throw new Error(`NHN Cloud answered ${asked.answer.status}`)
  return jsonIn(asked.answer.text)
}
