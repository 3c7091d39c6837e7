import { examineLife } from '../../services/commands/examined.ts'
import { simulatedLife } from '../../services/commands/lives.ts'
import { type Examination, examine } from '../../services/core/evaluation/examine.ts'
import { type Life, lifeOfQuarters, quartersOf } from '../../services/core/evaluation/life.ts'
import { model } from '../../services/core/evaluation/model.ts'
import { POLICIES, outlook } from '../../services/core/inactivity.ts'
import { EMPTY_RHYTHM, learn } from '../../services/core/rhythm.ts'
import { HALF_HOUR } from '../../services/core/silence.ts'
import { MINUTE } from '../../services/core/time.ts'
import { answerHelp } from '../usage.ts'
import { print } from './table.ts'

answerHelp(`npm run bench:evaluate -- [--json]
  how fast homes are examined, and how long one deadline takes`)

// How fast homes are examined, and how long one deadline takes: `npm run bench:evaluate`.
const HOMES = 12
const DAYS = 365
const how: Examination = { trainDays: 14, cutEvery: 37 * MINUTE, blockDays: 36_500 }
const lives = Array.from({ length: HOMES }, (_, i) => simulatedLife(i + 1, DAYS))
const quarters = lives.map((life) => lifeOfQuarters(life, quartersOf(life)))

function yearsAMinute(all: readonly Life[]): number {
  // Whoever evaluates a city waits for the compiler once: of the first twelve homes that is a quarter of the time.
  for (const life of all) examine(life, [model], how)
  const begun = process.cpuUsage()
  for (const life of all) examine(life, [model], how)
  return (HOMES * 60_000) / millisSince(begun)
}

// In CPU time of this process, for the bars are of one core: others may use the machine too.
function millisSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000
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
  // What begins in the half hour that was asked about last costs a fifth: no two of these do.
  const all = () => {
    for (let at = to; at < to + count * HALF_HOUR; at += HALF_HOUR)
      sum += outlook(home(at), at).watch
  }
  all()
  const begun = process.cpuUsage()
  all()
  if (Number.isNaN(sum)) throw new Error('a deadline was none')
  return (millisSince(begun) * 1000) / count
}

// What `anbu evaluate --seeds 1-1000 --days 365` does, of a few of them: with `--detector anbu`, or with all four.
function minutesOfAThousand(detector: string | undefined): number {
  const manner = { noise: 0, quarters: false, how, detector }
  const some = 12
  const begun = process.cpuUsage()
  for (let seed = 1; seed <= some; seed++) examineLife(simulatedLife(seed, DAYS), manner)
  return ((millisSince(begun) / some) * 1000) / 60_000 / 2
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
  {
    name: '365 days of 1,000 homes made up and decided, on two cores',
    value: minutesOfAThousand('anbu'),
    unit: 'min',
    bar: 10,
    less: true,
  },
  {
    name: '… and by all four detectors',
    value: minutesOfAThousand(undefined),
    unit: 'min',
  },
])
