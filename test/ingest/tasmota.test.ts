import { expect, test } from 'vitest'
import { said } from './said.ts'

const ENERGY = {
  TotalStartTime: '2022-08-17T13:15:49',
  Total: 36.8569,
  Yesterday: 0.503,
  Today: 0.0573,
  Power: 35.6,
  ApparentPower: 47.6,
  Factor: 0.75,
  Voltage: 229,
  Current: 0.208,
}

test('local time without a zone is not believed: the time of arrival stands', () => {
  const energy = ['power 35.6', 'energy 36.8569', 'current 0.208', 'voltage 229']
  const expected = energy.map((each) => `plug-tv ${each} state`)
  expect(said('tele/plug-tv/SENSOR', { Time: '2026-08-22T18:15:09', ENERGY })).toEqual(expected)
  expect(said('tele/plug-tv/SENSOR', { Time: '1970-01-01T00:33:28', ENERGY })).toEqual(expected)
  expect(said('tele/plug-tv/SENSOR', { Time: '2018.02.15 01:00:50', ENERGY })).toEqual(expected)
})

test.each([
  { Time: '2026-08-22T18:15:02+09:00' },
  { Time: '2026-08-22T18:15:02', Epoch: 1787390102 },
  { Time: 1787390102 },
  { Time: 1787390102000 },
])('a time that says its zone is believed: %o', (time) => {
  expect(said('tele/t/SENSOR', { ...time, ANALOG: { Illuminance: 8 } })).toEqual([
    't illuminance 8 state 2026-08-22T09:15:02.000Z',
  ])
})

test('the answer to a poll is read like what comes by itself, in either order of the topic', () => {
  const answer = { StatusSNS: { Time: '2026-08-22T18:15:09', ENERGY: { Power: 35.6 } } }
  expect(said('stat/plug/STATUS8', answer)).toEqual(['plug power 35.6 state'])
  expect(said('stat/plug/STATUS10', answer)).toEqual(['plug power 35.6 state'])
  expect(said('home/plug/stat/STATUS8', answer)).toEqual(['home/plug power 35.6 state'])
})

const sum = (Power: unknown) => said('tele/t/SENSOR', { ENERGY: { Power } })

test('numbers come as lists of phases, under names, and as text', () => {
  expect(sum([490, 0, 0])).toEqual(['t power 490 state'])
  expect(sum({ Phase1: 0.017, Phase2: 0.017 })).toEqual(['t power 0.034 state'])
  expect(sum('12.3')).toEqual(['t power 12.3 state'])
  expect(sum(['12.3', null])).toEqual(['t power 12.3 state'])
  expect(sum('nan')).toEqual([])
})

test('an input repeats its state with SENSOR, and tells its actions as they happen', () => {
  const time = { Time: '2026-01-01T00:00:01' }
  expect(said('tele/t/SENSOR', { ...time, Switch1: 'ON' })).toEqual(['t/SWITCH1 button 1 state'])
  expect(said('stat/t/RESULT', { Switch1: { Action: 'ON' } })).toEqual(['t/SWITCH1 button 1 event'])
  expect(said('stat/t/SWITCH1', { STATE: 'OFF' })).toEqual(['t/SWITCH1 button 0 event'])
  expect(said('stat/t/RESULT', { Button1: { Action: 'DOUBLE' } })).toEqual([
    't/BUTTON1 button 1 event',
  ])
  expect(said('stat/t/PIR1', '1')).toEqual(['t/PIR1 motion 1 event'])
  expect(said('stat/t/MOTION', 'OFF')).toEqual(['t/MOTION motion 0 event'])
  expect(said('tele/t/SENSOR', { ...time, DOOR: 'ON' })).toEqual(['t/DOOR open 1 state'])
})

test('behind a Zigbee bridge contact 1 is an open door, and each frame of motion is a movement', () => {
  const motion = { Device: '0x057B', Name: ' motion_sensor', Occupancy: 1, LinkQuality: 194 }
  expect(said('tele/SonoffZB/SENSOR', { ZbReceived: { '0x057B': motion } })).toEqual([
    'motion_sensor motion 1 event',
    'motion_sensor link 194 state',
  ])
  const open = { Device: '0x8959', ZoneStatusChange: 33, Contact: 1, Endpoint: 1 }
  expect(said('tele/SonoffZB/SENSOR', { ZbReceived: { '0x8959': open } })).toEqual([
    '0x8959 open 1 state',
  ])
  const bare = { '0x8959': { Device: '0x8959', Contact: 0, Voltage: 2.995, Battery: 98 } }
  expect(said('tele/SonoffZB/8F20/SENSOR', bare)).toEqual([
    '0x8959 open 0 state',
    '0x8959 battery 98 state',
  ])
})

test('its will is of the device; relays, its state and its settings say nothing', () => {
  expect(said('tele/plug/LWT', 'Online')).toEqual(['plug online'])
  expect(said('tele/plug/LWT', 'Offline')).toEqual(['plug offline'])
  expect(said('tele/plug/LWT', 'gone fishing')).toEqual(['ignored'])
  expect(said('tele/plug/STATE', { POWER: 'OFF', Wifi: { RSSI: 100 } })).toEqual(['ignored'])
  expect(said('stat/plug/POWER', 'ON')).toEqual(['ignored'])
  expect(said('stat/plug/RESULT', { POWER: 'ON' })).toEqual([])
  expect(said('cmnd/plug/STATUS', '8')).toEqual(['ignored'])
  expect(said('tasmota/discovery/5CCF7F5014E2/config', {})).toEqual(['ignored'])
})
