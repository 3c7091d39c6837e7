import type { Reading } from '../schemas/reading.ts'

/** In whose words a gateway may speak. */
export const ACCENTS = ['native', 'zigbee2mqtt', 'tasmota', 'shelly'] as const
export type Accent = (typeof ACCENTS)[number]
export type ForeignAccent = Exclude<Accent, 'native'>

/** A message as a gateway publishes it. */
export type Said = { readonly topic: string; readonly payload: string }

/** How one home's gateway says a reading: in one message, or in none where it has no word for it. */
export type Tongue = (reading: Reading) => readonly Said[]

/** The ways of speaking besides our own, and what each says of itself. The forms are those of docs/gateways.md. */
export const FOREIGN: Readonly<
  Record<
    ForeignAccent,
    {
      /** Opens what one home's gateway says: it remembers, as they do. */
      readonly tongue: (gateway: string) => Tongue
      readonly online: (gateway: string) => Said
      readonly offline: (gateway: string) => Said
      /** What it says every five minutes of itself. */
      readonly beat: (gateway: string) => Said
      readonly qos: 0 | 1
    }
  >
> = {
  zigbee2mqtt: {
    tongue: zigbee2mqtt,
    online: () => ({ topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"online"}' }),
    offline: () => ({ topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"offline"}' }),
    beat: () => ({ topic: 'zigbee2mqtt/bridge/health', payload: '{"healthy":true}' }),
    // As docs/gateways.md asks installers to set it; its own default is 0.
    qos: 1,
  },
  tasmota: {
    tongue: tasmota,
    online: (gateway) => ({ topic: `tele/${gateway}/LWT`, payload: 'Online' }),
    offline: (gateway) => ({ topic: `tele/${gateway}/LWT`, payload: 'Offline' }),
    beat: (gateway) => ({ topic: `tele/${gateway}/STATE`, payload: '{"Uptime":"0T00:50:14"}' }),
    qos: 0,
  },
  shelly: {
    tongue: shelly,
    online: (gateway) => ({ topic: `${gateway}/online`, payload: 'true' }),
    offline: (gateway) => ({ topic: `${gateway}/online`, payload: 'false' }),
    beat: (gateway) => ({ topic: `${gateway}/status/sys`, payload: '{"uptime":3014}' }),
    qos: 0,
  },
}

type Fields = Record<string, unknown>

// Every message carries all that is cached, and `last_seen` is the time of the last frame.
function zigbee2mqtt(): Tongue {
  const states = new Map<string, Fields>()
  return ({ uid, kind, value, at }) => {
    const said: Partial<Record<Reading['kind'], Fields>> = {
      motion: { occupancy: value === 1 },
      open: { contact: value === 0 },
      battery_low: { battery_low: value === 1 },
    }
    const state = { ...states.get(uid), ...(said[kind] ?? { [kind]: value }) }
    states.set(uid, state)
    const payload = { ...state, linkquality: 120, last_seen: new Date(at).toISOString() }
    return [{ topic: `zigbee2mqtt/${uid}`, payload: JSON.stringify(payload) }]
  }
}

/** The words of a sensor behind Tasmota's Zigbee bridge. */
const ZIGBEE_WORDS: Partial<Record<Reading['kind'], string>> = {
  motion: 'Occupancy',
  open: 'Contact',
  illuminance: 'Illuminance',
  battery: 'BatteryPercentage',
}

// A plug is a device of its own; what is behind the bridge has a name and a short address, and no time.
function tasmota(gateway: string): Tongue {
  return ({ uid, kind, value, at }) => {
    if (kind === 'power') {
      const energy = { Power: value, Voltage: 221, Current: Math.round(value * 4.525) / 1000 }
      const payload = { Time: localless(at), Epoch: Math.floor(at / 1000), ENERGY: energy }
      return [{ topic: `tele/${uid}/SENSOR`, payload: JSON.stringify(payload) }]
    }
    const word = ZIGBEE_WORDS[kind]
    if (word === undefined) return []
    const address = `0x${uid.length.toString(16).padStart(2, '0')}${uid.charCodeAt(uid.length - 1).toString(16)}`
    const sensor = { Device: address, Name: uid, [word]: value, Endpoint: 1, LinkQuality: 120 }
    const payload = { ZbReceived: { [address]: sensor } }
    return [{ topic: `tele/${gateway}/SENSOR`, payload: JSON.stringify(payload) }]
  }
}

// Local time without a zone, as it is unless told otherwise; the second beside it is what counts.
const localless = (at: number): string => new Date(at).toISOString().slice(0, 19)

// Plugs of the second generation notify; motion and door sensors of the first have topics of their own.
function shelly(): Tongue {
  const motions = new Map<string, Fields>()
  return (reading) => {
    const { uid, kind, value, at } = reading
    if (kind === 'power') {
      const params = { ts: at / 1000, 'switch:0': { id: 0, apower: value } }
      const payload = { src: uid, dst: `${uid}/events`, method: 'NotifyStatus', params }
      return [{ topic: `${uid}/events/rpc`, payload: JSON.stringify(payload) }]
    }
    if (uid.startsWith('motion')) return motion(motions, reading)
    const word = { open: value === 1 ? 'open' : 'close', battery: String(value) }
    if (kind !== 'open' && kind !== 'battery') return []
    const field = kind === 'open' ? 'state' : 'battery'
    return [{ topic: `shellies/${uid}/sensor/${field}`, payload: word[kind] }]
  }
}

// `timestamp` is that of the last movement, whatever else the message says.
function motion(states: Map<string, Fields>, { uid, kind, value, at }: Reading): readonly Said[] {
  const said: Partial<Record<Reading['kind'], Fields>> = {
    motion: { motion: value === 1, ...(value === 1 && { timestamp: Math.floor(at / 1000) }) },
    illuminance: { lux: value },
    battery: { bat: value },
  }
  const news = said[kind]
  if (!news) return []
  const state = { motion: false, timestamp: Math.floor(at / 1000), ...states.get(uid), ...news }
  states.set(uid, state)
  const payload = { ...state, active: true, vibration: false }
  return [{ topic: `shellies/${uid}/status`, payload: JSON.stringify(payload) }]
}
