import { Agent, type Dispatcher, request } from 'undici'
import type { Result } from '../core/delivery.ts'
import { type Guard, REFUSED } from './guard.ts'

/** One request. */
export type Call = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** What the other side answered, whatever it was. A header that came twice is joined by a comma. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

type Failure = Exclude<Result, { kind: 'accepted' }>

/** Asks once and follows no redirect: the answer, or why there is none. It ends by itself within the limit. */
export type Ask = (
  call: Call,
) => Promise<{ readonly answer: Answer } | { readonly failure: Failure }>

/** How long, in real milliseconds, a connection and the whole may take, and what may be spoken to. */
export type AskOptions = {
  readonly connect?: number
  readonly total?: number
  /** For addresses that people entered. Absent: for one that the operator set. */
  readonly guard?: Guard
}

const CONNECT = 5_000
const TOTAL = 10_000
// Nobody's answer to a message is longer; what is, is cut.
const MOST = 64 * 1024

/** Opens a way to ask by HTTP. */
export function openAsk({ connect = CONNECT, total = TOTAL, guard }: AskOptions = {}): Ask {
  const lookup = guard && { lookup: guard.lookup }
  const dispatcher = new Agent({ connect: { timeout: connect, ...lookup } })
  return async (call) => {
    try {
      const url = new URL(call.url)
      guard?.check(url)
      const { method, headers, body = null } = call
      const signal = AbortSignal.timeout(total)
      const given = {
        method,
        headers: { 'user-agent': 'Anbu', ...headers },
        body,
        signal,
        dispatcher,
      }
      return { answer: await read(await request(url, given)) }
    } catch (error) {
      return { failure: judgeFailure(call, error) }
    }
  }
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk))
    length += chunks.at(-1)?.length ?? 0
    if (length > MOST) break
  }
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)])
  return {
    status: statusCode,
    headers: Object.fromEntries(flat),
    text: Buffer.concat(chunks).toString(),
  }
}

/** The JSON in a text, or null when it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const TRY_LATER: ReadonlySet<number> = new Set([408, 425, 429])

/** Whether an answer says that it was taken: null when it does, else what it says instead. `now` reads a Retry-After. */
export function refusalIn(
  { status, headers }: Answer,
  who: string,
  now: number,
): Extract<Failure, { kind: 'temporary' | 'permanent' }> | null {
  if (status >= 200 && status < 300) return null
  const detail = `${who} answered ${status}`
  if (status < 500 && !TRY_LATER.has(status)) return { kind: 'permanent', detail }
  const wait = retryAfter(headers['retry-after'], now)
  return wait === null
    ? { kind: 'temporary', detail }
    : { kind: 'temporary', detail, retryAfter: wait }
}

/** Retry-After in milliseconds: seconds, or an HTTP date (RFC 9110, section 10.2.3). */
function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
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

function judgeFailure({ url }: Call, error: unknown): Failure {
  const code = codeOf(error)
  const where = URL.canParse(url) ? new URL(url).host : 'an address that is none'
  const detail = `${where} could not be reached: ${code ?? String(error)}`
  if (code === REFUSED || code === 'ERR_INVALID_URL')
    return { kind: 'permanent', detail: String(error), fault: 'address' }
  return { kind: code !== null && NEVER_LEFT.has(code) ? 'temporary' : 'unknown', detail }
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  // What was tried at several addresses of a name has a reason for each.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}
