import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { ask } from '../../services/commands/backtest-run.ts'
import { migrateAt } from '../../services/commands/start.ts'
import { readTrial } from '../../services/core/settings.ts'
import { DAY, QUARTER } from '../../services/core/time.ts'
import { addHousehold, addPerson } from '../../services/store/homes.ts'
import { openPool } from '../../services/store/pool.ts'
import { makePartitions } from '../../services/store/readings.ts'
import { startServer } from '../../services/store/server.ts'
import { STAFF } from '../../services/commands/replay-house.ts'
import { type MadeUpHome, homeOf } from '../../simulator/homes.ts'
import { livelyDay } from '../../simulator/life.ts'
import { startOfDay } from '../../simulator/local-time.ts'
import { scales } from '../replay/life.ts'
import { answerHelp } from '../usage.ts'
import { type Row, print } from './table.ts'

answerHelp(`npm run bench:backtest -- [HOMES] [--json]
  how fast the past of so many homes (1000) is asked`)

const HOMES = Number(process.argv.slice(2).find((each) => !each.startsWith('--')) ?? 1000)
// So many lives are made up, and each is lived by ten homes: what it costs to ask is the same.
const LIVES = 100
const DAYS = 90
const FROM = Date.parse('2026-06-01T00:00:00+09:00')
const TO = FROM + DAYS * DAY

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir })
await migrateAt(server.url)
const pool = openPool(server.url, { max: 4 })
const quarters = await fill(pool)

const trial = readTrial('budget=0.1')
if ('wrong' in trial) throw new Error(trial.wrong)
const question = { households: null, office: null, from: FROM, to: TO, was: [], would: [trial] }
let most = 0
const begun = performance.now()
const idle = process.cpuUsage()
const answer = await ask(pool, question, () => {
  most = Math.max(most, process.memoryUsage().rss)
})
const seconds = (performance.now() - begun) / 1000
const cpu = process.cpuUsage(idle)

const rows: Row[] = [
  { name: 'homes', value: answer.homes, unit: 'homes' },
  { name: 'quarter hours with signs of life', value: quarters, unit: 'rows' },
  {
    name: '90 days of them, two settings side by side',
    value: seconds,
    unit: 's',
    ...(HOMES === 1000 && { bar: 60, less: true as const }),
  },
  {
    name: '… CPU of this process and its threads',
    value: (cpu.user + cpu.system) / 1e6,
    unit: 's',
  },
  { name: 'memory at most', value: most / 2 ** 20, unit: 'MiB' },
  {
    name: 'silences told of, as it is',
    value: answer.was.told / answer.homeMonths,
    unit: 'home-month',
  },
  {
    name: 'silences told of, budget 0.1',
    value: answer.would.told / answer.homeMonths,
    unit: 'home-month',
  },
]
print('backtest', rows)
await pool.end()
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true, force: true })

async function fill(db: pg.Pool): Promise<number> {
  for (const person of STAFF) await addPerson(db, person)
  await makePartitions(db, FROM - DAY, TO + DAY)
  const lives = Array.from({ length: LIVES }, (_, i) => homeOf({ seed: 1, number: i + 1 }))
  for (let i = 0; i < HOMES; i++) {
    const { timeZone, tier } = lives[i % LIVES] ?? homeOf({ seed: 1, number: 1 })
    const household = `home-${String(i + 1).padStart(4, '0')}`
    const place = { office: 'bench', alias: household, dong: '가상동', planner: 'planner' }
    await addHousehold(db, { household, timeZone, tier, ...place }, FROM)
  }
  for (const [i, home] of lives.entries()) await insert(db, i + 1, countsOf(home))
  await db.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select a.household_id + k * $1, quarter, events, exits, sensors
     from activity a cross join generate_series(1, $2) as k`,
    [LIVES, Math.ceil(HOMES / LIVES) - 1],
  )
  await db.query('vacuum analyze activity')
  const { rows: counted } = await db.query<{ count: number }>('select count(*) from activity')
  return Number(counted[0]?.count)
}

type Count = { events: number; exits: number; sensors: number }

function countsOf(home: MadeUpHome): Map<number, Count> {
  const weigh = scales(home.sensors.map(({ device }) => device))
  const counts = new Map<number, Count>()
  for (let day = FROM; day < TO; day = startOfDay(day, home.timeZone, 1))
    for (const { at, exit, sensor } of livelyDay(home, day).flatMap(weigh)) {
      const quarter = Math.floor(at / QUARTER) * QUARTER
      const count = counts.get(quarter) ?? { events: 0, exits: 0, sensors: 0 }
      count.events++
      count.exits += Number(exit)
      count.sensors |= 1 << sensor
      counts.set(quarter, count)
    }
  return counts
}

async function insert(db: pg.Pool, home: number, counts: Map<number, Count>): Promise<void> {
  const all = [...counts.values()]
  await db.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select $1, * from unnest($2::timestamptz[], $3::int[], $4::int[], $5::int[])`,
    [
      home,
      [...counts.keys()].map((at) => new Date(at).toISOString()),
      all.map(({ events }) => events),
      all.map(({ exits }) => exits),
      all.map(({ sensors }) => sensors),
    ],
  )
}
