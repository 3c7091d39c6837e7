import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test as base } from 'vitest'
import { startServer } from '../../services/store/server.ts'

const SERVER = new URL('../../services/store/server.ts', import.meta.url).href
const QUICK = { fsync: 'off' }

const test = base
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
  .extend('fresh', async ({}, { onCleanup }) => {
    const fresh = await mkdtemp(join(tmpdir(), 'server-'))
    onCleanup(() => rm(fresh, { recursive: true, force: true }))
    return fresh
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend('made', { scope: 'file' }, async ({}, { onCleanup }) => {
    const made = await mkdtemp(join(tmpdir(), 'server-'))
    onCleanup(() => rm(made, { recursive: true, force: true }))
    await (await startServer({ dataDir: made, settings: QUICK }))[Symbol.asyncDispose]()
    return made
  })
  // One that was made before and stands still: copying it is quicker than making another.
  .extend('dataDir', async ({ fresh, made }) => {
    await cp(made, fresh, { recursive: true })
    return fresh
  })

test('a server of our own keeps what it is told, and answers at once when started again', async ({
  fresh: dataDir,
}) => {
  const first = await startServer({ dataDir, settings: QUICK })
  await ask(first.url, 'create table note as select 42 as n')
  await first[Symbol.asyncDispose]()
  const began = performance.now()
  await using second = await startServer({ dataDir, settings: QUICK })
  expect(await ask(second.url, 'select n from note')).toEqual([{ n: 42 }])
  expect(performance.now() - began).toBeLessThan(5000)
})

test('it is open to this machine only, to who knows the password, and to 200 at once', async ({
  dataDir,
}) => {
  await using server = await startServer({ dataDir, settings: QUICK })
  const [settings] = await ask(
    server.url,
    `select current_setting('listen_addresses') as address, current_setting('fsync') as fsync,
       current_setting('max_connections')::int as connections`,
  )
  expect(settings).toMatchObject({ address: '127.0.0.1', fsync: 'off' })
  expect(settings?.['connections']).toBeGreaterThanOrEqual(200)
  const wrong = new URL(server.url)
  wrong.password = 'wrong'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password')
})

test('it stops within five seconds, and twice does no harm', async ({ dataDir }) => {
  const server = await startServer({ dataDir, settings: QUICK })
  await ask(server.url, 'create table much as select generate_series(1, 500000) as n')
  const began = performance.now()
  await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()])
  expect(performance.now() - began).toBeLessThan(5000)
  await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a port that is taken is left to who has it', async ({ dataDir }) => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const address = other.address()
  const port = address && typeof address === 'object' ? address.port : 0
  await using server = await startServer({ dataDir, port, settings: QUICK })
  expect(server.port).not.toBe(port)
  other.close()
})

test('a server whose process was killed is taken over, with all it was told', async ({
  dataDir,
}) => {
  await inAnotherProcess(
    dataDir,
    `const db = new pg.Client(server.url)
     await db.connect()
     await db.query('create table note as select 42 as n')
     process.kill(process.pid, 'SIGKILL')`,
  )
  const began = performance.now()
  await using server = await startServer({ dataDir, settings: QUICK })
  expect(performance.now() - began).toBeLessThan(5000)
  expect(await ask(server.url, 'select n from note')).toEqual([{ n: 42 }])
})

test('of two that want the same server one gets it, and the other is told what to do', async ({
  dataDir,
}) => {
  const starts = await Promise.allSettled([
    startServer({ dataDir, settings: QUICK }),
    startServer({ dataDir, settings: QUICK }),
  ])
  const won = starts.filter((start) => start.status === 'fulfilled')
  const lost = starts.filter((start) => start.status === 'rejected')
  expect(won).toHaveLength(1)
  expect(lost).toMatchObject([{ reason: { message: expect.stringContaining('ANBU_DATA_DIR') } }])
  for (const { value } of won) await value[Symbol.asyncDispose]()
})

test('a pid file from before a restart of the machine, its number now another process, is no server', async ({
  dataDir,
}) => {
  const lines = [
    process.pid,
    join(dataDir, 'postgres'),
    0,
    5432,
    '',
    '127.0.0.1',
    '0 0',
    'ready',
    '',
  ]
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), lines.join('\n'))
  await using server = await startServer({ dataDir, settings: QUICK })
  expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a server that cannot start says why', async ({ dataDir }) => {
  const broken = startServer({ dataDir, settings: { shared_buffers: 'plenty' } })
  await expect(broken).rejects.toThrow('shared_buffers')
})

const ROOT = process.getuid?.() === 0
// Whether a user without rights can reach this checkout at all.
const OPEN =
  ROOT && spawnSync(process.execPath, ['--version'], { uid: 65_534, cwd: '/' }).status === 0

test.runIf(ROOT)(
  'root without user namespaces runs it as another user, or hears why not',
  async ({ fresh }) => {
    const { stdout, stderr } = await inAnotherProcess(
      fresh,
      `const { stat } = await import('node:fs/promises')
     console.log((await stat(process.argv[1] + '/postgres')).uid)
     await server[Symbol.asyncDispose]()`,
      // mkdtemp's folder is closed to others; PATH holds no unshare.
      `await (await import('node:fs/promises')).chmod(process.argv[1], 0o755)
     process.env.PATH = ''`,
    )
    if (OPEN) expect(Number(stdout)).toBeGreaterThan(0)
    else expect(stderr).toContain('must be able to enter')
  },
)

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

// Runs `then` with `server` started on dataDir, in a process of its own, and waits for its end.
async function inAnotherProcess(dataDir: string, then: string, first = '') {
  const program = `
    import pg from 'pg'
    ${first}
    const { startServer } = await import('${SERVER}')
    const server = await startServer({ dataDir: process.argv[1], settings: { fsync: 'off' } })
    ${then}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir])
  const [stdout, stderr] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'close'),
  ])
  return { stdout: stdout.join(''), stderr: stderr.join('') }
}
