import { type MqttClient, connectAsync } from 'mqtt'
import type pg from 'pg'
import { pino } from 'pino'
import { expect } from 'vitest'
import { openIngest } from '../../services/ingest/ingest.ts'
import { openListener } from '../../services/ingest/listener.ts'
import { startSubscriber } from '../../services/ingest/subscriber.ts'
import { openPool } from '../../services/store/pool.ts'
import { NOW, seedHome, stored } from '../broker/door.ts'
import { test } from '../optional.ts'
import { openLine } from '../servers/line.ts'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.ts'

const log = pino({ level: 'silent' })
const clock = { speed: 1, now: () => NOW, after: () => Promise.resolve() }
const iso = (at: number) => new Date(at).toISOString()
const REACHED = { timeout: 15_000 }

/** Ingest behind a broker of another house. */
async function listen(pool: pg.Pool, url: string, version: '3.1.1' | '5' = '5', clientId = 'anbu') {
  const ingest = openIngest({ pool, clock, log, retentionDays: 90 })
  const { accept } = ingest
  const subscriber = startSubscriber({ pool, clock, log, accept, url, clientId, version })
  await expect.poll(subscriber.isListening, REACHED).toBe(true)
  return {
    subscriber,
    async [Symbol.asyncDispose]() {
      await ingest[Symbol.asyncDispose]()
      await subscriber[Symbol.asyncDispose]()
    },
  }
}

/** A gateway, and what it says: one movement a second before now, `n` of them from `from` on. */
async function gateway(broker: Mosquitto) {
  const client = await connectAsync(broker.url, { reconnectPeriod: 0 })
  return {
    move: (from: number, n: number) =>
      Promise.all(
        Array.from({ length: n }, (_, i) => {
          const r = [{ d: 'pir', m: 'motion', b: true, t: iso(NOW - (from + i + 1) * 1000) }]
          const text = JSON.stringify({ v: 1, boot: 'b1', seq: from + i, r })
          return client.publishAsync('anbu/1/gw-made-up/up/data', text, { qos: 1 })
        }),
      ),
    end: () => client.endAsync(),
  }
}

const count = (pool: pg.Pool) => async () => (await stored(pool)).length

