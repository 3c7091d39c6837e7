import type { Limits } from './limits.ts'

/** The types of MQTT packets that the gate tells apart (MQTT 3.1.1, table 2.1). */
const CONNECT = 1
export const PUBLISH = 3

/** The fixed header of a packet: its type, its own size in bytes, and how many bytes follow it. */
export type Header = { readonly type: number; readonly size: number; readonly length: number }

/**
 * Reads the fixed header at `at` (MQTT 3.1.1, 2.2). `more`: it is not there whole yet. `bad`: a remaining length
 * of more than four bytes, which no packet has.
 */
export function readHeader(bytes: Uint8Array, at: number): Header | 'more' | 'bad' {
  let length = 0
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return 'more'
    length += (byte & 0x7f) << (7 * (i - 1))
    if (byte < 0x80) return { type: (bytes[at] ?? 0) >> 4, size: 1 + i, length }
  }
  return 'bad'
}

/** How far a connection has come: nothing is known of it, its CONNECT is being answered, or it is signed in. */
export type Stage = 'new' | 'asked' | 'open'

/** Why a connection is ended for what it sends. */
export type Violation = 'no-mqtt' | 'frame-too-large'

/** What is wrong with a packet that says this of itself, or null. */
export function violationOf(
  { type, length }: Header,
  stage: Stage,
  { frame, smallFrame }: Limits,
): Violation | null {
  // [MQTT-3.1.0-1]
  if (stage === 'new' && type !== CONNECT) return 'no-mqtt'
  const most = stage === 'open' && type === PUBLISH ? frame : smallFrame
  // What comes behind a CONNECT is looked at when that is answered.
  return stage !== 'asked' && length > most ? 'frame-too-large' : null
}

/** A whole PUBLISH with QoS 1. `repeated`: its sender has said it before, and does not know whether we heard it. */
export type Data = {
  readonly messageId: number
  readonly payload: Buffer
  readonly repeated: boolean
}

/**
 * Reads the PUBLISH with QoS 1 to `topic` that begins at `at` (MQTT 3.1.1, 3.3). Null: it is another packet, it is
 * not there whole, or it has no identifier.
 */
export function readData(bytes: Buffer, at: number, header: Header, topic: Buffer): Data | null {
  const first = bytes[at] ?? 0
  // Type 3, QoS 1; DUP and RETAIN as they come.
  if ((first & 0b1111_0110) !== 0b0011_0010) return null
  const start = at + header.size
  const end = start + header.length
  const behind = start + 2 + topic.length
  if (end > bytes.length || behind + 2 > end) return null
  if (bytes.readUInt16BE(start) !== topic.length) return null
  if (bytes.compare(topic, 0, topic.length, start + 2, behind) !== 0) return null
  const messageId = bytes.readUInt16BE(behind)
  if (messageId === 0) return null
  return { messageId, payload: bytes.subarray(behind + 2, end), repeated: (first & 0b1000) !== 0 }
}
