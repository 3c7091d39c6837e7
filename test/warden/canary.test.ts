import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { CANARY_QUIET } from '../../services/store/canary.ts'
import { boardAlerts } from '../../services/store/board.ts'
import { boardHomes } from '../../services/store/board-homes.ts'
import { unwatchedHomes } from '../../services/store/unwatched-homes.ts'
import { startCanary } from '../../services/warden/canary.ts'
import { test } from '../database.ts'
import { openHouse, shiftedClock } from './watch.ts'

vi.setConfig({ testTimeout: 60_000 })

const log = pino({ level: 'silent' })

test('the canary goes round: it moves, goes quiet, is missed, acknowledged and closed, and is seen in no list', async ({
  pool,
  url,
}) => {
  const clock = shiftedClock()
  await using house = await openHouse(pool, url, clock)
  const given = { pool, clock, log, url: house.mqtt, timeZone: 'Asia/Seoul', every: 100 }
  await using canary = await startCanary(given)
  expect(canary).toBeDefined()
  const began = clock.now()
  const stored = async () => {
    const { rows } = await pool.query<{ count: number }>(
      'select count(*) from reading where active and at >= $1',
      [new Date(began).toISOString()],
    )
    return rows[0]?.count ?? 0
  }
  // A word whose acknowledgement is slow is said again.
  await expect.poll(stored, { timeout: 20_000 }).toBeGreaterThan(0)

  // In steps: ingest must be heard meanwhile, or the time counts as one in which nobody could be seen.
  const ingestBeat = async () => {
    const { rows } = await pool.query<{ at: number }>(
      `select at from pulse where service = 'ingest'`,
    )
    return rows[0]?.at ?? 0
  }
  for (let step = 0; step < 4; step++) {
    clock.jump(CANARY_QUIET / 4)
    const now = clock.now()
    await expect.poll(ingestBeat, { timeout: 20_000 }).toBeGreaterThanOrEqual(now)
  }
  const closed = async () => {
    const { rows } = await pool.query<{ line: string }>(
      `select concat_ws(' ', a.kind, string_agg(e.event ->> 'type', ' ' order by e.seq),
         max(e.event ->> 'by')) as line
       from alert a join alert_event e on e.alert_id = a.id
       where a.state ->> 'state' = 'resolved' group by a.id, a.kind`,
    )
    return rows.map(({ line }) => line)
  }
  await expect
    .poll(async () => (await closed())[0], { timeout: 30_000 })
    .toMatch(/^inactivity signal (signal )*acknowledge outcome canary$/)
  const { rows } = await pool.query<{ at: number }>(`select at from pulse where service = 'canary'`)
  expect(rows[0]?.at).toBeGreaterThanOrEqual(began + CANARY_QUIET)
  // It moves again, and nobody but the machine has seen any of it.
  await expect.poll(stored, { timeout: 20_000 }).toBeGreaterThan(1)
  expect((await boardHomes(pool, 'canary', clock.now())).total).toBe(0)
  expect(await boardAlerts(pool, { person: 'nobody', office: 'canary' })).toEqual([])
  expect(await unwatchedHomes(pool, { office: null }, clock.now())).toEqual([])
  // Its message has gone the whole way, and has said so.
  const told = await pool.query<{ line: string }>(
    `select concat_ws(' ', person, channel, state, provider) as line from delivery`,
  )
  expect(told.rows).toEqual([{ line: 'canary webhook delivered canary' }])
})

async function saltOf(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ salt: Buffer }>(
    `select salt from gateway where gateway = 'canary'`,
  )
  return rows[0]?.salt.toString('hex')
}

test('of two wardens one lets the canary go round, and the other when that one is gone', async ({
  pool,
}) => {
  const clock = shiftedClock()
  // No broker is needed to see whose secret holds.
  const given = { pool, clock, log, url: 'mqtt://127.0.0.1:9', timeZone: 'Asia/Seoul', every: 20 }
  const first = await startCanary(given)
  const salt = await saltOf(pool)
  expect(salt).toBeDefined()
  await using second = await startCanary(given)
  expect(second).toBeDefined()
  for (let looks = 0; looks < 10; looks++) {
    await sleep(30)
    expect(await saltOf(pool)).toBe(salt)
  }
  await first[Symbol.asyncDispose]()
  await expect.poll(() => saltOf(pool), { timeout: 10_000 }).not.toBe(salt)
})
