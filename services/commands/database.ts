import type pg from 'pg'
import type { z } from 'zod'
import { openPool } from '../store/pool.ts'
import { findServer } from '../store/server.ts'
import { UsageError, openDatabase, openLog, readEnvironment } from './context.ts'
import { migrateAt } from './start.ts'

/** Reads what was given on the command line. Throws `UsageError` with every field that is wrong. */
export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new UsageError(wrong.join('\n'))
}

/** Runs `work` on the installation's database: the one that is set, one that runs already, or our own. */
export async function onDatabase<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const env = readEnvironment(process.env)
  await using open = new AsyncDisposableStack()
  const dataDir = env.ANBU_DATA_DIR
  // `anbu start` runs beside us most of the time: then we are its guest, and leave its server as it is.
  const running = env.ANBU_DATABASE_URL ?? (await findServer(dataDir))
  const databaseUrl = running ?? (await openDatabase(env, dataDir, openLog(env), open))
  await migrateAt(databaseUrl)
  const pool = open.adopt(openPool(databaseUrl, { max: 2 }), (each) => each.end())
  return await work(pool)
}
