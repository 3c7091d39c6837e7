import type { Message } from '../../schemas/message.ts'
import type { Grade } from '../../schemas/signal.ts'
import type { Millis } from '../../schemas/time.ts'
import { offsetSpan } from '../core/time.ts'
import type { Send } from './deliver.ts'
import { type Ask, refusalIn } from './http.ts'

/** In whose name documents go out, such as "anbu@gasang-gu.example", and the office's time zone. */
export type CapOptions = { readonly sender: string; readonly timeZone: string }

// CAP 1.2, section 3.2.2: what we know of a grade. A silence is possible need, never an observed one.
const RATING: Readonly<
  Record<Grade, readonly [urgency: string, severity: string, certainty: string]>
> = {
  watch: ['Future', 'Minor', 'Unlikely'],
  caution: ['Expected', 'Moderate', 'Possible'],
  warning: ['Expected', 'Severe', 'Possible'],
  danger: ['Immediate', 'Severe', 'Likely'],
}

/** Tells a control room by a CAP 1.2 document, POSTed to where it takes them. */
export function capChannel(options: CapOptions, ask: Ask, now: () => number): Send {
  return async (message, to, deliveryId) => {
    const body = capDocument(message, {
      ...options,
      to: to.person,
      identifier: deliveryId,
      ttl: to.ttl,
    })
    const headers = { 'content-type': 'application/cap+xml; charset=utf-8' }
    const asked = await ask({ method: 'POST', url: to.address, headers, body })
    if ('failure' in asked) return asked.failure
    const refusal = refusalIn(asked.answer, 'the control room', now())
    if (refusal === null) return { kind: 'accepted', providerId: null }
    return refusal.kind === 'permanent' ? { ...refusal, fault: 'address' } : refusal
  }
}

/**
 * One alert as a CAP 1.2 document (OASIS, urn:oasis:names:tc:emergency:cap:1.2), to one addressee: alias and dong,
 * never a name or an address. Its elements stand in the order of the schema.
 */
export function capDocument(
  message: Message,
  about: CapOptions & { readonly to: string; readonly identifier: string; readonly ttl: Millis },
): string {
  const { sender, timeZone, to, identifier, ttl } = about
  const at = (moment: Millis) => capTime(moment, timeZone)
  return document('alert', [
    ['identifier', identifier],
    ['sender', sender],
    ['sent', at(message.at)],
    ['status', message.exercise ? 'Exercise' : 'Actual'],
    ['msgType', 'Alert'],
    ['scope', 'Private'],
    ['addresses', quoted(to)],
    ['incidents', `anbu-${message.alert}`],
    ['info', info(message, at(message.at + ttl))],
  ])
}

function info(message: Message, expires: string): Part[] {
  const [urgency, severity, certainty] = RATING[message.grade]
  return [
    ['language', 'ko-KR'],
    ['category', 'Health'],
    ['event', message.what],
    ['responseType', 'Assess'],
    ['urgency', urgency],
    ['severity', severity],
    ['certainty', certainty],
    ['expires', expires],
    ['headline', message.subject.slice(0, 160)],
    ['description', message.why],
    ['instruction', message.todo],
    ...(message.link === null ? [] : [['web', message.link] satisfies Part]),
    [
      'parameter',
      [
        ['valueName', 'alert'],
        ['value', String(message.alert)],
      ],
    ],
    ['area', [['areaDesc', message.where]]],
  ]
}

type Part = readonly [name: string, content: string | readonly Part[]]

function document(root: string, parts: readonly Part[]): string {
  const attributes = ' xmlns="urn:oasis:names:tc:emergency:cap:1.2"'
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attributes}>${parts.map(element).join('')}</${root}>\n`
}

function element([name, content]: Part): string {
  const inner = typeof content === 'string' ? escaped(content) : content.map(element).join('')
  return `<${name}>${inner}</${name}>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

// What XML 1.0 cannot hold at all (section 2.2) becomes a space.
function escaped(text: string): string {
  const legal = text.toWellFormed().replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
  return legal.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? '')
}

// Section 3.2.1: addresses are parted by spaces; one that holds any stands in quotes.
function quoted(address: string): string {
  return /\s/.test(address) ? `"${address}"` : address
}

/** A moment as CAP has it: to the second, and with an offset; "Z" is not allowed (section 3.3.2). */
function capTime(at: Millis, timeZone: string): string {
  const { offset } = offsetSpan(at, timeZone)
  const minutes = Math.abs(Math.round(offset / 60_000))
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return `${new Date(at + offset).toISOString().slice(0, 19)}${zone}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
