import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { longestAt, paceOf } from '../../services/commands/replay-pace.ts'
import { type Subject, openSubject } from '../../services/commands/replay-subject.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { liveAgain, raised } from './house.ts'
import { TM000, test } from './places.ts'

// Six hours of the first day last 15 seconds; ANBU_PACED_HOURS=48 has more of it. Of somebody who is not known yet the
// ceiling tells: here after four hours.
const HURRY = 1440
const HOURS = Number(process.env['ANBU_PACED_HOURS'] ?? 6)
const CEILING = ['ceiling=4h']
// Side by side, for all that a paced replay does is wait.
const WAITING = { timeout: 120_000 + (4 * HOURS * HOUR) / HURRY, concurrent: true }
const atOnce = { gate: () => Promise.resolve() }

const THREE = `
title: Three stories at once
homes: 3
seed: 12
first-day: 2026-09-07
days: 3
personas: [ordinary, earlyRiser, seldomHome]
kits: [full]
quiet: true
events:
  - { event: death, at: day 1 09:30, homes: [1] }
  - { event: trip, from: day 1 10:00, lasts: 14h, homes: [2] }
  - { event: power-lost, from: day 1 10:00, lasts: 3h, homes: [3] }
`

/** What two replays of the same raise: at max speed, and really paced. */
async function both(subject: Subject, [url, other]: readonly [string, string]) {
  const max = await liveAgain(url, subject, { set: CEILING })
  const stop = new AbortController()
  const begun = performance.now()
  let looks = 0
  const paced = await liveAgain(other, subject, {
    set: CEILING,
    longest: longestAt(HURRY),
    pace: paceOf(HURRY, subject.from, atOnce, stop.signal),
    onStep: () => void looks++,
  })
  // Every minute was looked at, and in its time.
  expect(looks).toBe((subject.to - subject.from) / MINUTE)
  expect(performance.now() - begun).toBeGreaterThan((subject.to - subject.from - MINUTE) / HURRY)
  return { max: raised(max.signals), paced: raised(paced.signals) }
}

const hoursFrom = (from: string) => ({
  lang: 'en' as const,
  from,
  to: new Date(Date.parse(`${from}Z`) + HOURS * HOUR).toISOString().slice(0, 19),
})

test(
  'a replay at 1440 times the speed of life raises what one at max speed does, at the same instants',
  WAITING,
  async ({ url, other, folder }) => {
    const file = join(folder, 'three.yaml')
    await writeFile(file, THREE)
    const subject = await openSubject([file], hoursFrom('2026-09-07T09:00:00'))
    const { max, paced } = await both(subject, [url, other])
    for (const home of subject.homes.map(({ household }) => household.household))
      expect(max.join('\n'), home).toContain(` ${home} `)
    expect(paced).toEqual(max)
  },
)

test.skipIf(!existsSync(TM000))(
  'so it is with hours of tm000, a real week of CASAS (absent: set ANBU_RECORDINGS)',
  WAITING,
  async ({ url, other }) => {
    // Away from 12:23 on, unseen.
    const subject = await openSubject([TM000], hoursFrom('2016-07-14T12:00:00'))
    const { max, paced } = await both(subject, [url, other])
    expect(max.length).toBeGreaterThan(0)
    expect(paced).toEqual(max)
  },
)
