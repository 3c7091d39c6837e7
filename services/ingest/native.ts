import {
  NativeMessage,
  NativeReading,
  NativeState,
  type Reading,
  TOPIC,
} from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, unreadable } from './decoded.ts'
import { issues, parseJson } from './payload.ts'

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
  if (topic === TOPIC.data(gateway)) return decodeData(text, receivedAt)
  if (topic === TOPIC.state(gateway)) return decodeState(text)
  return { type: 'rejection', reason: 'unknown-topic', detail: `expected ${TOPIC.data(gateway)}` }
}

function decodeData(text: string, receivedAt: Millis): Decoded {
  const message = parseJson(NativeMessage, text)
  if (!message.success) return unreadable(message.detail)
  const readings: Reading[] = []
  const bad: string[] = []
  const { clock, sent, r } = message.data
  // Who has no clock knows only how long ago things were.
  const times = {
    own: clock !== 'none',
    sent: clock === 'none' ? receivedAt : (sent ?? receivedAt),
  }
  for (const [place, element] of r.entries()) {
    const reading = NativeReading.safeParse(element)
    if (reading.success) readings.push(normal(reading.data, times, receivedAt))
    else bad.push(`r[${place}]: ${issues(reading.error)}`)
  }
  return { type: 'readings', readings, bad }
}

function normal(
  reading: NativeReading,
  times: { own: boolean; sent: Millis },
  receivedAt: Millis,
): Reading {
  // An age counts back from when the gateway says it sent; without either, it is now (SenML, RFC 8428 4.5.3).
  const aged = reading.age === undefined ? receivedAt : Math.round(times.sent - reading.age * 1000)
  return {
    uid: reading.d,
    kind: reading.m,
    value: reading.b === undefined ? (reading.n ?? 0) : Number(reading.b),
    at: times.own ? (reading.t ?? aged) : aged,
    nature: reading.k,
  }
}

function decodeState(text: string): Decoded {
  const state = parseJson(NativeState, text)
  return state.success
    ? { type: 'state', online: state.data.state === 'online' }
    : unreadable(state.detail)
}
