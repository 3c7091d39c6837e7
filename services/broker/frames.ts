/** The types of MQTT packets that the gate tells apart (MQTT 3.1.1, table 2.1). */
export const CONNECT = 1
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
