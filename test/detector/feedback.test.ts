import type pg from 'pg'
import { expect } from 'vitest'
import { DAY, HOUR } from '../../services/core/time.ts'
import { feedbackOf } from '../../services/store/feedback.ts'
import { type District, NINE, type TestHome, setLearnAt, test } from './district.ts'

/** An alert about the home's silence since nine, closed now. */
async function close(pool: pg.Pool, home: TestHome, outcome: string, at: number): Promise<void> {
  const state = { state: 'resolved', by: 'kim', outcome, at }
  await pool.query(
    `with plan as (
       insert into plan (plan, version, body) values ('made up', 1, '{}') on conflict do nothing
     ), alert as (
       insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
       values ($1, 'inactivity', 'caution', 1, 1, 'made up', 1, $2, $3) returning id
     )
     insert into signal (household_id, kind, grade, due_at, at, reason, model, alert_id)
     select $1, 'inactivity', 'caution', $2, $2, $4, 'made up', id from alert`,
    [home.id, new Date(at), state, { rule: 'ceiling', since: NINE }],
  )
}

async function learn(district: District, home: TestHome): Promise<void> {
  await setLearnAt(district.pool, home, district.now)
  await district.learn()
  await district.sweep()
}

test('false alarms have a home asked about later, within bounds, and it can be read', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.sweep()
  const before = (await district.watch(home)).deadline ?? 0
  for (let n = 0; n < 3; n++) await close(pool, home, 'safe', NINE)
  await learn(district, home)
  expect(await feedbackOf(pool, home.id)).toMatchObject({ falseAlarms: 3, budget: 0.61 })
  const once = (await district.watch(home)).deadline ?? 0
  expect(once).toBeGreaterThan(before)
  for (let n = 0; n < 30; n++) await close(pool, home, 'safe', NINE)
  await learn(district, home)
  expect((await feedbackOf(pool, home.id))?.budget).toBe(0.5)
  expect((await district.watch(home)).deadline).toBeLessThanOrEqual(NINE + DAY)
})

test('an absence that nobody noticed is believed for longer the next time', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  await close(pool, home, 'away', NINE + 14 * HOUR)
  await district.wait(14 * HOUR)
  await learn(district, home)
  await district.move(home)
  await district.exit(home)
  const out = district.now
  await district.pass(HOUR, [home])
  const watch = await district.watch(home)
  expect(watch.presence).toBe('away')
  const { rows } = await pool.query<{ until: number }>('select presence_until as until from watch')
  // Half as long again as the fourteen hours that somebody found out about.
  expect(rows).toEqual([{ until: out + 21 * HOUR }])
})

test('outcomes that are no more teach no more', async ({ district, pool }) => {
  const home = await district.home('made-up-1')
  await close(pool, home, 'safe', NINE)
  await learn(district, home)
  expect(await feedbackOf(pool, home.id)).not.toBeNull()
  await pool.query('delete from alert')
  await learn(district, home)
  expect(await feedbackOf(pool, home.id)).toBeNull()
})
