import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { connectAsync } from 'mqtt'
import { parse } from 'yaml'
import type pg from 'pg'
import { expect, vi } from 'vitest'
import { z } from 'zod'
import { Environment } from '../schemas/environment.ts'
import { openPool } from '../services/store/pool.ts'
import { seedHome, send } from './broker/door.ts'
import { onServer } from './database.ts'
import { test } from './optional.ts'
import { find } from './servers/optional.ts'
import { freePort } from './servers/tied.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = join(ROOT, 'docker-compose.yml')

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.string().optional(),
      command: z.array(z.string()),
      environment: z.record(z.string(), z.coerce.string()).default({}),
      ports: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
    }),
  ),
})
type Service = z.infer<typeof Compose>['services'][string]

// What an operator fills in.
const FILLED = {
  POSTGRES_PASSWORD: 'made-up',
  ANBU_SESSION_KEY: 'made-up-session-key-of-32-letters',
  ANBU_NAMES_KEY: 'made-up-names-key-of-at-least-32-letters',
  ANBU_WEBHOOK_SECRET: `whsec_${Buffer.from('made up made up made up').toString('base64')}`,
}

test('Docker Compose accepts docker-compose.yml', { tags: 'compose' }, async () => {
  const compose = find('compose')
  if (compose?.by !== 'path') throw new Error('compose is required, but not here')
  const folder = await mkdtemp(join(tmpdir(), 'compose-'))
  const env = join(folder, '.env')
  const check = () =>
    promisify(execFile)(compose.path, ['-f', FILE, '--env-file', env, 'config', '-q'])
  await writeFile(env, await readFile(join(ROOT, '.env.example')))
  await expect(check()).rejects.toThrow('set it in .env')
  await writeFile(env, lines(FILLED), { flag: 'a' })
  await expect(check()).resolves.toEqual({ stdout: '', stderr: '' })
  await rm(folder, { recursive: true })
})

test('only gateways and staff can reach it, and by default from this machine alone', async () => {
  const services = await read({})
  const published = Object.entries(services).flatMap(([name, { ports }]) =>
    ports.map((port) => [name, port]),
  )
  expect(published).toEqual([
    ['broker', '127.0.0.1:1883:1883'],
    ['broker', '127.0.0.1:8883:8883'],
    ['console', '127.0.0.1:8080:8080'],
  ])
})

