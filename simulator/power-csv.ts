import { Uid } from '../schemas/reading.ts'
import type { Millis } from '../schemas/time.ts'
import type { Format, FoundDevice, Line } from './format.ts'
import { instantsOf, readLocalTime } from './local-time.ts'
import { Meter } from './meter.ts'

/**
 * Power in W: `Time,Aggregate,Kettle,...`, as DeviceScope cuts it by the minute from REFIT and UK-DALE, and REFIT
 * itself every eight seconds, `Time,Unix,Aggregate,Appliance1,...,Appliance9,Issues`. Where there is `Unix`, seconds
 * since 1970, that is the time. A row with `Issues` 1 (the appliances say more than the whole home) says nothing.
 */
export const powerCsv: Format = {
  looks: 'Time,Aggregate,Kettle  and then  2014-03-20 12:01:00,595.75,0.0',
  // These recordings know no summer time: 2014-03-30 01:30 is in them, which no clock in Britain showed.
  timeZone: 'UTC',
  recognises: ([first = '']) => HEADER.test(first),
  open({ timeZone }) {
    const devices = new Map<string, FoundDevice>()
    const meters = new Map<string, Meter>()
    let columns: readonly string[] = []
    return {
      devices,
      home: null,
      read(line): Line {
        if (HEADER.test(line)) {
          columns = line.split(',').map((each) => each.trim())
          return readHeader(columns, devices, meters)
        }
        const cells = line.split(',').map((cell) => cell.trim())
        if (cells.length !== columns.length)
          return { bad: `${cells.length} cells, where the header has ${columns.length}` }
        const at = timeOf(columns, cells, timeZone)
        if (at === null) return { bad: `no such time: ${cells[0]}` }
        return readRow(columns, cells, at, meters)
      },
    }
  },
}

const HEADER = /^(time|unix),./i
const NO_METER = /^(time|unix|issues)$/i

const isMains = (column: string): boolean => /^aggregate$/i.test(column)

function readHeader(
  columns: readonly string[],
  devices: Map<string, FoundDevice>,
  meters: Map<string, Meter>,
): Line {
  const wrong = columns.find((column) => !Uid.safeParse(column).success)
  if (wrong !== undefined) return { bad: `a column is named "${wrong}": give 1 to 64 characters` }
  for (const device of columns.filter((column) => !NO_METER.test(column) && !meters.has(column))) {
    const role = isMains(device) ? 'mains' : 'plug'
    devices.set(device, { device, kind: 'power', room: device, role })
    meters.set(device, new Meter(device, isMains(device)))
  }
  return []
}

function timeOf(
  columns: readonly string[],
  cells: readonly string[],
  timeZone: string,
): Millis | null {
  const unix = columns.findIndex((column) => /^unix$/i.test(column))
  if (unix >= 0) {
    const seconds = Number(cells[unix] || Number.NaN)
    return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null
  }
  const local = readLocalTime(cells[0] ?? '')
  return local === null ? null : instantsOf(local, timeZone)[0]
}

function readRow(
  columns: readonly string[],
  cells: readonly string[],
  at: Millis,
  meters: ReadonlyMap<string, Meter>,
): Line {
  const measured: { meter: Meter; value: number }[] = []
  for (const [i, column] of columns.entries()) {
    const cell = cells[i] ?? ''
    if (/^issues$/i.test(column) && Number(cell) === 1) return []
    const meter = meters.get(column)
    // An empty cell was not measured, which is not 0 W.
    if (!meter || cell === '') continue
    const value = Number(cell)
    if (!Number.isFinite(value)) return { bad: `${column} is "${cell}", which is no number of W` }
    measured.push({ meter, value })
  }
  return measured.flatMap(({ meter, value }) => meter.report(value, at))
}
