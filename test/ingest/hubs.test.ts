import { expect, test } from 'vitest'
import { ARRIVAL, said } from './said.ts'

const says = (topic: string, text: string) => said(`homeassistant/${topic}/state`, text)

test('Home Assistant tells by the end of a name what an entity measures', () => {
  expect(says('binary_sensor/hall_motion', 'on')).toEqual(['hall motion 1 state'])
  expect(says('binary_sensor/hall_motion_2', 'off')).toEqual(['hall_2 motion 0 state'])
  expect(says('binary_sensor/front_door', 'on')).toEqual(['front_door open 1 state'])
  expect(says('binary_sensor/front_door_contact', 'off')).toEqual(['front_door open 0 state'])
  expect(says('binary_sensor/hall_battery', 'on')).toEqual(['hall battery_low 1 state'])
  expect(says('sensor/hall_battery', '87')).toEqual(['hall battery 87 state'])
  expect(says('sensor/tv_plug_power', '12.3')).toEqual(['tv_plug power 12.3 state'])
  expect(says('sensor/moon_phase', 'full_moon')).toEqual(['ignored'])
  expect(says('switch/tv_plug', 'on')).toEqual(['ignored'])
})

test.each(['unavailable', 'unknown', ''])('%j is no reading, neither zero nor off', (text) => {
  expect(said('homeassistant/binary_sensor/hall_motion/state', text)).toEqual([])
  expect(said('homeassistant/sensor/tv_power/state', text)).toEqual([])
})

test('what comes with a state, discovery and its own birth are passed over', () => {
  const entity = 'homeassistant/binary_sensor/hall_motion'
  for (const topic of [`${entity}/last_updated`, `${entity}/device_class`, `${entity}/config`])
    expect(said(topic, '"motion"')).toEqual(['ignored'])
  expect(said('homeassistant/status', 'online')).toEqual(['ignored'])
})

test('ESPHome names a device by its prefix, and by what its entity says before the measure', () => {
  expect(said('bedroom/binary_sensor/motion/state', 'ON')).toEqual(['bedroom motion 1 state'])
  expect(said('house/hall/binary_sensor/front_door/state', 'OFF')).toEqual([
    'house/hall/front_door open 0 state',
  ])
  expect(said('bedroom/sensor/kettle_power/state', '1850')).toEqual([
    'bedroom/kettle power 1850 state',
  ])
  expect(said('bedroom/sensor/temperature/state', 'nan')).toEqual([])
  expect(said('bedroom/switch/relay/state', 'ON')).toEqual(['ignored'])
  expect(said('bedroom/debug', '[I][app:102]: ready')).toEqual(['ignored'])
  expect(said('bedroom/status', 'offline')).toEqual(['bedroom offline'])
})

test('SenML has bases that hold, and times that count from now', () => {
  const pack = [
    { bn: 'urn:dev:mac:0024befffe804ff1:', bt: 1787390102, bu: 'W', n: 'power', v: 12.3 },
    { n: 'motion', vb: true, t: -5 },
    { n: 'plug', v: 40 },
    { bn: 'pir-1/', bt: 0, bv: 20, n: 'temperature', u: 'Cel', v: 1.5, t: -10 },
    { n: 'note', vs: 'hello' },
  ]
  expect(said('senml/hall', pack)).toEqual([
    'urn:dev:mac:0024befffe804ff1 power 12.3 state 2026-08-22T09:15:02.000Z',
    'urn:dev:mac:0024befffe804ff1 motion 1 state 2026-08-22T09:14:57.000Z',
    'urn:dev:mac:0024befffe804ff1:plug power 40 state 2026-08-22T09:15:02.000Z',
    'pir-1 temperature 21.5 state 2026-08-22T09:15:00.000Z',
  ])
})

test('one bad SenML record costs itself, unless others stand on it', () => {
  const good = { n: 'pir/motion', vb: true }
  const [first, second] = said('hall/senml', [{ n: 7 }, good])
  expect(first).toBe('pir motion 1 state')
  expect(second).toMatch(/^bad record 0: n: /)
  expect(said('hall/senml', [{ bn: 7 }, good])).toEqual(['rejected as unreadable'])
  expect(said('hall/senml', [{ bver: 11 }, good])).toEqual(['rejected as unreadable'])
  expect(said('hall/senml', good)).toEqual(['rejected as unreadable'])
})

const notify = (sur: string, con: unknown) =>
  said('/oneM2M/req/Mobius2/anbu/json', {
    op: 5,
    rqi: 'made-up',
    to: 'mqtt://example.org/anbu',
    fr: '/Mobius2',
    pc: {
      'm2m:sgn': {
        sur,
        nev: { net: 3, rep: { 'm2m:cin': { ri: 'x', ct: '20260822T091502', con } } },
      },
    },
  })

test('Mobius notifies of content as a value, as an object, and as an object in text', () => {
  const time = '2026-08-22T09:15:02.000Z'
  expect(notify('Mobius/home-12/motion/sub', '1')).toEqual([`home-12 motion 1 state ${time}`])
  const both = [`home-12/plug-tv power 43.1 state ${time}`]
  expect(notify('Mobius/home-12/plug-tv/sub', { Power: 43.1, note: 'x' })).toEqual(both)
  expect(notify('Mobius/home-12/plug-tv/sub', '{"power":"43.1"}')).toEqual(both)
})

test('Mobius asks for content to be stored, wrapped or not; the rest of its talk is passed over', () => {
  const rqp = { op: '1', to: '/Mobius/home-12/door', ty: '4', pc: { 'm2m:cin': { con: 'open' } } }
  for (const body of [rqp, { 'm2m:rqp': rqp }])
    expect(said('oneM2M/req/Sorigin/Mobius2/json', body)).toEqual(['home-12 open 1 state'])
  const verify = { op: 5, pc: { 'm2m:sgn': { vrq: true, sur: 'Mobius/home-12/door/sub' } } }
  expect(said('/oneM2M/req/Mobius2/anbu/json', verify)).toEqual(['ignored'])
  expect(said('/oneM2M/resp/Mobius2/anbu/json', '{"rsc":2001}')).toEqual(['ignored'])
  expect(said('/oneM2M/req/Mobius2/anbu/xml', '<m2m:rqp/>')).toEqual(['rejected as unreadable'])
})

const hall = (lastSeen: unknown) =>
  said('zigbee2mqtt/hall', { occupancy: true, last_seen: lastSeen })
const past = (milliseconds: number) => new Date(ARRIVAL - milliseconds).toISOString()

test('a time that cannot be true gives way to the time of arrival', () => {
  const arrival = ['hall motion 1 state']
  // Seven days of the past and two minutes of the future are believed, a second more is not.
  expect(hall(past(7 * 86_400_000))).toEqual([`hall motion 1 state ${past(7 * 86_400_000)}`])
  expect(hall(past(7 * 86_400_000 + 1000))).toEqual(arrival)
  expect(hall(past(-120_000))).toEqual([`hall motion 1 state ${past(-120_000)}`])
  expect(hall(past(-121_000))).toEqual(arrival)
  for (const nonsense of [0, -5, 1e300, 'soon', '2026-99-99T00:00:00Z', null, {}, []])
    expect(hall(nonsense)).toEqual(arrival)
})
