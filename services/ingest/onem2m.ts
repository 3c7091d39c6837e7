import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { PLAIN } from './entity.ts'
import { moment } from './moment.ts'
import { Fields, parse, parseJson } from './payload.ts'
import { type Words, read } from './word.ts'

// A content instance; `con` is free, `ct` is UTC without saying so.
const Instance = z.object({ con: z.unknown(), ct: z.string().optional() })
const Content = z.object({ 'm2m:cin': Instance })

// What a CSE tells its subscribers, and what a device asks a CSE to store. Mobius sends both with and without
// the wrapper, and numbers as strings too.
const Request = z.object({ to: z.string().default(''), pc: Fields.optional() })
const Notification = z.object({
  'm2m:sgn': z.object({
    sur: z.string().default(''),
    nev: z.object({ rep: Content }).optional(),
  }),
})

const WORDS: Words = Object.fromEntries(
  Object.entries(PLAIN).map(([name, kind]) => [name, { kind }]),
)

/** Whether this is a topic of oneM2M over MQTT (TS-0010); it may begin with a slash. */
export function isOnem2m(topic: string): boolean {
  return /^\/?oneM2M\/(req|resp|reg_req|reg_resp)\//.test(topic)
}

/** Answers and registrations. */
export function isOnem2mChatter(topic: string): boolean {
  return !/^\/?oneM2M\/req\//.test(topic)
}

/**
 * Reads a notification of a new content instance, or the request that stores one, as Korea's Mobius sends them in
 * JSON. The container is named `<application>/<what it measures>`, or its content is an object of such
 * words; the device is the application. Nothing is answered: that is the subscriber's part, not ours.
 */
export function decodeOnem2m(topic: string, text: string, receivedAt: Millis): Decoded {
  if (!topic.endsWith('/json')) return unreadable('only JSON is read, not XML or CBOR')
  const body = parseJson(Fields, text)
  if (!body.success) return unreadable(body.detail)
  const request = parse(Request, body.data['m2m:rqp'] ?? body.data)
  if (!request.success) return unreadable(request.detail)
  const { to, pc = {} } = request.data
  const notification = Notification.safeParse(pc)
  if (!notification.success) return readInstance(pathOf(to), pc, receivedAt)
  const { sur, nev } = notification.data['m2m:sgn']
  // A verification or a deletion of the subscription holds none.
  return nev ? readInstance(pathOf(sur).slice(0, -1), nev.rep, receivedAt) : IGNORED
}

function pathOf(address: string): string[] {
  return address.split('/').filter((level) => level !== '')
}

function readInstance(path: readonly string[], given: unknown, receivedAt: Millis): Decoded {
  const content = Content.safeParse(given)
  if (!content.success) return IGNORED
  const { con, ct = '' } = content.data['m2m:cin']
  const [application = '', container = ''] = path.slice(-2)
  const word = container.toLowerCase()
  const uid = Object.hasOwn(WORDS, word) ? application : `${application}/${container}`
  return read([{ uid, words: WORDS, fields: fieldsOf(con, word), at: moment(iso(ct), receivedAt) }])
}

// An object of words, or one as text, or the value itself.
function fieldsOf(con: unknown, word: string): Fields {
  const fields = Fields.safeParse(typeof con === 'string' ? unwrap(con) : con)
  return fields.success ? lower(fields.data) : { [word]: con }
}

function unwrap(text: string): unknown {
  const parsed = parseJson(Fields, text)
  return parsed.success ? parsed.data : text
}

function lower(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

// 20260822T091500 is 2026-08-22T09:15:00Z.
function iso(ct: string): string {
  return ct.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z')
}
