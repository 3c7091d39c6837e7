import { BINARY_KINDS, type Nature } from '../../schemas/reading.ts'
import type { Told } from './decoded.ts'

/**
 * What each device last said of its yes-or-no kinds. Hubs repeat what they have cached with every message
 * and after every start (Zigbee2MQTT, ESPHome, Tasmota's SENSOR), and what is only said again is nobody's doing.
 *
 * It is not kept beyond this process: after a start of ours, or when a gateway comes to another of our
 * processes, the first value of each device is a `snapshot`, which costs at most one sign of life.
 */
export type Memory = {
  /** Says of a reading what it is, and remembers its value. */
  readonly nature: (device: number, told: Pick<Told, 'kind' | 'value' | 'nature'>) => Nature
}

/** Two bits a kind, known and yes, so that a device costs one number: some 40 bytes of a `Map`. */
const PLACE = new Map([...BINARY_KINDS].map((kind, place) => [kind, 1 << (2 * place)]))

/** Opens an empty memory. Beyond `most` devices it forgets the one that it has known longest. */
export function openMemory(most = 2_000_000): Memory {
  const said = new Map<number, number>()

  return {
    nature(device, told) {
      const place = PLACE.get(told.kind)
      if (place === undefined) return ofNumber(told)
      const before = said.get(device) ?? 0
      const after = (before & ~(3 * place)) | place | (told.value * 2 * place)
      if (after !== before) remember(said, device, after, most)
      if (told.nature !== 'state') return told.nature
      return (before & place) !== 0 && after !== before ? 'event' : 'snapshot'
    },
  }
}

function remember(said: Map<number, number>, device: number, value: number, most: number): void {
  said.set(device, value)
  if (said.size <= most) return
  const [oldest] = said.keys()
  if (oldest !== undefined) said.delete(oldest)
}

// A rise of power is measured against the value before, so to say one again does no harm. No other number
// is ever a sign of life.
function ofNumber({ kind, nature }: Pick<Told, 'kind' | 'nature'>): Nature {
  if (nature !== 'state') return nature
  return kind === 'power' ? 'event' : 'snapshot'
}
