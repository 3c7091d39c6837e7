import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED } from './decoded.ts'
import { readEntity } from './entity.ts'
import { partsOf } from './topic.ts'
import { read } from './word.ts'

// base_topic is free; one that begins so is taken for Home Assistant's, any other of this shape for ESPHome's.
const BASE = /^(?:homeassistant|hass|ha|statestream)(?:[-_.][^/]*)?\//
const TOPIC = /^[^/]+\/(?:.+\/)?(?<domain>[a-z_]+)\/(?<object>[^/]+)\/state$/s

/** Whether this is a topic of Home Assistant: statestream, discovery, or its own birth and will. */
export function isStatestream(topic: string): boolean {
  return BASE.test(topic)
}

/** Attributes, time stamps that come after their state, discovery, and what is no sensor. */
export function isStatestreamChatter(topic: string): boolean {
  const domain = partsOf(TOPIC, topic)?.('domain') ?? ''
  return domain !== 'binary_sensor' && domain !== 'sensor'
}

/**
 * Reads Home Assistant's `mqtt_statestream`: `<base>/<domain>/<object>/state` as plain text. What an entity
 * measures is told by the end of its name alone; one that ends in nothing we know says nothing.
 */
export function decodeStatestream(topic: string, text: string, receivedAt: Millis): Decoded {
  const part = partsOf(TOPIC, topic)
  const entity = part ? readEntity(part('domain'), part('object')) : null
  if (!part || !entity) return IGNORED
  const { device, kind } = entity
  const uid = device === '' ? part('object') : device
  return read([{ uid, words: { state: { kind } }, fields: { state: text }, at: receivedAt }])
}
