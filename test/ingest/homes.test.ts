import { pino } from 'pino'
import type pg from 'pg'
import { expect, vi } from 'vitest'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { openIngest } from '../../services/ingest/ingest.ts'
import { addDevice, addGateway } from '../../services/store/homes.ts'
import { devicesOf, disableGateway } from '../../services/store/gateways.ts'
import { homeHistories } from '../../services/store/history.ts'
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

test('a motion sensor at the exit stands for a contact that is missing or lost, and for none that is there', async ({
  pool,
}) => {
  await seedHome(pool)
  await pool.query('delete from device')
  const gateway = 'gw-made-up'
  const add = (uid: string, kind: 'motion' | 'open') =>
    addDevice(pool, { gateway, uid, kind, room: '현관', role: 'exit', silentAfter: HOUR }, NOW)
  const roles = async () =>
    (await devicesOf(pool, gateway)).map(({ uid, role }) => `${uid} ${role}`)
  await add('pir', 'motion')
  expect(await roles()).toEqual(['pir exit'])
  await add('door', 'open')
  expect((await roles()).toSorted()).toEqual(['door exit', 'pir inner'])
  await pool.query(`update device set lost_since = now() where uid = 'door'`)
  expect((await roles()).toSorted()).toEqual(['door exit', 'pir exit'])
})

test('a contact at a gateway that is let in no more blinds no motion sensor at the exit', async ({
  pool,
}) => {
  await seedHome(pool)
  const whose = { households: null, office: null, after: 0, limit: 1 }
  const seenBy = async () => {
    const [pir] = await devicesOf(pool, 'gw-new')
    const [home] = await homeHistories(pool, whose, { from: NOW - HOUR, to: NOW })
    return [pir?.role, home?.byMotion]
  }
  const door = { gateway: 'gw-made-up', uid: 'door-2', kind: 'open', room: '현관' } as const
  await addDevice(pool, { ...door, role: 'exit', silentAfter: HOUR }, NOW)
  await addGateway(pool, { gateway: 'gw-new', household: 'home-of-gw-made-up' }, NOW)
  const pir = { ...door, gateway: 'gw-new', uid: 'pir', kind: 'motion' } as const
  await addDevice(pool, { ...pir, role: 'exit', silentAfter: HOUR }, NOW)
  expect(await seenBy()).toEqual(['inner', false])
  await disableGateway(pool, 'gw-made-up', NOW)
  expect(await seenBy()).toEqual(['exit', true])
})

test('what a fridge does by itself is known over new connections and after a restart', async ({
  pool,
}) => {
  await seedHome(pool)
  const device = { gateway: 'gw-made-up', uid: 'plug', kind: 'power', room: '주방' } as const
  await addDevice(pool, { ...device, role: 'plug', silentAfter: HOUR }, NOW)
  let now = NOW
  const clock = { speed: 1, now: () => now, after: () => Promise.resolve() }
  const open = () => openIngest({ pool, clock, log: pino({ level: 'silent' }), retentionDays: 90 })
  let seq = 0
  const run = async (ingest: ReturnType<typeof open>) => {
    for (const n of [0, 90]) {
      now += 25 * MINUTE
      const r = [{ d: 'plug', m: 'power', n }]
      const payload = Buffer.from(JSON.stringify({ v: 1, boot: 'b1', seq: ++seq, r }))
      await ingest.accept({ gateway: 'gw-made-up', topic: 'anbu/1/gw-made-up/up/data', payload })
    }
  }
  {
    await using ingest = open()
    for (let i = 0; i < 13; i++) {
      await run(ingest)
      if (i === 5) ingest.forget('gw-made-up')
    }
    // Written beside the readings: nobody waits for it.
    await vi.waitFor(async () => expect(await kept(pool)).toBe(1))
  }
  await using ingest = open()
  await run(ingest)
  const { rows } = await pool.query(`select active from reading where value = 90 order by at`)
  // The thirteenth rise is 10 hours after the first.
  expect(rows.map(({ active }) => active)).toEqual([...Array(12).fill(true), false, false])
})

async function kept(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::int as kept from device where jsonb_path_exists(machines, '$[*] ? (@.provenAt != null)')`,
  )
  return rows[0].kept
}
