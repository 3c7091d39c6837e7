import type { Role } from '../schemas/household.ts'
import type { Reading } from '../schemas/reading.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { Ends } from './intervals.ts'
import { instantsOf, readLocalTime } from './local-time.ts'

const EVENT =
  /^(\d\d?)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)\s+(\d\d?)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)\s+(\d+)(?:\s+\d+)?$/

/**
 * The sensor file of van Kasteren et al., "Accurate Activity Recognition in a Home Setting" (UbiComp 2008):
 * `start  end  number  value`, apart by tabs, in local time. What stands above the rule of hyphens tells of the set.
 */
export const kasteren: Format = {
  looks: '25-Feb-2008 09:33:41  25-Feb-2008 09:33:42  12  1',
  timeZone: 'Europe/Amsterdam',
  recognises: (head) => head.some((line) => EVENT.test(line)),
  open: ({ timeZone }) => {
    const devices = new Map<string, FoundDevice>()
    const ends = new Ends()
    let begun = false
    return {
      devices,
      home: null,
      read(line): Line {
        const match = EVENT.exec(line)
        if (!match) return begun && !FOOT.test(line) ? { bad: 'not start, end, sensor, value' } : []
        begun = true
        const [, ...cells] = match
        const [start, end] = [localTime(cells.slice(0, 4)), localTime(cells.slice(4, 8))]
        if (start === null || end === null || end < start)
          return { bad: `no such times: ${line.slice(0, 41)}` }
        const device = deviceOf(Number(cells[8]))
        devices.set(device.device, device)
        const [from, to] = [instantsOf(start, timeZone)[0], instantsOf(end, timeZone)[0]]
        return ends.add(said(device, 1, from), said(device, 0, to))
      },
      end: () => ends.rest(),
    }
  },
}

// Lines between and below the events: rules, and how many there were.
const FOOT = /^(-|Length|Start time|#)/i

// "Jan" is at 0, "Feb" at 3 ...
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'

function localTime([day = '', month = '', year = '', time = '']: readonly string[]): number | null {
  const number = String(MONTHS.indexOf(month) / 3 + 1).padStart(2, '0')
  return readLocalTime(`${year}-${number}-${day.padStart(2, '0')} ${time}`)
}

const said = ({ device: uid, kind }: FoundDevice, value: 0 | 1, at: number): Reading => ({
  uid,
  kind,
  value,
  at,
  nature: 'event',
})

// The numbers of house A as its description names them; 5 and 6 are often said to be exchanged, and both are doors.
const NAMES = new Map([
  [1, 'Microwave'],
  [5, 'Hall-Toilet door'],
  [6, 'Hall-Bathroom door'],
  [7, 'Cups cupboard'],
  [8, 'Fridge'],
  [9, 'Plates cupboard'],
  [12, 'Frontdoor'],
  [13, 'Dishwasher'],
  [14, 'ToiletFlush'],
  [17, 'Freezer'],
  [18, 'Pans cupboard'],
  [20, 'Washingmachine'],
  [23, 'Groceries cupboard'],
  [24, 'Hall-Bedroom door'],
])

// All are reed switches on something that opens, but the float in the cistern.
function deviceOf(number: number): FoundDevice {
  const device = NAMES.get(number) ?? `sensor-${number}`
  const role: Role = device === 'Frontdoor' ? 'exit' : 'inner'
  return { device, kind: device === 'ToiletFlush' ? 'button' : 'open', room: device, role }
}
