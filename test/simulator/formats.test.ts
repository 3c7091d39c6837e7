import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Reading } from '../../schemas/reading.ts'
import {
  type BadLine,
  type Recording,
  type RecordingOptions,
  readRecording,
} from '../../simulator/recording.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)

type Read = { readonly recording: Recording; readonly said: string[]; readonly bad: string[] }

async function read(names: string | string[], options: RecordingOptions = {}): Promise<Read> {
  const lines: BadLine[] = []
  const [first = '', ...others] = [names].flat().map(fixture)
  const onBadLine = (line: BadLine) => void lines.push(line)
  const recording = await readRecording([first, ...others], { ...options, onBadLine })
  const said: string[] = []
  for await (const reading of recording.readings) said.push(short(reading))
  return { recording, said, bad: lines.map(({ line, reason }) => `${line}: ${reason}`) }
}

const short = ({ uid, kind, value, at, nature }: Reading) =>
  `${new Date(at).toISOString().slice(5, -1)} ${uid} ${kind} ${value}${nature === 'event' ? '' : ` ${nature}`}`

const devices = ({ recording }: Read) =>
  recording.devices.map(({ device, kind, role }) => `${device} ${kind} ${role}`)

test('raw, annotated and comma-separated CASAS files are all read, with the places that they name', async () => {
  const casas = await read('made-up-raw.casas.txt', { timeZone: 'UTC' })
  expect(casas.recording).toMatchObject({ format: 'casas', bad: 0 })
  expect(
    casas.recording.devices.map(({ device, room, role }) => `${device} ${room} ${role}`),
  ).toEqual([
    'D001 OutsideDoor exit',
    'T103 BathroomTemp inner',
    'MA016 Kitchen inner',
    'BATP102 BATP102 inner',
    'L003 L003 inner',
    'M004 M004 inner',
  ])
  expect(casas.said).toEqual([
    '03-02T06:10:00.126 D001 open 1',
    '03-02T06:10:04.399 T103 temperature 25',
    '03-02T06:10:05.682 MA016 motion 1',
    '03-02T06:10:06.000 BATP102 battery 85',
    // A light is switched by a hand.
    '03-02T06:10:08.000 L003 button 1',
    '03-02T06:10:09.000 M004 motion 1',
    '03-02T06:10:10.000 M004 motion 0',
  ])
})

test('van Kasteren: what begins and ends is said in the order of time, below a page about the set', async () => {
  const kasteren = await read('made-up-home.kasteren.txt')
  expect(kasteren.recording).toMatchObject({ format: 'kasteren', bad: 3, outOfOrder: 0 })
  expect(kasteren.recording.household.timeZone).toBe('Europe/Amsterdam')
  expect(devices(kasteren)).toEqual([
    'Hall-Bedroom door open inner',
    'ToiletFlush button inner',
    'Fridge open inner',
    'Frontdoor open exit',
  ])
  // 06:10 in Amsterdam is 05:10 in UTC in winter.
  expect(kasteren.said).toEqual([
    '03-02T05:10:00.000 Hall-Bedroom door open 1',
    '03-02T05:12:05.000 ToiletFlush button 1',
    '03-02T05:12:06.000 ToiletFlush button 0',
    '03-02T05:30:00.000 Fridge open 1',
    '03-02T05:30:09.000 Fridge open 0',
    '03-02T05:40:00.000 Hall-Bedroom door open 0',
    '03-02T08:00:00.000 Frontdoor open 1',
    '03-02T08:00:04.000 Frontdoor open 0',
  ])
  expect(kasteren.bad).toEqual([
    '12: no such times: 31-Feb-2026 06:30:00\t31-Feb-2026 06:30:09',
    '13: no such times: 02-Mar-2026 09:00:00\t02-Mar-2026 08:59:59',
    '15: not start, end, sensor, value',
  ])
})

test('Ordonez: a bed is occupied for hours while other things happen, and the main door is the exit', async () => {
  const ordonez = await read('MadeUp_Sensors.txt')
  expect(ordonez.recording).toMatchObject({ format: 'ordonez', bad: 2, outOfOrder: 0 })
  expect(devices(ordonez)).toEqual([
    'Bedroom-Bed presence inner',
    'Bathroom-Cabinet open inner',
    'Bathroom-Basin motion inner',
    'Entrance-Maindoor open exit',
  ])
  expect(ordonez.said).toEqual([
    '03-02T01:27:59.000 Bedroom-Bed presence 1',
    '03-02T05:21:24.000 Bathroom-Cabinet open 1',
    '03-02T05:21:31.000 Bathroom-Cabinet open 0',
    '03-02T05:25:00.000 Bathroom-Basin motion 1',
    '03-02T05:25:40.000 Bathroom-Basin motion 0',
    '03-02T09:18:11.000 Bedroom-Bed presence 0',
    '03-02T09:30:00.000 Entrance-Maindoor open 1',
    '03-02T09:30:05.000 Entrance-Maindoor open 0',
  ])
  expect(ordonez.bad).toEqual([
    '6: no such times: 2026-03-02 10:00:00 to 2026-03-02 09:00:00',
    '7: not known what a sensor of type Magic means',
  ])
})

test('ARAS: a row is a second, a file is a day, and a line that is broken still takes its second', async () => {
  const aras = await read(['aras/DAY_1.txt', 'aras/DAY_2.txt'], {
    firstDay: Date.UTC(2026, 2, 2),
    timeZone: 'UTC',
  })
  expect(aras.recording).toMatchObject({ format: 'aras', bad: 1, outOfOrder: 0 })
  expect(aras.recording.devices).toHaveLength(20)
  expect(devices(aras)).toContain('Co1 open exit')
  expect(aras.said).toEqual([
    '03-02T00:00:03.000 Fo3 presence 1',
    '03-02T00:00:07.000 Co1 open 1',
    '03-02T00:00:09.000 Co1 open 0',
    '03-02T00:00:09.000 Fo3 presence 0',
    '03-03T00:00:03.000 So1 motion 1',
  ])
  expect(aras.bad).toEqual(['3: not 20 of 0 and 1, and two activities'])
})

