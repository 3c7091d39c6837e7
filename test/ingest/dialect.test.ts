import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BINARY_KINDS, Uid } from '../../schemas/reading.ts'
import { decode } from '../../services/ingest/dialect.ts'
import { addressed } from '../../services/ingest/topic.ts'
import { ARRIVAL, said } from './said.ts'

const TOPICS = [
  'anbu/1/gw-made-up/up/data',
  'anbu/1/gw-made-up/up/state',
  'zigbee2mqtt/hall',
  'zigbee2mqtt/hall/occupancy',
  'zigbee2mqtt/hall/availability',
  'zigbee2mqtt/bridge/state',
  'tele/plug/SENSOR',
  'stat/plug/SWITCH1',
  'tele/plug/LWT',
  'shellies/x/relay/0/power',
  'shellies/x/status',
  'shellies/x/online',
  'plug/events/rpc',
  'plug/status/switch:0',
  '60efabaabbcc',
  'homeassistant/sensor/tv_power/state',
  'bedroom/binary_sensor/motion/state',
  'bedroom/status',
  'senml/hall',
  '/oneM2M/req/Mobius2/anbu/json',
]

// JSON of the right words in the wrong places reaches further than any JSON.
const WORDS = `occupancy contact action last_seen state Time ENERGY Power ZbReceived Device Name StatusSNS method
  params switch:0 aenergy battery ts r service_data motion bn n v pc m2m:sgn m2m:cin nev rep con ct __proto__
  constructor toString`
const word = fc.constantFrom(...WORDS.split(/\s+/))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('NotifyStatus', 'NotifyEvent', 'on', 'nan', '1e999', '\u0000', '\ud800'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 5 }),
  ),
}))
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string().map((text) => Buffer.from(text)),
  tree.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
)
const topic = fc.oneof(
  fc.constantFrom(...TOPICS),
  fc
    .array(fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('tele', 'status', 'state')), {
      minLength: 1,
      maxLength: 6,
    })
    .map((levels) => levels.join('/')),
)

test('no dialect throws, whatever the bytes, and each says the same thing twice', () => {
  const property = fc.property(topic, payload, (where, bytes) => {
    const message = { gateway: 'gw-made-up', topic: where, payload: bytes }
    expect(decode(message, ARRIVAL)).toEqual(decode(message, ARRIVAL))
  })
  fc.assert(property, { numRuns: 3000 })
})

test('what is read can be stored: a name, a finite number, yes or no as 1 or 0, a time not of the future', () => {
  const property = fc.property(topic, tree, (where, value) => {
    const bytes = Buffer.from(JSON.stringify(value) ?? '')
    const decoded = decode({ gateway: 'gw-made-up', topic: where, payload: bytes }, ARRIVAL)
    for (const told of decoded.type === 'readings' ? decoded.readings : []) {
      expect(told.uid).toMatch(/^[^\p{Cc}]{1,64}$/u)
      expect(Number.isFinite(told.value)).toBe(true)
      if (BINARY_KINDS.has(told.kind)) expect([0, 1]).toContain(told.value)
      expect(Number.isSafeInteger(told.at)).toBe(true)
    }
  })
  fc.assert(property, { numRuns: 3000 })
})

test('an unknown topic is refused with a hint, and so is what is too large or no text', () => {
  expect(said('made/up', 'x')).toEqual(['rejected as unknown-topic'])
  expect(said('zigbee2mqtt/hall', `{"x":"${'x'.repeat(65_536)}"}`)).toEqual([
    'rejected as too-large',
  ])
  const bytes = Uint8Array.of(0xff, 0xfe)
  expect(
    decode({ gateway: 'gw-made-up', topic: 'zigbee2mqtt/hall', payload: bytes }, ARRIVAL),
  ).toEqual({ type: 'rejection', reason: 'unreadable', detail: 'not UTF-8' })
})

const name = (uid: string) => said(`zigbee2mqtt/${uid}`, { occupancy: true })[0]

test('a name is one to 64 characters, none of control, and the same however it is composed', () => {
  expect(name('안방'.normalize('NFD'))).toBe('안방 motion 1 state')
  const native = {
    v: 1,
    boot: 'b',
    seq: 1,
    r: [{ d: '안방'.normalize('NFD'), m: 'motion', b: true }],
  }
  expect(said('anbu/1/gw-made-up/up/data', native)).toEqual(['안방 motion 1 event'])
  expect(Uid.parse('안방'.normalize('NFD'))).toBe('안방')
  expect(name('x'.repeat(64))).toBe(`${'x'.repeat(64)} motion 1 state`)
  for (const bad of ['x'.repeat(65), 'a\u0000b', 'a\u0085b', ' '])
    expect(name(bad)).toMatch(/^bad /)
})

test('a broker of another house says who spoke in the topic', () => {
  const native = { gateway: 'gw-1', topic: 'anbu/1/gw-1/up/data' }
  expect(addressed('anbu/1/gw-1/up/data')).toEqual(native)
  expect(addressed('g/gw-1/zigbee2mqtt/hall')).toEqual({
    gateway: 'gw-1',
    topic: 'zigbee2mqtt/hall',
  })
  expect(addressed('g/gw-1//oneM2M/req/a/b/json')?.topic).toBe('/oneM2M/req/a/b/json')
  for (const stray of ['zigbee2mqtt/hall', 'g/gw-1', 'g/gw-1/', 'g/GW 1/x', 'anbu/1/gw-1/down/x'])
    expect(addressed(stray)).toBeNull()
})

// A millisecond or two; where a pattern can read the same text in many ways, ten seconds.
test(
  'however long a text is, and however nearly right, nobody waits for it',
  { timeout: 2000 },
  () => {
    const [digits, parts] = ['1'.repeat(60_000), 'a:'.repeat(30_000)]
    expect(said('hall/sensor/tv_power/state', `${digits}x`)).toEqual([
      'bad hall/tv state: not a value of power',
    ])
    expect(said('hall/sensor/tv_power/state', `${digits}.x`)).toHaveLength(1)
    expect(said('senml', [{ n: parts, v: 1 }])).toEqual([])
    expect(said('zigbee2mqtt/hall', { last_seen: `${digits}x`, occupancy: true })).toHaveLength(1)
  },
)
