import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { type Lives, livesOf } from '../../services/commands/replay-homes.ts'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { homeOf } from '../../simulator/homes.ts'
import { copyDatabase, test as base } from '../database.ts'
import { found, liveAgain } from './house.ts'
import { foreseen } from './life.ts'

// A second database of the same kind, to live in once more.
// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const test = base.extend('other', async ({}, { onCleanup }) => {
  const [other, drop] = await copyDatabase(inject('postgres'), 'template')
  onCleanup(drop)
  return other
})

const FROM = Date.parse('2026-09-07T00:00:00+09:00')
const at = (day: number, hour: number) => FROM + day * DAY + hour * HOUR

const SCENARIOS: readonly Lives[] = [
  {
    label: 'somebody dies on the third day',
    homes: [
      homeOf({
        seed: 11,
        number: 1,
        persona: 'ordinary',
        kit: 'full',
        fate: [{ type: 'dies', at: at(2, 10) }],
      }),
    ],
    timeZone: 'Asia/Seoul',
    from: FROM,
    to: at(3, 12),
  },
  {
    label: 'a trip by the front door, and a neighbour whose line is down for a night',
    homes: [
      homeOf({
        seed: 12,
        number: 2,
        persona: 'earlyRiser',
        kit: 'full',
        fate: [{ type: 'trip', from: at(1, 9), to: at(2, 18) }],
      }),
      homeOf({
        seed: 12,
        number: 5,
        persona: 'homebody',
        kit: 'motion',
        fate: [{ type: 'line-lost', from: at(1, 20), to: at(2, 5) }],
      }),
    ],
    timeZone: 'Asia/Seoul',
    from: FROM,
    to: at(3, 0),
  },
  {
    label: 'two homes: a gateway without power, and somebody who goes on a trip',
    homes: [
      homeOf({
        seed: 13,
        number: 3,
        persona: 'seldomHome',
        kit: 'motion',
        fate: [{ type: 'gateway-lost', at: at(1, 14), to: at(2, 8) }],
      }),
      homeOf({
        seed: 13,
        number: 4,
        persona: 'stillDays',
        kit: 'plugs',
        fate: [{ type: 'trip', from: at(1, 8), to: at(3, 0) }],
      }),
    ],
    timeZone: 'Asia/Seoul',
    from: FROM,
    to: at(3, 0),
  },
]

test.for(SCENARIOS.map((lives) => [lives.label, lives] as const))(
  '%s: found at the same instants whether time leaps to what is due or creeps by twenty minutes',
  { timeout: 600_000 },
  async ([, lives], { url, other }) => {
    const subject = livesOf(lives)
    const leaping = await liveAgain(url, subject)
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    expect(found(leaping.signals).length).toBeGreaterThan(0)
    expect(found(creeping.signals)).toEqual(found(leaping.signals))
    const expected = await foreseen(subject)
    expect(expected.length).toBeGreaterThan(0)
    expect(found(leaping.signals)).toEqual(expect.arrayContaining(expected))
    const homes = new Set(expected.map((line) => line.split(' ')[1]))
    const raised = leaping.signals.filter(({ household }) => homes.has(household))
    expect(found(raised)).toEqual(expected)
  },
)

const tm000 = join(
  process.env['ANBU_RECORDINGS'] ?? '../shared/data',
  'tm000/tm000.multiday_absence.txt',
)

test.skipIf(!existsSync(tm000))(
  'tm000, a real week of CASAS (absent: set ANBU_RECORDINGS), is found the same however time goes',
  { timeout: 600_000 },
  async ({ url, other }) => {
    const subject = await openSubject([tm000], { lang: 'en' })
    const leaping = await liveAgain(url, subject)
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    expect(found(leaping.signals).length).toBeGreaterThan(5)
    expect(found(creeping.signals)).toEqual(found(leaping.signals))
    expect(await foreseen(subject)).toEqual(found(leaping.signals))
  },
)
