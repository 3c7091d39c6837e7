import type { Role } from '../schemas/household.ts'
import type { Kind } from '../schemas/reading.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { type LocalTime, instantsOf, readLocalTime } from './local-time.ts'

// Date, time, sensor (whose name is our uid), value; in annotated recordings more follows, which is not ours.
const EVENT = /^(\S+)\s+(\S+)\s+([\x21-\x7e]{1,64})\s+(\S+)/

/** The event files of WSU CASAS (casas.wsu.edu): `date time sensor value`, apart by tabs or blanks, in local time. */
export const casas: Format = {
  looks: '2016-07-12 00:00:30.600670  BedroomABed  ON',
  timeZone: 'America/Los_Angeles',
  recognises: (first) => !('bad' in casas.open('UTC').read(first)),
  open(timeZone) {
    const devices = new Map<string, FoundDevice>()
    let before = 0
    return {
      devices,
      home: null,
      read(line): Line {
        const event = readEvent(line)
        if ('bad' in event) return event
        const { sensor, kind, value } = event
        if (!devices.has(sensor)) devices.set(sensor, deviceOf(sensor, kind))
        // An hour that clocks showed twice: its second run is known by time going backward.
        const [first, last] = instantsOf(event.local, timeZone)
        before = first < before ? last : first
        return [{ uid: sensor, kind, value, at: before, nature: 'event' }]
      },
    }
  },
}

type Event = Meaning & { readonly sensor: string; readonly local: LocalTime }

function readEvent(line: string): Event | { readonly bad: string } {
  const [, date, time, sensor, value] = EVENT.exec(line) ?? []
  if (sensor === undefined || value === undefined) return { bad: 'not date, time, sensor, value' }
  const local = readLocalTime(`${date} ${time}`)
  if (local === null) return { bad: `no such time: ${date} ${time}` }
  const meant = meaning(sensor, value)
  if (!meant) return { bad: `not known what ${sensor} means by ${value}` }
  return { sensor, local, ...meant }
}

type Meaning = { readonly kind: Kind; readonly value: number }

const STATES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ON', { kind: 'motion', value: 1 }],
  ['OFF', { kind: 'motion', value: 0 }],
  ['OPEN', { kind: 'open', value: 1 }],
  ['CLOSE', { kind: 'open', value: 0 }],
  ['CLOSED', { kind: 'open', value: 0 }],
  ['PRESENT', { kind: 'presence', value: 1 }],
  ['ABSENT', { kind: 'presence', value: 0 }],
])

// How CASAS names what measures: T001, LS001, BATP001 (percent), BATV001 (volts), P001.
const MEASURES: readonly (readonly [RegExp, Kind])[] = [
  [/^T\d/, 'temperature'],
  [/^LS/, 'illuminance'],
  [/^BATP/, 'battery'],
  [/^BATV/, 'voltage'],
  [/^P\d/, 'power'],
]

function meaning(sensor: string, value: string): Meaning | null {
  const state = STATES.get(value.toUpperCase())
  if (state) return state
  const measure = MEASURES.find(([name]) => name.test(sensor))
  const measured = Number(value)
  return measure && Number.isFinite(measured) ? { kind: measure[1], value: measured } : null
}

const EXIT_NAME = /entry|entrance|front|exit|main/i

function deviceOf(sensor: string, kind: Kind): FoundDevice {
  const role: Role = kind === 'open' && EXIT_NAME.test(sensor) ? 'exit' : 'inner'
  return { device: sensor, kind, room: sensor, role: kind === 'power' ? 'plug' : role }
}
