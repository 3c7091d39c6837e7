import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Came, Said } from './fake.ts'

/** Made-up accounts at the three carriers. */
export const ACCOUNT = {
  access: 'made-up-access',
  secret: 'made-up-secret',
  service: 'ncp:sms:kr:1:made-up',
  from: '0210001000',
  template: 'ANBU01',
} as const

/** The JSON of a request. */
export function jsonOf(came: Came): unknown {
  return JSON.parse(came.body.toString())
}

/** What became of messages, as the carrier knows it; the test may set it. */
export type Fates = Map<string, object>

/** Naver Cloud SENS: refuses a signature that is wrong, takes the rest, and tells what became of it when asked. */
export function sens(fates: Fates): (came: Came) => Said {
  let taken = 0
  return (came) => {
    if (!isSigned(came)) return { status: 401 }
    if (came.method === 'GET') return { status: 200, body: sensFate(came.path, fates) }
    const body = {
      requestId: 'r',
      messages: [{ messageId: `alimtalk-${++taken}`, requestStatusCode: 'A000' }],
    }
    if (came.path.startsWith('/alimtalk')) return { status: 202, body }
    return { status: 202, body: { requestId: `sms-${taken}`, statusName: 'success' } }
  }
}

function isSigned({ method, path, headers }: Came): boolean {
  const { 'x-ncp-apigw-timestamp': at = '', 'x-ncp-iam-access-key': key = '' } = headers
  const text = `${method} ${path}\n${at}\n${key}`
  const signature = createHmac('sha256', ACCOUNT.secret).update(text).digest('base64')
  const isNow = Math.abs(Date.now() - Number(at)) < 300_000
  return isNow && headers['x-ncp-apigw-signature-v2'] === signature
}

function sensFate(path: string, fates: Fates): object {
  const [, request] = path.split('?requestId=')
  if (request !== undefined) return { messages: [{ messageId: `${request}-m` }] }
  return fates.get(path.split('/').at(-1) ?? '') ?? {}
}

const NhnBody = z.object({
  recipientList: z
    .array(z.looseObject({ recipientNo: z.string(), recipientGroupingKey: z.string() }))
    .min(1),
})

/** NHN Cloud: knows a key that it has seen, and refuses it then. */
export function nhn(fates: Fates): (came: Came) => Said {
  const seen = new Set<string>()
  const taken = new Map<string, string>()
  return (came) => {
    if (came.headers['x-secret-key'] !== ACCOUNT.secret) return { status: 401 }
    const header = { isSuccessful: true, resultCode: 0, resultMessage: 'SUCCESS' }
    const found = came.method === 'GET' ? nhnSearch(came.path, taken) : null
    if (found) return { status: 200, body: { header, ...found } }
    if (came.method === 'GET') return { status: 200, body: { header, ...fates.get(came.path) } }
    // Two products, each with keys of its own.
    const key = `${came.path.split('/')[1]} ${came.headers['x-nc-api-idempotency-key']}`
    if (seen.has(key)) {
      const resultMessage = 'Duplicated idempotency key'
      return {
        status: 409,
        body: { header: { isSuccessful: false, resultCode: -409, resultMessage } },
      }
    }
    seen.add(key)
    const requestId = `nhn${seen.size}`
    for (const one of NhnBody.parse(jsonOf(came)).recipientList)
      taken.set(`${came.path.split('/')[1]} ${one.recipientGroupingKey}`, requestId)
    const results = [{ recipientSeq: 1, resultCode: 0, resultMessage: 'SUCCESS' }]
    return came.path.startsWith('/alimtalk')
      ? { status: 200, body: { header, message: { requestId, sendResults: results } } }
      : { status: 200, body: { header, body: { data: { requestId, sendResultList: results } } } }
  }
}

// Both products can be searched by the key of a recipient, within dates of Korea's clock.
function nhnSearch(path: string, taken: ReadonlyMap<string, string>): object | null {
  const { pathname, searchParams } = new URL(path, 'http://nhn')
  const key = searchParams.get('recipientGroupingKey')
  if (key === null) return null
  const minute = (name: string) =>
    Date.parse(`${searchParams.get(name)?.replace(' ', 'T')}:00+09:00`)
  const now = Date.now()
  if (!(minute('startRequestDate') < now && now < minute('endRequestDate') + 60_000))
    throw new Error(`a search beside now: ${path}`)
  const requestId = taken.get(`${pathname.split('/')[1]} ${key}`)
  const data = requestId === undefined ? [] : [{ requestId, recipientSeq: 1, resultCode: '1000' }]
  return pathname.startsWith('/sms')
    ? { body: { pageNum: 1, pageSize: 1, totalCount: data.length, data } }
    : { messageSearchResultResponse: { messages: data, totalCount: data.length } }
}

/** SOLAPI: a 200 can hold a message that it did not take. */
export function solapi(fates: Fates): (came: Came) => Said {
  let taken = 0
  return (came) => {
    if (!isAuthorized(came)) return { status: 403, body: { errorCode: 'SignatureDoesNotMatch' } }
    if (came.method === 'GET') return { status: 200, body: fates.get('list') ?? {} }
    const messageList = [{ messageId: `M${++taken}`, statusCode: '2000' }]
    return {
      status: 200,
      body: { groupInfo: { groupId: 'G1' }, failedMessageList: [], messageList },
    }
  }
}

function isAuthorized({ headers }: Came): boolean {
  const form = /^HMAC-SHA256 apiKey=(.+), date=(.+), salt=(.+), signature=(.+)$/
  const [, key, date = '', salt = '', signature] = form.exec(headers['authorization'] ?? '') ?? []
  const made = createHmac('sha256', ACCOUNT.secret)
    .update(date + salt)
    .digest('hex')
  return key === ACCOUNT.access && signature === made
}
