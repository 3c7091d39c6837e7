import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { copyDatabase, test as base } from '../database.ts'

/** A replay waits for PostgreSQL more than half of its time: two take little longer than one. */
export const SIDE_BY_SIDE = { timeout: 600_000, concurrent: true }

/** A real week of CASAS, where it is. */
export const TM000 = join(
  process.env['ANBU_RECORDINGS'] ?? '../shared/data',
  'tm000/tm000.multiday_absence.txt',
)

// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const foldered = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-replays-'))
  onCleanup(() => rm(folder, { recursive: true, force: true }))
  return folder
})

/** A test with a folder of its own and a second database, `other`, to live in once more. */
// oxlint-disable-next-line no-empty-pattern -- as above
export const test = foldered.extend('other', async ({}, { onCleanup }) => {
  const [other, drop] = await copyDatabase(inject('postgres'), 'template')
  onCleanup(drop)
  return other
})
