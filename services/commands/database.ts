import type pg from 'pg'
import type { z } from 'zod'
import { openPool } from '../store/pool.ts'
import { findServer, startServer } from '../store/server.ts'
import { UsageError, aborted, openLog, readEnvironment, untilStopped } from './context.ts'
import { migrateAt } from './start.ts'

/** Reads what was given on the command line. Throws `UsageError` with every field that is wrong. */
export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  throw new UsageError(wrong.join('\n'))
}

/** Runs `work` on the installation's database: the one that is set, one that runs already, or our own. */
export async function onDatabase<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const env = readEnvironment(process.env)
  const dataDir = env.ANBU_DATA_DIR
  // `anbu start` runs beside us most of the time: then we are its guest, and leave its server as it is.
  const running = env.ANBU_DATABASE_URL ?? (await findServer(dataDir))
  if (running !== null) return await workOn(running, work)
  const stop = untilStopped()
  await using server = await startServer({ dataDir, log: openLog(env) })
  // Ours goes with us, also when we are told to end in the middle of the work; who works finds its sessions closed.
  const stopped = aborted(stop).then(() => {
    void server[Symbol.asyncDispose]()
    throw new UsageError('ended before it was done')
  })
  return await Promise.race([workOn(server.url, work), stopped])
}

async function workOn<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  await migrateAt(url)
  const pool = openPool(url, { max: 2 })
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}
