import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { livesOf } from '../../services/commands/replay-homes.ts'
import { longestAt, paceOf } from '../../services/commands/replay-pace.ts'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { type MadeUpHome, homeOf } from '../../simulator/homes.ts'
import { copyDatabase, test as base } from '../database.ts'
import { evaluated } from './anbu.ts'
import { found, liveAgain } from './house.ts'
import { record } from './recorded.ts'

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

const FROM = Date.parse('2026-09-07T00:00:00+09:00')
const at = (day: number, hour: number) => FROM + day * DAY + hour * HOUR

// Somebody dies on the third day.
const DEATH = homeOf({
  seed: 11,
  number: 1,
  persona: 'ordinary',
  kit: 'full',
  fate: [{ type: 'dies', at: at(2, 10) }],
})
// A trip by the front door, and a neighbour whose line is down for a night.
const TRIP = homeOf({
  seed: 12,
  number: 2,
  persona: 'earlyRiser',
  kit: 'full',
  fate: [{ type: 'trip', from: at(1, 9), to: at(2, 18) }],
})
const LINE = homeOf({
  seed: 12,
  number: 5,
  persona: 'homebody',
  kit: 'motion',
  fate: [{ type: 'line-lost', from: at(1, 20), to: at(2, 5) }],
})
// A gateway without power, and somebody known by plugs who goes on a trip.
const POWER = homeOf({
  seed: 13,
  number: 3,
  persona: 'seldomHome',
  kit: 'motion',
  fate: [{ type: 'gateway-lost', at: at(1, 14), to: at(2, 8) }],
})
const PLUGS = homeOf({
  seed: 13,
  number: 4,
  persona: 'stillDays',
  kit: 'plugs',
  fate: [{ type: 'trip', from: at(1, 8), to: at(3, 0) }],
})

const street = (homes: readonly MadeUpHome[], from: number, to: number) =>
  livesOf({ label: 'a street', homes, timeZone: 'Asia/Seoul', from, to })

const of = ({ household }: MadeUpHome, lines: readonly string[]) =>
  lines.filter((line) => line.includes(` ${household} `))

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

// Six hours of the first day last 15 seconds; ANBU_PACED_HOURS=48 has more of it. Of somebody who is not known yet the ceiling tells: here after four hours.
const HURRY = 1440
const HOURS = Number(process.env['ANBU_PACED_HOURS'] ?? 6)
const CEILING = ['ceiling=4h']
const atOnce = { gate: () => Promise.resolve() }
const befallen = (home: MadeUpHome, fate: MadeUpHome['fate']): MadeUpHome => ({ ...home, fate })
const HURRIED = [
  befallen(DEATH, [{ type: 'dies', at: at(0, 9.5) }]),
  befallen(TRIP, [{ type: 'trip', from: at(0, 10), to: at(1, 0) }]),
  befallen(POWER, [{ type: 'gateway-lost', at: at(0, 10), to: at(0, 13) }]),
]

test(
  'a replay at 1440 times the speed of life raises what one at max speed does, at the same instants',
  { timeout: 120_000 + (HOURS * HOUR) / HURRY },
  async ({ url, other }) => {
    const subject = street(HURRIED, at(0, 9), at(0, 9 + HOURS))
    const max = found((await liveAgain(url, subject, { set: CEILING })).signals)
    for (const home of HURRIED) expect(of(home, max), home.household).not.toEqual([])
    const stop = new AbortController()
    let looks = 0
    const paced = await liveAgain(other, subject, {
      set: CEILING,
      longest: longestAt(HURRY),
      pace: paceOf(HURRY, subject.from, atOnce, stop.signal),
      onStep: () => void looks++,
    })
    expect(found(paced.signals)).toEqual(max)
    // Every minute was looked at.
    expect(looks).toBe((subject.to - subject.from) / MINUTE)
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
