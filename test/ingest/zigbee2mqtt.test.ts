import { expect, test } from 'vitest'
import { said } from './said.ts'

test('a motion sensor in JSON says what it measures, and its time where it gives one', () => {
  expect(said('zigbee2mqtt/거실 PIR', { occupancy: true })).toEqual(['거실 PIR motion 1 state'])
  const captured = {
    battery: 100,
    device_temperature: 29,
    illuminance: 28,
    illuminance_lux: 28,
    last_seen: '2026-08-22T18:15:02+09:00',
    linkquality: 102,
    occupancy: true,
    power_outage_count: 20,
    voltage: 3035,
  }
  const time = '2026-08-22T09:15:02.000Z'
  expect(said('zigbee2mqtt/hall', captured)).toEqual([
    `hall motion 1 state ${time}`,
    `hall voltage 3.035 state ${time}`,
    `hall illuminance 28 state ${time}`,
    `hall battery 100 state ${time}`,
    `hall link 102 state ${time}`,
  ])
})

test.each([
  ['2026-08-22T09:15:02.941Z', '2026-08-22T09:15:02.941Z'],
  ['2026-08-22T18:15:02+09:00', '2026-08-22T09:15:02.000Z'],
  [1787390102941, '2026-08-22T09:15:02.941Z'],
])('last_seen may be %s', (lastSeen, time) => {
  const message = { occupancy: false, last_seen: lastSeen }
  expect(said('zigbee2mqtt/hall', message)).toEqual([`hall motion 0 state ${time}`])
})

test('contact is true while the door is closed', () => {
  const door = { battery_low: false, contact: false, tamper: false, update: { state: 'idle' } }
  expect(said('zigbee2mqtt/entrance', door)).toEqual([
    'entrance open 1 state',
    'entrance battery_low 0 state',
    'entrance tamper 0 state',
  ])
  expect(said('zigbee2mqtt/entrance', { contact: true })).toEqual(['entrance open 0 state'])
})

test('a plug has watts, kilowatt-hours and volts; what it switches says nothing', () => {
  const plug = {
    current: 0.15,
    energy: 80.747,
    power: 12,
    state: 'ON',
    update_available: null,
    voltage: 233.8,
  }
  expect(said('zigbee2mqtt/ROBB - Slimme Wasmachine Stekker', plug)).toEqual(
    ['power 12', 'energy 80.747', 'current 0.15', 'voltage 233.8'].map(
      (each) => `ROBB - Slimme Wasmachine Stekker ${each} state`,
    ),
  )
})

test('every action of a button is somebody pressing it; the empty one that follows is none', () => {
  expect(said('zigbee2mqtt/bed', { action: 'single' })).toEqual(['bed button 1 event'])
  expect(said('zigbee2mqtt/bed', { action: '' })).toEqual([])
  expect(said('zigbee2mqtt/bed', { action: null })).toEqual([])
})

test('with attributes as topics the last level is the field, whatever the name before it', () => {
  expect(said('zigbee2mqtt/door/contact', 'false')).toEqual(['door open 1 state'])
  expect(said('zigbee2mqtt/hall/pir/occupancy', 'true')).toEqual(['hall/pir motion 1 state'])
  expect(said('zigbee2mqtt/bed/action', 'double')).toEqual(['bed button 1 event'])
  expect(said('zigbee2mqtt/plug/power', '12.5')).toEqual(['plug power 12.5 state'])
  expect(said('zigbee2mqtt/plug/power', '')).toEqual([])
  expect(said('zigbee2mqtt/plug/update-state', 'idle')).toEqual(['ignored'])
})

test('the bridge speaks for the gateway, availability for a device, as text or as JSON', () => {
  expect(said('zigbee2mqtt/bridge/state', 'online')).toEqual(['gateway online'])
  expect(said('zigbee2mqtt/bridge/state', { state: 'offline' })).toEqual(['gateway offline'])
  expect(said('zigbee2mqtt/remote/availability', { state: 'offline' })).toEqual(['remote offline'])
  expect(said('zigbee2mqtt/hall/pir/availability', 'online')).toEqual(['hall/pir online'])
  expect(said('zigbee2mqtt/remote/availability', '')).toEqual(['ignored'])
  expect(said('zigbee2mqtt/bridge/state', 'perhaps')).toEqual(['rejected as unreadable'])
})

test('what it says of itself is passed over, however large', () => {
  for (const topic of ['info', 'devices', 'definitions', 'logging', 'health', 'request/restart'])
    expect(said(`zigbee2mqtt/bridge/${topic}`, 'x'.repeat(200_000))).toEqual(['ignored'])
  expect(said('zigbee2mqtt/plug/set', { state: 'ON' })).toEqual(['ignored'])
  expect(said('zigbee2mqtt/plug/set/state', 'ON')).toEqual(['ignored'])
  expect(said('zigbee2mqtt/old name', '')).toEqual(['ignored'])
})

test('a second hub of a home keeps its devices apart by its base', () => {
  expect(said('zigbee2mqtt_up/hall', { occupancy: true })).toEqual([
    'zigbee2mqtt_up/hall motion 1 state',
  ])
})

test.each([0, 100])('a battery of %s % is believed', (battery) => {
  expect(said('zigbee2mqtt/hall', { battery })).toEqual([`hall battery ${battery} state`])
})

test.each([-1, 101, 200, 255, null, 'unknown', ''])('a battery of %s is no reading', (battery) => {
  expect(said('zigbee2mqtt/hall', { battery })).toEqual([])
})

test('a field that cannot be read costs only itself', () => {
  expect(said('zigbee2mqtt/hall', { occupancy: 'maybe', battery: 90 })).toEqual([
    'hall battery 90 state',
    'bad hall occupancy: not a value of motion',
  ])
  expect(said('zigbee2mqtt/hall', '{"occupancy":')).toEqual(['rejected as unreadable'])
})
