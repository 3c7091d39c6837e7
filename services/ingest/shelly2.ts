import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, IGNORED, unreadable } from './decoded.ts'
import { moment } from './moment.ts'
import { Fields, parse, parseJson } from './payload.ts'
import { decodeOnline } from './shelly1.ts'
import { partsOf } from './topic.ts'
import { type Saying, type Words, read } from './word.ts'

const POWER: Words = {
  apower: { kind: 'power' },
  total_act_power: { kind: 'power' },
  act_power: { kind: 'power' },
  aenergy: { kind: 'energy', times: 1 / 1000 },
  total_act: { kind: 'energy', times: 1 / 1000 },
  total_act_energy: { kind: 'energy', times: 1 / 1000 },
  total_current: { kind: 'current' },
  current: { kind: 'current' },
  voltage: { kind: 'voltage' },
}

// By the kind of component; energy in Wh. A frame holds only what changed: what is missing says nothing.
const COMPONENTS: Readonly<Record<string, Words>> = {
  switch: POWER,
  pm1: POWER,
  em: POWER,
  em1: POWER,
  emdata: POWER,
  em1data: POWER,
  cover: POWER,
  light: POWER,
  input: { state: { kind: 'button' } },
  flood: { alarm: { kind: 'water' } },
  smoke: { alarm: { kind: 'smoke' } },
  illuminance: { lux: { kind: 'illuminance' } },
  temperature: { tC: { kind: 'temperature' } },
  humidity: { rh: { kind: 'humidity' } },
  devicepower: { percent: { kind: 'battery' } },
}

const RPC = /^(?<device>.+)\/events\/rpc$/s
const STATUS = /^(?<device>.+)\/status\/(?<component>[a-z0-9_]+(?::\d+)?)$/s
const ONLINE = /^(?<device>.+)\/online$/s
const CHATTER = /.\/(?:rpc|command|debug\/log|status\/(?:sys|wifi|cloud|mqtt|ble|ws|eth|ota))$/s

/** Whether this is a topic of a Shelly of the second generation or later, whatever its prefix. */
export function isShelly2(topic: string): boolean {
  return [RPC, STATUS, ONLINE, CHATTER].some((shape) => shape.test(topic))
}

/** What it says of itself, and what is asked of it. */
export function isShelly2Chatter(topic: string): boolean {
  return CHATTER.test(topic) && !RPC.test(topic)
}

/**
 * Reads the notifications and statuses of Shelly Plus, Pro, Gen3 and Gen4. The device is named by its topic
 * prefix; a second switch of it, and every input, has the component behind it: `<prefix>/input:0`.
 */
export function decodeShelly2(topic: string, text: string, receivedAt: Millis): Decoded {
  const rpc = partsOf(RPC, topic)
  if (rpc) return decodeNotification(rpc('device'), text, receivedAt)
  const online = partsOf(ONLINE, topic)
  if (online) return decodeOnline(online('device'), text)
  const part = partsOf(STATUS, topic)
  const status = parseJson(Fields, text)
  if (!status.success) return unreadable(status.detail)
  return part
    ? read(sayComponent(part('device'), part('component'), status.data, receivedAt))
    : IGNORED
}

const Notification = z.object({ method: z.string(), params: Fields })

function decodeNotification(device: string, text: string, receivedAt: Millis): Decoded {
  const frame = parseJson(Notification, text)
  if (!frame.success) return unreadable(frame.detail)
  const { method, params } = frame.data
  // Before its clock is set, ts counts the seconds since its start.
  const at = moment(params['ts'], receivedAt)
  if (method === 'NotifyEvent') return decodeEvents(device, params, receivedAt)
  if (method !== 'NotifyStatus' && method !== 'NotifyFullStatus') return IGNORED
  return read(
    Object.entries(params).flatMap(([component, field]) =>
      sayComponent(device, component, field, at),
    ),
  )
}

function sayComponent(device: string, component: string, field: unknown, at: Millis): Saying[] {
  const [kind = '', number = '0'] = component.split(':')
  const words = Object.hasOwn(COMPONENTS, kind) ? COMPONENTS[kind] : undefined
  const fields = Fields.safeParse(field)
  if (!words || !fields.success) return []
  return [{ uid: uidOf(device, kind, number), words, fields: inner(fields.data), at }]
}

function uidOf(device: string, kind: string, number: string): string {
  return number === '0' && kind !== 'input' ? device : `${device}/${kind}:${number}`
}

// The total of a counter and the level of a battery stand one level deeper. On external power a battery of
// 0 % is none.
function inner(fields: Fields): Fields {
  const counter = Fields.safeParse(fields['aenergy'])
  const battery = Fields.safeParse(fields['battery'])
  const external = Fields.safeParse(fields['external'])
  const plugged = external.success && external.data['present'] === true
  return {
    ...fields,
    aenergy: counter.success ? (counter.data['total'] ?? null) : null,
    percent: battery.success && !plugged ? (battery.data['percent'] ?? null) : null,
  }
}

const Events = z.object({
  events: z.array(z.object({ component: z.string(), event: z.string(), ts: z.unknown() })),
})

// single_push, double_push, triple_push, long_push, and btn_down where it is not detached.
const PRESS = /(^btn_down|push)$/
const PRESSED: Words = { event: { kind: 'button', nature: 'event' } }

function decodeEvents(device: string, params: Fields, receivedAt: Millis): Decoded {
  const parsed = parse(Events, params)
  if (!parsed.success) return unreadable(parsed.detail)
  const presses = parsed.data.events.filter(({ event }) => PRESS.test(event))
  return read(
    presses.map(({ component, ts }) => ({
      uid: `${device}/${component}`,
      words: PRESSED,
      fields: { event: true },
      at: moment(ts ?? params['ts'], receivedAt),
    })),
  )
}
