import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** What some tests need beyond npm. A test names its kind as its tag: `{ tags: 'redis' }`. */
export const KINDS = ['redis', 'timescaledb', 'chromium', 'compose', 'mosquitto'] as const
/** One of them. */
export type Kind = (typeof KINDS)[number]

/** Where a kind was found: a server that runs, a program or root on this machine, or a Docker engine. */
export type Found =
  | { readonly by: 'url'; readonly url: string }
  | { readonly by: 'path'; readonly path: string }
  | { readonly by: 'container' }

type Surroundings = Readonly<Record<string, string | undefined>>

/** How to get each kind, for whoever sees its tests skipped. */
export const HOW: Readonly<Record<Kind, string>> = {
  redis: 'install redis-server, or give an empty one (ANBU_TEST_REDIS_URL)',
  timescaledb: 'run scripts/timescaledb.sh as root, or give a server (ANBU_TEST_TIMESCALEDB_URL)',
  chromium: 'install chromium-headless-shell, or give a program (ANBU_TEST_CHROMIUM)',
  compose: 'install Docker Compose 2, or run scripts/timescaledb.sh as root, which brings it too',
  mosquitto: 'install mosquitto',
}

/** Finds a kind: what the environment names, else what this machine has, else a Docker engine, else null. */
export function find(kind: Kind, env: Surroundings = process.env): Found | null {
  return FINDERS[kind](env)
}

const FINDERS: Readonly<Record<Kind, (env: Surroundings) => Found | null>> = {
  redis: (env) => given(env['ANBU_TEST_REDIS_URL']) ?? program(env, 'redis-server') ?? docker(env),
  timescaledb: (env) => given(env['ANBU_TEST_TIMESCALEDB_URL']) ?? root(env) ?? docker(env),
  // No container: a browser in one does not see this machine's loopback.
  chromium: (env) =>
    path(env['ANBU_TEST_CHROMIUM']) ??
    program(env, 'chromium-headless-shell', 'chromium', 'google-chrome'),
  compose: (env) => program(env, 'docker-compose') ?? path(inRoot(env, 'usr/bin/docker-compose')),
  // Debian puts it where root alone looks.
  mosquitto: (env) => program({ PATH: `${env['PATH'] ?? ''}:/usr/sbin` }, 'mosquitto'),
}

/** The kinds that ANBU_REQUIRE asks for. Throws on a word that is no kind. */
export function required(env: Surroundings = process.env): Kind[] {
  const words = (env['ANBU_REQUIRE'] ?? '').split(',').map((word) => word.trim())
  return words.filter((word) => word !== '').map(kindOf)
}

function kindOf(word: string): Kind {
  const kind = KINDS.find((each) => each === word)
  if (kind) return kind
  throw new Error(`ANBU_REQUIRE: there is no ${word}, only ${KINDS.join(', ')}`)
}

function given(url: string | undefined): Found | null {
  return url ? { by: 'url', url } : null
}

function path(file: string | undefined): Found | null {
  return file ? { by: 'path', path: file } : null
}

function program(env: Surroundings, ...names: string[]): Found | null {
  const folders = (env['PATH'] ?? '').split(delimiter)
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return path(files.find(isProgram))
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// Entering the root of scripts/timescaledb.sh takes root.
function root(env: Surroundings): Found | null {
  return process.getuid?.() === 0 ? path(inRoot(env, '')) : null
}

function inRoot(env: Surroundings, file: string): string | undefined {
  const cache = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache')
  const made = join(cache, 'anbu', 'timescaledb', file)
  return existsSync(made) ? made : undefined
}

// An engine that answers: its socket may be there without it.
function docker(env: Surroundings): Found | null {
  const asked = spawnSync('docker', ['version'], { env, timeout: 5000, stdio: 'ignore' })
  return asked.status === 0 ? { by: 'container' } : null
}
