import { z } from 'zod'
import type { Millis } from '../../schemas/time.ts'
import { type Decoded, unreadable } from './decoded.ts'
import { PLAIN } from './entity.ts'
import { moment } from './moment.ts'
import { Fields, parse, parseJson } from './payload.ts'
import { partsOf } from './topic.ts'
import { type Saying, type Word, read } from './word.ts'

// RFC 8428 table 1. A version above 10 must not be read (section 4.4).
const Record = z.object({
  bver: z.int().max(10).optional(),
  bn: z.string().optional(),
  bt: z.number().optional(),
  bu: z.string().optional(),
  bv: z.number().optional(),
  n: z.string().default(''),
  u: z.string().optional(),
  t: z.number().default(0),
  v: z.number().optional(),
  vb: z.boolean().optional(),
})
type Record = z.infer<typeof Record>
type Base = { readonly bn: string; readonly bt: number; readonly bu: string; readonly bv: number }
const Pack = z.array(z.unknown()).max(500)

// Units of RFC 8428 section 12.1 and RFC 8798, where the name does not say it.
const UNITS: Readonly<{ [name: string]: Word }> = {
  W: { kind: 'power' },
  kWh: { kind: 'energy' },
  Wh: { kind: 'energy', times: 1 / 1000 },
  J: { kind: 'energy', times: 1 / 3_600_000 },
  A: { kind: 'current' },
  V: { kind: 'voltage' },
  lx: { kind: 'illuminance' },
  Cel: { kind: 'temperature' },
  '%RH': { kind: 'humidity' },
  '%EL': { kind: 'battery' },
}

/** Whether this is a topic for SenML, which names none itself: one whose first or last level is `senml`. */
export function isSenml(topic: string): boolean {
  return /^senml\/|(^|\/)senml$/.test(topic)
}

/**
 * Reads a pack of RFC 8428 in JSON. A record's name ends in what it measures (`urn:dev:mac:0024befffe804ff1:power`),
 * or its unit tells that; the rest is the device. Base values hold until they are given anew, and times below
 * 2^28 s are relative to now (section 4.5.3).
 */
export function decodeSenml(_topic: string, text: string, receivedAt: Millis): Decoded {
  const pack = parseJson(Pack, text)
  if (!pack.success) return unreadable(pack.detail)
  let base: Base = { bn: '', bt: 0, bu: '', bv: 0 }
  const sayings: Saying[] = []
  const bad: string[] = []
  for (const [place, given] of pack.data.entries()) {
    const record = parse(Record, given)
    if (record.success) {
      base = rebase(base, record.data)
      sayings.push(...say(base, record.data, receivedAt))
    } else if (mayHoldBase(given)) return unreadable(`record ${place}: ${record.detail}`)
    else bad.push(`record ${place}: ${record.detail}`)
  }
  return read(sayings, bad)
}

function rebase(base: Base, record: Record): Base {
  const { bn = base.bn, bt = base.bt, bu = base.bu, bv = base.bv } = record
  return { bn, bt, bu, bv }
}

// Without its base nobody knows what the records after it are.
function mayHoldBase(given: unknown): boolean {
  const fields = Fields.safeParse(given)
  return fields.success && Object.keys(fields.data).some((label) => label.startsWith('b'))
}

function say(base: Base, record: Record, receivedAt: Millis): Saying[] {
  const named = nameOf(base.bn + record.n, record.u ?? base.bu)
  const value = record.vb ?? (record.v === undefined ? undefined : base.bv + record.v)
  if (!named || value === undefined) return []
  const at = timeOf(base.bt + record.t, receivedAt)
  return [{ uid: named.uid, words: { value: named.word }, fields: { value }, at }]
}

function nameOf(name: string, unit: string): { uid: string; word: Word } | null {
  const part = partsOf(/^(?:(?<device>.+)[:/._-])?(?<end>[^:/._-]+)$/s, name)
  const kind = own(PLAIN, part?.('end') ?? '')
  const byUnit = own(UNITS, unit)
  if (kind === undefined) return byUnit ? { uid: name, word: byUnit } : null
  return { uid: part?.('device') || name, word: { ...byUnit, kind } }
}

function own<T>(table: Readonly<{ [name: string]: T }>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function timeOf(seconds: number, receivedAt: Millis): Millis {
  return moment(seconds < 2 ** 28 ? receivedAt + seconds * 1000 : seconds * 1000, receivedAt)
}
