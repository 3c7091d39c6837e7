import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { NATURES } from '../../schemas/reading.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { addDevice, addGateway, addHousehold } from '../../services/store/homes.ts'
import {
  Repeated,
  type StoredReading,
  commit,
  commitNew,
  makePartitions,
} from '../../services/store/readings.ts'
import { NOW } from '../broker/door.ts'
import { test } from '../optional.ts'

const HOMES = 2
const DEVICES = 2

/** The home and the slot of each device, by its number. */
type Town = readonly { deviceId: number; householdId: number; slot: number }[]

async function buildTown(pool: pg.Pool): Promise<Town> {
  const common = { office: 'made-up-gu', dong: '가상동', timeZone: 'Asia/Seoul', planner: null }
  for (let home = 0; home < HOMES; home++) {
    const [household, gateway] = [`home-${home}`, `gw-${home}`]
    await addHousehold(pool, { ...common, household, alias: household, tier: 'mid' }, NOW - HOUR)
    await addGateway(pool, { gateway, household }, NOW)
    for (let n = 0; n < DEVICES; n++) await assign(pool, gateway, `s${n}`)
  }
  await makePartitions(pool, NOW - 2 * HOUR, NOW + HOUR)
  const { rows } = await pool.query<Town[number]>(
    'select id as "deviceId", household_id as "householdId", slot from device order by id',
  )
  return rows
}

function assign(pool: pg.Pool, gateway: string, uid: string): Promise<number> {
  const sensor = { kind: 'motion', room: '거실', role: 'inner', silentAfter: 12 * HOUR } as const
  return addDevice(pool, { ...sensor, gateway, uid }, NOW)
}

// Few devices and instants, so that much of it is late, at the same time, or said twice; and before and after the
// home began to be watched, at NOW - HOUR.
const said = fc.record({
  device: fc.nat(HOMES * DEVICES - 1),
  minute: fc.constantFrom(-70, -60, -46, -45, 0),
  kind: fc.constantFrom('motion', 'open', 'battery'),
  nature: fc.constantFrom(...NATURES),
  value: fc.nat(2),
  sign: fc.constantFrom('none', 'inner', 'exit'),
})
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never

// What is sent again is the same in all that it says, not only in its key.
const stream = fc.uniqueArray(said, {
  maxLength: 40,
  selector: (r) => `${r.device} ${r.minute} ${r.kind} ${r.value}`,
})

/** A stream, and how it came: in another order, some of it again, in batches. */
const arrivals = stream.chain((all) =>
  fc.record({
    all: fc.constant(all),
    batches: fc
      .tuple(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.shuffledSubarray(all),
        fc.array(fc.nat(2 * all.length), { maxLength: 6 }),
      )
      .map(([shuffled, repeats, cuts]) => split([...shuffled, ...repeats], cuts)),
  }),
)

function split(items: readonly Said[], cuts: readonly number[]): Said[][] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), items.length]
  return places.slice(1).map((end, i) => items.slice(places[i], end))
}

function reading(town: Town, { device, minute, sign, ...rest }: Said): StoredReading {
  const home = town[device]
  if (!home) throw new Error(`the town has no device ${device}`)
  const [active, exit] = [sign !== 'none', sign === 'exit']
  return { ...home, ...rest, at: NOW + minute * MINUTE, active, exit }
}

function readings(town: Town, batch: readonly Said[]): StoredReading[] {
  return batch.map((each) => reading(town, each))
}

async function whatIsKnown(pool: pg.Pool): Promise<unknown[]> {
  const tables = ['reading', 'activity', 'watch', 'device', 'gateway']
  const found = await Promise.all(
    tables.map((table) => pool.query(`select * from ${table} t order by t::text`)),
  )
  return found.map(({ rows }) => rows)
}

async function forget(pool: pg.Pool): Promise<void> {
  await pool.query('truncate reading, activity')
  await pool.query(
    `update watch set last_activity_at = presence_since, last_device_id = null, last_inner_at = null,
       last_exit_at = null, deadline_at = presence_since`,
  )
  await pool.query(
    `update device set last_seen_at = null, last_active_at = null, battery = null, battery_at = null,
       opened_at = null, closed_at = null`,
  )
  await pool.query('update gateway set last_seen_at = null')
}

// As ingest does: all as new, and when it is not, by the careful way.
async function storeNew(pool: pg.Pool, batch: readonly StoredReading[]): Promise<void> {
  try {
    await commitNew(pool, batch, ['gw-0'], NOW)
  } catch (error) {
    if (!(error instanceof Repeated)) throw error
    await commit(pool, batch, ['gw-0'], NOW)
  }
}

async function anyOrder(pool: pg.Pool): Promise<void> {
  const town = await buildTown(pool)
  const property = fc.asyncProperty(arrivals, fc.boolean(), async ({ all, batches }, hopeful) => {
    await forget(pool)
    await commit(pool, [], ['gw-0'], NOW)
    for (const each of all.toSorted((a, b) => a.minute - b.minute))
      await commit(pool, readings(town, [each]), ['gw-0'], NOW)
    const expected = await whatIsKnown(pool)
    await forget(pool)
    for (const batch of batches)
      if (hopeful) await storeNew(pool, readings(town, batch))
      else await commit(pool, readings(town, batch), ['gw-0'], NOW)
    expect(await whatIsKnown(pool)).toEqual(expected)
  })
  await fc.assert(property, { numRuns: 150 })
}

describe('late, repeated, in whatever batches: the database is that of the ordered stream', () => {
  test('on PostgreSQL', ({ pool }) => anyOrder(pool), 60_000)
  test('on TimescaleDB', { tags: 'timescaledb', timeout: 60_000 }, ({ timescale }) =>
    anyOrder(timescale),
  )
})

describe('a device has a bit of its own among the sensors of its home', () => {
  test('the lowest that is free, and it keeps it', async ({ pool }) => {
    await buildTown(pool)
    await pool.query(`delete from device where gateway = 'gw-0' and uid = 's0'`)
    await assign(pool, 'gw-0', 's1')
    await assign(pool, 'gw-0', 'new')
    await assign(pool, 'gw-0', 'newer')
    const { rows } = await pool.query(
      `select uid, slot from device where gateway = 'gw-0' order by id`,
    )
    expect(rows).toEqual([
      { uid: 's1', slot: 1 },
      { uid: 'new', slot: 0 },
      { uid: 'newer', slot: 2 },
    ])
  })

  test('even when all are assigned at once; beyond the 31st they share the last', async ({
    pool,
  }) => {
    await buildTown(pool)
    await Promise.all(Array.from({ length: 31 }, (_, n) => assign(pool, 'gw-0', `more${n}`)))
    const { rows } = await pool.query(
      `select array_agg(slot order by slot) as slots from device where gateway = 'gw-0'`,
    )
    expect(rows).toEqual([{ slots: [...Array.from({ length: 31 }, (_, n) => n), 30, 30] }])
  })
})
