import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { NO_CONTACTS, type Person } from '../../schemas/household.ts'
import { startAlerts } from '../../services/alerts/alerts.ts'
import type { Send } from '../../services/alerts/deliver.ts'
import { escalate } from '../../services/alerts/escalate.ts'
import { openVoice } from '../../services/alerts/voice.ts'
import { wallClock } from '../../services/clock.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { openQueue } from '../../services/queue/queue.ts'
import { addPerson, addPlan } from '../../services/store/homes.ts'
import { migrate } from '../../services/store/migrate.ts'
import { openPool } from '../../services/store/pool.ts'
import { startServer } from '../../services/store/server.ts'
import { answerHelp } from '../usage.ts'
import { type Row, print } from './table.ts'

answerHelp(`npm run bench:alerts -- [--json]
  how soon a thousand alerts reach somebody, on PostgreSQL`)

const HOMES = 50_000
const PLANNERS = 100
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20)
const STORM = 20_000
const STORM_SECONDS = Number(process.env['STORM_SECONDS'] ?? 60)

const dataDir = await mkdtemp(join(tmpdir(), 'anbu-bench-'))
const server = await startServer({ dataDir })
const pool = openPool(server.url, { max: 12 })
await migrate(pool)
await settle()

// When the first request about each alert came in.
const heard = new Map<number, number>()
const provider = createServer((request, response) => {
  const alert = Number(new URL(request.url ?? '/', 'http://provider').searchParams.get('alert'))
  if (!heard.has(alert)) heard.set(alert, performance.now())
  response.end('ok')
})
provider.listen(0, '127.0.0.1')
await once(provider, 'listening')
const address = provider.address()
if (address === null || typeof address === 'string') throw new Error('the provider has no port')
const { port } = address
const send: Send = async (message) => {
  const answer = await fetch(`http://127.0.0.1:${port}/?alert=${message.alert}`)
  await answer.arrayBuffer()
  return { kind: 'accepted', providerId: null }
}
const channels = {
  push: null,
  alimtalk: null,
  sms: null,
  email: null,
  slack: null,
  ntfy: null,
  cap: null,
  webhook: send,
}
const log = pino({ level: 'error' })
const rows: Row[] = []
rows.push(...(await sweeps()))
rows.push(...(await atPace()))
rows.push(...(await storm()))
print('alerts', rows)
provider.close()
await pool.end()
await server[Symbol.asyncDispose]()
await rm(dataDir, { recursive: true })

function staff(person: string, role: Person['role']): Person {
  const name = `Made-up ${person}`
  return {
    ...NO_CONTACTS,
    person,
    name,
    role,
    office: 'gwanak',
    webhook: 'http://provider.example/',
  }
}

async function settle(): Promise<void> {
  await addPlan(pool, STANDARD_PLAN)
  const desk = [staff('park', 'duty'), staff('oh', 'supervisor')]
  const planners = Array.from({ length: PLANNERS }, (_, n) => staff(`planner-${n}`, 'planner'))
  const device = staff('tech', 'technician')
  for (const person of [...desk, ...planners, device]) await addPerson(pool, person)
  await pool.query(
    `insert into household (household, office, alias, dong, time_zone, tier, watched_since)
     select 'h-' || n, 'gwanak', '가상동 ' || n || '호', '가상동', 'Asia/Seoul', 'mid', now()
     from generate_series(1, $1) as n`,
    [HOMES],
  )
  await pool.query(
    `insert into assignment (household_id, person, duty, since)
     select id, 'planner-' || id % $1, 'planner', now() - interval '1 day' from household`,
    [PLANNERS],
  )
  await pool.query('analyze')
}