test('REFIT: the time is that of its Unix column, and a row with issues says nothing', async () => {
  const refit = await read('MadeUp_Refit_House.csv', { timeZone: 'Asia/Seoul' })
  expect(refit.recording).toMatchObject({ format: 'power-csv', bad: 1 })
  expect(devices(refit)).toEqual([
    'Aggregate power mains',
    'Appliance1 power plug',
    'Appliance2 power plug',
  ])
  expect(refit.said).toEqual([
    '03-02T06:10:00.000 Aggregate power 200',
    '03-02T06:10:00.000 Appliance1 power 0',
    '03-02T06:10:00.000 Appliance2 power 100',
    '03-02T06:10:08.000 Aggregate power 2300',
    '03-02T06:10:08.000 Appliance1 power 2100',
    '03-02T06:10:32.000 Aggregate power 200',
    '03-02T06:10:32.000 Appliance1 power 0',
  ])
  expect(refit.bad).toEqual(['5: no such time: 2026-03-02 06:10:24'])
})

test('UK-DALE: the channels of a home lie beside one another in time, and labels.dat names them', async () => {
  const dale = await read(['ukdale/channel_5.dat', 'ukdale/channel_1.dat'])
  expect(dale.recording).toMatchObject({ format: 'uk-dale', bad: 1, outOfOrder: 0 })
  expect(devices(dale)).toEqual(['kettle power plug', 'aggregate power mains'])
  expect(dale.said).toEqual([
    '03-02T00:00:00.000 aggregate power 100',
    '03-02T00:00:03.000 kettle power 0',
    '03-02T00:00:06.000 aggregate power 101.5',
    '03-02T00:00:09.000 kettle power 1800',
    '03-02T00:00:12.000 aggregate power 1900',
    '03-02T00:00:18.000 aggregate power 1900',
    '03-02T00:00:21.000 kettle power 0',
    '03-02T00:00:24.000 aggregate power 99',
    '03-02T01:00:30.000 kettle power 0 snapshot',
  ])
  expect(dale.bad).toEqual(['5: not seconds since 1970 and watts'])
})

test('UCI household power: kW and Wh of a minute are both W, and a question mark is nothing', async () => {
  const uci = await read('made-up_power_consumption.txt')
  expect(uci.recording).toMatchObject({ format: 'uci-power', bad: 3 })
  // 17 Wh in a minute are 17 x 60 = 1,020 W. 06:10 is UTC+1 all year.
  expect(uci.said).toEqual([
    '03-02T05:10:00.000 mains power 216',
    '03-02T05:10:00.000 kitchen power 0',
    '03-02T05:10:00.000 laundry power 60',
    '03-02T05:10:00.000 heater power 0',
    '03-02T05:11:00.000 mains power 2316',
    '03-02T05:11:00.000 heater power 1020',
  ])
  expect(uci.bad).toEqual([
    '5: no such time: 31/2/2026 06:13:00',
    '6: "much" is no number',
    '7: 4 cells, where there are 9',
  ])
})

test('Home Assistant: what the history panel downloads is put in order of time', async () => {
  const panel = await read('made-up_history.csv')
  expect(panel.recording).toMatchObject({ format: 'home-assistant', bad: 2, outOfOrder: 0 })
  expect(devices(panel)).toEqual([
    'binary_sensor.hall_motion motion inner',
    'binary_sensor.front_door open exit',
    'sensor.kettle_power power plug',
  ])
  expect(panel.said).toEqual([
    '03-02T06:00:00.000 binary_sensor.hall_motion motion 0 snapshot',
    '03-02T06:00:00.000 binary_sensor.front_door open 0 snapshot',
    '03-02T06:00:00.000 sensor.kettle_power power 0.4 snapshot',
    '03-02T06:09:00.000 binary_sensor.front_door open 1',
    '03-02T06:10:00.500 binary_sensor.hall_motion motion 1',
    '03-02T06:11:00.000 sensor.kettle_power power 1800',
  ])
  expect(panel.bad).toEqual([
    '9: not known what sensor.kettle_power means by warm',
    '10: not known what light.hall measures',
  ])
})

test('Home Assistant: an answer of its interface is read by device class, minimal ones too', async () => {
  const answer = await read('made-up_history.json')
  expect(answer.recording).toMatchObject({ format: 'home-assistant-json', bad: 1 })
  expect(answer.said).toEqual([
    '03-02T06:00:00.000 binary_sensor.0x1 motion 0 snapshot',
    '03-02T06:05:00.000 sensor.0x2 temperature 21.5 snapshot',
    '03-02T06:10:00.500 binary_sensor.0x1 motion 1',
    '03-02T06:11:00.000 binary_sensor.0x1 motion 0',
  ])
  expect(answer.bad).toEqual(['1: 1 states: first not known what sun.sun measures'])
})

test('who knows the doors better than their names says so', async () => {
  const named = await read('made-up-home.kasteren.txt', { exits: ['Hall-Bedroom door'] })
  expect(devices(named)).toContain('Hall-Bedroom door open exit')
  await expect(read('made-up-home.kasteren.txt', { exits: ['Backdoor'] })).rejects.toThrow(
    /there is no device Backdoor; there are Hall-Bedroom door, ToiletFlush/,
  )
})
