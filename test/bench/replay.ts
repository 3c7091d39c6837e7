import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FORGETFUL } from '../../services/commands/replay-database.ts'
import { livesOf } from '../../services/commands/replay-homes.ts'
import { migrateAt } from '../../services/commands/start.ts'
import { DAY } from '../../services/core/time.ts'
import { openBeside } from '../../services/store/beside.ts'
import { startServer } from '../../services/store/server.ts'
import { homeOf } from '../../simulator/homes.ts'
import { liveAgain } from '../replay/house.ts'
import { answerHelp } from '../usage.ts'
import { type Row, print } from './table.ts'

answerHelp(`npm run bench:replay -- [HOMES] [DAYS] [--json]
  how fast so many homes (1000) live so many days (1) again; whether memory stays flat shows after four days`)

const [homes = 1000, days = 1] = process.argv.slice(2).map(Number).filter(Number.isFinite)
const FROM = Date.parse('2026-09-07T00:00:00+09:00')
const PARTS = 8
const FIRST_QUARTER = PARTS / 4
setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

const lives = livesOf({
  label: 'bench',
  homes: Array.from({ length: homes }, (_, i) => homeOf({ seed: 31, number: i + 1 })),
  timeZone: 'Asia/Seoul',
  from: FROM,
  to: FROM + days * DAY,
})

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir, settings: FORGETFUL })
const url = await openBeside(server.url, 'anbu_replay', () => false)
await migrateAt(url)

// After each part of the time: real time, what the process holds, and what of it is in use. That shows after a collection
// of garbage: there are two, so that the run is nearly as it would be without.
type Mark = { readonly at: number; readonly rss: number; readonly live: number | null }
const marks: Mark[] = []

function markOf(at: number): Mark {
  const { rss } = process.memoryUsage()
  const isMeasured = [FIRST_QUARTER, PARTS].includes(marks.length + 1)
  return { at, rss, live: isMeasured ? inUse() : null }
}

function inUse(): number {
  if (typeof collect !== 'function') throw new Error('there is no gc to call')
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let steps = 0
let begun: number | null = null

const { signals, reached } = await liveAgain(url, lives, {
  pace: () => {
    begun ??= performance.now()
    return Promise.resolve()
  },
  onStep({ at }) {
    steps++
    if (at >= FROM + ((marks.length + 1) * days * DAY) / PARTS)
      marks.push(markOf(performance.now()))
  },
})

const seconds = ((marks.at(-1)?.at ?? 0) - (begun ?? 0)) / 1000
const cpu = process.cpuUsage()
const rows: Row[] = [
  { name: 'homes', value: homes, unit: 'homes' },
  { name: 'simulated time', value: days, unit: 'days' },
  { name: 'readings', value: reached.published, unit: 'readings' },
  { name: 'steps', value: steps, unit: 'steps' },
  { name: 'signals raised', value: signals.length, unit: 'signals' },
  {
    name: 'through broker, store and detection',
    value: reached.published / seconds,
    unit: 'readings/s',
    bar: 20_000,
  },
  { name: 'a step', value: (1000 * seconds) / steps, unit: 'ms' },
  { name: 'CPU of this process', value: (cpu.user + cpu.system) / 1e6, unit: 's' },
  ...marks.flatMap(({ rss, live }, i) => [
    { name: `memory after ${i + 1} of ${PARTS} parts`, value: rss / 2 ** 20, unit: 'MiB' },
    ...(live === null ? [] : [{ name: '... of it in use', value: live / 2 ** 20, unit: 'MiB' }]),
  ]),
  // Of a single day the first quarter is the night, in which little happens.
  ...(days < 4
    ? []
    : [
        rise('memory, end to first quarter', 'rss'),
        rise('... in use, end to first quarter', 'live'),
      ]),
]

function rise(name: string, what: 'rss' | 'live'): Row {
  const [first, last] = [marks[FIRST_QUARTER - 1], marks.at(-1)].map((mark) => mark?.[what] ?? NaN)
  return { name, value: (last ?? NaN) / (first ?? NaN), unit: 'times', bar: 1.2, less: true }
}

print('replay', rows)
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true, force: true })
