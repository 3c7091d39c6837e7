import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parseAst } from 'vitest/node'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

type Room = {
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
  readonly node: boolean
}

const BELOW = ['schemas', 'core', 'clock', 'store', 'queue']
const EVERYWHERE = ['zod', 'pino']

// Who may import whom, and which package is spoken in which room only. `pg` as a type is free to every service: it
// says what a pool is. `anbu` is services/anbu.ts and its commands.
const TABLE: Readonly<Record<string, Room>> = {
  schemas: { rooms: [], packages: ['zod'], node: false },
  // A calendar is data: it asks no clock.
  core: { rooms: ['schemas'], packages: ['@hyunbinseo/holidays-kr'], node: false },
  clock: { rooms: ['schemas', 'core'], packages: [], node: true },
  store: {
    rooms: ['schemas', 'core'],
    packages: [...EVERYWHERE, 'pg'],
    node: true,
  },
  queue: { rooms: ['schemas'], packages: [...EVERYWHERE, 'bullmq', 'ioredis'], node: true },
  broker: { rooms: BELOW, packages: [...EVERYWHERE, 'aedes', 'ws'], node: true },
  ingest: { rooms: BELOW, packages: [...EVERYWHERE, 'mqtt'], node: true },
  detector: { rooms: BELOW, packages: EVERYWHERE, node: true },
  alerts: {
    rooms: BELOW,
    packages: [
      ...EVERYWHERE,
      'iconv-lite',
      'ipaddr.js',
      'nodemailer',
      'standardwebhooks',
      'undici',
      'web-push',
    ],
    node: true,
  },
  console: {
    rooms: BELOW,
    packages: [...EVERYWHERE, 'hono', '@hono/node-server', 'prom-client'],
    node: true,
  },
  warden: { rooms: BELOW, packages: [...EVERYWHERE, 'mqtt'], node: true },
  simulator: {
    rooms: ['schemas', 'core'],
    packages: ['zod', 'mqtt', 'mqtt-packet', 'yaml'],
    node: true,
  },
  anbu: {
    rooms: [...BELOW, 'broker', 'ingest', 'detector', 'alerts', 'console', 'warden', 'simulator'],
    packages: [...EVERYWHERE, 'commander', 'prom-client', 'smtp-server', 'standardwebhooks'],
    node: true,
  },
}
const TYPES_ONLY = ['pg']

test('every import follows the table', async () => {
  const files = await sources()
  const strays = await Promise.all(files.map(async (file) => straysIn(file, await read(file))))
  expect(strays.flat()).toEqual([])
  // It looked everywhere: no room was moved out of its sight.
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual(Object.keys(TABLE).toSorted())
})

test('what the product imports is installed without the tools of its development', async () => {
  const { dependencies }: { dependencies: object } = JSON.parse(await read('package.json'))
  const used = Object.values(TABLE).flatMap(({ packages }) => packages)
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(used))
})

test.each([
  [
    'services/core/silence.ts',
    `import { query } from '../store/pool.ts'`,
    'core may not import store',
  ],
  [
    'services/core/silence.ts',
    `import { randomInt } from 'node:crypto'`,
    'core may not import node:',
  ],
  [
    'services/core/silence.ts',
    `import { wallClock } from '../clock.ts'`,
    'core may not import clock',
  ],
  [
    'services/broker/door.ts',
    `import type { A } from '../ingest/a.ts'`,
    'broker may not import ingest',
  ],
  ['services/alerts/a.ts', `export * from '../console/view.ts'`, 'alerts may not import console'],
  ['services/alerts/a.ts', `await import('../detector/a.ts')`, 'alerts may not import detector'],
  ['services/alerts/a.ts', `let a: import('../console/a.ts').A`, 'alerts may not import console'],
  ['services/alerts/a.ts', `await import(name)`, 'an import without a fixed name'],
  ['services/console/a.ts', `import pg from 'pg'`, 'console may not import pg'],
  ['services/store/a.ts', `import { Queue } from 'bullmq'`, 'store may not import bullmq'],
  [
    'services/store/a.ts',
    `import { test } from '../../test/database.ts'`,
    'store may not import test',
  ],
  ['services/anbu.ts', `import { test } from '../test/database.ts'`, 'anbu may not import test'],
  [
    'services/detector/a.ts',
    `import '../../simulator/life.ts'`,
    'detector may not import simulator',
  ],
  [
    'simulator/life.ts',
    `import { openPool } from '../services/store/pool.ts'`,
    'simulator may not import store',
  ],
  ['schemas/a.ts', `import { b } from './b'`, 'an import without its .ts'],
])('in %s, %s is a stray', (file, source, why) => {
  expect(straysIn(file, source)).toEqual([expect.stringContaining(why)])
})

test('what the table allows is no stray', () => {
  const source = `import type pg from 'pg'
    import { Hono } from 'hono'
    import { html } from 'hono/html'
    import { once } from 'node:events'
    import { boardOf } from '../store/board.ts'
    import { page } from './page.ts'`
  expect(straysIn('services/console/board.ts', source)).toEqual([])
})

