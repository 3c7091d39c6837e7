import { Redis } from 'ioredis'
import { pino } from 'pino'
import { expect } from 'vitest'
import type pg from 'pg'
import { startAlerts } from '../../services/alerts/alerts.ts'
import { webhookChannel } from '../../services/alerts/webhook.ts'
import { openAsk } from '../../services/alerts/http.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { openQueue } from '../../services/queue/queue.ts'
import { addPerson, addPlan } from '../../services/store/homes.ts'
import { instant, openPool } from '../../services/store/pool.ts'
import { test } from '../optional.ts'
import { openFake } from './fake.ts'
import { NINE, staff } from './office.ts'
import { SECRET } from './receiver.ts'

const HOMES = 500
const SWEEP = 5_000
const WAIT = 30_000
const TELLINGS = 3
// A sweep every 250 ms; the hand of the clock itself is moved by the test.
const SPEED = 20
const PATIENCE = { timeout: 40_000, interval: 20 }

type Clock = { at: number }

/** The service on a pool of its own. `kill` takes its database away and leaves it to end as it can. */
async function start(url: string, redisUrl: string, clock: Clock) {
  const log = pino({ level: 'silent' })
  const pool = openPool(url)
  const queue = openQueue({ redisUrl, databaseUrl: url, log })
  const webhook = webhookChannel(SECRET, openAsk(), Date.now)
  const none = { push: null, alimtalk: null, sms: null, email: null, slack: null, ntfy: null }
  const service = await startAlerts({
    pool,
    queue,
    clock: { now: () => clock.at, speed: SPEED, after: () => Promise.reject(new Error('unused')) },
    log,
    channels: { ...none, cap: null, webhook },
    polls: {},
    publicUrl: null,
  })
  const end = async () => {
    service[Symbol.dispose]()
    await queue[Symbol.asyncDispose]()
  }
  return {
    async [Symbol.asyncDispose]() {
      await end()
      await pool.end()
    },
    async kill(others: pg.Pool) {
      const gone = pool.end()
      await others.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      )
      await flush(redisUrl)
      await end()
      await gone
    },
  }
}

async function flush(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl)
  await redis.flushall()
  await redis.quit()
}

/** 500 homes of 20 planners, a duty desk of 20, and a plan of three steps, half a minute each. */
async function furnish(pool: pg.Pool, address: string): Promise<void> {
  const step = { channels: ['webhook' as const], wait: WAIT, repeats: 0, every: WAIT }
  const planner = { ...step, targets: [{ type: 'planner' as const }] }
  const duty = { ...step, targets: [{ type: 'duty' as const }] }
  const steps = [planner, duty, { ...planner, wait: DAY }]
  const ladder = { steps, ask: null, repeats: 0, lease: HOUR, again: DAY, confirm: HOUR }
  const inactivity = { ...STANDARD_PLAN.inactivity, danger: ladder }
  await addPlan(pool, { ...STANDARD_PLAN, plan: 'swift', version: 1, inactivity })
  for (let n = 0; n < 20; n++)
    for (const role of ['planner', 'duty'] as const)
      await addPerson(pool, staff(`${role}-${n}`, role, { email: null, webhook: address }))
  await pool.query(
    `insert into household (household, office, alias, dong, time_zone, tier, watched_since, plan)
     select 'h-' || n, 'gwanak', '행운동 ' || n || '호', '행운동', 'Asia/Seoul', 'mid', $2, 'swift'
     from generate_series(1, $1) n`,
    [HOMES, instant(NINE - DAY)],
  )
  await pool.query(
    `insert into assignment (household_id, person, duty, since)
     select id, 'planner-' || id % 20, 'planner', $1 from household`,
    [instant(NINE - DAY)],
  )
}

