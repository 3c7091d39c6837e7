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

const NhnBody = z.object({ recipientList: z.array(z.looseObject({ recipientNo: z.string() })) })

/** NHN Cloud: knows a key that it has seen, and refuses it then. */
export function nhn(fates: Fates): (came: Came) => Said {
  const seen = new Set<string>()
  return (came) => {
    if (came.headers['x-secret-key'] !== ACCOUNT.secret) return { status: 401 }
    const header = { isSuccessful: true, resultCode: 0, resultMessage: 'SUCCESS' }
    if (came.method === 'GET') return { status: 200, body: { header, ...fates.get(came.path) } }
    const key = came.headers['x-nc-api-idempotency-key'] ?? ''
    if (seen.has(key)) {
      const resultMessage = 'Duplicated idempotency key'
      return {
        status: 409,
        body: { header: { isSuccessful: false, resultCode: -409, resultMessage } },
      }
    }
    seen.add(key)
    NhnBody.parse(jsonOf(came))
    const requestId = `nhn${seen.size}`
    const results = [{ recipientSeq: 1, resultCode: 0, resultMessage: 'SUCCESS' }]
    return came.path.startsWith('/alimtalk')
      ? { status: 200, body: { header, message: { requestId, sendResults: results } } }
      : { status: 200, body: { header, body: { data: { requestId, sendResultList: results } } } }
  }
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
