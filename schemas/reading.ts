import { z } from 'zod'
import { Instant, type Millis } from './time.ts'

/**
 * What a sensor can say. The order is the number stored in the database, so names are only ever
 * added at the end. Units are fixed: W, kWh, A, V, lx, degrees C, % of relative humidity, % of battery.
 */
export const KINDS = [
  'motion',
  'presence',
  'open',
  'power',
  'energy',
  'current',
  'voltage',
  'illuminance',
  'temperature',
  'humidity',
  'button',
  'battery',
  'battery_low',
  'tamper',
  'link',
  'vibration',
  'water',
  'smoke',
  'gas',
] as const

export const Kind = z.enum(KINDS)
export type Kind = z.infer<typeof Kind>

/** The kinds whose value is yes or no; on the wire `true`/`false`, stored as 1 and 0. */
export const BINARY_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  'motion',
  'presence',
  'open',
  'button',
  'battery_low',
  'tamper',
  'vibration',
  'water',
  'smoke',
  'gas',
])

/**
 * Why a reading was sent: something happened (`event`), a state was only re-stated (`snapshot`, never
 * activity), or it waited at the gateway while the line was down (`historical`). The order is stored.
 */
export const NATURES = ['event', 'snapshot', 'historical'] as const
export const Nature = z.enum(NATURES)
export type Nature = z.infer<typeof Nature>

/** What one device said at one instant, before we know whose device it is. `value` is 1 or 0 for yes or no. */
export type Reading = {
  /** The device's own name at its gateway. */
  readonly uid: string
  readonly kind: Kind
  readonly value: number
  readonly at: Millis
  readonly nature: Nature
}

/**
 * The device's name at its gateway, composed (NFC), so that it is the same name whoever has typed it: no control
 * characters (PostgreSQL cannot store NUL).
 */
export const Uid = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(64)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what it refuses
  .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'no control characters')

/** A gateway's name: its MQTT user name, the start of its client id, and a topic level. */
export const GatewayId = z.string().regex(/^[a-z0-9-]{3,40}$/, '3 to 40 of a-z, 0-9 and -')
export type GatewayId = z.infer<typeof GatewayId>

// Seconds: ten years. A counter that ran below zero says 18446744073709551615, and no date holds that.
const AGE_MAX = 10 * 366 * 86_400

/** One element of a native message. Exactly one of `b` and `n`; `t`, else `age` seconds before `sent`, else the time of arrival. */
export const NativeReading = z
  .object({
    d: Uid,
    m: Kind,
    b: z.boolean().optional(),
    n: z.number().optional(),
    t: Instant.optional(),
    age: z.number().nonnegative().max(AGE_MAX).optional(),
    k: Nature.default('event'),
  })
  .refine((r) => (r.b === undefined) !== (r.n === undefined), 'give exactly one of b and n')
  .refine((r) => BINARY_KINDS.has(r.m) === (r.b !== undefined), 'b is for yes or no, n for numbers')
export type NativeReading = z.infer<typeof NativeReading>

/** The most readings one native message may hold. */
export const NATIVE_MAX = 500

/**
 * The body of `anbu/1/<gateway>/up/data`: one reading or many. `boot` and `seq` name it, for
 * whoever follows a message through the gateway's own log. With `clock` none its times are not believed. Each element of `r` is parsed on its own
 * (`NativeReading`), for one bad element must not cost the others.
 */
export const NativeMessage = z.object({
  v: z.literal(1),
  boot: z.string().min(1).max(64),
  seq: z.int().nonnegative(),
  sent: Instant.optional(),
  clock: z.enum(['ntp', 'rtc', 'none']).default('ntp'),
  r: z.array(z.unknown()).min(1).max(NATIVE_MAX),
})
export type NativeMessage = z.infer<typeof NativeMessage>

/** The body of `anbu/1/<gateway>/up/state`: birth, will, and a heartbeat every five minutes. */
export const NativeState = z.object({
  v: z.literal(1),
  state: z.enum(['online', 'offline']),
  boot: z.string().min(1).max(64),
  since: Instant.optional(),
  sw: z.string().max(64).optional(),
})
export type NativeState = z.infer<typeof NativeState>

/** Where a gateway publishes and what it may read: nothing outside its own branch. */
export const TOPIC = {
  data: (gateway: GatewayId) => `anbu/1/${gateway}/up/data`,
  state: (gateway: GatewayId) => `anbu/1/${gateway}/up/state`,
  up: (gateway: GatewayId) => `anbu/1/${gateway}/up/`,
  down: (gateway: GatewayId) => `anbu/1/${gateway}/down/`,
} as const

/** Whether this is `TOPIC.data(gateway)`, without making that anew for each message. */
export function isDataTopic(topic: string, gateway: GatewayId): boolean {
  const [head, tail] = ['anbu/1/', '/up/data']
  const isOfLength = topic.length === head.length + gateway.length + tail.length
  return (
    isOfLength &&
    topic.startsWith(head) &&
    topic.startsWith(gateway, head.length) &&
    topic.endsWith(tail)
  )
}
