import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { expect } from 'vitest'
import { TOPIC } from '../../schemas/reading.ts'
import { openPool } from '../../services/store/pool.ts'
import { test } from '../optional.ts'
import { openLine } from '../servers/line.ts'
import { NOW, connectGateway, openHouse, seedHome, send, stored } from './door.ts'

const iso = (at: number) => new Date(at).toISOString()

async function repeats(pool: pg.Pool): Promise<void> {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const readings = Array.from({ length: 300 }, (_, i) => ({
    d: 'pir',
    m: 'motion',
    b: i % 2 === 0,
    t: iso(NOW - i * 1000),
  }))
  for (const [start, end] of [
    [0, 200],
    [100, 300],
    [0, 300],
  ])
    await send(gateway, readings.slice(start, end))
  expect(await stored(pool)).toHaveLength(300)
  const { rows } = await pool.query('select sum(events)::int as events from activity')
  // 300 readings, every second one a movement: 150 signs of life, counted once each.
  expect(rows).toEqual([{ events: 150 }])
  await gateway.endAsync()
}

test('what is acknowledged is stored, once, however often it is sent', ({ pool }) => repeats(pool))

test('on TimescaleDB too', { tags: 'timescaledb' }, ({ timescale }) => repeats(timescale))

test('one statement moves the home, the device and the gateway forward, and never back', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW + 60_000) }])
  await send(gateway, [{ d: 'door', m: 'open', b: true, t: iso(NOW + 30_000) }])
  await send(gateway, [
    { d: 'pir', m: 'motion', b: true, t: iso(NOW - 3_600_000), k: 'historical' },
  ])
  const { rows } = await pool.query(
    `select last_activity_at, last_inner_at, last_exit_at, d.uid as last_uid, p.last_seen_at
     from watch join device d on d.id = last_device_id join device p on p.uid = 'pir'`,
  )
  expect(rows).toEqual([
    {
      last_activity_at: NOW + 60_000,
      last_inner_at: NOW + 60_000,
      last_exit_at: NOW + 30_000,
      last_uid: 'pir',
      last_seen_at: NOW + 60_000,
    },
  ])
  const heard = await pool.query('select last_seen_at from gateway')
  expect(heard.rows).toEqual([{ last_seen_at: NOW }])
  await gateway.endAsync()
})

test('a snapshot is stored and is no sign of life', async ({ pool }) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW + 1), k: 'snapshot' }])
  await gateway.endAsync()
  expect(await stored(pool)).toHaveLength(1)
  const { rows } = await pool.query('select last_activity_at from watch')
  expect(rows).toEqual([{ last_activity_at: NOW }])
})

test('while PostgreSQL is away nothing is acknowledged; when it is back everything flows', async ({
  pool,
  url,
}) => {
  const secret = await seedHome(pool)
  await using line = await openLine(url)
  const through = openPool(line.url, { max: 3 })
  const house = await openHouse(through)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
  line.cut()
  const later = send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW + 1) }])
  // Long enough for several attempts (100, 200, 400 ms), none of which may answer.
  const waited = sleep(800, 'no answer')
  expect(await Promise.race([later, waited])).toBe('no answer')
  expect(gateway.connected).toBe(true)
  line.mend()
  await later
  expect(await stored(pool)).toHaveLength(2)
  await gateway.endAsync()
  await house[Symbol.asyncDispose]()
  await through.end()
})

test('so do the first words of a gateway, what cannot be read, and what nobody has assigned', async ({
  pool,
  url,
}) => {
  const secret = await seedHome(pool)
  await using line = await openLine(url)
  const through = openPool(line.url, { max: 3 })
  const house = await openHouse(through)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  line.cut()
  const words = Promise.all([
    send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }]),
    send(gateway, [{ d: 'stranger', m: 'motion', b: true, t: iso(NOW) }]),
    gateway.publishAsync(TOPIC.data('gw-made-up'), '{', { qos: 1 }),
  ])
  expect(await Promise.race([words, sleep(800, 'no answer')])).toBe('no answer')
  expect(gateway.connected).toBe(true)
  line.mend()
  await words
  expect(await stored(pool)).toHaveLength(1)
  expect((await pool.query('select uid from unassigned_device')).rows).toEqual([
    { uid: 'stranger' },
  ])
  expect((await pool.query('select reason from rejection')).rows).toEqual([
    { reason: 'unreadable' },
  ])
  await gateway.endAsync()
  await house[Symbol.asyncDispose]()
  await through.end()
})

test('a gateway whose line breaks is marked by its last will, and by its next word as back', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const will = {
    topic: TOPIC.state('gw-made-up'),
    payload: Buffer.from(JSON.stringify({ v: 1, state: 'offline', boot: 'b1' })),
    qos: 1 as const,
  }
  const gateway = await connectGateway(house, 'gw-made-up', secret, { will })
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
  gateway.stream.destroy()
  const offline = async () => (await pool.query('select offline_at from gateway')).rows
  await expect.poll(offline).toEqual([{ offline_at: NOW }])
  const back = await connectGateway(house, 'gw-made-up', secret)
  const state = JSON.stringify({ v: 1, state: 'online', boot: 'b2' })
  await back.publishAsync(TOPIC.state('gw-made-up'), state, { qos: 1 })
  expect(await offline()).toEqual([{ offline_at: null }])
  await back.endAsync()
})

test('a gateway that says it goes is back with its next word, though it was heard a moment ago', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  await using house = await openHouse(pool)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const known = async () =>
    (await pool.query('select last_seen_at, offline_at from gateway')).rows[0]
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
  expect(await known()).toEqual({ last_seen_at: NOW, offline_at: null })
  const state = JSON.stringify({ v: 1, state: 'offline', boot: 'b1' })
  await gateway.publishAsync(TOPIC.state('gw-made-up'), state, { qos: 1 })
  expect(await known()).toEqual({ last_seen_at: NOW, offline_at: NOW })
  await send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW - 1000) }])
  expect(await known()).toEqual({ last_seen_at: NOW, offline_at: null })
  await gateway.endAsync()
})

test('while a reading cannot be stored ingest does not say that it is alive, though the database answers', async ({
  pool,
}) => {
  const secret = await seedHome(pool)
  // A beat each 200 real milliseconds.
  const clock = { at: NOW, speed: 100, now: () => clock.at, after: () => Promise.resolve() }
  await using house = await openHouse(pool, clock)
  const gateway = await connectGateway(house, 'gw-made-up', secret)
  const beat = async () =>
    (await pool.query(`select at from pulse where service = 'ingest'`)).rows[0]?.at
  const locker = await pool.connect()
  await locker.query('begin; lock table reading in exclusive mode')
  const sent = send(gateway, [{ d: 'pir', m: 'motion', b: true, t: iso(NOW) }])
  const held = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(() => pool.query(held)).toMatchObject({ rowCount: 1 })
  clock.at = NOW + 60_000
  await sleep(600)
  expect(await beat()).toBe(NOW)
  await locker.query('rollback')
  locker.release()
  await sent
  await expect.poll(beat).toBe(NOW + 60_000)
  await gateway.endAsync()
})
