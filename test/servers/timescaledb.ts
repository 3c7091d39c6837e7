import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { image } from './image.ts'
import { find, HOW } from './optional.ts'
import { freePort, startTied } from './tied.ts'

/** A PostgreSQL with TimescaleDB for tests; `url` is of a role that may create databases. */
export type TimescaleServer = { readonly url: string } & AsyncDisposable

/** Starts a TimescaleDB, or takes the one that ANBU_TEST_TIMESCALEDB_URL names. */
export async function startTimescale(): Promise<TimescaleServer> {
  const found = find('timescaledb')
  if (found?.by === 'url') return { url: found.url, [Symbol.asyncDispose]: async () => undefined }
  if (found?.by === 'path') return startInRoot(found.path)
  if (found?.by === 'container') return startContainer()
  throw new Error(`timescaledb is required, but not here: ${HOW.timescaledb}`)
}

// Its scheduler connects to every database, and a database that is in use cannot be copied.
const NO_SCHEDULER = 'timescaledb.max_background_workers=0'
const BIN = '/usr/lib/postgresql/17/bin'

// The root that scripts/timescaledb.sh makes: see there.
async function startInRoot(root: string): Promise<TimescaleServer> {
  const dir = await mkdtemp(join(root, 'var', 'tmp', 'anbu-test-'))
  const inside = ['chroot', '--userspec=postgres:postgres', root]
  const [port, password] = [await freePort(), randomUUID()]
  await initialise(root, inside, dir, password)
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_preload_libraries=timescaledb',
    NO_SCHEDULER,
    // /dev/shm is not in this root.
    'dynamic_shared_memory_type=mmap',
    'fsync=off',
    'max_connections=250',
  ].flatMap((setting) => ['-c', setting])
  const command = [...inside, `${BIN}/postgres`, '-D', `/${relative(root, dir)}/data`, ...settings]
  const server = await startTied(command, 'ready to accept connections')
  return {
    url: `postgres://anbu:${password}@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function initialise(root: string, inside: string[], dir: string, password: string) {
  await writeFile(join(dir, 'password'), password)
  for (const path of [dir, join(dir, 'password')]) await chown(path, ...(await userIn(root)))
  const there = `/${relative(root, dir)}`
  const login = ['--username=anbu', '--auth=scram-sha-256', `--pwfile=${there}/password`]
  const locale = [
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  const data = ['-D', `${there}/data`, '--no-sync', '--no-instructions']
  const [program = '', ...args] = [...inside, `${BIN}/initdb`, ...data, ...login, ...locale]
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`initdb in ${root} ended with ${status}: ${stderr}`)
}

async function userIn(root: string): Promise<[uid: number, gid: number]> {
  const users = (await readFile(join(root, 'etc', 'passwd'), 'utf8')).split('\n')
  const [, , uid, gid] = users.find((line) => line.startsWith('postgres:'))?.split(':') ?? []
  if (!uid || !gid) throw new Error(`${root} has no user postgres: make it anew`)
  return [Number(uid), Number(gid)]
}

async function startContainer(): Promise<TimescaleServer> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const password = randomUUID()
  const container = await new GenericContainer(await image('db'))
    .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_USER: 'anbu' })
    .withCommand(['postgres', '-c', NO_SCHEDULER, '-c', 'fsync=off', '-c', 'max_connections=250'])
    .withExposedPorts(5432)
    // It starts twice: once to set itself up.
    .withWaitStrategy(Wait.forLogMessage('ready to accept connections', 2))
    .start()
  return {
    url: `postgres://anbu:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  }
}
