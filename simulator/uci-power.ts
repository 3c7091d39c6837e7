import { cellsOf } from './cells.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { instantsOf, readLocalTime } from './local-time.ts'
import { Meter } from './meter.ts'

const HEADER = /^date;\s*time;\s*global_active_power/i
const DATE = /^(\d\d?)\/(\d\d?)\/(\d{4})$/

/**
 * One house near Paris over 47 months (UCI, "Individual Household Electric Power Consumption", Hebrail and Berard,
 * 2012): a row a minute, kW for the whole home and Wh of that minute for three circuits; `?` was not measured.
 */
export const uciPower: Format = {
  looks: 'Date;Time;Global_active_power;...  and then  16/12/2006;17:24:00;4.216;...',
  // No summer time: from 16 December 2006, 17:24, to 26 November 2010, 21:02, are 2,075,259 minutes, and so many rows.
  timeZone: 'Etc/GMT-1',
  recognises: ([first = '']) => HEADER.test(first),
  open({ timeZone }) {
    const meters = CIRCUITS.map((each) => ({
      ...each,
      meter: new Meter(each.uid, each.cell === 0),
    }))
    return {
      devices: new Map(CIRCUITS.map((each) => [each.uid, deviceOf(each)])),
      home: null,
      read(line): Line {
        if (HEADER.test(line)) return []
        const { date, time } = cellsOf(line, ';', ['date', 'time'])
        const local = readLocalTime(`${date.replace(DATE, written)} ${time}`)
        if (local === null) return { bad: `no such time: ${date} ${time}` }
        const cells = line.split(';').slice(2)
        if (cells.length !== 7) return { bad: `${cells.length + 2} cells, where there are 9` }
        return rowOf(meters, cells, instantsOf(local, timeZone)[0])
      },
    }
  },
}

// 2/3/2026 is 2026-03-02.
const written = (_: string, day: string, month: string, year: string): string =>
  `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`

// kW, and Wh of a minute: both as W. The cells between them are reactive power, volts and amperes.
const CIRCUITS = [
  { uid: 'mains', cell: 0, watts: 1000 },
  { uid: 'kitchen', cell: 4, watts: 60 },
  { uid: 'laundry', cell: 5, watts: 60 },
  { uid: 'heater', cell: 6, watts: 60 },
] as const

function deviceOf({ uid, cell }: (typeof CIRCUITS)[number]): FoundDevice {
  return { device: uid, kind: 'power', room: uid, role: cell === 0 ? 'mains' : 'plug' }
}

type Circuit = (typeof CIRCUITS)[number] & { readonly meter: Meter }

function rowOf(circuits: readonly Circuit[], cells: readonly string[], at: number): Line {
  const texts = circuits.map(({ cell }) => cells[cell] ?? '')
  const wrong = texts.find((text) => text !== '?' && !Number.isFinite(Number(text)))
  if (wrong !== undefined) return { bad: `"${wrong}" is no number` }
  return circuits.flatMap(({ meter, watts }, i) => {
    const text = texts[i] ?? ''
    // Milliwatts, or binary fractions would show.
    const value = Math.round(Number(text) * watts * 1000) / 1000
    return text === '?' || text === '' ? [] : meter.report(value, at)
  })
}
