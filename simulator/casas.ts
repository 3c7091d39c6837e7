import type { Kind } from '../schemas/reading.ts'
import { cellsOf } from './cells.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { type LocalTime, instantsOf, readLocalTime } from './local-time.ts'

// A sensor's name is our uid.
const NAME = /^[\x21-\x7e]{1,64}$/

/**
 * The event files of WSU CASAS (casas.wsu.edu): `date time sensor value`, apart by tabs, blanks or commas, in local
 * time. In annotated ones more follows, which is not ours; in raw ones two places stand before the value, and the
 * type of the sensor behind it.
 */
export const casas: Format = {
  looks: '2016-07-12 00:00:30.600670  BedroomABed  ON',
  timeZone: 'America/Los_Angeles',
  recognises: ([first = '']) => !('bad' in readEvent(first)),
  open({ timeZone }) {
    const devices = new Map<string, FoundDevice>()
    let before = 0
    return {
      devices,
      home: null,
      read(line): Line {
        const event = readEvent(line)
        if ('bad' in event) return event
        if (event.kind === null) return []
        const { sensor, room, kind, value } = event
        if (!devices.has(sensor)) devices.set(sensor, deviceOf(sensor, room, kind))
        // An hour that clocks showed twice: its second run is known by time going backward.
        const [first, last] = instantsOf(event.local, timeZone)
        before = first < before ? last : first
        return [{ uid: sensor, kind, value, at: before, nature: 'event' }]
      },
    }
  },
}

type Event = Meaning & {
  readonly sensor: string
  readonly room: string
  readonly local: LocalTime
}

const CELLS = ['date', 'time', 'sensor', 'value', 'place', 'raw'] as const

function readEvent(line: string): Event | { readonly bad: string } {
  const { date, time, sensor, value, place, raw } = cellsOf(line, /[\s,]+/, CELLS)
  if (value === '' || !NAME.test(sensor)) return { bad: 'not date, time, sensor, value' }
  const local = readLocalTime(`${date} ${time}`)
  if (local === null) return { bad: `no such time: ${date} ${time}` }
  const plain = meaning(sensor, value)
  if (plain) return { sensor, room: sensor, local, ...plain }
  const meant = raw === '' ? null : meaning(sensor, raw)
  if (!meant) return { bad: `not known what ${sensor} means by ${value}` }
  return { sensor, room: place === 'Ignore' ? sensor : place, local, ...meant }
}

/** `kind` null: it only says that its radio works. */
type Meaning =
  | { readonly kind: Kind; readonly value: number }
  | { readonly kind: null; readonly value: null }

const STATES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ON', { kind: 'motion', value: 1 }],
  ['OFF', { kind: 'motion', value: 0 }],
  ['OPEN', { kind: 'open', value: 1 }],
  ['CLOSE', { kind: 'open', value: 0 }],
  ['CLOSED', { kind: 'open', value: 0 }],
  ['PRESENT', { kind: 'presence', value: 1 }],
  ['ABSENT', { kind: 'presence', value: 0 }],
  ['OK', { kind: null, value: null }],
])

// How CASAS names what measures: T001, LS001, BATP001 (percent), BATV001 (volts), P001.
const MEASURES: readonly (readonly [RegExp, Kind])[] = [
  [/^T\d/, 'temperature'],
  [/^LS/, 'illuminance'],
  [/^BATP/, 'battery'],
  [/^BATV/, 'voltage'],
  [/^P\d/, 'power'],
]

// A light or a fan is switched by a hand, and its "ON" is no motion.
const SWITCH = /^(L|LL|F)\d/

function meaning(sensor: string, value: string): Meaning | null {
  const state = STATES.get(value.toUpperCase())
  if (state?.kind === 'motion' && SWITCH.test(sensor)) return { ...state, kind: 'button' }
  if (state) return state
  const measure = MEASURES.find(([name]) => name.test(sensor))
  const measured = Number(value)
  return measure && Number.isFinite(measured) ? { kind: measure[1], value: measured } : null
}

const EXIT_NAME = /entry|entrance|front|exit|main|outside/i
// A motion sensor there stands for the contact, in homes that have none.
const ENTRY_NAME = /entry|entrance/i
const AT_EXIT: ReadonlyMap<Kind, RegExp> = new Map([
  ['open', EXIT_NAME],
  ['motion', ENTRY_NAME],
  ['presence', ENTRY_NAME],
])

function deviceOf(sensor: string, room: string, kind: Kind): FoundDevice {
  const isExit = [sensor, room].some((name) => AT_EXIT.get(kind)?.test(name))
  return { device: sensor, kind, room, role: kind === 'power' ? 'plug' : isExit ? 'exit' : 'inner' }
}
