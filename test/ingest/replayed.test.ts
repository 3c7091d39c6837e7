import { pino } from 'pino'
import { expect } from 'vitest'
import { openIngest } from '../../services/ingest/ingest.ts'
import { NOW, seedHome } from '../broker/door.ts'
import { test } from '../database.ts'

const motion = (seconds: number) => ({ occupancy: true, last_seen: NOW - seconds * 1000 })

test('what another broker kept is stored under its own time, and is no sign of anything that lives', async ({
  pool,
}) => {
  await seedHome(pool)
  const clock = { speed: 1, now: () => NOW, after: () => Promise.resolve() }
  const log = pino({ level: 'silent' })
  await using ingest = openIngest({ pool, clock, log, retentionDays: 90 })
  const say = (topic: string, message: object, replayed: boolean) => {
    const payload = Buffer.from(JSON.stringify(message))
    return ingest.accept({ gateway: 'gw-made-up', topic, payload, replayed })
  }
  const stored = async () =>
    (await pool.query('select at, active from reading order by at')).rows.map(
      ({ at, active }) => `${(NOW - at) / 1000} s ago${active ? ', active' : ''}`,
    )
  const heard = async () => (await pool.query('select last_seen_at from gateway')).rows
  await say('zigbee2mqtt/pir', { occupancy: false }, true)
  await say('zigbee2mqtt/pir', motion(60), true)
  await say('zigbee2mqtt/bridge/state', { state: 'online' }, true)
  expect(await stored()).toEqual(['60 s ago'])
  expect(await heard()).toEqual([{ last_seen_at: null }])
  await say('zigbee2mqtt/pir', motion(30), false)
  await say('zigbee2mqtt/pir', { occupancy: false, last_seen: NOW - 20_000 }, false)
  await say('zigbee2mqtt/pir', motion(10), false)
  expect(await stored()).toEqual(['60 s ago', '30 s ago', '20 s ago', '10 s ago, active'])
  expect(await heard()).toEqual([{ last_seen_at: NOW }])
})
