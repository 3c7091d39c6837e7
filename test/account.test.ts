import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { account } from './servers/account.ts'
import { find, required } from './servers/optional.ts'

test('a run that skipped says what, how many, and how to get it', () => {
  const seen = [
    { kind: 'timescaledb', ran: false },
    { kind: 'timescaledb', ran: false },
    { kind: 'redis', ran: true },
  ] as const
  const { ok, lines } = account(seen, [])
  expect(ok).toBe(true)
  expect(lines).toEqual([expect.stringMatching(/^skipped: timescaledb \(2 tests\): run scripts/)])
})

test('a required kind that was at work lets the run pass in silence', () => {
  expect(account([{ kind: 'redis', ran: true }], ['redis'])).toEqual({ ok: true, lines: [] })
})

test('a required kind of which a test was skipped fails the run', () => {
  const seen = [{ kind: 'redis', ran: true } as const, { kind: 'redis', ran: false } as const]
  const { ok, lines } = account(seen, ['redis'])
  expect(ok).toBe(false)
  expect(lines).toEqual([expect.stringMatching(/^required: redis, but 1 test of it/)])
})

test('a required kind of which no test exists any more fails the run', () => {
  const { ok, lines } = account([{ kind: 'redis', ran: true }], ['redis', 'chromium'])
  expect(ok).toBe(false)
  expect(lines).toEqual(['required: chromium, but no test of it ran'])
})

test('requiring something that is no kind stops the run', () => {
  expect(required({ ANBU_REQUIRE: 'redis, chromium' })).toEqual(['redis', 'chromium'])
  expect(required({})).toEqual([])
  expect(() => required({ ANBU_REQUIRE: 'redis,timescale' })).toThrow('there is no timescale')
})

test('what the environment names goes before what the machine has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'))
  const program = join(folder, 'redis-server')
  await writeFile(program, '')
  const redis = (env: Record<string, string>) => find('redis', { PATH: folder, ...env })
  // A file that cannot be run is no program. (A machine with a Docker engine still has that.)
  expect(redis({})).not.toEqual({ by: 'path', path: program })
  await chmod(program, 0o755)
  expect(redis({})).toEqual({ by: 'path', path: program })
  const url = 'redis://made-up:6379'
  expect(redis({ ANBU_TEST_REDIS_URL: url })).toEqual({ by: 'url', url })
  await rm(folder, { recursive: true })
})

test('a browser is a program of this machine or nothing', () => {
  expect(find('chromium', { PATH: '', DOCKER_HOST: 'tcp://made-up:2375' })).toBeNull()
})
