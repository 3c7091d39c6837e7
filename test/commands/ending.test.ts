import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { findServer } from '../../services/store/server.ts'

vi.setConfig({ testTimeout: 60_000 })

const ANBU = new URL('../../services/anbu.ts', import.meta.url).pathname
// Ports of nobody: each process takes free ones.
const FREE = { ANBU_MQTT_PORT: '0', ANBU_HTTP_PORT: '0' }

test('a Ctrl-C that npm passes on is no second one, and leaves no PostgreSQL behind', async () => {
  await using open = new AsyncDisposableStack()
  const dataDir = await folder(open)
  const child = run(['start'], { ...FREE, ANBU_DATA_DIR: dataDir })
  await said(child.stderr, '"started"')
  child.kill('SIGINT')
  await said(child.stderr, '"stopping"')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(await findServer(dataDir)).toBeNull()
})

test('a command that runs on a PostgreSQL of its own takes it along when it is told to end', async () => {
  await using open = new AsyncDisposableStack()
  const dataDir = await folder(open)
  const child = run(['household', 'resident', 'h-1'], { ANBU_DATA_DIR: dataDir })
  child.stdin.end('{"name": "가나다"}')
  while ((await findServer(dataDir)) === null);
  child.kill('SIGINT')
  const [stderr] = await Promise.all([child.stderr.toArray(), once(child, 'close')])
  expect(stderr.join('')).toBe('ended before it was done\n')
  expect(await findServer(dataDir)).toBeNull()
})

test('whoever stops reading ends the command as a signal does, without a stack', async () => {
  const child = run(['evaluate', '--seeds', '1', '--days', '30'], {})
  child.stdout.destroy()
  const [stderr, [, signal]] = await Promise.all([child.stderr.toArray(), once(child, 'close')])
  expect([signal, stderr.join('').includes('    at ')]).toEqual(['SIGTERM', false])
})

function run(args: readonly string[], settings: Readonly<Record<string, string>>) {
  return spawn(process.execPath, [ANBU, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
  })
}

async function folder(open: AsyncDisposableStack): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ending-'))
  open.defer(() => rm(path, { recursive: true, force: true }))
  return path
}

async function said(stream: Readable, text: string): Promise<void> {
  let all = ''
  const listen = (chunk: Buffer) => (all += chunk.toString())
  stream.on('data', listen)
  while (!all.includes(text)) await once(stream, 'data')
  stream.off('data', listen)
}
