import type { z } from 'zod'
import {
  NativeMessage,
  NativeReading,
  NativeState,
  type Reading,
  TOPIC,
} from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'

/** What a message turned out to be. `bad` are the elements that could not be read, each with its place and reason. */
export type Decoded =
  | {
      readonly type: 'readings'
      readonly readings: readonly Reading[]
      readonly bad: readonly string[]
    }
  | { readonly type: 'state'; readonly online: boolean }
  | {
      readonly type: 'rejection'
      readonly reason: 'unreadable' | 'unknown-topic'
      readonly detail: string
    }

/**
 * Reads a message of Anbu's own protocol: `anbu/1/<gateway>/up/data` holds one reading or many, `.../up/state`
 * a birth, a heartbeat or a last will. One bad element never costs the good ones.
 */
export function decodeNative(
  gateway: string,
  topic: string,
  payload: Uint8Array,
  receivedAt: Millis,
): Decoded {
  if (topic === TOPIC.data(gateway)) return decodeData(payload, receivedAt)
  if (topic === TOPIC.state(gateway)) return decodeState(payload)
  return { type: 'rejection', reason: 'unknown-topic', detail: `expected ${TOPIC.data(gateway)}` }
}

function decodeData(payload: Uint8Array, receivedAt: Millis): Decoded {
  const message = parse(NativeMessage, payload)
  if (!message.success) return { type: 'rejection', reason: 'unreadable', detail: message.detail }
  const readings: Reading[] = []
  const bad: string[] = []
  const { sent = receivedAt, r } = message.data
  for (const [place, element] of r.entries()) {
    const reading = NativeReading.safeParse(element)
    if (reading.success) readings.push(normal(reading.data, sent, receivedAt))
    else bad.push(`r[${place}]: ${issues(reading.error)}`)
  }
  return { type: 'readings', readings, bad }
}

function normal(reading: NativeReading, sent: Millis, receivedAt: Millis): Reading {
  // An age counts back from when the gateway says it sent; without either, it is now (SenML, RFC 8428 4.5.3).
  const aged = reading.age === undefined ? receivedAt : Math.round(sent - reading.age * 1000)
  return {
    uid: reading.d,
    kind: reading.m,
    value: reading.b === undefined ? (reading.n ?? 0) : Number(reading.b),
    at: reading.t ?? aged,
    nature: reading.k,
  }
}

function decodeState(payload: Uint8Array): Decoded {
  const state = parse(NativeState, payload)
  return state.success
    ? { type: 'state', online: state.data.state === 'online' }
    : { type: 'rejection', reason: 'unreadable', detail: state.detail }
}

type Parsed<T> = { success: true; data: T } | { success: false; detail: string }

function parse<T>(schema: z.ZodType<T>, payload: Uint8Array): Parsed<T> {
  const json = parseJson(payload)
  if (!json.success) return json
  const result = schema.safeParse(json.data)
  return result.success ? result : { success: false, detail: issues(result.error) }
}

// A fatal decoder refuses what is not UTF-8, where Buffer.toString would store replacement characters.
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(payload: Uint8Array): Parsed<unknown> {
  try {
    return { success: true, data: JSON.parse(utf8.decode(payload)) }
  } catch (error) {
    return { success: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function issues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
}
