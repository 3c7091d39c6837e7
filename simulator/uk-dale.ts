import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Format, FoundDevice, Line } from './format.ts'
import { Meter } from './meter.ts'

// Seconds since 1970, watts; mains.dat has apparent power and volts besides.
const ROW = /^(\d{9,10}(?:\.\d+)?)[\s,]+(-?\d+(?:\.\d+)?)(?:[\s,]+-?\d+(?:\.\d+)?){0,2}$/

/**
 * The channel files of UK-DALE (Kelly and Knottenbelt, 2015), one a device: `channel_5.dat` has a row every six
 * seconds, and `labels.dat` beside it says what channel 5 is. A plug is said when it changes, and once an hour.
 */
export const ukDale: Format = {
  looks: '1364688000 132.5',
  timeZone: 'Europe/London',
  parallel: true,
  recognises: (head) => head.slice(0, 3).every((line) => ROW.test(line)),
  open() {
    const devices = new Map<string, FoundDevice>()
    let meter = new Meter('channel', false)
    return {
      devices,
      home: null,
      begin(path) {
        const device = deviceAt(path)
        devices.set(device.device, device)
        meter = new Meter(device.device, device.role === 'mains')
      },
      read(line): Line {
        const [, seconds, watts] = ROW.exec(line) ?? []
        if (seconds === undefined) return { bad: 'not seconds since 1970 and watts' }
        return meter.report(Number(watts), Math.round(Number(seconds) * 1000))
      },
    }
  },
}

function deviceAt(path: string): FoundDevice {
  const name = basename(path).replace(/\.(dat|csv|gz)+/g, '')
  const [, channel] = /channel_(\d+)/.exec(name) ?? []
  const device = (channel === undefined ? undefined : labels(path).get(channel)) ?? name
  const role = /^(aggregate|mains)$/i.test(device) ? 'mains' : 'plug'
  return { device, kind: 'power', room: device, role }
}

function labels(path: string): ReadonlyMap<string, string> {
  const file = join(dirname(path), 'labels.dat')
  if (!existsSync(file)) return new Map()
  const rows = readFileSync(file, 'utf8').split(/\r?\n/)
  const cells = rows.map((row) => row.trim().split(/\s+/))
  return new Map(cells.map(([channel = '', name = '']) => [channel, name]))
}
