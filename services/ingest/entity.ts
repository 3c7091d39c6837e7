import type { Kind } from '../../schemas/reading.ts'

/** What a plain word means, where a gateway's makers leave the names to its owner. Yes is open, wet, moved. */
export const PLAIN: Readonly<Record<string, Kind>> = {
  motion: 'motion',
  pir: 'motion',
  occupancy: 'motion',
  presence: 'presence',
  open: 'open',
  opening: 'open',
  contact: 'open',
  door: 'open',
  window: 'open',
  button: 'button',
  vibration: 'vibration',
  tamper: 'tamper',
  battery_low: 'battery_low',
  low_battery: 'battery_low',
  leak: 'water',
  water_leak: 'water',
  moisture: 'water',
  smoke: 'smoke',
  gas: 'gas',
  carbon_monoxide: 'gas',
  power: 'power',
  energy: 'energy',
  current: 'current',
  voltage: 'voltage',
  illuminance: 'illuminance',
  lux: 'illuminance',
  temperature: 'temperature',
  humidity: 'humidity',
  battery: 'battery',
  battery_level: 'battery',
}

// These name the thing rather than what is measured of it: `front_door` is the device's own name.
const THINGS = new Set(['door', 'window', 'pir', 'button'])

/** An entity's device and kind. */
export type Entity = { readonly device: string; readonly kind: Kind }

// The longest word first, so that `hall_battery_low` is no battery.
const ENDS = Object.entries(PLAIN).toSorted(([a], [b]) => b.length - a.length)

/**
 * Reads an entity's name as Home Assistant and ESPHome build it: the device, an underscore, what is measured, and
 * a number where there are several: `hall_motion`, `hall_battery`, `front_door`, `hall_motion_2`. Null when
 * its end tells nothing.
 */
export function readEntity(domain: string, object: string): Entity | null {
  const [, name = '', number = ''] = /^(.+?)(_\d+)?$/s.exec(object) ?? []
  const found = ENDS.find(([word]) => name === word || name.endsWith(`_${word}`))
  if (!found) return null
  const [end, kind] = found
  const device = THINGS.has(end) ? name : name.slice(0, -end.length).replace(/_$/, '')
  return { device: device + number, kind: meant(domain, kind) }
}

// binary_sensor.hall_battery is on when it is low.
function meant(domain: string, kind: Kind): Kind {
  return domain === 'binary_sensor' && kind === 'battery' ? 'battery_low' : kind
}
