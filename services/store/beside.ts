import pg from 'pg'
import { z } from 'zod'
import { Plan } from '../../schemas/plan.ts'
import { addPlan } from './homes.ts'
import { type Db, query } from './pool.ts'
import { Standing } from './replays.ts'

/**
 * Opens the database `name` beside the one at `url`, on the same server, and resolves with its address. What stands
 * there already is kept when `keep` says so, and forgotten otherwise. The database at `url` is not touched.
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
  await onServer(url, async (server) => {
    await server.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    await server.query(`create database ${pg.escapeIdentifier(name)}`)
    // What a power cut takes is the end, in the order in which it was written: where the replay stands goes with it.
    await server.query(`alter database ${pg.escapeIdentifier(name)} set synchronous_commit = off`)
  })
  return beside.href
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
