import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { moment } from './moment.ts'
import { Fields, parseJson } from './payload.ts'
import { partsOf } from './topic.ts'
import { type Words, read } from './word.ts'

// zigbee-herdsman-converters src/lib/exposes.ts. `contact` is true while the door is closed. The legacy
// `illuminance` was a raw count and came with `illuminance_lux`.
const WORDS: Words = {
  occupancy: { kind: 'motion' },
  occupancy_or: { kind: 'motion' },
  presence: { kind: 'presence' },
  contact: { kind: 'open', inverted: true },
  vibration: { kind: 'vibration' },
  power: { kind: 'power' },
  energy: { kind: 'energy' },
  current: { kind: 'current' },
  voltage: { kind: 'voltage' },
  illuminance_lux: { kind: 'illuminance' },
  illuminance: { kind: 'illuminance' },
  temperature: { kind: 'temperature' },
  humidity: { kind: 'humidity' },
  battery: { kind: 'battery' },
  battery_low: { kind: 'battery_low' },
  tamper: { kind: 'tamper' },
  water_leak: { kind: 'water' },
  smoke: { kind: 'smoke' },
  gas: { kind: 'gas' },
  carbon_monoxide: { kind: 'gas' },
  linkquality: { kind: 'link' },
  // Never cached (zigbee2mqtt lib/state.ts), so each is somebody's doing.
  action: { kind: 'button', nature: 'event' },
}

/** Whether this is a topic of Zigbee2MQTT. Its base may be changed, but must begin like this. */
export function isZigbee2mqtt(topic: string): boolean {
  return /^zigbee2mqtt[^/]*\/./.test(topic)
}

/** What Zigbee2MQTT says of itself, some of it large, and what others say to it. */
export function isZigbee2mqttChatter(topic: string): boolean {
  return /^[^/]+\/bridge\/(?!state$)|\/(set|get)(\/[^/]+)?$/.test(topic)
}

/**
 * Reads what Zigbee2MQTT 1 and 2 publish: `<base>/<friendly name>` with all that is cached, or with
 * `output: attribute` one topic a field; availability and bridge state as text or JSON. The friendly name is
 * the device's name here too, behind the base where that is not the usual one: two hubs in a home stay apart.
 */
export function decodeZigbee2mqtt(topic: string, text: string, receivedAt: Millis): Decoded {
  const path = topic.slice(topic.indexOf('/') + 1)
  if (path === 'bridge/state') return decodeState(text)
  const name = topic.startsWith('zigbee2mqtt/') ? path : topic
  const device = partsOf(/^(?<device>.+)\/availability$/s, name)
  if (device) return decodeAvailability(device('device'), text)
  if (!text.trim().startsWith('{')) return decodeAttribute(name, text, receivedAt)
  const fields = parseJson(Fields, text)
  if (!fields.success) return unreadable(fields.detail)
  const at = moment(fields.data['last_seen'], receivedAt)
  return read([{ uid: name, words: WORDS, fields: told(fields.data), at }])
}

// An action is a word of its own for each device: any but none is a press. With each, Zigbee2MQTT 1 also says
// an empty one.
function told(fields: Fields): Fields {
  const { action } = fields
  return typeof action === 'string' ? { ...fields, action: action !== '' ? true : null } : fields
}

function decodeAttribute(name: string, text: string, receivedAt: Millis): Decoded {
  const slash = name.lastIndexOf('/')
  const uid = name.slice(0, slash)
  const key = name.slice(slash + 1)
  // A rename empties the old name's topics; what is no attribute says nothing of a home.
  if (slash < 1 || !Object.hasOwn(WORDS, key)) return IGNORED
  return read([{ uid, words: WORDS, fields: told({ [key]: text }), at: receivedAt }])
}

const State = z.object({ state: z.enum(['online', 'offline']) })

// Zigbee2MQTT 2 always says {"state":"online"}, 1 said the bare word unless told otherwise.
function isOnline(text: string): boolean | null {
  if (text === 'online' || text === 'offline') return text === 'online'
  const state = parseJson(State, text)
  return state.success ? state.data.state === 'online' : null
}

const UNREADABLE = unreadable('expected online, offline or {"state":...}')

function decodeState(text: string): Decoded {
  const online = isOnline(text)
  return online === null ? UNREADABLE : { type: 'state', online }
}

function decodeAvailability(uid: string, text: string): Decoded {
  if (text === '') return IGNORED // its device was renamed or removed
  const online = isOnline(text)
  return online === null ? UNREADABLE : { type: 'availability', uid, online }
}
