import type { Environment } from '../../schemas/environment.ts'
import { STANDARD_PLAN } from '../core/plan.ts'
import { wallClock } from '../clock.ts'
import { addPlan } from '../store/homes.ts'
import { migrate } from '../store/migrate.ts'
import { openPool } from '../store/pool.ts'
import {
  UsageError,
  aborted,
  openDatabase,
  openLog,
  readEnvironment,
  untilStopped,
} from './context.ts'
import { loadSecrets } from './secrets.ts'
import { SERVICES, type ServiceName, openHouse, startServices } from './services.ts'

/** `anbu start [service...]`: runs services until the process is asked to end. */
export async function start(
  names: readonly ServiceName[],
  given: { readonly mqttUrl?: string },
): Promise<void> {
  const env = readEnvironment({
    ...process.env,
    ...(given.mqttUrl === undefined ? {} : { ANBU_MQTT_URL: given.mqttUrl }),
  })
  const log = openLog(env)
  const stop = untilStopped()
  await using open = new AsyncDisposableStack()
  const databaseUrl = await openDatabase(env, env.ANBU_DATA_DIR, log, open)
  // Every process may migrate: the first does, the others wait for its lock and find nothing to do.
  await migrateAt(databaseUrl)
  const secrets = await loadSecrets(env, env.ANBU_DATA_DIR)
  const house = openHouse({ env, databaseUrl, secrets, clock: wallClock, log }, open)
  const services = names.length > 0 ? names : allBy(env)
  const running = await startServices(house, services, open).catch(explain)
  log.info({ ...running, services }, 'started')
  await aborted(stop)
  log.info('stopping')
}

// Which port it was that somebody has already is all that can be told; that it can be another is worth more than a stack.
function explain(error: unknown): never {
  if (error instanceof Error && 'port' in error && 'syscall' in error && error.syscall === 'listen')
    throw new UsageError(
      `cannot listen there (${error.message}): end what does, or set another port (ANBU_MQTT_PORT, ANBU_TLS_PORT, ANBU_WS_PORT, ANBU_HTTP_PORT)`,
      { cause: error },
    )
  throw error
}

function allBy(env: Environment): readonly ServiceName[] {
  return SERVICES.filter((name) => name !== 'ingest' || env.ANBU_MQTT_URL !== undefined)
}

/** `anbu migrate`: brings the database to this version, and returns what was run. */
export async function migrateAt(databaseUrl: string): Promise<string[]> {
  const pool = openPool(databaseUrl, { max: 1 })
  try {
    const ran = await migrate(pool)
    await addPlan(pool, STANDARD_PLAN)
    return ran
  } catch (error) {
    throw isAway(error) ? notLetIn(databaseUrl, error) : error
  } finally {
    await pool.end()
  }
}

/** Says which database does not let us in, without its password. */
export function notLetIn(databaseUrl: string, error: Error & { code: string }): UsageError {
  const { host, pathname } = new URL(databaseUrl)
  return new UsageError(
    `the database ${pathname.slice(1)} at ${host} does not let us in (${error.message || error.code}): is it there, and is ANBU_DATABASE_URL right?`,
    { cause: error },
  )
}

/**
 * Whether a database cannot be reached: what Node says of a line (ECONNREFUSED, ENOTFOUND ...), and PostgreSQL of who
 * asks; class 28 is a wrong password, 3D000 no such database, 57P03 that it is starting.
 */
export function isAway(error: unknown): error is Error & { code: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(E[A-Z]+|28...|3D000|57P03)$/.test(code)
}
