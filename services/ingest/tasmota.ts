import type { Kind } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { moment } from './moment.ts'
import { Fields, parseJson } from './payload.ts'
import { type Saying, type Words, read } from './word.ts'

// Energy in kWh, power in W; lists are phases or sockets.
const WORDS: Words = {
  Power: { kind: 'power' },
  Total: { kind: 'energy' },
  Current: { kind: 'current' },
  Voltage: { kind: 'voltage' },
  Illuminance: { kind: 'illuminance' },
  Temperature: { kind: 'temperature' },
  Humidity: { kind: 'humidity' },
}

// Of a sensor behind a Zigbee bridge. `Contact` is 1 while the door is open, the opposite of Zigbee2MQTT.
const ZIGBEE_WORDS: Words = {
  // A frame that says so was sent by somebody's movement; nothing is cached.
  Occupancy: { kind: 'motion', nature: 'event' },
  Contact: { kind: 'open' },
  Vibration: { kind: 'vibration' },
  Water: { kind: 'water' },
  Fire: { kind: 'smoke' },
  Power: { kind: 'power' },
  Illuminance: { kind: 'illuminance' },
  Temperature: { kind: 'temperature' },
  Humidity: { kind: 'humidity' },
  BatteryPercentage: { kind: 'battery' },
  Battery: { kind: 'battery' },
  LinkQuality: { kind: 'link' },
}

// What is wired to an input only its name tells (SwitchText), and a rule may speak under such a name.
const INPUTS: readonly (readonly [RegExp, Kind])[] = [
  [/^(PIR|MOTION)\d*$/, 'motion'],
  [/^(DOOR|WINDOW|CONTACT|REED)\d*$/, 'open'],
  [/^(SWITCH|BUTTON)\d+$/, 'button'],
]

const PREFIXES = new Set(['tele', 'stat', 'cmnd'])

/** Whether this is a topic of Tasmota: `%prefix%/%topic%/...` or `%topic%/%prefix%/...`. */
export function isTasmota(topic: string): boolean {
  const levels = topic.split('/')
  const prefix = levels.at(-2) ?? ''
  if (topic.startsWith('tasmota/discovery/')) return true
  return levels.length > 2 && (PREFIXES.has(levels[0] ?? '') || PREFIXES.has(prefix))
}

/** What says nothing of a home: settings, the state of relays and of the device itself, commands. */
export function isTasmotaChatter(topic: string): boolean {
  return (
    /^tasmota\/discovery\/|(^|\/)cmnd\//.test(topic) ||
    /\/(STATE|INFO\d|UPTIME|HASS_STATE|LOGGING|POWER\d*|STATUS|STATUS([0-79]|1[1-9]))$/.test(topic)
  )
}

/**
 * Reads what Tasmota publishes: SENSOR and its like as JSON, LWT, and single inputs. A device is named by its
 * topic, an input `<topic>/SWITCH1`, a Zigbee sensor by the name it was given, or else its short address.
 * `Time` is local and names no zone unless SetOption52 or `Time 2` is set, and is then not believed.
 */
export function decodeTasmota(topic: string, text: string, receivedAt: Millis): Decoded {
  const { device, name } = split(topic)
  if (name === 'LWT') return decodeWill(device, text)
  if (!text.trim().startsWith('{'))
    return read(sayInput(device, name, { Action: text }, receivedAt))
  const body = parseJson(Fields, text)
  if (!body.success) return unreadable(body.detail)
  // {"STATE":"ON"} at stat/<topic>/SWITCH1 is what {"Switch1":{"Action":"ON"}} is at stat/<topic>/RESULT.
  const input = sayInput(device, name, { Action: body.data['STATE'] ?? null }, receivedAt)
  return input.length > 0 ? read(input) : decodeBody(device, body.data, receivedAt)
}

function split(topic: string): { device: string; name: string } {
  const levels = topic.split('/')
  const place = PREFIXES.has(levels[0] ?? '') ? 0 : levels.length - 2
  return {
    device: levels.slice(0, -1).toSpliced(place, 1).join('/'),
    name: (levels.at(-1) ?? '').toUpperCase(),
  }
}

// Its words can be changed; other than these they say nothing to us.
function decodeWill(uid: string, text: string): Decoded {
  const said = text.trim().toLowerCase()
  if (said !== 'online' && said !== 'offline') return IGNORED
  return { type: 'availability', uid, online: said === 'online' }
}

function decodeBody(device: string, given: Fields, receivedAt: Millis): Decoded {
  const answer = Fields.safeParse(given['StatusSNS'])
  const body = answer.success ? answer.data : given
  const at = moment(body['Epoch'] ?? body['Time'], receivedAt)
  return read(Object.entries(body).flatMap(([name, field]) => sayField(device, name, field, at)))
}

function sayField(device: string, name: string, field: unknown, at: Millis): Saying[] {
  const parsed = Fields.safeParse(field)
  if (!parsed.success) return sayInput(device, name.toUpperCase(), { State: field }, at)
  const fields = parsed.data
  if (name === 'ZbReceived')
    return Object.entries(fields).flatMap(([key, one]) => sayZigbee(key, one, at))
  // With SetOption100 a Zigbee sensor stands without that wrapper.
  if (Object.hasOwn(fields, 'Device')) return sayZigbee(name, fields, at)
  const input = sayInput(device, name.toUpperCase(), fields, at)
  return input.length > 0 ? input : [{ uid: device, words: WORDS, fields, at }]
}

function sayZigbee(key: string, field: unknown, at: Millis): Saying[] {
  const parsed = Fields.safeParse(field)
  if (!parsed.success) return []
  const { Name: name } = parsed.data
  const uid = typeof name === 'string' && name.trim() !== '' ? name : key
  return [{ uid, words: ZIGBEE_WORDS, fields: parsed.data, at }]
}

// An action happened just now; a state is repeated with every SENSOR.
function sayInput(device: string, name: string, fields: Fields, at: Millis): Saying[] {
  const kind = INPUTS.find(([names]) => names.test(name))?.[1]
  if (kind === undefined) return []
  const words: Words = { Action: { kind, nature: 'event' }, State: { kind } }
  return [{ uid: `${device}/${name}`, words, fields: pressed(kind, fields), at }]
}

// SINGLE, DOUBLE, HOLD, TOGGLE ...: any but these was somebody's hand.
const UNPRESSED = new Set(['ON', 'OFF', 'CLEAR', '0', '1', ''])

function pressed(kind: Kind, fields: Fields): Fields {
  const { Action: action } = fields
  const isPress = kind === 'button' && typeof action === 'string'
  return isPress && !UNPRESSED.has(action.toUpperCase()) ? { ...fields, Action: true } : fields
}
