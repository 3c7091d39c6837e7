import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const COUNTS = fileURLToPath(new URL('../scripts/counts.mjs', import.meta.url))

// The last line of what is printed for files of tests that ended so.
async function lastLine(code: number, files: { status: string; tests: string[] }[] | null) {
  const folder = await mkdtemp(join(tmpdir(), 'counts-'))
  const report = join(folder, 'results.json')
  const testResults = files?.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((each) => ({ status: each })),
  }))
  if (testResults) await writeFile(report, JSON.stringify({ testResults }))
  const { stdout } = await promisify(execFile)(process.execPath, [COUNTS, report, String(code)])
  await rm(folder, { recursive: true })
  return stdout.trimEnd().split('\n').at(-1)
}

test('the last line counts what passed and what failed', async () => {
  const files = [
    { status: 'passed', tests: ['passed', 'passed'] },
    { status: 'failed', tests: ['passed', 'failed'] },
  ]
  expect(await lastLine(1, files)).toBe('3 passed, 1 failed')
})

test('what was skipped is named when there is any', async () => {
  const files = [{ status: 'passed', tests: ['passed', 'pending', 'skipped', 'todo'] }]
  expect(await lastLine(0, files)).toBe('1 passed, 0 failed, 3 skipped')
})

test('a file that could not be read is a failure', async () => {
  expect(await lastLine(1, [{ status: 'failed', tests: [] }])).toBe('0 passed, 1 failed')
})

test('a run that failed beside its tests, or had none, shows a failure', async () => {
  expect(await lastLine(1, [{ status: 'passed', tests: ['passed'] }])).toBe('1 passed, 1 failed')
  expect(await lastLine(1, null)).toBe('0 passed, 1 failed')
})
