import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { Environment } from '../../schemas/environment.ts'
import type { Person } from '../../schemas/household.ts'
import { wallClock } from '../clock.ts'
import { signInLink } from '../console/session.ts'
import { type Clock, HOUR } from '../core/time.ts'
import type { Queue } from '../queue/queue.ts'
import { addPerson } from '../store/homes.ts'
import { openPool } from '../store/pool.ts'
import { startServer } from '../store/server.ts'
import { openLog, readEnvironment } from './context.ts'
import { openInbox } from './inbox.ts'
import { freePort } from './ports.ts'
import { loadSecrets } from './secrets.ts'
import { type Addresses, type House, openHouse } from './services.ts'
import { migrateAt } from './start.ts'

/** A house that troubles nobody: its own database, a clock of its own, and messages that stay on this machine. */
export type Sandbox<C extends Clock = Clock> = House & { readonly clock: C }

/** Where the sandbox lives, on which clock, and who works there. */
export type SandboxOptions<C extends Clock> = {
  readonly dataDir: string
  /** Forget what an earlier run left. */
  readonly fresh: boolean
  readonly people: readonly Person[]
  /** Makes the clock, as it stands at the start. */
  readonly clock: (pool: pg.Pool) => Promise<C>
  /** The database to live in; without it, one on a server of its own in `dataDir`. */
  readonly databaseUrl?: string | undefined
  readonly queue?: Queue
  /** Hears of what is otherwise than it was asked for; else it is printed. */
  readonly tell?: (line: string) => void
}

/** Opens a sandbox. No service runs yet, and the clock stands. It closes with `open`. */
export async function openSandbox<C extends Clock>(
  options: SandboxOptions<C>,
  open: AsyncDisposableStack,
): Promise<Sandbox<C>> {
  const { dataDir, queue, tell = say } = options
  const given = harmless(process.env)
  const log = openLog(given)
  const databaseUrl = options.databaseUrl ?? (await ownServer(options, log, open))
  await migrateAt(databaseUrl)
  const secrets = await loadSecrets(given, dataDir)
  const inbox = open.use(await openInbox(secrets.webhookSecret))
  const env: Environment = {
    ...given,
    ...(await choosePorts(given, tell)),
    // A replayed year comes as fast as it can be stored.
    ANBU_GATEWAY_KIB_PER_SECOND: 1_000_000,
    ANBU_SMTP_URL: inbox.smtpUrl,
    // The inbox is on this machine.
    ANBU_OUTSIDE_ALLOW: ['127.0.0.0/8'],
    ANBU_DATA_DIR: dataDir,
  }
  const clock = await settle(databaseUrl, options, inbox.webhookUrl)
  return { ...openHouse({ env, databaseUrl, secrets, clock, log }, open, queue), clock }
}

// Whatever reaches somebody in the house for real is not even read here, whatever will be added to it.
const HARMLESS = [
  'ANBU_HOST',
  'ANBU_MQTT_PORT',
  'ANBU_HTTP_PORT',
  'ANBU_TIME_ZONE',
  'ANBU_RETENTION_DAYS',
  'ANBU_LOG_LEVEL',
] as const

function harmless(variables: NodeJS.ProcessEnv): Environment {
  const kept = HARMLESS.map((name) => [name, variables[name] ?? ''])
  const given = Object.fromEntries(kept)
  return readEnvironment({ ...given, ANBU_LOG_LEVEL: variables['ANBU_LOG_LEVEL'] ?? 'error' })
}

async function ownServer(
  { dataDir, fresh }: Pick<SandboxOptions<Clock>, 'dataDir' | 'fresh'>,
  log: Logger,
  open: AsyncDisposableStack,
): Promise<string> {
  if (fresh) await forget(dataDir)
  return open.use(await startServer({ dataDir, log })).url
}

/** A link that opens the console signed in as the supervisor, for as long as a sandbox may run. */
export function invite(house: Sandbox, people: readonly Person[], addresses: Addresses): string {
  const person = people.find((each) => each.role === 'supervisor')?.person ?? ''
  const base = addresses.console ?? ''
  const until = wallClock.now() + 12 * HOUR
  return signInLink({ key: house.secrets.sessionKey, base, person, until })
}

/** Says something to whoever sits at the terminal. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

// A server that outlived a killed run is taken over and stopped, before its files go.
async function forget(dataDir: string): Promise<void> {
  await (await startServer({ dataDir }))[Symbol.asyncDispose]()
  await rm(join(dataDir, 'postgres'), { recursive: true, force: true })
}

async function choosePorts(
  env: Environment,
  tell: (line: string) => void,
): Promise<Partial<Environment>> {
  const choose = (name: 'ANBU_MQTT_PORT' | 'ANBU_HTTP_PORT') =>
    freePort(env.ANBU_HOST, env[name], (port) =>
      tell(`Port ${port} is taken: trying the next one (${name} sets another).`),
    )
  const mqtt = await choose('ANBU_MQTT_PORT')
  return { ANBU_MQTT_PORT: mqtt, ANBU_HTTP_PORT: await choose('ANBU_HTTP_PORT') }
}

async function settle<C extends Clock>(
  databaseUrl: string,
  { people, clock }: SandboxOptions<C>,
  webhookUrl: string,
): Promise<C> {
  const pool = openPool(databaseUrl, { max: 1 })
  try {
    // Planners are told by webhook and, should that fail, by mail; the others by mail.
    for (const person of people)
      await addPerson(pool, { ...person, webhook: person.role === 'planner' ? webhookUrl : null })
    return await clock(pool)
  } finally {
    await pool.end()
  }
}
