import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { readEntity } from './entity.ts'
import { partsOf } from './topic.ts'
import { read } from './word.ts'

// esphome components/mqtt: <topic_prefix>/<component>/<object_id>/state, and .../status as birth and will.
const STATE =
  /^(?<prefix>.+)\/(?<component>[a-z_]+)\/(?<object>[^/]+)\/(?:state|command|position\/state|mode\/state)$/s
const STATUS = /^(?<prefix>.+)\/status$/s
const COMPONENTS = new Set(
  `alarm_control_panel binary_sensor button climate cover date datetime event fan light lock media_player number
   select sensor switch text text_sensor time update valve`.split(/\s+/),
)

/** Whether this is a topic of ESPHome. */
export function isEsphome(topic: string): boolean {
  const component = partsOf(STATE, topic)?.('component') ?? ''
  return COMPONENTS.has(component) || STATUS.test(topic) || /.\/debug$/s.test(topic)
}

/** What is no sensor, and its log. */
export function isEsphomeChatter(topic: string): boolean {
  const component = partsOf(STATE, topic)?.('component') ?? ''
  return !STATUS.test(topic) && component !== 'binary_sensor' && component !== 'sensor'
}

/**
 * Reads what ESPHome publishes, all of it again after each connection. The device is its topic prefix, and behind
 * it what the entity's name says before the word for what it measures: `hall/front_door`.
 */
export function decodeEsphome(topic: string, text: string, receivedAt: Millis): Decoded {
  const status = partsOf(STATUS, topic)
  if (status) return decodeStatus(status('prefix'), text)
  const part = partsOf(STATE, topic)
  const entity = part ? readEntity(part('component'), part('object')) : null
  if (!part || !entity) return IGNORED
  const uid = [part('prefix'), entity.device].filter((level) => level !== '').join('/')
  const words = { state: { kind: entity.kind } }
  return read([{ uid, words, fields: { state: text }, at: receivedAt }])
}

function decodeStatus(uid: string, text: string): Decoded {
  if (text !== 'online' && text !== 'offline') return unreadable('expected online or offline')
  return { type: 'availability', uid, online: text === 'online' }
}
