import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, vi } from 'vitest'
import { Secrets } from '../../services/commands/secrets.ts'
import { openPool } from '../../services/store/pool.ts'
import { openResident } from '../../services/store/residents.ts'
import { findServer, type Server, startServer } from '../../services/store/server.ts'

vi.setConfig({ testTimeout: 60_000 })

const ANBU = new URL('../../services/anbu.ts', import.meta.url).pathname

const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('dataDir', { scope: 'file' }, async ({}, { onCleanup }) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'admin-'))
    onCleanup(() => rm(dataDir, { recursive: true, force: true }))
    return dataDir
  })
  // The server of an `anbu start` that runs all the while: this process owns it.
  .extend('server', { scope: 'file' }, async ({ dataDir }, { onCleanup }): Promise<Server> => {
    const server = await startServer({ dataDir, settings: { fsync: 'off' } })
    onCleanup(() => server[Symbol.asyncDispose]())
    return server
  })

const HOME = [
  '--office',
  'gasang-gu',
  '--alias',
  '가상동 1호',
  '--dong',
  '가상동',
  '--tier',
  'high',
]

test('while Anbu runs, its database can be told of homes and gateways, and runs on', async ({
  dataDir,
  server,
}) => {
  const added = await anbu(dataDir, ['household', 'add', 'h-001', ...HOME])
  expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('h-001') })
  const gateway = await anbu(dataDir, ['gateway', 'add', 'gw-001', 'h-001'])
  expect(gateway).toMatchObject({ code: 0, stdout: expect.stringContaining('password') })
  expect(
    await ask(
      server,
      'select household, gateway from household h join gateway g on household_id = h.id',
    ),
  ).toEqual([{ household: 'h-001', gateway: 'gw-001' }])
})

test('who lives in a home is read from standard input and sealed', async ({ dataDir, server }) => {
  await anbu(dataDir, ['household', 'add', 'h-002', ...HOME])
  const given = { name: '가나다', address: '가상구 없는길 1' }
  const command = ['household', 'resident', 'h-002']
  expect(await anbu(dataDir, command, JSON.stringify(given))).toMatchObject({ code: 0 })
  const [kept] = await ask(server, 'select sealed from resident')
  const secrets = Secrets.parse(JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')))
  const sealed = kept?.['sealed']
  if (!Buffer.isBuffer(sealed)) throw new Error('nothing was sealed')
  expect(openResident(secrets.namesKey, 'h-002', sealed)).toEqual({ ...given, phone: null })
})

test('a name on the command line is refused, and what cannot be read is not repeated', async ({
  dataDir,
}) => {
  const command = ['household', 'resident', 'h-002']
  const [named, ...unread] = await Promise.all([
    anbu(dataDir, [...command, '--name', '가나다'], '{"name": "가나다"}'),
    anbu(dataDir, command, ''),
    anbu(dataDir, command, '{"name": 가나다}'),
    anbu(dataDir, command, '["가나다"]'),
    anbu(dataDir, command, '{"name": "가나다", "adress": "없는길 1"}'),
  ])
  expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('--name') })
  for (const { code, stderr, stdout } of unread) {
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.replace(/such as .*/, '')).not.toMatch(/가나다|없는길|    at /)
  }
  expect(unread.at(-1)?.stderr).toContain('adress')
})

test('what is not there is said in one line', async ({ dataDir, server }) => {
  expect(server.port).toBeGreaterThan(0)
  const said = async (...args: string[]) => {
    const { code, stderr, stdout } = await anbu(dataDir, args)
    expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([1, '', 1])
    return stderr
  }
  await anbu(dataDir, ['household', 'add', 'h-003', ...HOME])
  expect(await said('household', 'add', 'h-004', ...HOME, '--planner', 'nobody')).toContain(
    'there is no such person',
  )
  expect(await said('gateway', 'add', 'gw-003', 'h-999')).toContain('there is no household h-999')
  expect(await said('gateway', 'add', 'GW_3', 'h-003')).toContain('gateway: 3 to 40 of a-z')
  const motion = ['--kind', 'motion', '--role', 'inner', '--room', '거실']
  expect(await said('device', 'assign', 'gw-999', 'pir-1', ...motion)).toContain(
    'there is no gateway gw-999',
  )
  expect(await said('person', 'link', 'nobody')).toContain('there is nobody called nobody')
  expect(await said('start')).toContain('another Anbu runs in')
  expect(await anbu(dataDir, ['device', 'list', 'gw-999'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing has been heard at gw-999'),
  })
})

test('without a server that runs, none is found', async ({ dataDir }) => {
  expect(await findServer(join(dataDir, 'elsewhere'))).toBeNull()
})

/** Runs a command in a process of its own. */
async function anbu(dataDir: string, args: readonly string[], input = '') {
  // Nothing of the settings of whoever runs the tests.
  const env = { PATH: process.env['PATH'], ANBU_DATA_DIR: dataDir }
  const child = spawn(process.execPath, [ANBU, ...args], { env })
  child.stdin.on('error', () => undefined) // It may end without reading.
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ])
  return { code: Number(code), stdout: stdout.join(''), stderr: stderr.join('') }
}

async function ask({ url }: Server, text: string): Promise<Record<string, unknown>[]> {
  const pool = openPool(url, { max: 1 })
  try {
    return (await pool.query<Record<string, unknown>>(text)).rows
  } finally {
    await pool.end()
  }
}
