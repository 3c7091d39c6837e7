import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, unreadable } from './decoded.ts'
import { Fields, parseJson } from './payload.ts'
import { type Words, read } from './word.ts'

// BTHome v2 object names as Shelly's script gives them: 1 is motion, and open.
const WORDS: Words = {
  motion: { kind: 'motion' },
  opening: { kind: 'open' },
  door: { kind: 'open' },
  window: { kind: 'open' },
  vibration: { kind: 'vibration' },
  button: { kind: 'button', nature: 'event' },
  illuminance: { kind: 'illuminance' },
  temperature: { kind: 'temperature' },
  humidity: { kind: 'humidity' },
  battery: { kind: 'battery' },
}

/** Whether this is a topic of Shelly's script for Bluetooth sensors: the bare MAC address. */
export function isBthome(topic: string): boolean {
  return /^[0-9a-f]{2}(:?[0-9a-f]{2}){5}$/i.test(topic)
}

const Advertisement = z.object({ service_data: Fields })

/**
 * Reads what the script `universal-blu-to-mqtt` publishes: every advertisement it hears, repeats too. What is
 * encrypted was not opened there, and says only that the sensor lives.
 */
export function decodeBthome(topic: string, text: string, receivedAt: Millis): Decoded {
  const heard = parseJson(Advertisement, text)
  if (!heard.success) return unreadable(heard.detail)
  return read([
    { uid: topic.toLowerCase(), words: WORDS, fields: heard.data.service_data, at: receivedAt },
  ])
}
