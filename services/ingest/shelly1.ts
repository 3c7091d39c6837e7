import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { moment } from './moment.ts'
import { Fields, parseJson } from './payload.ts'
import { partsOf } from './topic.ts'
import { type Words, read } from './word.ts'

// By the end of the topic. A relay counts energy in watt-minutes, an energy meter in Wh.
const WORDS: Words = {
  'relay/power': { kind: 'power' },
  'relay/energy': { kind: 'energy', times: 1 / 60_000 },
  'light/power': { kind: 'power' },
  'light/energy': { kind: 'energy', times: 1 / 60_000 },
  'emeter/power': { kind: 'power' },
  'emeter/total': { kind: 'energy', times: 1 / 1000 },
  'emeter/current': { kind: 'current' },
  'emeter/voltage': { kind: 'voltage' },
  input: { kind: 'button' },
  'sensor/state': { kind: 'open' },
  'sensor/motion': { kind: 'motion' },
  'sensor/vibration': { kind: 'vibration' },
  'sensor/flood': { kind: 'water' },
  'sensor/smoke': { kind: 'smoke' },
  'sensor/lux': { kind: 'illuminance' },
  'sensor/temperature': { kind: 'temperature' },
  'sensor/humidity': { kind: 'humidity' },
  'sensor/battery': { kind: 'battery' },
}

// Of the Shelly Motion, in one object.
const MOTION_WORDS: Words = {
  motion: { kind: 'motion' },
  vibration: { kind: 'vibration' },
  lux: { kind: 'illuminance' },
  bat: { kind: 'battery' },
}

// An own id may hold slashes, so the device ends where what we know begins. With a number there may be
// several of a kind in one device: the first is the device.
const TOPIC =
  /^shellies\/(?<device>.+?)\/(?:(?<part>relay|light|emeter|input|sensor)(?:\/(?<number>\d+))?(?:\/(?<field>[a-z_]+))?|(?<whole>status|online))$/s

/** Whether this is a topic of a Shelly of the first generation. */
export function isShelly1(topic: string): boolean {
  return topic.startsWith('shellies/')
}

/** Whatever else it says, of itself and its settings. */
export function isShelly1Chatter(topic: string): boolean {
  return !TOPIC.test(topic)
}

/**
 * Reads what Shelly's first generation publishes, one value a topic. All of it is repeated, mains devices
 * every 30 seconds. `input_event` is not read: repeated too, it cannot be told from a second press.
 */
export function decodeShelly1(topic: string, text: string, receivedAt: Millis): Decoded {
  const part = partsOf(TOPIC, topic)
  if (!part) return IGNORED
  const device = part('device')
  if (part('whole') === 'online') return decodeOnline(device, text)
  if (part('whole') === 'status') return decodeStatus(device, text, receivedAt)
  const name = [part('part'), part('field')].filter((level) => level !== '').join('/')
  const uid = uidOf(device, part('part'), Number(part('number')))
  return read([{ uid, words: WORDS, fields: { [name]: text }, at: receivedAt }])
}

function uidOf(device: string, part: string, number: number): string {
  return number === 0 && part !== 'input' ? device : `${device}/${part}:${number}`
}

/** What `.../online` says. A battery device connects, speaks and leaves: false is its daily life. */
export function decodeOnline(uid: string, text: string): Decoded {
  if (text !== 'true' && text !== 'false') return unreadable('expected true or false')
  return { type: 'availability', uid, online: text === 'true' }
}

function decodeStatus(uid: string, text: string, receivedAt: Millis): Decoded {
  const status = parseJson(Fields, text)
  if (!status.success) return unreadable(status.detail)
  // `timestamp` is that of the last movement.
  const at = moment(status.data['timestamp'], receivedAt)
  return read([{ uid, words: MOTION_WORDS, fields: status.data, at }])
}
