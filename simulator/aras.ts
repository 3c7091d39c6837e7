import { basename } from 'node:path'
import type { Kind } from '../schemas/reading.ts'
import { DAY } from '../services/core/time.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { instantsOf } from './local-time.ts'

/** How many sensors a row tells of; two numbers follow, what each of the two residents was at. */
const SENSORS = 20
const ROW = /^(?:[01]\s+){20}\d{1,2}\s+\d{1,2}$/

/**
 * A day of ARAS (Alemdar, Ertan, Incel, Ersoy, "ARAS Human Activity Datasets in Multiple Homes with Multiple
 * Residents", 2013): `DAY_7.txt` has a row a second, of 20 sensors and two labels. It has no dates: day 1 is the
 * first day that the caller names.
 */
export const aras: Format = {
  looks: '0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 12 17',
  timeZone: 'Europe/Istanbul',
  recognises: (head) => head.slice(0, 3).every((line) => ROW.test(line)),
  open({ timeZone, firstDay }) {
    let sensors = HOUSE_A
    let day = -1
    let second = 0
    let before = ''
    const devices = new Map<string, FoundDevice>()
    return {
      devices,
      home: null,
      begin(path) {
        if (HOUSE_B_PATH.test(path)) sensors = HOUSE_B
        if (devices.size === 0) for (const each of sensors) devices.set(each.device, each)
        day = dayOf(path) ?? day + 1
        second = 0
      },
      read(line): Line {
        const at = instantsOf(firstDay + day * DAY + second++ * 1000, timeZone)[0]
        if (!ROW.test(line)) return { bad: `not ${SENSORS} of 0 and 1, and two activities` }
        const row = line.replaceAll(/\s+/g, '').slice(0, SENSORS)
        if (row === before) return []
        const said = changes(before, row, sensors).map((each) => ({ ...each, at }))
        before = row
        return said
      },
    }
  },
}

const HOUSE_B_PATH = /house[ _-]?b\b/i

// DAY_1.txt is the first day.
function dayOf(path: string): number | null {
  const [, number] = /day[ _-]?(\d+)/i.exec(basename(path)) ?? []
  return number === undefined ? null : Number(number) - 1
}

function changes(before: string, row: string, sensors: readonly FoundDevice[]) {
  return sensors.flatMap(({ device: uid, kind }, i) =>
    row[i] === (before[i] ?? '0') ? [] : [{ uid, kind, value: Number(row[i]), nature } as const],
  )
}

const nature = 'event'

// Photocells sit in what is opened; distances and forces say that somebody is there. Te1 says that the stove is hot.
const KIND: Readonly<Record<string, Kind>> = {
  ph: 'open',
  co: 'open',
  ir: 'button',
  fo: 'presence',
  pr: 'presence',
  di: 'presence',
  so: 'motion',
  te: 'button',
}

function sensor(name: string, room: string): FoundDevice {
  const kind = KIND[name.slice(0, 2).toLowerCase()] ?? 'motion'
  return { device: name, kind, room, role: room === 'House door' ? 'exit' : 'inner' }
}

const HOUSE_A = [
  sensor('Ph1', 'Wardrobe'),
  sensor('Ph2', 'Convertible couch'),
  sensor('Ir1', 'TV receiver'),
  sensor('Fo1', 'Couch'),
  sensor('Fo2', 'Couch'),
  sensor('Di3', 'Chair'),
  sensor('Di4', 'Chair'),
  sensor('Ph3', 'Fridge'),
  sensor('Ph4', 'Kitchen drawer'),
  sensor('Ph5', 'Wardrobe'),
  sensor('Ph6', 'Bathroom cabinet'),
  sensor('Co1', 'House door'),
  sensor('Co2', 'Bathroom door'),
  sensor('Co3', 'Shower cabinet door'),
  sensor('So1', 'Hall'),
  sensor('So2', 'Kitchen'),
  sensor('Di1', 'Tap'),
  sensor('Di2', 'Water closet'),
  sensor('Te1', 'Kitchen'),
  sensor('Fo3', 'Bed'),
]

const HOUSE_B = [
  sensor('co1', 'Kitchen cupboard'),
  sensor('co2', 'Kitchen cupboard'),
  sensor('co3', 'House door'),
  sensor('co4', 'Wardrobe door'),
  sensor('co5', 'Wardrobe door'),
  sensor('co6', 'Shower cabinet door'),
  sensor('di2', 'Tap'),
  sensor('fo1', 'Chair'),
  sensor('fo2', 'Chair'),
  sensor('fo3', 'Chair'),
  sensor('ph1', 'Fridge'),
  sensor('ph2', 'Kitchen drawer'),
  sensor('pr1', 'Couch'),
  sensor('pr2', 'Couch'),
  sensor('pr3', 'Bed'),
  sensor('pr4', 'Bed'),
  sensor('pr5', 'Armchair'),
  sensor('so1', 'Bathroom door'),
  sensor('so2', 'Kitchen'),
  sensor('so3', 'Closet'),
]
