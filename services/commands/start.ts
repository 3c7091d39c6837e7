import { STANDARD_PLAN } from '../core/plan.ts'
import { wallClock } from '../clock.ts'
import { addPlan } from '../store/homes.ts'
import { migrate } from '../store/migrate.ts'
import { openPool } from '../store/pool.ts'
import { aborted, openDatabase, openLog, readEnvironment, untilStopped } from './context.ts'
import { loadSecrets } from './secrets.ts'
import { SERVICES, type ServiceName, openHouse, startServices } from './services.ts'

/** `anbu start [service...]`: runs services until the process is asked to end. */
export async function start(names: readonly ServiceName[]): Promise<void> {
  const env = readEnvironment(process.env)
  const log = openLog(env)
  const stop = untilStopped()
  await using open = new AsyncDisposableStack()
  const databaseUrl = await openDatabase(env, env.ANBU_DATA_DIR, log, open)
  // Every process may migrate: the first does, the others wait for its lock and find nothing to do.
  await migrateAt(databaseUrl)
  const secrets = await loadSecrets(env, env.ANBU_DATA_DIR)
  const house = openHouse({ env, databaseUrl, secrets, clock: wallClock, log }, open)
  const running = await startServices(house, names.length > 0 ? names : SERVICES, open)
  log.info({ ...running, services: names }, 'started')
  await aborted(stop)
  log.info('stopping')
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
