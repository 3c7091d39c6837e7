// Brings the checkout to where every command works: packages installed, and a Node that runs TypeScript in
// node_modules/.bin. Runs before each command, so the second time it must cost nothing (60 ms). Plain JavaScript
// without dependencies, because the Node that runs it may be older (18) and nothing is installed yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NODE = join(ROOT, 'node_modules', '.bin', 'node')
// npm ci empties node_modules first, so this is there only after an installation that was finished.
const STAMP = join(ROOT, 'node_modules', '.anbu-setup')
const LOCK = join(tmpdir(), `anbu-setup-${digest(ROOT).slice(0, 12)}.lock`)
const NEEDED = 24

if (process.argv.includes('--help')) {
  console.log(
    'npm run setup: installs what every other command needs into node_modules; each of them does it first',
  )
  process.exit(0)
}

const wanted = digest(
  readFileSync(join(ROOT, 'package-lock.json')),
  dependencies(),
  process.platform,
  process.arch,
)
if (!isDone()) {
  await lock()
  try {
    // Another may have done it while we waited.
    if (!isDone()) {
      install()
      provideNode()
      writeFileSync(STAMP, wanted)
    }
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function isDone() {
  return read(STAMP) === wanted
}

// A change of a script is no reason to install again; npm ci itself compares these with the lock file.
function dependencies() {
  const all = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return JSON.stringify({ ...all, scripts: undefined })
}

function install() {
  console.error('anbu: installing packages into node_modules (the first time about a minute)')
  const flags = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { npm_execpath: cli = '' } = process.env
  const [program, args] = cli.endsWith('npm-cli.js')
    ? [process.execPath, [cli, ...flags]]
    : ['npm', flags]
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    env: environment(),
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0)
    fail(
      `npm ci failed${error ? `: ${error.message}` : ', see above'}. Nothing else was changed; try again.`,
    )
}

// The shell may say "production" or "no optional packages"; here every package is needed.
function environment() {
  const unwanted = /^(node_env|npm_config_(omit|include|production|only|also|optional|dev))$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)))
}

function provideNode() {
  if (versionOf(NODE) >= NEEDED) return
  if (versionOf(process.execPath) < NEEDED)
    fail(
      `there is no package of Node ${NEEDED} for ${process.platform}-${process.arch}: install Node ${NEEDED} or newer.`,
    )
  rmSync(NODE, { force: true })
  symlinkSync(process.execPath, NODE)
}

function versionOf(node) {
  return Number(
    spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.match(/^v(\d+)/)?.[1] ?? 0,
  )
}

async function lock() {
  for (let told = false; ; await sleep(500)) {
    try {
      return writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = Number(read(LOCK))
    if (owner && !lives(owner)) rmSync(LOCK, { force: true })
    else if (!told)
      told = !console.error(`anbu: waiting for process ${owner}, which installs already`)
  }
}

function lives(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function digest(...parts) {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
}

function fail(reason) {
  console.error(`anbu: ${reason}`)
  // finally does not run on exit.
  rmSync(LOCK, { force: true })
  process.exit(1)
}
