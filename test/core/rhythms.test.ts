import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Rhythm } from '../../schemas/rhythm.ts'
import { judge, outlook } from '../../services/core/inactivity.ts'
import { LEARNT_BY } from '../../services/core/learning.ts'
import { type Past, learn } from '../../services/core/rhythm.ts'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { home } from './quiet-home.ts'

// A rhythm as each version kept it: of made-up homes of 40 days (`simulatedLife(4, 40)` and its like).
const FOLDER = new URL('rhythms/', import.meta.url)
const VERSIONS = readdirSync(FOLDER).map((name) => name.replace('.json', ''))

describe.for(VERSIONS)('a rhythm that %s has learnt', (version) => {
  test('can be read, and judges no home as a new one', () => {
    const rhythm = Rhythm.parse(kept(version))
    const ten = rhythm.day * DAY + DAY + HOUR
    const [known, asNew] = [home({ rhythm }), home()].map(
      (each) => outlook({ ...each, lastActivity: ten, lastInner: ten }, ten).caution,
    )
    expect(known).toBeLessThan((asNew ?? 0) - 30 * MINUTE)
  })

  test('can be learnt on, and read again', () => {
    const whole = Rhythm.parse(kept(version))
    // Something may come late, of the evening of the last day that it knows.
    const rhythm = { ...whole, until: (whole.until ?? 0) - 10 }
    for (const quarters of [8, 96, 400]) {
      const learnt = learn(rhythm, pastAfter(rhythm, quarters), Infinity)
      const read = Rhythm.parse(JSON.parse(JSON.stringify(learnt)))
      expect(read).toEqual(learnt)
      expect(read.silences.length).toBeGreaterThan(rhythm.silences.length / 2)
    }
  })
})

test('where hardly anybody was seen to walk about, single signs are believed as before', () => {
  const old = z.looseObject({ day: z.int() }).parse(kept('surprise-4'))
  const ten = old.day * DAY + DAY + HOUR
  const signs = { lastActivity: ten, lastInner: ten, lastOther: ten, lastCompany: ten - 30 * HOUR }
  const judged = (stretches: number) => {
    const sparse = Array.from({ length: stretches }, () => [((old.day - 3) * DAY) / QUARTER, 100])
    return judge(home({ ...signs, rhythm: Rhythm.parse({ ...old, sparse }) }), ten).kind
  }
  expect([judged(3), judged(4)]).toEqual(['unusual', 'calm'])
})

test('there is one that this version has learnt, and it has all that a rhythm has', () => {
  const rhythm = kept(LEARNT_BY)
  // Who gives a rhythm a new part, or takes one away, raises the number and adds a rhythm of that version.
  expect(Rhythm.parse(rhythm)).toEqual(rhythm)
})

function kept(version: string): unknown {
  return JSON.parse(readFileSync(new URL(`${version}.json`, FOLDER), 'utf8'))
}

function pastAfter({ until }: Rhythm, quarters: number): Past {
  const first = (until ?? 0) + 1
  const activity = Array.from({ length: quarters }, (_, n) => (first + n) * QUARTER)
    .filter((_, n) => n % 7 < 3)
    .map((quarter) => ({ quarter, exit: false, sensors: 3, signs: 4 }))
  return { activity, unseen: [], timeZone: 'Asia/Seoul' }
}
