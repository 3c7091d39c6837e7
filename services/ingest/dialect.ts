import type { Millis } from '../../schemas/time.ts'
import { decodeBthome, isBthome } from './bthome.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { decodeEsphome, isEsphome, isEsphomeChatter } from './esphome.ts'
import { decodeNative } from './native.ts'
import { decodeOnem2m, isOnem2m, isOnem2mChatter } from './onem2m.ts'
import { parseText } from './payload.ts'
import { decodeSenml, isSenml } from './senml.ts'
import { decodeShelly1, isShelly1, isShelly1Chatter } from './shelly1.ts'
import { decodeShelly2, isShelly2, isShelly2Chatter } from './shelly2.ts'
import { decodeStatestream, isStatestream, isStatestreamChatter } from './statestream.ts'
import { decodeTasmota, isTasmota, isTasmotaChatter } from './tasmota.ts'
import { decodeZigbee2mqtt, isZigbee2mqtt, isZigbee2mqttChatter } from './zigbee2mqtt.ts'

/** A way of speaking. It is known by the topic alone, and so is what of it says nothing of a home. */
type Dialect = {
  readonly speaks: (topic: string) => boolean
  readonly isChatter?: (topic: string) => boolean
  readonly decode: (topic: string, text: string, receivedAt: Millis, gateway: string) => Decoded
}

// The first that speaks it: those who name themselves, then those known only by the shape of their topics. A
// Shelly of the second generation may have a prefix under `shellies/`.
const DIALECTS: readonly Dialect[] = [
  { speaks: (topic) => topic.startsWith('anbu/'), decode: decodeNative },
  { speaks: isZigbee2mqtt, isChatter: isZigbee2mqttChatter, decode: decodeZigbee2mqtt },
  { speaks: isStatestream, isChatter: isStatestreamChatter, decode: decodeStatestream },
  { speaks: isOnem2m, isChatter: isOnem2mChatter, decode: decodeOnem2m },
  { speaks: isSenml, decode: decodeSenml },
  { speaks: isBthome, decode: decodeBthome },
  { speaks: isShelly2, isChatter: isShelly2Chatter, decode: decodeShelly2 },
  { speaks: isShelly1, isChatter: isShelly1Chatter, decode: decodeShelly1 },
  { speaks: isTasmota, isChatter: isTasmotaChatter, decode: decodeTasmota },
  { speaks: isEsphome, isChatter: isEsphomeChatter, decode: decodeEsphome },
]

/** The most bytes of a message that we read. What is known to say nothing may be larger: Zigbee2MQTT's is. */
const LARGEST = 64 * 1024

/** A message as its gateway published it. */
export type Spoken = {
  readonly gateway: string
  readonly topic: string
  readonly payload: Uint8Array
}

/** Reads a message in the dialect that its topic tells. It never throws, whatever the bytes. */
export function decode({ gateway, topic, payload }: Spoken, receivedAt: Millis): Decoded {
  const dialect = DIALECTS.find(({ speaks }) => speaks(topic))
  if (!dialect) return UNKNOWN
  if (dialect.isChatter?.(topic)) return IGNORED
  if (payload.length > LARGEST) return TOO_LARGE
  const text = parseText(payload)
  if (!text.success) return unreadable(text.detail)
  return dialect.decode(topic, text.data, receivedAt, gateway)
}

const TOO_LARGE: Decoded = {
  type: 'rejection',
  reason: 'too-large',
  detail: `more than ${LARGEST} bytes`,
}

const UNKNOWN: Decoded = {
  type: 'rejection',
  reason: 'unknown-topic',
  detail: 'no dialect has this topic; docs/gateways.md lists those that we read',
}
