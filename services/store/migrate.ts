import { readFile, readdir } from 'node:fs/promises'
import type pg from 'pg'

/** The migrations of this version. */
export const MIGRATIONS = new URL('migrations/', import.meta.url)

// Held while migrating, so services that start together do not race. Any constant will do.
const LOCK = 20_261_123

/** Runs, in order, each migration that has not run yet, and returns their names. Safe with many at once. */
export async function migrate(pool: pg.Pool, dir: URL = MIGRATIONS): Promise<string[]> {
  const db = await pool.connect()
  try {
    await db.query('select pg_advisory_lock($1)', [LOCK])
    await db.query(`
      create table if not exists migration (
        name text primary key,
        ran_at timestamptz not null default now()
      )`)
    const { rows } = await db.query<{ name: string }>('select name from migration')
    const ran = new Set(rows.map((row) => row.name))
    const pending = (await readdir(dir)).filter((name) => !ran.has(name)).toSorted()
    for (const name of pending) await run(db, name, await readFile(new URL(name, dir), 'utf8'))
    return pending
  } finally {
    // Ending the session frees the lock even when the connection is what failed.
    db.release(true)
  }
}

async function run(db: pg.PoolClient, name: string, sql: string): Promise<void> {
  await db.query('begin')
  try {
    await db.query(sql)
    await db.query('insert into migration (name) values ($1)', [name])
    await db.query('commit')
  } catch (error) {
    await db.query('rollback')
    throw new Error(`migration ${name} failed: nothing of it was kept`, { cause: error })
  }
}
