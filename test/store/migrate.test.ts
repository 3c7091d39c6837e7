import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { expect, inject } from 'vitest'
import { migrate, MIGRATIONS } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { seedHome } from '../broker/door.ts'
import { endPool, test as base } from '../database.ts'

// A database that nobody has migrated yet.
const test = base.extend('empty', async ({ url }, { onCleanup }) => {
  const server = openPool(inject('postgres'))
  const name = `${new URL(url).pathname.slice(1)}_empty`
  await server.query(`create database ${name}`)
  onCleanup(async () => {
    await server.query(`drop database ${name} with (force)`)
    await server.end()
  })
  return new URL(`/${name}`, url).href
})

test('an empty database is brought to the newest form, and stays as it is the second time', async ({
  empty,
}) => {
  const pool = openPool(empty)
  const ran = await migrate(pool)
  expect(ran).toEqual(ran.toSorted())
  expect(ran).toContain('0001_homes.sql')
  expect(await migrate(pool)).toEqual([])
  await endPool(pool)
})

test('of several that start at once one migrates, and the others wait for it', async ({
  empty,
}) => {
  const pools = Array.from({ length: 4 }, () => openPool(empty))
  const ran = await Promise.all(pools.map((pool) => migrate(pool)))
  expect(ran.filter((names) => names.length > 0)).toHaveLength(1)
  await Promise.all(pools.map(endPool))
})

test('of a migration that fails nothing is kept, and after its repair it runs', async ({
  empty,
}) => {
  const dir = await mkdtemp(join(tmpdir(), 'migrations-'))
  const [pool, url] = [openPool(empty), pathToFileURL(`${dir}/`)]
  await cp(MIGRATIONS, url, { recursive: true })
  await writeFile(join(dir, '9998_a.sql'), 'create table half (n int); select 1 / 0')
  await expect(migrate(pool, url)).rejects.toThrow('9998_a.sql')
  expect(await tables(pool)).not.toContain('half')
  expect(await tables(pool)).toContain('household')
  await writeFile(join(dir, '9998_a.sql'), 'create table half (n int)')
  expect(await migrate(pool, url)).toEqual(['9998_a.sql'])
  expect(await tables(pool)).toContain('half')
  await endPool(pool)
  await rm(dir, { recursive: true })
})

test('what was learnt by an older model is learnt anew at once, not in the next night', async ({
  empty,
}) => {
  const dir = await mkdtemp(join(tmpdir(), 'migrations-'))
  const [pool, url] = [openPool(empty), pathToFileURL(`${dir}/`)]
  await cp(MIGRATIONS, url, { recursive: true })
  await rm(join(dir, '0035_relearn.sql'))
  await migrate(pool, url)
  await pool.query(`with home as (
      insert into household (household, office, alias, dong, time_zone, tier, watched_since)
      values ('h-1', 'gwanak', 'made up', '가상동', 'Asia/Seoul', 'mid', now()) returning id
    ) insert into watch (household_id, last_activity_at, presence_since, deadline_at, learn_at)
      select id, now(), now(), now(), now() + interval '20 hours' from home`)
  const due = 'select from watch where learn_at <= now()'
  expect((await pool.query(due)).rowCount).toBe(0)
  expect(await migrate(pool)).toEqual(['0035_relearn.sql'])
  expect((await pool.query(due)).rowCount).toBe(1)
  await endPool(pool)
  await rm(dir, { recursive: true })
})

test('a device whose name was not composed is known by its composed name', async ({ empty }) => {
  const dir = await mkdtemp(join(tmpdir(), 'migrations-'))
  const [pool, url] = [openPool(empty), pathToFileURL(`${dir}/`)]
  await cp(MIGRATIONS, url, { recursive: true })
  await rm(join(dir, '0012_composed.sql'))
  await migrate(pool, url)
  await seedHome(pool)
  const [apart, whole] = ['안방'.normalize('NFD'), '안방']
  await pool.query(`update device set uid = $1 where uid = 'pir'`, [apart])
  // Half composed it is another spelling of the same name: the first device has it.
  const half = `안${'방'.normalize('NFD')}`
  await pool.query(`update device set uid = $1 where uid = 'door'`, [half])
  await migrate(pool)
  const { rows } = await pool.query('select uid from device order by id')
  expect(rows).toEqual([{ uid: whole }, { uid: half }])
  await endPool(pool)
  await rm(dir, { recursive: true })
})

test('plain PostgreSQL keeps readings, activity and what ran in partitions by time', async ({
  pool,
}) => {
  const { rows } = await pool.query(
    `select partrelid::regclass::text as name, partstrat from pg_partitioned_table order by name`,
  )
  expect(rows).toEqual([
    { name: 'activity', partstrat: 'r' },
    { name: 'ran', partstrat: 'r' },
    { name: 'reading', partstrat: 'r' },
  ])
})

async function tables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace`,
  )
  return rows.map((row) => row.name)
}
