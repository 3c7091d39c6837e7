import { expect, test } from 'vitest'
import { said } from './said.ts'

const says = (rest: string, text: string) => said(`shellies/shellydw2-1A2B3C/${rest}`, text)

test('the first generation says one value a topic, each in a unit of its own', () => {
  const dw = 'shellydw2-1A2B3C'
  expect(says('sensor/state', 'open')).toEqual([`${dw} open 1 state`])
  expect(says('sensor/state', 'close')).toEqual([`${dw} open 0 state`])
  expect(says('sensor/vibration', '0')).toEqual([`${dw} vibration 0 state`])
  expect(says('sensor/lux', '120')).toEqual([`${dw} illuminance 120 state`])
  expect(says('relay/0/power', '12.34')).toEqual([`${dw} power 12.34 state`])
  // 90,000 watt-minutes are 1,500 Wh.
  expect(says('relay/0/energy', '90000')).toEqual([`${dw} energy 1.5 state`])
  expect(says('emeter/1/total', '2500.5')).toEqual([`${dw}/emeter:1 energy 2.5005 state`])
  expect(says('input/0', '1')).toEqual([`${dw}/input:0 button 1 state`])
})

test('what it does not know it says as -1', () => {
  for (const field of ['state', 'battery', 'lux', 'motion'])
    expect(said(`shellies/x/sensor/${field}`, '-1')).toEqual([])
  expect(said('shellies/x/sensor/temperature', '-1')).toEqual(['x temperature -1 state'])
})

test('a motion sensor says all in one object, with the time of the last movement', () => {
  const status = {
    motion: true,
    timestamp: 1787390102,
    active: true,
    vibration: false,
    lux: 160,
    bat: 100,
  }
  const time = '2026-08-22T09:15:02.000Z'
  expect(said('shellies/shellymotionsensor-60A4/status', status)).toEqual(
    ['motion 1', 'vibration 0', 'illuminance 160', 'battery 100'].map(
      (each) => `shellymotionsensor-60A4 ${each} state ${time}`,
    ),
  )
  expect(said('shellies/m/status', { motion: false, timestamp: 0 })).toEqual(['m motion 0 state'])
})

test('an own id may hold slashes, and what is of no interest is passed over', () => {
  expect(said('shellies/shellies/shellyem3/emeter/0/power', '-5.5')).toEqual([
    'shellies/shellyem3 power -5.5 state',
  ])
  expect(said('shellies/x/online', 'false')).toEqual(['shellies/x offline'])
  for (const topic of ['announce', 'x/info', 'x/settings', 'x/input_event/0'])
    expect(said(`shellies/${topic}`, 'off')).toEqual(['ignored'])
  for (const topic of ['x/relay/0', 'x/sensor/act_reasons'])
    expect(said(`shellies/${topic}`, 'off')).toEqual([])
})

const RPC = 'shellyplus1pm-44179394d4d4/events/rpc'
const status = (params: object) => ({ src: 'x', method: 'NotifyStatus', params })

test('a notification holds only what changed, in watt-hours', () => {
  const energy = { id: 0, aenergy: { by_minute: [0, 0, 0], minute_ts: 1661517419, total: 1234 } }
  expect(said(RPC, status({ ts: 1787390102.44, 'switch:0': energy }))).toEqual([
    'shellyplus1pm-44179394d4d4 energy 1.234 state 2026-08-22T09:15:02.440Z',
  ])
  expect(said(RPC, status({ ts: 1.61, mqtt: { connected: true } }))).toEqual([])
  expect(said(RPC, status({ ts: 1.61, 'switch:1': { id: 1, apower: 7 } }))).toEqual([
    'shellyplus1pm-44179394d4d4/switch:1 power 7 state',
  ])
})

test('a status by topic is read like a notification, under any prefix', () => {
  const plug = {
    id: 0,
    source: 'init',
    output: false,
    apower: 0,
    voltage: 232.7,
    current: 0,
    aenergy: { total: 0 },
    temperature: { tC: 39.2, tF: 102.5 },
  }
  expect(said('shellies/plus1pm/status/switch:0', plug)).toEqual(
    ['power 0', 'energy 0', 'current 0', 'voltage 232.7'].map(
      (each) => `shellies/plus1pm ${each} state`,
    ),
  )
  const meter = { id: 0, voltage: 117.6, current: 16.714, act_power: -1899.8, pf: 0.82 }
  expect(said('meter/status/em1:0', meter)[0]).toEqual('meter power -1899.8 state')
  expect(said('meter/status/sys', { mac: 'B8D61A8B17CC' })).toEqual(['ignored'])
  expect(said('meter/online', 'true')).toEqual(['meter online'])
})

const device = (present: boolean) => ({
  'devicepower:0': { id: 0, battery: { V: 0.43, percent: 0 }, external: { present } },
  'humidity:0': { id: 0, rh: 42.2 },
  'temperature:0': { id: 0, tC: null },
})
const full = (params: object) => said('ht/events/rpc', { method: 'NotifyFullStatus', params })

test('an empty battery on external power is none', () => {
  expect(full(device(true))).toEqual(['ht humidity 42.2 state'])
  expect(full(device(false))).toEqual(['ht battery 0 state', 'ht humidity 42.2 state'])
})

test('a push is an event, an input that stands is a state', () => {
  const events = [
    { component: 'input:0', id: 0, event: 'single_push', ts: 1787390102.5 },
    { component: 'input:0', id: 0, event: 'btn_up', ts: 1787390102.4 },
    { component: 'sys', event: 'component_added', ts: 1787390102.4 },
  ]
  expect(said('i4/events/rpc', { method: 'NotifyEvent', params: { ts: 1.6, events } })).toEqual([
    'i4/input:0 button 1 event 2026-08-22T09:15:02.500Z',
  ])
  expect(said('i4/events/rpc', status({ 'input:0': { id: 0, state: true } }))).toEqual([
    'i4/input:0 button 1 state',
  ])
})

test('a Bluetooth sensor speaks through the script under its bare address', () => {
  const heard = {
    addr: '60:ef:ab:aa:bb:cc',
    rssi: -60,
    service_data: { BTHome_version: 2, pid: 7, battery: 100, illuminance: 132, motion: 1 },
  }
  expect(said('60:EF:AB:AA:BB:CC', heard)).toEqual([
    '60:ef:ab:aa:bb:cc motion 1 state',
    '60:ef:ab:aa:bb:cc illuminance 132 state',
    '60:ef:ab:aa:bb:cc battery 100 state',
  ])
  expect(said('60efabaabbcc', { ...heard, service_data: { window: 1 } })).toEqual([
    '60efabaabbcc open 1 state',
  ])
})