test('only the store speaks to the database', async () => {
  const asks = /\b(pool|db|client|tx)\.query\(/
  const files = (await sources()).filter((file) => roomOf(file) !== 'store')
  const texts = await Promise.all(files.map(async (file) => [file, await read(file)] as const))
  expect(texts.filter(([, text]) => asks.test(text)).map(([file]) => file)).toEqual([])
  // And the store does so in just this way.
  expect(await read('services/store/homes.ts')).toMatch(asks)
})

const BANNED = {
  'the time': 'export const now = Date.now()',
  'a date': 'export const now = new Date()',
  'a timer': 'setTimeout(() => undefined, 1)',
  'an interval': 'setInterval(() => undefined, 1)',
  chance: 'export const dice = Math.random()',
  'the process': 'export const home = process.env',
  'the network': `export const page = fetch('https://example.org')`,
  'a stopwatch': 'export const now = performance.now()',
}

test('in core the linter refuses the time, chance and the world', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lint-'))
  await mkdir(join(folder, 'services', 'core'), { recursive: true })
  for (const file of ['.oxlintrc.json', 'tsconfig.json'])
    await cp(join(ROOT, file), join(folder, file))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const fine = 'export const later = (now: number): number => now + 1'
  const trials = Object.entries({ ...BANNED, fine })
  for (const [name, source] of trials)
    await writeFile(join(folder, 'services', 'core', `${name.replaceAll(' ', '-')}.ts`), source)
  const refused = await lint(folder)
  await rm(folder, { recursive: true })
  expect(refused).toEqual(
    Object.keys(BANNED)
      .map((name) => name.replaceAll(' ', '-'))
      .toSorted(),
  )
})

// The names of the files in which a restriction of core was broken.
async function lint(folder: string): Promise<string[]> {
  const args = [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format=json', 'services']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
    // It ends with 1 because it found something.
    (error: { stdout: string }) => error,
  )
  const report: { diagnostics: { code: string; filename: string }[] } = JSON.parse(stdout)
  const broken = report.diagnostics.filter(({ code }) => code.includes('no-restricted'))
  const names = broken.map(({ filename }) => /([\w-]+)\.ts$/.exec(filename)?.[1] ?? filename)
  return [...new Set(names)].toSorted()
}

async function sources(): Promise<string[]> {
  const found = await Promise.all(
    ['schemas', 'services', 'simulator'].map(async (folder) =>
      (await readdir(join(ROOT, folder), { recursive: true })).map((name) => `${folder}/${name}`),
    ),
  )
  return found.flat().filter((file) => file.endsWith('.ts'))
}

function read(file: string): Promise<string> {
  return readFile(join(ROOT, file), 'utf8')
}

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  if (top !== 'services') return top
  if (second === 'commands') return 'anbu'
  return second.replace(/\.ts$/, '')
}

function straysIn(file: string, source: string): string[] {
  return importsOf(source)
    .map((each) => strayOf(file, each))
    .filter((why) => why !== null)
    .map((why) => `${file}: ${why}`)
}

function strayOf(file: string, { from, types }: Import): string | null {
  const room = roomOf(file)
  if (from === null) return 'an import without a fixed name'
  const other = from.startsWith('.') ? roomOf(join(dirname(file), from)) : packageOf(from)
  const allowed = from.startsWith('.') ? mayEnter(room, other) : mayUse(room, other, types)
  if (!allowed) return `${room} may not import ${other}: ${from}`
  return /^\..*(?<!\.ts)$/.test(from) ? `an import without its .ts: ${from}` : null
}

function packageOf(from: string): string {
  if (from.startsWith('node:')) return 'node:'
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/')
}

function mayEnter(room: string, other: string): boolean {
  return other === room || TABLE[room]?.rooms.includes(other) === true
}

function mayUse(room: string, name: string, types: boolean): boolean {
  const { packages = [], node = false } = TABLE[room] ?? {}
  return (
    packages.includes(name) || (node && (name === 'node:' || (types && TYPES_ONLY.includes(name))))
  )
}

type Import = { readonly from: string | null; readonly types: boolean }

function importsOf(source: string): Import[] {
  const found: Import[] = []
  visit(parseAst(source, { lang: 'ts' }), (node) => {
    if (
      !/^(Import(Declaration|Expression)|Export(All|Named)Declaration|TSImportType)$/.test(
        node.type,
      )
    )
      return
    // An export of what stands here has no source.
    if (!node.source) return
    const from = typeof node.source.value === 'string' ? node.source.value : null
    found.push({ from, types: node.importKind === 'type' || node.exportKind === 'type' })
  })
  return found
}

type Node = {
  type: string
  source?: { value?: unknown } | null
  importKind?: string
  exportKind?: string
}

function visit(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, see)
  if (!isNode(node)) return
  see(node)
  for (const value of Object.values(node)) visit(value, see)
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  )
}
