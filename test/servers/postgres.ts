import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run; its database `template` is migrated. */
    postgres: string
  }
}

// Nothing here outlives the run, so nothing need reach the disk: a copy of the template takes half the time.
const FORGETFUL = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
const PREFIX = 'anbu-test-'

/** Starts the one PostgreSQL of a test run, and stops it. Vitest calls this by its name. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const dataDir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const server = await startServer({ dataDir, settings: FORGETFUL })
  await makeTemplate(server.url, 'template')
  project.provide('postgres', server.url)
  return async () => {
    await server[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Makes a migrated database named `name` in the server at `url`, to be copied. */
export async function makeTemplate(url: string, name: string): Promise<void> {
  const admin = openPool(url)
  await admin.query(`create database ${name}`)
  await admin.end()
  const template = openPool(new URL(`/${name}`, url).href)
  await migrate(template)
  await template.end()
}

// A run that was killed leaves its server behind. Its name says whose it was.
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (!owner || lives(Number(owner))) continue
    // Another run may be sweeping it too, and it is no reason for this one to fail.
    await remove(join(tmpdir(), name)).catch(() => undefined)
  }
}

async function remove(dataDir: string): Promise<void> {
  const server = await startServer({ dataDir, settings: FORGETFUL })
  await server[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Someone else's, then.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