test('.env.example explains every setting there is, and shows its default', async () => {
  const text = await readFile(join(ROOT, '.env.example'), 'utf8')
  const names = [...text.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
  const used = [...(await readFile(FILE, 'utf8')).matchAll(/\$\{([A-Z_]+)/g)].map(
    ([, name = '']) => name,
  )
  const known: string[] = [...new Set([...Object.keys(Environment.shape), ...used])]
  expect(names.toSorted()).toEqual(known.toSorted())
  // An explanation stands right above each.
  for (const name of names) expect(text).toMatch(new RegExp(`^# .+\n#?${name}=`, 'm'))
  const shown = Object.entries(parseEnv(text.replaceAll(/^#(?=[A-Z_]+=)/gm, '')))
  const defaults = Object.entries(Environment.parse({})).map(([name, value]) => [
    name,
    String(value),
  ])
  expect(shown).toEqual(expect.arrayContaining(defaults))
})

test('every setting reaches every container', async () => {
  const ours = Object.values(await read(FILLED)).filter((service) => service.build !== undefined)
  // The data directory holds what a container without settings would need.
  const wanted = Object.keys(Environment.shape).filter((name) => name !== 'ANBU_DATA_DIR')
  expect(ours).toHaveLength(6)
  for (const { environment } of ours)
    expect(Object.keys(environment).toSorted()).toEqual(wanted.toSorted())
})

test(
  'its services, each a process of its own, store what came by MQTT and know how they are',
  { tags: ['redis', 'timescaledb'], timeout: 60_000 },
  async ({ timescaleServer, redisUrl }) => {
    const name = `compose_${randomUUID().replaceAll('-', '')}`
    await onServer(timescaleServer.url, (admin) => admin.query(`create database ${name}`))
    const mqtt = String(await freePort())
    const http = String(await freePort())
    const metrics = String(await freePort())
    // The hosts that are containers, and the ports that are the containers' own, are other ones here.
    const here = {
      ANBU_DATABASE_URL: new URL(`/${name}`, timescaleServer.url).href,
      ANBU_REDIS_URL: redisUrl,
      ANBU_MQTT_PORT: mqtt,
      ANBU_HTTP_PORT: http,
      ANBU_METRICS_PORT: metrics,
    }
    const { db: _db, redis: _redis, migrate, ...services } = await read(FILLED)
    if (!migrate) throw new Error('docker-compose.yml has no service migrate')
    await run(migrate, here).end
    const running = Object.values(services).map((service) => run(service, here))
    const pool = openPool(here.ANBU_DATABASE_URL)
    try {
      const early = running.map(({ end }) => end.then(() => Promise.reject(new Error('it ended'))))
      await Promise.race([oneReading(pool, mqtt, http), ...early])
      expect(await Promise.all(running.map(({ check }) => check()))).toEqual(
        running.map(() => 'well'),
      )
      // The one process that has such figures tells them.
      const figures = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
      expect(figures).toMatch(/^anbu_intake_readings_total\{service="broker"\} [1-9]/m)
    } finally {
      await pool.end()
      for (const { child } of running) child.kill('SIGTERM')
    }
    await Promise.all(running.map(({ end }) => end))
    await onServer(timescaleServer.url, (admin) => admin.query(`drop database ${name}`))
  },
)

async function oneReading(pool: pg.Pool, mqtt: string, http: string): Promise<void> {
  const gateway = 'gw-made-up'
  const login = { username: gateway, clientId: gateway, password: await seedHome(pool, gateway) }
  // The broker may still be starting.
  const connect = () => connectAsync(`mqtt://127.0.0.1:${mqtt}`, { ...login, reconnectPeriod: 0 })
  const client = await vi.waitFor(connect, 30_000)
  await send(client, [{ d: 'pir', m: 'motion', b: true }])
  await client.endAsync()
  expect((await pool.query('select value from reading')).rows).toEqual([{ value: 1 }])
  // This home has been due since its planting in spring: nothing is late only when the detector has looked.
  const health = async () => (await fetch(`http://127.0.0.1:${http}/health`)).json()
  await expect.poll(health, { timeout: 20_000 }).toMatchObject({ database: 'reachable', late: [] })
}

// docker-compose.yml with the variables filled in, as Compose does it.
async function read(variables: Record<string, string>): Promise<Record<string, Service>> {
  const written: unknown = parse(await readFile(FILE, 'utf8'), { merge: true })
  const filled: unknown = JSON.parse(JSON.stringify(written), (_, value: unknown) =>
    typeof value === 'string' ? fill(value, variables) : value,
  )
  return Compose.parse(filled).services
}

// The innermost first: a default may hold another variable.
function fill(text: string, variables: Record<string, string>): string {
  const filled = text.replaceAll(
    /\$\{(\w+)(?::[-?]([^{}]*))?\}/g,
    (_, name: string, other: string | undefined) => variables[name] ?? other ?? '',
  )
  return filled === text ? text : fill(filled, variables)
}

function lines(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

type Running = {
  readonly child: ChildProcess
  /** Resolves when it ended well; rejects with what it said when it did not. */
  readonly end: Promise<void>
  /** What the healthcheck of the file says. */
  readonly check: () => Promise<string>
}

function run(service: Service, here: Record<string, string>): Running {
  const env = { ...service.environment, ...here }
  const child = spawn(process.execPath, ['services/anbu.ts', ...service.command], {
    cwd: ROOT,
    env,
  })
  const said = Promise.all([child.stdout.toArray(), child.stderr.toArray()])
  const end = once(child, 'close').then(async ([code]) => {
    if (code === 0) return
    throw new Error(
      `${service.command.join(' ')} ended with ${code}: ${(await said).flat().join('')}`,
    )
  })
  // Whoever ends early says so when its end is awaited.
  end.catch(() => undefined)
  const check = async () => {
    const [, program = '', ...args] = service.healthcheck?.test ?? ['CMD', 'node', '-e', '']
    const real = args.map((arg) =>
      arg.replace('1883', env['ANBU_MQTT_PORT'] ?? '').replace('8080', env['ANBU_HTTP_PORT'] ?? ''),
    )
    expect(program).toBe('node')
    return promisify(execFile)(process.execPath, real).then(
      () => 'well',
      () => 'not well',
    )
  }
  return { child, end, check }
}
