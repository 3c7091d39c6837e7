import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import type pg from 'pg'
import { pino } from 'pino'
import { TOPIC } from '../../schemas/reading.ts'
import { type Broker, type BrokerDeps, startBroker } from '../../services/broker/broker.ts'
import type { Clock } from '../../services/core/time.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { addDevice, addGateway, addHousehold } from '../../services/store/homes.ts'

export const NOW = Date.parse('2026-03-02T12:00:00+09:00')

/** A clock that stands where it is put. */
function standingClock(at = NOW): Clock & { at: number } {
  const clock = { at, speed: 1, now: () => clock.at, after: () => Promise.resolve() }
  return clock
}

/** One home with one gateway and two sensors, and the secret of the gateway. */
export async function seedHome(pool: pg.Pool, name = 'gw-made-up'): Promise<string> {
  const household = `home-of-${name}`
  await addHousehold(
    pool,
    {
      household,
      office: 'made-up-gu',
      alias: '가상동 1호',
      dong: '가상동',
      timeZone: 'Asia/Seoul',
      tier: 'mid',
      planner: null,
    },
    NOW,
  )
  const secret = await addGateway(pool, { gateway: name, household }, NOW)
  const common = { gateway: name, silentAfter: 26 * 3_600_000 }
  await addDevice(pool, { ...common, uid: 'pir', kind: 'motion', room: '거실', role: 'inner' }, NOW)
  await addDevice(pool, { ...common, uid: 'door', kind: 'open', room: '현관', role: 'exit' }, NOW)
  return secret
}

/** Broker and ingest as in the house, on a free port. `more`: further doors, other limits. */
export async function openHouse(
  pool: pg.Pool,
  clock: Clock = standingClock(),
  more: Partial<BrokerDeps> = {},
): Promise<Broker & AsyncDisposable> {
  const log = pino({ level: 'silent' })
  const ingest = openIngest({ pool, clock, log, retentionDays: 90 })
  const broker = await startBroker({
    pool,
    clock,
    log,
    host: '127.0.0.1',
    port: 0,
    ...ingest,
    ...more,
  })
  return {
    ...broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]()
      await ingest[Symbol.asyncDispose]()
    },
  }
}

/** A gateway's connection that does not come back by itself. */
export function connectGateway(
  broker: Broker,
  username: string,
  password: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  return connectAsync(broker.url, {
    username,
    password,
    clientId: username,
    reconnectPeriod: 0,
    ...options,
  })
}

let seq = 0

/** Publishes readings as a native message; resolves when acknowledged. */
export async function send(
  client: MqttClient,
  readings: readonly object[],
  gateway = 'gw-made-up',
): Promise<void> {
  const message = { v: 1, boot: 'b1', seq: seq++, r: readings }
  await client.publishAsync(TOPIC.data(gateway), JSON.stringify(message), { qos: 1 })
}

/** All that is stored, oldest first, with the device's own name. */
export async function stored(pool: pg.Pool): Promise<{ uid: string; at: number; value: number }[]> {
  const { rows } = await pool.query(
    'select uid, at, value from reading join device on device.id = device_id order by at, uid, value',
  )
  return rows
}
