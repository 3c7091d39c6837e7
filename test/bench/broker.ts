// How fast ingest takes what a Mosquitto has kept for it: with PUBACKs of our own, with mqtt.js' own, storing nothing.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, connectAsync } from 'mqtt'
import type pg from 'pg'
import { pino } from 'pino'
import { TOPIC } from '../../schemas/reading.ts'
import { wallClock } from '../../services/clock.ts'
import { type Message, openIngest } from '../../services/ingest/ingest.ts'
import { startSubscriber } from '../../services/ingest/subscriber.ts'
import { addressed } from '../../services/ingest/topic.ts'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { startServer } from '../../services/store/server.ts'
import { seedHome } from '../broker/door.ts'
import { startMosquitto } from '../servers/mosquitto.ts'
import { find } from '../servers/optional.ts'
import { answerHelp } from '../usage.ts'
import { print } from './table.ts'

answerHelp(`npm run bench:broker -- [--json]
  how fast ingest takes what a Mosquitto has kept for it; needs a mosquitto on the PATH`)

const GATEWAYS = 50
const LINES = 4
const log = pino({ level: 'silent' })

type Accept = (message: Message) => Promise<void>
/** Something that listens at a broker and hands on what it hears. */
type Listener = (url: string, accept: Accept) => AsyncDisposable

const program = find('mosquitto')
if (program?.by !== 'path') throw new Error('this bench needs Mosquitto: install mosquitto')
const { path } = program
const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir })
const pool = openPool(server.url, { max: 6 })
await migrate(pool)
await makePartitions(pool, Date.now() - 86_400_000, Date.now() + 86_400_000)
for (let i = 0; i < GATEWAYS; i++) await seedHome(pool, `gw-bench-${i}`)

const ours: Listener = (url, accept) =>
  startSubscriber({ pool, clock: wallClock, log, accept, url, clientId: 'bench', version: '5' })
const nothing = await drain(40_000, ours, () => Promise.resolve())
const deferred = await stored(40_000, ours)
const serial = await stored(6000, oneByOne)
print('broker', [
  { name: 'Mosquitto, four lines, storing nothing', value: nothing, unit: 'readings/s' },
  { name: 'stored, then acknowledged by ourselves', value: deferred, unit: 'readings/s' },
  { name: '… against storing nothing', value: deferred / nothing, unit: 'x' },
  { name: 'stored, then acknowledged by mqtt.js', value: serial, unit: 'readings/s' },
  { name: '… ours against it', value: deferred / serial, unit: 'x' },
])
await pool.end()
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true, force: true })

async function stored(messages: number, listener: Listener): Promise<number> {
  await using ingest = openIngest({ pool, clock: wallClock, log, retentionDays: 90 })
  const rate = await drain(messages, listener, ingest.accept)
  await expectStored(pool, messages)
  return rate
}

async function expectStored(db: pg.Pool, messages: number): Promise<void> {
  const { rows } = await db.query<{ n: number }>('select count(*)::int as n from reading')
  if (rows[0]?.n !== messages) throw new Error(`${rows[0]?.n} of ${messages} readings are stored`)
  await db.query('truncate reading, activity')
}

/** Messages a second, from the first that is handed on to the last that is acknowledged. */
async function drain(messages: number, listener: Listener, accept: Accept): Promise<number> {
  await using broker = await startMosquitto(path)
  // Its session exists, and gathers what comes.
  const before = listener(broker.url, accept)
  await sleep(1000)
  await before[Symbol.asyncDispose]()
  await publish(broker.url, messages)
  let first = 0
  let done = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const counted: Accept = async (message) => {
    first ||= performance.now()
    await accept(message)
    if (++done === messages) resolve()
  }
  await using _ = listener(broker.url, counted)
  await promise
  return (messages * 1000) / (performance.now() - first)
}

async function publish(url: string, messages: number): Promise<void> {
  const client = await connectAsync(url)
  const now = Date.now()
  for (let i = 0; i < messages; i += 1000) {
    const thousand = Array.from({ length: Math.min(1000, messages - i) }, (_, n) =>
      client.publishAsync(TOPIC.data(`gw-bench-${(i + n) % GATEWAYS}`), text(now, i + n), {
        qos: 1,
      }),
    )
    await Promise.all(thousand)
  }
  await client.endAsync()
}

function text(now: number, seq: number): string {
  const t = new Date(now - seq).toISOString()
  return JSON.stringify({ v: 1, boot: 'bench', seq, r: [{ d: 'pir', m: 'motion', b: true, t }] })
}

/** What mqtt.js does by itself: the next message when the one before is acknowledged. */
function oneByOne(url: string, accept: Accept): AsyncDisposable {
  const store = async (topic: string, payload: string | Buffer) => {
    const said = addressed(topic)
    if (said) await accept({ ...said, payload: Buffer.from(payload) })
  }
  const clients = Array.from({ length: LINES }, (_, i) => {
    const client = connect(url, {
      clientId: `one-by-one-${i}`,
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 600 },
    })
    client.handleMessage = ({ topic, payload }, done) =>
      void store(topic, payload).finally(() => done())
    client.on('connect', () => void client.subscribeAsync('$share/anbu/anbu/1/+/up/#', { qos: 1 }))
    return client
  })
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.endAsync(true)))
    },
  }
}
