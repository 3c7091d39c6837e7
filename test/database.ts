import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject, test as base } from 'vitest'
import { openPool } from '../services/store/pool.ts'

/**
 * A test with a database of its own: `url`, a fresh copy of the migrated template, and `pool` on it. The copy is
 * made only for tests that ask for one. What a test leaves connected fails it.
 */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('url', async ({}, { onCleanup }) => {
    const [url, drop] = await copyDatabase(inject('postgres'), 'template')
    onCleanup(drop)
    return url
  })
  .extend('pool', async ({ url }, { onCleanup }) => {
    const pool = openPool(url)
    onCleanup(() => endPool(pool))
    return pool
  })

/** Copies a database of the server at `server`: the copy's address, and what drops it again. */
export async function copyDatabase(
  server: string,
  from: string,
): Promise<[url: string, drop: () => Promise<void>]> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Copying the files takes 35 ms; the default, by the log, 85.
  const how = `template ${from} strategy file_copy`
  await onServer(server, (admin) => admin.query(`create database ${name} ${how}`))
  const drop = () =>
    onServer(server, async (admin) => {
      const left = await leftConnected(admin, name)
      await admin.query(`drop database ${name} with (force)`)
      if (left.length > 0)
        throw new Error(`the test left connections open, last used for:\n${left.join('\n')}`)
    })
  return [new URL(`/${name}`, server).href, drop]
}

/** Ends a pool, and fails when one of its clients was never given back. */
export async function endPool(pool: pg.Pool): Promise<void> {
  const patience = new AbortController()
  const stuck = sleep(2000, 'stuck', { signal: patience.signal }).catch(() => 'ended')
  const ended = await Promise.race([pool.end().then(() => 'ended'), stuck])
  patience.abort()
  if (ended === 'stuck')
    throw new Error('the test took a client from the pool and never released it')
}

/** Runs `work` as the server's administrator. */
export async function onServer(
  url: string,
  work: (admin: pg.Client) => Promise<unknown>,
): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}

// A connection that was just closed takes the server a moment to forget.
async function leftConnected(admin: pg.Client, database: string): Promise<string[]> {
  for (let tries = 0; ; tries++) {
    const { rows } = await admin.query<{ query: string }>(
      'select query from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [database],
    )
    if (rows.length === 0 || tries === 40) return rows.map((row) => row.query)
    await sleep(50)
  }
}
