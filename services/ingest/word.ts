import { BINARY_KINDS, type Kind, type Nature, Uid } from '../../schemas/reading.ts'
import type { Millis } from '../../schemas/time.ts'
import type { Decoded, Told } from './decoded.ts'

/** What a gateway's word means: our kind, what to multiply by to reach its unit, whether its yes is our no. */
export type Word = {
  readonly kind: Kind
  readonly times?: number
  readonly inverted?: true
  /** Where a repeat is known to be a new event, or known not to be one. */
  readonly nature?: Nature
}

/** A dialect's words. Where two mean one kind, the first that has a value is taken. */
export type Words = Readonly<Record<string, Word>>

/** What one device says: its fields by the dialect's words, at one time. */
export type Saying = {
  readonly uid: string
  readonly words: Words
  readonly fields: Readonly<Record<string, unknown>>
  readonly at: Millis
}

/** Reads what devices say. A field that no word names says nothing. `unread` could not be read before. */
export function read(sayings: readonly Saying[], unread: readonly string[] = []): Decoded {
  const readings: Told[] = []
  const bad = [...unread]
  for (const saying of sayings) {
    const uid = Uid.safeParse(saying.uid.trim())
    if (uid.success) readOne({ ...saying, uid: uid.data }, readings, bad)
    else bad.push(`${saying.uid}: a device's name has 1 to 64 characters, none of control`)
  }
  return { type: 'readings', readings, bad }
}

function readOne({ uid, words, fields, at }: Saying, readings: Told[], bad: string[]): void {
  const taken = new Set<Kind>()
  for (const [name, word] of Object.entries(words)) {
    if (taken.has(word.kind) || !Object.hasOwn(fields, name)) continue
    const value = valueOf(word, fields[name])
    if (value === undefined) bad.push(`${uid} ${name}: not a value of ${word.kind}`)
    else if (value !== null) {
      taken.add(word.kind)
      readings.push({ uid, kind: word.kind, value, at, nature: word.nature ?? 'state' })
    }
  }
}

/** The value in our units; null where the gateway says that it knows none, undefined where we cannot read it. */
export function valueOf(word: Word, raw: unknown): number | null | undefined {
  if (BINARY_KINDS.has(word.kind)) {
    const yes = yesOrNo(raw)
    return typeof yes === 'boolean' ? Number(yes !== (word.inverted ?? false)) : yes
  }
  const number = numberIn(raw)
  return typeof number === 'number'
    ? plausible(word.kind, Number((number * (word.times ?? 1)).toPrecision(12)))
    : number
}

// -1 is Shelly's "not known", 255 that of Zigbee; above 100 a battery is counted in half percents by some
// devices and not by others, so nobody knows.
const PLAUSIBLE: Partial<Record<Kind, readonly [number, number]>> = {
  battery: [0, 100],
  humidity: [0, 100],
  illuminance: [0, Infinity],
  link: [0, Infinity],
}

function plausible(kind: Kind, value: number): number | null {
  // Zigbee2MQTT gives a battery's voltage in mV and the mains' in V.
  if (kind === 'voltage' && value >= 1000) return value / 1000
  const [least, most] = PLAUSIBLE[kind] ?? [-Infinity, Infinity]
  return value >= least && value <= most ? value : null
}

const YES = ['true', 'on', '1', 'yes', 'open', 'opened', 'detected', 'occupied', 'wet']
const NO = ['false', 'off', '0', 'no', 'close', 'closed', 'clear', 'cleared', 'dry']
const NONE = ['', 'unavailable', 'unknown', 'none', 'null', '-1']

const SAID: ReadonlyMap<string, boolean | null> = new Map([
  ...YES.map((word) => [word, true] as const),
  ...NO.map((word) => [word, false] as const),
  ...NONE.map((word) => [word, null] as const),
])

function yesOrNo(raw: unknown): boolean | null | undefined {
  if (typeof raw === 'boolean' || raw === null) return raw
  if (typeof raw === 'number') return raw < 0 ? null : raw > 0
  return typeof raw === 'string' ? SAID.get(raw.trim().toLowerCase()) : undefined
}

// Each digit can be read in one way only: in two, a message of digits and one letter took ten seconds.
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const NO_NUMBER = new Set(['', 'unavailable', 'unknown', 'none', 'null', 'nan', 'inf', '-inf'])

// Three phases, or the sockets of one strip, come as a list or under names: the device's is their sum.
function numberIn(raw: unknown, depth = 0): number | null | undefined {
  if (raw === null) return null
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined
  if (typeof raw === 'string') return numberOf(raw.trim())
  if (typeof raw !== 'object' || depth === 3) return undefined
  return Object.values(raw)
    .map((part) => numberIn(part, depth + 1))
    .reduce(sum, null)
}

function numberOf(text: string): number | null | undefined {
  if (NO_NUMBER.has(text.toLowerCase())) return null
  const number = NUMBER.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

type Sum = number | null | undefined

function sum(a: Sum, b: Sum): Sum {
  if (a === undefined || b === undefined) return undefined
  return a === null ? b : a + (b ?? 0)
}
