import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { boardAlerts } from '../../services/store/board.ts'
import { boardHomes } from '../../services/store/board-homes.ts'
import { addPlan } from '../../services/store/homes.ts'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'
import { openDesk } from '../console/desk.ts'
import { answerHelp } from '../usage.ts'
import { type Row, print } from './table.ts'

answerHelp(`npm run bench:board -- [--json]
  how fast the board opens, with nothing open and with 20,000 homes dark`)

// The board as staff open it, while nothing is open, with 20,000 homes dark one by one, and with the same as one outage.
const HOMES = 20_000
const TIMES = 12

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir })
const pool = openPool(server.url, { max: 6 })
await migrate(pool)
const desk = await openDesk(pool)
await addPlan(pool, STANDARD_PLAN)
const cookie = await desk.enter('haneul')
const reader = { person: 'haneul', office: 'gwanak' }
const now = desk.town.clock.now()

const rows: Row[] = []
await settle(pool)
rows.push(...(await measure('nothing open')))
await goDark(pool)
rows.push(...(await measure('20,000 open, each by itself')))
await pool.query(
  `update alert set outage_id = 1, state = case when id = (select min(id) from alert) then state
     else '{"state": "listed"}'::jsonb end where kind = 'blind'`,
)
await pool.query('vacuum analyze')
rows.push(...(await measure('20,000 open, one outage')))
print('board', rows)
await pool.end()
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true })

async function settle(db: pg.Pool): Promise<void> {
  await db.query(
    `with made as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'dark-' || n, 'gwanak', '가상동 ' || n || '호', '가상' || n % 20 || '동', 'Asia/Seoul', 'mid', now()
       from generate_series(1, $1::int) n returning id
     )
     insert into watch (household_id, last_activity_at, presence_since, learn_at)
     select id, $2, $2, $2 from made`,
    [HOMES, new Date(now)],
  )
  await db.query('vacuum analyze')
}

// Each with its signal, and two messages that were taken: so the storm of the other bench leaves them.
async function goDark(db: pg.Pool): Promise<void> {
  await db.query(
    `with opened as (
       insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state, due_at)
       select id, 'blind', 'caution', 1, 1, 'standard', $2, $1,
         jsonb_build_object('state', 'notifying', 'loop', 0, 'step', 0, 'times', 0, 'band', 'office',
           'until', millis($1) + 1800000), $1::timestamptz + interval '30 min'
       from household where household like 'dark-%' returning id, household_id
     ), signalled as (
       insert into signal (household_id, kind, grade, due_at, at, reason, model, alert_id)
       select household_id, 'blind', 'caution', $1, $1, jsonb_build_object('rule', 'gateway-offline',
         'lastSeen', millis($1)), 'gateway', id from opened
     ), dark as (
       insert into unseen (household_id, since, cause) select household_id, $1, 'gateway' from opened
     )
     insert into delivery (alert_id, generation, loop, step, times, person, channel, fallback, state,
       expires_at, message, planned_at, done_at)
     select id, 1, 0, 0, t, 'jian', 'email', '[]', 'accepted', $1, '{}', $1, $1
     from opened, generate_series(0, 1) t`,
    [new Date(now), STANDARD_PLAN.version],
  )
  await db.query('vacuum analyze')
}

async function measure(what: string): Promise<Row[]> {
  const alerts = await timed(() => boardAlerts(pool, reader))
  const homes = await timed(() => boardHomes(pool, reader.office, now))
  const page = await timed(async () => {
    const answer = await desk.get('/board', cookie)
    if (answer.status !== 200) throw new Error(`the board answered ${answer.status}`)
    return (await answer.arrayBuffer()).byteLength
  })
  return [
    row(`${what}: alerts read`, alerts.ms, 'ms'),
    row(`${what}: homes read`, homes.ms, 'ms'),
    row(`${what}: the board, answered`, page.ms, 'ms', 250),
    row(`${what}: its size, uncompressed`, page.last / 1024, 'KiB', 400),
  ]
}

function row(name: string, value: number, unit: string, bar?: number): Row {
  return bar === undefined ? { name, value, unit } : { name, value, unit, bar, less: true }
}

// The median: others may be at work on the machine.
async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; last: T }> {
  const times: number[] = []
  let last = await work()
  for (let each = 0; each < TIMES; each++) {
    const began = performance.now()
    last = await work()
    times.push(performance.now() - began)
  }
  return { ms: times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0, last }
}
