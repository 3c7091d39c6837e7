import { type Reading, Uid } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import { HOUR } from '../services/core/time.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { instantsOf, readLocalTime } from './local-time.ts'

/**
 * Power in W, a row a minute, as DeviceScope cuts it from REFIT and UK-DALE: `Time,Aggregate,Kettle,...`. The
 * whole home is said with every row, as a meter does; an appliance when it changes, as a plug does, and once
 * an hour when it does not.
 */
export const powerCsv: Format = {
  looks: 'Time,Aggregate,Kettle  and then  2014-03-20 12:01:00,595.75,0.0',
  // These recordings know no summer time: 2014-03-30 01:30 is in them, which no clock in Britain showed.
  timeZone: 'UTC',
  recognises: (first) => HEADER.test(first),
  open(timeZone) {
    const devices = new Map<string, FoundDevice>()
    const said = new Map<string, Reading>()
    let columns: readonly string[] = []
    return {
      devices,
      home: null,
      read(line): Line {
        if (HEADER.test(line)) {
          columns = line.split(',').slice(1)
          return readHeader(columns, devices)
        }
        const [time = '', ...cells] = line.split(',').map((cell) => cell.trim())
        if (cells.length !== columns.length)
          return { bad: `${cells.length + 1} cells, where the header has ${columns.length + 1}` }
        const local = readLocalTime(time)
        if (local === null) return { bad: `no such time: ${time}` }
        return readRow(columns, cells, instantsOf(local, timeZone)[0], said)
      },
    }
  },
}

const HEADER = /^time,./i

const isMains = (column: string): boolean => /^aggregate$/i.test(column)

function readHeader(columns: readonly string[], devices: Map<string, FoundDevice>): Line {
  const wrong = columns.find((column) => !Uid.safeParse(column).success)
  if (wrong !== undefined) return { bad: `a column is named "${wrong}": give 1 to 64 characters` }
  for (const device of columns) {
    const role = isMains(device) ? 'mains' : 'plug'
    devices.set(device, { device, kind: 'power', room: device, role })
  }
  return []
}

function readRow(
  columns: readonly string[],
  cells: readonly string[],
  at: Millis,
  said: Map<string, Reading>,
): Line {
  const readings: Reading[] = []
  for (const [i, uid] of columns.entries()) {
    const cell = cells[i] ?? ''
    const value = cell === '' ? null : Number(cell)
    if (value === null) continue // nothing was measured, which is not 0 W
    if (!Number.isFinite(value)) return { bad: `${uid} is "${cell}", which is no number of W` }
    const reading = report(uid, value, at, said.get(uid))
    if (reading) readings.push(reading)
  }
  for (const reading of readings) said.set(reading.uid, reading)
  return readings
}

function report(uid: string, value: number, at: Millis, before?: Reading): Reading | null {
  if (isMains(uid) || before?.value !== value)
    return { uid, kind: 'power', value, at, nature: 'event' }
  return at - before.at >= HOUR ? { ...before, at, nature: 'snapshot' } : null
}
