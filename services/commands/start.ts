import type { Environment } from '../../schemas/environment.ts'
import { STANDARD_PLAN } from '../core/plan.ts'
import { wallClock } from '../clock.ts'
import { addPlan } from '../store/homes.ts'
import { migrate } from '../store/migrate.ts'
import { openPool } from '../store/pool.ts'
import { aborted, openDatabase, openLog, readEnvironment, untilStopped } from './context.ts'
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
  const running = await startServices(house, services, open)
  log.info({ ...running, services }, 'started')
  await aborted(stop)
  log.info('stopping')
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
  } finally {
    await pool.end()
  }
}