async function raiseAll(pool: pg.Pool): Promise<void> {
  const reason = {
    rule: 'ceiling',
    since: NINE - 26 * HOUR,
    silentFor: 26 * HOUR,
    expected: 31.5,
    longest: 11 * HOUR,
    lastRoom: 'kitchen',
    presence: 'home',
    ceiling: 24 * HOUR,
  }
  await pool.query(
    `insert into signal (household_id, kind, grade, due_at, at, reason, model)
     select id, 'inactivity', 'danger', $1, $1, $2, 'made-up' from household`,
    [instant(NINE), reason],
  )
}

const count = async (pool: pg.Pool, what: string, values: readonly unknown[] = []) => {
  const { rows } = await pool.query<{ n: number }>(`select count(*) as n from ${what}`, [...values])
  return rows[0]?.n ?? 0
}

/** Waits until so many rows are there. */
async function until(pool: pg.Pool, what: string, least: number): Promise<void> {
  await expect.poll(() => count(pool, what), PATIENCE).toBeGreaterThanOrEqual(least)
}

/** One sweep of the clock goes by, and the service has swept since. */
async function pass(pool: pg.Pool, clock: Clock): Promise<void> {
  clock.at += SWEEP
  const swept = `pulse where service = 'alerts' and at >= '${instant(clock.at)}'`
  await until(pool, swept, 1)
}

const WAITING = `delivery where due_at is not null`

test(
  'I2 progress: Redis flushed, and everything started anew, in the midst of 500 escalations: no step is skipped, none is later than a sweep and 5 s, and nothing is sent twice but what may have been lost',
  { tags: 'redis', timeout: 120_000 },
  async ({ pool, url, redisUrl }) => {
    const came: string[] = []
    await using fake = await openFake(({ headers }) => {
      came.push(headers['webhook-id'] ?? '')
      return { status: 204 }
    })
    await furnish(pool, fake.url)
    const clock = { at: NINE }
    const first = await start(url, redisUrl, clock)
    await raiseAll(pool)
    await until(pool, 'telling', HOMES / 2)
    // No more than half a second of work may be done by now: all jobs go.
    await flush(redisUrl)
    await until(pool, 'telling', HOMES)
    while (clock.at < NINE + WAIT - SWEEP) await pass(pool, clock)
    clock.at += SWEEP
    await until(pool, 'telling', HOMES + HOMES / 5)
    await first.kill(pool)
    const told = await count(pool, 'telling')
    expect(told).toBeLessThan(2 * HOMES)
    const lost = await pool.query<{ id: string }>(
      `select 'delivery_' || id as id from delivery where state = 'sending'`,
    )
    await using second = await start(url, redisUrl, clock)
    expect(second).toBeDefined()
    while (clock.at < NINE + 2 * WAIT + 2 * SWEEP) await pass(pool, clock)
    // What was on its way when everything died: its lease runs out, and nobody knows whether it was sent.
    clock.at += 11 * MINUTE
    const waiting = async () => {
      clock.at += SWEEP
      return count(pool, WAITING)
    }
    await expect.poll(waiting, PATIENCE).toBe(0)

    const wrong = await pool.query(
      `select alert_id, array_agg(format('%s %s.%s.%s', generation, loop, step, times) order by at, step) as told
       from telling group by alert_id
       having array_agg(format('%s %s.%s.%s', generation, loop, step, times) order by at, step)
         <> '{0 0.0.0,0 0.1.0,0 0.2.0}'`,
    )
    expect(wrong.rows).toEqual([])
    const { rows: late } = await pool.query<{ most: number }>(
      `select max(millis(at) - $1::bigint - step * $2::bigint) as most from telling`,
      [NINE, WAIT],
    )
    expect(late[0]?.most).toBeLessThanOrEqual(SWEEP + 5_000)
    expect(new Set(came).size).toBe(TELLINGS * HOMES)
    const seen = new Set<string>()
    const twice = came.filter((id) => seen.size === seen.add(id).size)
    expect(lost.rows.map(({ id }) => id)).toEqual(expect.arrayContaining(twice))
    fake.clear()
  },
)
