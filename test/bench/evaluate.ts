import { simulatedLife } from '../../services/commands/lives.ts'
import { type Examination, examine } from '../../services/core/evaluation/examine.ts'
import { type Life, lifeOfQuarters, quartersOf } from '../../services/core/evaluation/life.ts'
import { model } from '../../services/core/evaluation/model.ts'
import { POLICIES, outlook } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { MINUTE } from '../../services/core/time.ts'
import { print } from './table.ts'

// How fast homes are examined, and how long one deadline takes: `npm run bench:evaluate`.
const HOMES = 12
const DAYS = 365
const how: Examination = { trainDays: 14, cutEvery: 37 * MINUTE, blockDays: 36_500 }
const lives = Array.from({ length: HOMES }, (_, i) => simulatedLife(i + 1, DAYS))
const quarters = lives.map((life) => lifeOfQuarters(life, quartersOf(life)))

function yearsAMinute(all: readonly Life[]): number {
  examine(all[0] ?? lives[0]!, [model], how)
  const begun = performance.now()
  for (const life of all) examine(life, [model], how)
  return (HOMES * 60_000) / (performance.now() - begun)
}

function microsOfADeadline(): number {
  const [life] = quarters
  if (!life) throw new Error('no home')
  const { timeZone, to } = life
  const rhythm = learn(EMPTY_RHYTHM, { activity: quartersOf(life), unseen: [], timeZone }, to)
  const home = (lastActivity: number) => ({
    timeZone,
    policy: POLICIES.mid,
    rhythm,
    lastActivity,
    lastInner: lastActivity,
    lastExit: null,
    lastRoom: null,
    lastOther: null,
    lastCompany: null,
    before: { presence: 'home', since: 0 } as const,
    confirmed: 0,
    unseen: [],
    raised: null,
  })
  const count = 20_000
  let sum = 0
  for (let i = 0; i < count; i++) sum += outlook(home(to + i * MINUTE), to + i * MINUTE).watch
  const begun = performance.now()
  for (let i = 0; i < count; i++) sum += outlook(home(to + i * MINUTE), to + i * MINUTE).watch
  if (Number.isNaN(sum)) throw new Error('a deadline was none')
  return ((performance.now() - begun) * 1000) / count
}

print('evaluate', [
  {
    name: 'home-years a minute from quarter-hour counts, 23 settings',
    value: yearsAMinute(quarters),
    unit: 'years/min',
    bar: 500,
  },
  {
    name: 'home-years a minute from signs of life',
    value: yearsAMinute(lives),
    unit: 'years/min',
    bar: 50,
  },
  {
    name: 'all four deadlines of a home, its curve known',
    value: microsOfADeadline(),
    unit: 'us',
    bar: 5,
    less: true,
  },
])
