import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FORGETFUL } from '../../services/commands/replay-database.ts'
import { livesOf } from '../../services/commands/replay-homes.ts'
import { migrateAt } from '../../services/commands/start.ts'
import { DAY } from '../../services/core/time.ts'
import { openBeside } from '../../services/store/beside.ts'
import { startServer } from '../../services/store/server.ts'
import { homeOf } from '../../simulator/homes.ts'
import { liveAgain } from '../replay/house.ts'
import { type Row, print } from './table.ts'

// `npm run bench:replay -- 1000 1`: so many homes, so many days.
const [homes = 1000, days = 1] = process.argv.slice(2).map(Number).filter(Number.isFinite)
const FROM = Date.parse('2026-09-07T00:00:00+09:00')
const PARTS = 8

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

// After each part of the time: real time, readings, and memory.
type Mark = { readonly at: number; readonly published: number; readonly rss: number }
const marks: Mark[] = []
let steps = 0
let begun: number | null = null

const { signals, reached } = await liveAgain(url, lives, {
  pace: () => {
    begun ??= performance.now()
    return Promise.resolve()
  },
  onStep({ at, published }) {
    steps++
    if (at >= FROM + ((marks.length + 1) * days * DAY) / PARTS)
      marks.push({ at: performance.now(), published, rss: process.memoryUsage().rss })
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
  ...marks.map(({ rss }, i) => ({
    name: `memory after ${i + 1} of ${PARTS} parts`,
    value: rss / 2 ** 20,
    unit: 'MiB',
  })),
  {
    name: 'memory, last part to second',
    value: (marks.at(-1)?.rss ?? 0) / (marks[1]?.rss ?? 1),
    unit: 'times',
    bar: 1.2,
    less: true,
  },
]
print('replay', rows)
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true, force: true })