test.for(['5', '3.1.1'] as const)(
  'what another broker passes on by MQTT %s is stored once, ours and what gateways say unchanged',
  { tags: 'mosquitto' },
  async (version, { pool, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    await using _ = await listen(pool, broker.url, version)
    const home = await gateway(broker)
    await home.move(0, 500)
    const client = await connectAsync(broker.url)
    const occupied = JSON.stringify({ occupancy: true, last_seen: NOW })
    await client.publishAsync('g/gw-made-up/zigbee2mqtt/pir', occupied, { qos: 1 })
    await client.endAsync()
    await home.end()
    await expect.poll(count(pool), REACHED).toBe(501)
    const { rows } = await pool.query('select sum(events)::int as events from activity')
    // The first that a hub says of a sensor is how it stands: nobody knows since when.
    expect(rows).toEqual([{ events: 500 }])
  },
)

test(
  'what comes while we are away waits at the broker, and so does what was not acknowledged when we went',
  { tags: 'mosquitto' },
  async ({ pool, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    const home = await gateway(broker)
    const first = await listen(pool, broker.url)
    await home.move(0, 300)
    // Ended in the middle: some are stored, some acknowledged, some neither.
    await first[Symbol.asyncDispose]()
    await home.move(300, 300)
    await using _ = await listen(pool, broker.url)
    await expect.poll(count(pool), REACHED).toBe(600)
    await home.end()
  },
)

test(
  'a broker that restarts is found again, and what it kept arrives',
  { tags: 'mosquitto', timeout: 60_000 },
  async ({ pool, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    await using listening = await listen(pool, broker.url)
    const before = await gateway(broker)
    await before.move(0, 50)
    await before.end()
    await broker.stop()
    await expect.poll(listening.subscriber.isListening, REACHED).toBe(false)
    await broker.start()
    await expect.poll(listening.subscriber.isListening, { timeout: 30_000 }).toBe(true)
    const after = await gateway(broker)
    await after.move(50, 50)
    await after.end()
    await expect.poll(count(pool), REACHED).toBe(100)
  },
)

test(
  'while PostgreSQL is away nothing is acknowledged and the line stays; when it is back everything flows',
  { tags: 'mosquitto' },
  async ({ pool, url, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    await using line = await openLine(url)
    const through = openPool(line.url, { max: 3 })
    const listening = await listen(through, broker.url)
    const home = await gateway(broker)
    await home.move(0, 10)
    await expect.poll(count(pool), REACHED).toBe(10)
    line.cut()
    await home.move(10, 100)
    const { subscriber } = listening
    // Long enough for several attempts (100, 200, 400 ms).
    await expect(expect.poll(count(pool), { timeout: 800 }).toBeGreaterThan(10)).rejects.toThrow()
    expect(subscriber.isListening()).toBe(true)
    line.mend()
    await expect.poll(count(pool), REACHED).toBe(110)
    await home.end()
    await listening[Symbol.asyncDispose]()
    await through.end()
  },
)

test(
  'of two processes one listens to all, and when it is gone the other goes on where it stopped',
  { tags: 'mosquitto' },
  async ({ pool, url, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    const second = openPool(url, { max: 3 })
    const a = await standBy(pool, broker.url)
    await expect.poll(a.isListening, REACHED).toBe(true)
    const b = await standBy(second, broker.url)
    const hub = await connectAsync(broker.url)
    await swing(hub, 0, 100)
    await expect.poll(count(pool), REACHED).toBe(100)
    expect(b.isListening()).toBe(false)
    // The first says how the door stands; each after it is a use of it.
    expect(await uses(pool)).toBe(99)
    await a[Symbol.asyncDispose]()
    await swing(hub, 100, 100)
    await expect.poll(count(pool), REACHED).toBe(200)
    expect(b.isListening()).toBe(true)
    await b[Symbol.asyncDispose]()
    await second.end()
    await hub.endAsync()
  },
)

/** A process that listens, or stands by. */
async function standBy(pool: pg.Pool, url: string) {
  const ingest = openIngest({ pool, clock, log, retentionDays: 90 })
  const { accept } = ingest
  const own = { clientId: 'anbu', version: '5' } as const
  const listener = openListener({ pool, clock, log, accept, url, ...own })
  return {
    isListening: listener.isListening,
    async [Symbol.asyncDispose]() {
      await ingest[Symbol.asyncDispose]()
      await listener[Symbol.asyncDispose]()
    },
  }
}

/** A hub tells of a door that opens and closes, one after the other. */
async function swing(hub: MqttClient, from: number, times: number): Promise<void> {
  for (let i = from; i < from + times; i++) {
    const said = { contact: i % 2 === 0, last_seen: NOW - 1_000_000 + i * 1000 }
    await hub.publishAsync('g/gw-made-up/zigbee2mqtt/door', JSON.stringify(said), { qos: 1 })
  }
}

async function uses(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('select sum(exits)::int as exits from activity')
  return rows[0]?.exits
}

test(
  'who is not known is refused on record, and costs the others nothing',
  { tags: 'mosquitto' },
  async ({ pool, mosquitto }) => {
    await seedHome(pool)
    await pool.query(
      `insert into gateway (gateway, household_id, salt, hash, disabled_at)
       select 'gw-disabled', id, '', '', now() from household`,
    )
    await using broker = await startMosquitto(mosquitto)
    await using _ = await listen(pool, broker.url)
    const client = await connectAsync(broker.url)
    for (const topic of ['g/gw-nobody/stat/x', 'g/gw-disabled/stat/x', 'g/!/x'])
      await client.publishAsync(topic, 'hello', { qos: 1 })
    const home = await gateway(broker)
    await home.move(0, 1)
    await expect.poll(count(pool), REACHED).toBe(1)
    const refused = async () =>
      (await pool.query('select gateway, reason from rejection order by gateway, reason')).rows
    await expect.poll(refused, REACHED).toEqual([
      { gateway: '', reason: 'unknown-topic' },
      { gateway: 'gw-disabled', reason: 'unknown-gateway' },
      { gateway: 'gw-nobody', reason: 'unknown-gateway' },
    ])
    await client.endAsync()
    await home.end()
  },
)

test(
  'what the broker kept for whoever subscribes is no new activity',
  { tags: 'mosquitto' },
  async ({ pool, mosquitto }) => {
    await seedHome(pool)
    await using broker = await startMosquitto(mosquitto)
    const client = await connectAsync(broker.url)
    const kept = { qos: 1, retain: true } as const
    const occupied = JSON.stringify({ occupancy: true, last_seen: NOW - 1000 })
    await client.publishAsync('g/gw-made-up/zigbee2mqtt/pir', occupied, kept)
    await client.endAsync()
    // Only an unshared subscription is told what was kept [MQTT5-4.8.2].
    await using _ = await listen(pool, broker.url, '3.1.1')
    await expect.poll(count(pool), REACHED).toBe(1)
    expect((await pool.query('select * from activity')).rows).toEqual([])
  },
)
