import pg from 'pg'
import type { z } from 'zod'

/** What a statement runs on: the pool, or one client inside a transaction. */
export type Db = pg.Pool | pg.ClientBase

// timestamptz (OID 1184) becomes Millis here and nowhere else; bigint (20) a number: our counters stay far below 2^53.
const TIMESTAMPTZ = 1184
const BIGINT = 20
const parsers = new Map<number, (text: string) => unknown>([
  [TIMESTAMPTZ, (text) => Date.parse(text)],
  [BIGINT, Number],
])
const types = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format),
}

/** Opens the pool. Instants come back as `Millis`; pass them in with `instant`. Ends with `pool.end()`. */
export function openPool(connectionString: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    types,
    // Sessions speak UTC in ISO, so that Date.parse reads what PostgreSQL writes.
    options: '-c timezone=UTC -c datestyle=ISO',
    ...options,
  })
  // A client that loses its server emits this, idle or in the middle of a transaction: unheard it would end the
  // process. Whoever uses the client gets an error from its query, and the pool opens a fresh one.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** Runs one statement and parses every row, so a type is declared once: in zod. */
export async function query<Row>(
  db: Db,
  row: z.ZodType<Row>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await db.query(text, [...values])
  return result.rows.map((each) => row.parse(each))
}

/** Runs `work` in one transaction: all of it, or nothing. */
export async function transaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // A client that cannot even roll back is thrown away, not given to the next.
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}

/** An instant as PostgreSQL reads it. */
export function instant(at: number): string
export function instant(at: number | null): string | null
export function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
