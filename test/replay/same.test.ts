import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { MINUTE } from '../../services/core/time.ts'
import { copyDatabase, test as base } from '../database.ts'
import { evaluated } from './anbu.ts'
import { found, liveAgain } from './house.ts'
import { record } from './recorded.ts'
import { DEATH, FROM, LINE, PLUGS, POWER, TRIP, at, of, street } from './stories.ts'

// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const foldered = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'anbu-same-'))
  onCleanup(() => rm(folder, { recursive: true, force: true }))
  return folder
})

// A second database of the same kind, to live in once more.
// oxlint-disable-next-line no-empty-pattern -- as above
const test = foldered.extend('other', async ({}, { onCleanup }) => {
  const [other, drop] = await copyDatabase(inject('postgres'), 'template')
  onCleanup(drop)
  return other
})

test(
  'three stories are found at the same instants whether time leaps to what is due or creeps by twenty minutes, and by core alone',
  { timeout: 600_000 },
  async ({ url, other, folder }) => {
    const homes = [DEATH, TRIP, LINE, POWER, PLUGS]
    const subject = street(homes, FROM, at(3, 12))
    const leaping = found((await liveAgain(url, subject)).signals)
    for (const home of homes) expect(of(home, leaping), home.household).not.toEqual([])
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    expect(found(creeping.signals)).toEqual(leaping)
    // A recording does not say when a gateway could be heard.
    const heard = subject.homes.filter(({ turns = [] }) => turns.length === 0)
    const files = heard.map((home) => record(join(folder, `${home.gateway}.ndjson`), home))
    const alone = await evaluated(await Promise.all(files))
    for (const home of [DEATH, TRIP, PLUGS]) expect(of(home, alone)).toEqual(of(home, leaping))
  },
)

const tm000 = join(
  process.env['ANBU_RECORDINGS'] ?? '../shared/data',
  'tm000/tm000.multiday_absence.txt',
)

test.skipIf(!existsSync(tm000))(
  'tm000, a real week of CASAS (absent: set ANBU_RECORDINGS), is found the same however time goes, and by core alone',
  { timeout: 600_000 },
  async ({ url, other }) => {
    const subject = await openSubject([tm000], { lang: 'en' })
    const leaping = found((await liveAgain(url, subject)).signals)
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    expect(leaping.length).toBeGreaterThan(5)
    expect(found(creeping.signals)).toEqual(leaping)
    expect(await evaluated([tm000])).toEqual(leaping)
  },
)
