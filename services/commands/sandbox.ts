import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { Environment } from '../../schemas/environment.ts'
import type { Person } from '../../schemas/household.ts'
import type { Millis } from '../../schemas/time.ts'
import { fastClock, wallClock } from '../clock.ts'
import { signInLink } from '../console/session.ts'
import { HOUR } from '../core/time.ts'
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
export type Sandbox = House & { readonly clock: ReturnType<typeof fastClock> }

/** Where the sandbox lives, how fast, from when, and who works there. */
export type SandboxOptions = {
  readonly dataDir: string
  /** Forget what an earlier run left. */
  readonly fresh: boolean
  readonly speed: number
  readonly people: readonly Person[]
  /** Where the clock stands at the start. */
  readonly startsAt: (pool: pg.Pool) => Promise<Millis>
}

/** Opens a sandbox. No service runs yet, and the clock stands. It closes with `open`. */
export async function openSandbox(
  options: SandboxOptions,
  open: AsyncDisposableStack,
): Promise<Sandbox> {
  const { dataDir } = options
  const given = readEnvironment({ ANBU_LOG_LEVEL: 'error', ...process.env })
  const log = openLog(given)
  if (options.fresh) await forget(dataDir)
  const databaseUrl = open.use(await startServer({ dataDir, log })).url
  await migrateAt(databaseUrl)
  const secrets = await loadSecrets(given, dataDir)
  const inbox = open.use(await openInbox(secrets.webhookSecret))
  const env: Environment = {
    ...given,
    ...(await choosePorts(given)),
    // A replayed year comes as fast as it can be stored.
    ANBU_GATEWAY_KIB_PER_SECOND: 1_000_000,
    ANBU_SMTP_URL: inbox.smtpUrl,
    ANBU_DATA_DIR: dataDir,
    // Whatever the house for real uses, this one leaves alone.
    ANBU_DATABASE_URL: undefined,
    ANBU_REDIS_URL: undefined,
    ANBU_PUBLIC_URL: undefined,
    ANBU_SMS_PROVIDER: undefined,
    ANBU_ALIMTALK_PROVIDER: undefined,
    ANBU_NTFY_URL: undefined,
    ANBU_CAP_SENDER: undefined,
    // The inbox is on this machine.
    ANBU_OUTSIDE_ALLOW: ['127.0.0.0/8'],
  }
  const startsAt = await settle(databaseUrl, options, inbox.webhookUrl)
  const clock = fastClock(startsAt, options.speed)
  return { ...openHouse({ env, databaseUrl, secrets, clock, log }, open), clock }
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

async function choosePorts(env: Environment): Promise<Partial<Environment>> {
  const choose = (name: 'ANBU_MQTT_PORT' | 'ANBU_HTTP_PORT') =>
    freePort(env.ANBU_HOST, env[name], (port) =>
      say(`Port ${port} is taken: trying the next one (${name} sets another).`),
    )
  const mqtt = await choose('ANBU_MQTT_PORT')
  return { ANBU_MQTT_PORT: mqtt, ANBU_HTTP_PORT: await choose('ANBU_HTTP_PORT') }
}

async function settle(
  databaseUrl: string,
  { people, startsAt }: SandboxOptions,
  webhookUrl: string,
): Promise<Millis> {
  const pool = openPool(databaseUrl, { max: 1 })
  try {
    // Planners are told by webhook and, should that fail, by mail; the others by mail.
    for (const person of people)
      await addPerson(pool, { ...person, webhook: person.role === 'planner' ? webhookUrl : null })
    return await startsAt(pool)
  } finally {
    await pool.end()
  }
}
