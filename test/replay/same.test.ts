import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openSubject } from '../../services/commands/replay-subject.ts'
import { MINUTE } from '../../services/core/time.ts'
import { gridAt } from '../../simulator/steps.ts'
import { evaluated } from './anbu.ts'
import { found, liveAgain, raised } from './house.ts'
import { SIDE_BY_SIDE, TM000, test } from './places.ts'
import { record } from './recorded.ts'
import { DEATH, FROM, LINE, PLUGS, POWER, TRIP, at, of, street } from './stories.ts'

test(
  'three stories are found at the same instants whether time leaps to what is due or creeps by twenty minutes, and by core alone',
  SIDE_BY_SIDE,
  async ({ url, other, folder }) => {
    const homes = [DEATH, TRIP, LINE, POWER, PLUGS]
    const subject = street(homes, FROM, at(3, 12))
    const { signals } = await liveAgain(url, subject)
    const leaping = found(signals)
    for (const home of homes) expect(of(home, leaping), home.household).not.toEqual([])
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    expect(raised(creeping.signals)).toEqual(raised(signals))
    // A recording does not say when a gateway could be heard.
    const heard = subject.homes.filter(({ turns = [] }) => turns.length === 0)
    const files = heard.map((home) => record(join(folder, `${home.gateway}.ndjson`), home))
    const alone = await evaluated(await Promise.all(files))
    for (const home of [DEATH, TRIP, PLUGS]) expect(of(home, alone)).toEqual(of(home, leaping))
  },
)

test.skipIf(!existsSync(TM000))(
  'tm000, a real week of CASAS (absent: set ANBU_RECORDINGS), is found the same however time goes, and by core alone',
  SIDE_BY_SIDE,
  async ({ url, other }) => {
    const subject = await openSubject([TM000], { lang: 'en' })
    const { signals } = await liveAgain(url, subject)
    const leaping = found(signals)
    const creeping = await liveAgain(other, subject, { longest: 20 * MINUTE })
    // Somebody passes the entrance on 13 July, 7:21, and again on 16 July, 18:54. Meanwhile sensors fire once every few hours, and
    // that brings nobody back; but a chair fires three times within twenty minutes, and whoever that would be is asked about.
    expect(leaping.map((line) => line.split(' ').slice(-2).join(' '))).toEqual([
      'watch surprise',
      'caution surprise',
      'watch away',
    ])
    expect(raised(creeping.signals)).toEqual(raised(signals))
    for (const each of signals) expect(each.at).toBe(gridAt(each.due))
    expect(await evaluated([TM000])).toEqual(leaping)
  },
)
