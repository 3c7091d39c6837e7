import type { Kind } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { cellsOf } from './cells.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { Ends } from './intervals.ts'
import { instantsOf, readLocalTime } from './local-time.ts'

const EVENT =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s+\S+\s+\S+\s+\S+$/

/**
 * The sensor files of Ordonez, de Toledo and Sanchis (UCI, "Activities of Daily Living Recognition Using Binary
 * Sensors", 2013): `start  end  location  type  place`, apart by tabs, in local time.
 */
export const ordonez: Format = {
  looks: '2011-11-28 10:21:24  2011-11-28 10:21:31  Cabinet  Magnetic  Bathroom',
  timeZone: 'Europe/Madrid',
  recognises: (head) => head.some((line) => EVENT.test(line)),
  open: ({ timeZone }) => {
    const devices = new Map<string, FoundDevice>()
    const ends = new Ends()
    return {
      devices,
      home: null,
      read(line): Line {
        if (HEAD.test(line)) return []
        if (!EVENT.test(line)) return { bad: 'not start, end, location, type, place' }
        const { from, to, location, type, place } = cellsOf(line, /\t+| {2,}/, CELLS)
        const span = spanOf(from, to, timeZone)
        if (!span) return { bad: `no such times: ${from} to ${to}` }
        const kind = KINDS.get(type.toLowerCase())
        if (!kind) return { bad: `not known what a sensor of type ${type} means` }
        const device = deviceOf(location, place, kind)
        devices.set(device.device, device)
        const said = { uid: device.device, kind, nature: 'event' } as const
        return ends.add({ ...said, value: 1, at: span[0] }, { ...said, value: 0, at: span[1] })
      },
      end: () => ends.rest(),
    }
  },
}

const HEAD = /^(Start time|-)/i
const CELLS = ['from', 'to', 'location', 'type', 'place'] as const

// Ordonez B has a few that end before they begin.
function spanOf(from: string, to: string, timeZone: string): readonly [Millis, Millis] | null {
  const [start, end] = [readLocalTime(from), readLocalTime(to)]
  if (start === null || end === null || end < start) return null
  return [instantsOf(start, timeZone)[0], instantsOf(end, timeZone)[0]]
}

// A plate of the cooker and a cistern say that somebody works them, as a button does.
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['pir', 'motion'],
  ['magnetic', 'open'],
  ['pressure', 'presence'],
  ['flush', 'button'],
  ['electric', 'button'],
])

function deviceOf(location: string, place: string, kind: Kind): FoundDevice {
  const role = /^main ?door$/i.test(location) && kind === 'open' ? 'exit' : 'inner'
  return { device: `${place}-${location}`, kind, room: place, role }
}
