import {
  NativeMessage,
  NativeReading,
  NativeState,
  type Reading,
  TOPIC,
  isDataTopic,
} from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, unreadable } from './decoded.ts'
import { issues, parse, parseAny, parseJson } from './payload.ts'
import { plainElements, plainReading } from './plain.ts'

/**
 * Reads a message of Anbu's own protocol: `anbu/1/<gateway>/up/data` holds one reading or many, `.../up/state`
 * a birth, a heartbeat or a last will. One bad element never costs the good ones.
 */
export function decodeNative(
  topic: string,
  text: string,
  receivedAt: Millis,
  gateway: string,
): Decoded {
  if (isDataTopic(topic, gateway)) return decodeData(text, receivedAt)
  if (topic === TOPIC.state(gateway)) return decodeState(text)
  return { type: 'rejection', reason: 'unknown-topic', detail: `expected ${TOPIC.data(gateway)}` }
}

function decodeData(text: string, receivedAt: Millis): Decoded {
  const json = parseAny(text)
  if (!json.success) return unreadable(json.detail)
  const plain = plainElements(json.data)
  const times = { own: true, sent: receivedAt, receivedAt }
  return plain ? decodeElements(plain, times) : decodeMessage(json.data, receivedAt)
}

function decodeMessage(json: unknown, receivedAt: Millis): Decoded {
  const message = parse(NativeMessage, json)
  if (!message.success) return unreadable(message.detail)
  const { clock, sent = receivedAt, r } = message.data
  // Who has no clock knows only how long ago things were.
  const own = clock !== 'none'
  return decodeElements(r, { own, sent: own ? sent : receivedAt, receivedAt })
}

type Times = { readonly own: boolean; readonly sent: Millis; readonly receivedAt: Millis }

function decodeElements(elements: readonly unknown[], times: Times): Decoded {
  const readings: Reading[] = []
  const bad: string[] = []
  for (const [place, element] of elements.entries()) {
    const plain = times.own ? plainReading(element, times.receivedAt) : null
    const reading = plain ? null : NativeReading.safeParse(element)
    if (plain) readings.push(plain)
    else if (reading?.success) readings.push(normal(reading.data, times))
    else if (reading) bad.push(`r[${place}]: ${issues(reading.error)}`)
  }
  return { type: 'readings', readings, bad }
}

function normal(reading: NativeReading, { own, sent, receivedAt }: Times): Reading {
  // An age counts back from when the gateway says it sent; without either, it is now (SenML, RFC 8428 4.5.3).
  const aged = reading.age === undefined ? receivedAt : Math.round(sent - reading.age * 1000)
  return {
    uid: reading.d,
    kind: reading.m,
    value: reading.b === undefined ? (reading.n ?? 0) : Number(reading.b),
    at: own ? (reading.t ?? aged) : aged,
    nature: reading.k,
  }
}

function decodeState(text: string): Decoded {
  const state = parseJson(NativeState, text)
  return state.success
    ? { type: 'state', online: state.data.state === 'online' }
    : unreadable(state.detail)
}
