import type pg from 'pg'
import { describe, expect } from 'vitest'
import { DAY } from '../../services/core/time.ts'
import {
  type StoredReading,
  commitNew,
  makePartitions,
  tidy,
} from '../../services/store/readings.ts'
import { NOW, seedHome } from '../broker/door.ts'
import { test } from '../optional.ts'

async function motionAt(pool: pg.Pool, at: number): Promise<StoredReading> {
  const { rows } = await pool.query<Pick<StoredReading, 'deviceId' | 'householdId' | 'slot'>>(
    `select id as "deviceId", household_id as "householdId", slot from device where uid = 'pir'`,
  )
  const [pir] = rows
  if (!pir) throw new Error('the home has a motion sensor')
  return { ...pir, at, kind: 'motion', nature: 'event', value: 1, active: true, exit: false }
}

async function daysStored(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`select at from reading order by at`)
  return rows.map(({ at }) => (at - NOW) / DAY)
}

// As pg_dump does with all tables, from its first to its last.
async function beginBackup(pool: pg.Pool): Promise<() => Promise<void>> {
  const backup = await pool.connect()
  await backup.query('begin')
  await backup.query('lock table reading, activity, ran in access share mode')
  return async () => {
    await backup.query('rollback')
    backup.release()
  }
}

// A house whose last day of readings has passed, and which stores on.
async function storesThrough(pool: pg.Pool): Promise<void> {
  await seedHome(pool)
  await makePartitions(pool, NOW - 100 * DAY, NOW)
  await commitNew(pool, [await motionAt(pool, NOW - 100 * DAY)], [], NOW)
  const end = await beginBackup(pool)
  await tidy(pool, NOW + DAY, 90)
  await commitNew(pool, [await motionAt(pool, NOW + DAY)], [], NOW + DAY)
  expect(await daysStored(pool)).toEqual([-100, 1])
  await end()
  await tidy(pool, NOW + DAY, 90)
  expect(await daysStored(pool)).toEqual([1])
}

describe('while a backup reads the tables', () => {
  test('a new day begins and is stored; an old one goes when the backup is over', ({ pool }) =>
    storesThrough(pool))

  test('on TimescaleDB too', { tags: 'timescaledb' }, ({ timescale }) => storesThrough(timescale))
})

test('two who make the same days at once both find them made', async ({ pool }) => {
  const make = () => makePartitions(pool, NOW, NOW + 3 * DAY)
  await Promise.all([make(), make(), make()])
  const { rows } = await pool.query(
    `select count(*)::int as made from pg_inherits where inhparent = 'reading'::regclass`,
  )
  expect(rows).toEqual([{ made: 4 }])
})
