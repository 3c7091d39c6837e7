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
  expect((await pool.query('select from delivery')).rowCount).toBe(0)
})
