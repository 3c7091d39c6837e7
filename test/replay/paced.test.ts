import { expect, inject } from 'vitest'
import { longestAt, paceOf } from '../../services/commands/replay-pace.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import type { MadeUpHome } from '../../simulator/homes.ts'
import { copyDatabase, test as base } from '../database.ts'
import { found, liveAgain } from './house.ts'
import { DEATH, POWER, TRIP, at, of, street } from './stories.ts'

// A second database of the same kind, to live in once more.
// oxlint-disable-next-line no-empty-pattern -- Vitest reads what is asked for from the pattern: here, nothing
const test = base.extend('other', async ({}, { onCleanup }) => {
  const [other, drop] = await copyDatabase(inject('postgres'), 'template')
  onCleanup(drop)
  return other
})

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
  { timeout: 120_000 + (4 * HOURS * HOUR) / HURRY },
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