/** Raises a signal for each of these homes, as the detector does. */
async function raise(from: number, to: number, kind: 'inactivity' | 'blind'): Promise<void> {
  const reason =
    kind === 'blind'
      ? { rule: 'gateway-silent', lastSeen: Date.now() - 3_600_000, limit: 900_000 }
      : {
          rule: 'ceiling',
          since: Date.now() - 90_000_000,
          silentFor: 90_000_000,
          expected: 20,
          longest: null,
          lastRoom: null,
          presence: 'home',
          ceiling: 86_400_000,
        }
  await pool.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select n, $3, $4, now(), now(), $5, 'bench' from generate_series($1::int, $2::int) as n`,
    [from, to, kind, kind === 'blind' ? 'caution' : 'danger', reason],
  )
}

async function sweeps(): Promise<Row[]> {
  const voice = openVoice({ channels, publicUrl: null, passKey: null, asks: false })
  await pool.query(
    `insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at,
       state, due_at)
     select id, 'inactivity', 'danger', 0, 1, $1, $2, now(), jsonb_build_object('state', 'acknowledged',
       'by', 'planner-' || id % $3, 'until', millis(now()) + 3600000), now() + interval '1 hour'
     from household where id <= 10000`,
    [STANDARD_PLAN.plan, STANDARD_PLAN.version, PLANNERS],
  )
  await pool.query('analyze alert')
  const times: number[] = []
  for (let run = 0; run < 20; run++) {
    const began = performance.now()
    await escalate({ pool, log, voice, now: Date.now })
    times.push(performance.now() - began)
  }
  return [
    {
      name: 'a sweep over 10,000 open alerts, none due, worst of 20',
      value: Math.max(...times),
      unit: 'ms',
      bar: 200,
      less: true,
    },
  ]
}

/** Runs the service while `work` raises signals; resolves with how long each person's first request took. */
async function watched(
  work: (raised: Map<number, number>, wake: () => Promise<void>) => Promise<void>,
) {
  heard.clear()
  const raised = new Map<number, number>()
  await using queue = openQueue({ databaseUrl: server.url, log })
  using _ = await startAlerts({
    pool,
    queue,
    clock: wallClock,
    log,
    channels,
    polls: {},
    publicUrl: null,
  })
  await work(raised, () => queue.wake('escalate'))
  await until(async () => (await unheard(raised)).length === 0, 30_000)
  const { rows: alerts } = await pool.query<{ id: number; home: number }>(
    `select id, household_id as home from alert where kind = 'inactivity' and household_id = any ($1)`,
    [[...raised.keys()]],
  )
  return alerts
    .map(({ id, home }) => (heard.get(id) ?? Infinity) - (raised.get(home) ?? 0))
    .toSorted((a, b) => a - b)
}

async function unheard(raised: Map<number, number>): Promise<number[]> {
  const { rows: alerts } = await pool.query<{ id: number; home: number }>(
    `select id, household_id as home from alert where kind = 'inactivity' and household_id = any ($1)`,
    [[...raised.keys()]],
  )
  const known = new Set(alerts.filter(({ id }) => heard.has(id)).map(({ home }) => home))
  return [...raised.keys()].filter((home) => !known.has(home))
}

async function until(is: () => Promise<boolean>, limit: number): Promise<void> {
  for (const end = performance.now() + limit; performance.now() < end; await sleep(200))
    if (await is()) return
}

async function atPace(): Promise<Row[]> {
  let home = 10_000
  const times = await watched(async (raised, wake) => {
    const began = performance.now()
    for (let n = 0; n < SECONDS * 100; n++) {
      await sleep(Math.max(0, began + n * 10 - performance.now()))
      home++
      raised.set(home, performance.now())
      await raise(home, home, 'inactivity')
      void wake()
    }
  })
  return quantiles('signal to first provider request at 100/s', times, 2000)
}

async function storm(): Promise<Row[]> {
  let home = 10_000 + SECONDS * 100
  const times = await watched(async (raised, wake) => {
    const began = performance.now()
    const step = STORM / STORM_SECONDS / 4
    for (let n = 0; n < STORM_SECONDS * 4; n++) {
      await sleep(Math.max(0, began + n * 250 - performance.now()))
      await raise(home + 1, home + Math.round(step), 'blind')
      home += Math.round(step)
      if (n % 4 === 0) {
        const person = 49_999 - n / 4
        raised.set(person, performance.now())
        await raise(person, person, 'inactivity')
      }
      void wake()
    }
  })
  return quantiles(
    `a danger signal while ${STORM} homes go blind in ${STORM_SECONDS} s`,
    times,
    2000,
  )
}

function quantiles(name: string, times: readonly number[], bar: number): Row[] {
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Infinity
  return [
    { name: `${name}, p50`, value: at(0.5), unit: 'ms' },
    { name: `${name}, p99`, value: at(0.99), unit: 'ms', bar, less: true },
    { name: `${name}, worst`, value: at(1), unit: 'ms' },
  ]
}
