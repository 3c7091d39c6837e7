import pg from 'pg'
import { z } from 'zod'
import { Plan } from '../../schemas/plan.ts'
import { addPlan } from './homes.ts'
import { type Db, query } from './pool.ts'
import { Standing } from './replays.ts'

/** A database that no replay has made, and that is therefore not dropped for one. */
export class NotAReplay extends Error {}

const MARK = 'made by anbu replay'

/**
 * Opens the database `name` beside the one at `url`, on the same server, and resolves with its address. What a replay
 * has left there is kept when `keep` says so, and forgotten otherwise. The database at `url` is not touched. Throws
 * `NotAReplay` when something else stands there.
 */
export async function openBeside(
  url: string,
  name: string,
  keep: (standing: Standing) => boolean,
): Promise<string> {
  const beside = new URL(url)
  beside.pathname = `/${name}`
  const standing = await standingAt(beside.href)
  if (standing && keep(standing)) return beside.href
  if (!standing && !(await isFree(url, beside.href, name)))
    throw new NotAReplay(
      `the database ${name} at ${beside.host} was not made by a replay: rename it or drop it, for a replay needs that name`,
    )
  await onServer(url, async (server) => {
    await server.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    await server.query(`create database ${pg.escapeIdentifier(name)}`)
    await server.query(`comment on database ${pg.escapeIdentifier(name)} is '${MARK}'`)
    // What a power cut takes is the end, in the order in which it was written: where the replay stands goes with it.
    await server.query(`alter database ${pg.escapeIdentifier(name)} set synchronous_commit = off`)
  })
  return beside.href
}

// Whether there is none of that name, or one that a replay has made, or one without a table: whoever is killed between
// making it and saying so leaves that.
async function isFree(url: string, beside: string, name: string): Promise<boolean> {
  const found = await onServer(url, (server) =>
    server.query(
      `select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1`,
      [name],
    ),
  )
  if (found.rows.length === 0 || found.rows[0].mark === MARK) return true
  const tables = await onServer(beside, (db) =>
    db.query(
      `select from pg_class where relkind in ('r', 'p') and relnamespace <> all
         (array['pg_catalog', 'information_schema']::regnamespace[]) limit 1`,
    ),
  )
  return tables.rowCount === 0
}

// Null when there is no such database, or nothing was replayed in it yet.
async function standingAt(url: string): Promise<Standing | null> {
  try {
    return await onServer(url, async (db) => {
      const { rows } = await db.query(`select value from setting where name = 'replay'`)
      return Standing.nullable().parse(rows[0]?.value ?? null)
    })
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

// 3D000 invalid_catalog_name, 42P01 undefined_table.
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === '3D000' || code === '42P01'
}

async function onServer<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Takes over the escalation plans of another house: what staff there would be told by. */
export async function copyPlans(from: Db, to: Db): Promise<void> {
  const row = z.object({ plan: z.string(), version: z.int(), body: z.unknown() })
  for (const { body } of await query(from, row, 'select plan, version, body from plan'))
    await addPlan(to, Plan.parse(body))
}
