import { pino } from 'pino'
import { expect } from 'vitest'
import { openIngest } from '../../services/ingest/ingest.ts'
import { addDevice } from '../../services/store/homes.ts'
import { NOW, seedHome, stored } from '../broker/door.ts'
import { test } from '../database.ts'

test('a gateway may greet before anybody has assigned its sensors: the first reading after that counts', async ({
  pool,
}) => {
  await seedHome(pool)
  await pool.query('delete from device')
  const clock = { speed: 1, now: () => NOW, after: () => Promise.resolve() }
  const log = pino({ level: 'silent' })
  await using ingest = openIngest({ pool, clock, log, retentionDays: 90 })
  const say = (topic: string, message: object) =>
    ingest.accept({ gateway: 'gw-made-up', topic, payload: Buffer.from(JSON.stringify(message)) })
  await say('anbu/1/gw-made-up/up/state', { v: 1, state: 'online', boot: 'b1' })
  const device = { gateway: 'gw-made-up', uid: 'pir', kind: 'motion', room: '거실' } as const
  await addDevice(pool, { ...device, role: 'inner', silentAfter: 3_600_000 }, NOW)
  const r = [{ d: 'pir', m: 'motion', b: true }]
  await say('anbu/1/gw-made-up/up/data', { v: 1, boot: 'b1', seq: 1, r })
  expect(await stored(pool)).toEqual([{ uid: 'pir', at: NOW, value: 1 }])
})
