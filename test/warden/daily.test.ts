import type pg from 'pg'
import { pino } from 'pino'
import { expect } from 'vitest'
import { DAY, HOUR } from '../../services/core/time.ts'
import { lookAtDay } from '../../services/warden/daily.ts'
import { messageWriter } from '../../services/alerts/message.ts'
import { NINE, test as withOffice } from '../alerts/office.ts'

const log = pino({ level: 'silent' })
const SEOUL = 'Asia/Seoul'
const test = withOffice

const look = (pool: pg.Pool, now: number) => lookAtDay({ pool, log, timeZone: SEOUL }, now)

async function reasons(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query<{ reason: unknown }>(
    `select reason from signal where kind = 'configuration' order by id`,
  )
  return rows.map(({ reason }) => reason)
}

test('what is wrong with one office hides no other', async ({ office }) => {
  await office.home('h-1')
  await office.pool.query(
    `insert into office (office, time_zone, opens, closes) values ('a-broken-one', 'Nowhere/Else', 0, 1)`,
  )
  expect(await look(office.pool, NINE)).toBe(1)
})

test('I16: once a day an office’s supervisor is told who is not watched, and whom an alert would not reach', async ({
  office,
}) => {
  const { pool, mailbox } = office
  await office.home('h-1')
  await office.home('h-2')
  // Nobody is a technician here, which is said once.
  expect(await look(pool, NINE)).toBe(1)
  expect(await reasons(pool)).toMatchObject([
    {
      unwatched: {},
      from: null,
      empty: ['office', 'night', 'holiday'].map((band) => ({
        band,
        targets: [{ type: 'role', role: 'technician' }],
      })),
    },
  ])
  // kim answers no more for one of them from tomorrow on.
  await pool.query(`update assignment set until = $1 where household_id = 1`, [
    new Date(NINE + DAY).toISOString(),
  ])
  expect(await look(pool, NINE + DAY)).toBe(1)
  expect((await reasons(pool)).at(-1)).toEqual({
    rule: 'daily-look',
    unwatched: { planner: 1 },
    uncovered: 0,
    from: null,
    matters: [],
    empty: [],
  })
  office.now = NINE + DAY
  expect(await office.escalate()).toBe(1)
  const [mail] = await Promise.all([mailbox.take(), office.deliver()])
  expect(mail).toMatchObject({ to: 'oh@example.org' })
  expect(JSON.stringify(mail)).toContain('gwanak')

  // So the desk was all there was for a home that nobody can see.
  await pool.query(`update person set email = null where person = 'park'`)
  expect(await look(pool, NINE + 2 * DAY)).toBe(1)
  expect((await reasons(pool)).at(-1)).toMatchObject({
    uncovered: 2,
    from: NINE + 2 * DAY,
    matters: ['blind', 'sensor'],
  })
})

test('a day is looked at once, however many look, from eight in the morning of the office', async ({
  office,
}) => {
  const { pool } = office
  await office.home('h-1')
  await pool.query('delete from assignment')
  const found = await Promise.all([look(pool, NINE), look(pool, NINE), look(pool, NINE + HOUR)])
  expect(found.toSorted()).toEqual([0, 0, 1])
  expect(await look(pool, NINE + 22 * HOUR)).toBe(0)
  expect(await look(pool, NINE + 23 * HOUR)).toBe(1)
  expect(await reasons(pool)).toHaveLength(2)
})

test('what an office is told of itself names no home and no person', () => {
  const write = messageWriter(null)
  const message = write({
    alert: {
      id: 7,
      householdId: 1,
      household: 'office-1',
      kind: 'configuration',
      grade: 'caution',
      generation: 0,
      signals: 1,
      plan: 'standard',
      planVersion: 1,
      opened: NINE,
      state: { state: 'listed' },
      offer: null,
      offers: 0,
      deferrals: 0,
      cancelling: null,
      subjects: [],
      outage: null,
      called: false,
    },
    purpose: 'page',
    home: {
      office: 'gwanak',
      alias: 'gwanak',
      dong: '사무실',
      timeZone: SEOUL,
      assignments: [],
      quiet: { begins: 0, ends: 0 },
      absent: null,
      plan: 'standard',
    },
    reason: {
      rule: 'daily-look',
      unwatched: { hospital: 1, planner: 2 },
      uncovered: 12,
      from: NINE,
      matters: ['blind'],
    },
    now: NINE,
  })
  expect(message.text).toContain('입원 1, 담당자 없음 2')
  expect(message.text).toContain('3월 3일 09:00부터 12가구')
  expect(message.text).toContain('no planner 2')
})
