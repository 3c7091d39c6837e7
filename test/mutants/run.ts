import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Mutant } from './mutants.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = [
  'services/core',
  'schemas',
  'simulator',
  'test/core',
  'vitest.config.ts',
  'test/servers',
  'package.json',
]

/** A copy of core and its tests, in which mistakes can be made. */
export async function openCopy(): Promise<
  AsyncDisposable & { kills: (mutant: Mutant) => Promise<boolean> }
> {
  const copy = await mkdtemp(join(tmpdir(), 'anbu-mutants-'))
  for (const part of COPIED) await cp(join(ROOT, part), join(copy, part), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return {
    async kills({ file, from, to, killer }) {
      const path = join(copy, file)
      const sound = await readFile(path, 'utf8')
      await writeFile(
        path,
        sound.replace(from, () => to),
      )
      const isKilled = await fails(copy, killer)
      await writeFile(path, sound)
      return isKilled
    },
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true }),
  }
}

// A mistake that makes a loop without end is noticed by nobody's patience.
const PATIENCE = 60_000

async function fails(copy: string, test: string): Promise<boolean> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'pure', '--bail', '1', test]
  try {
    await promisify(execFile)(process.execPath, vitest, { cwd: copy, timeout: PATIENCE })
    return false
  } catch {
    return true
  }
}
