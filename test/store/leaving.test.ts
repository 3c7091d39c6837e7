import type pg from 'pg'
import { describe, expect } from 'vitest'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { assign, listAssignments } from '../../services/store/assignments.ts'
import { findUncovered, keepMeans } from '../../services/store/coverage.ts'
import { addHousehold, addPerson, addPlan } from '../../services/store/homes.ts'
import { addLeave, listLeaves, setDeputy } from '../../services/store/leave.ts'
import { leaveOffice, leftOpen, whoLeft } from '../../services/store/leaving.ts'
import { readinessOf } from '../../services/store/readiness.ts'
import { readRoster } from '../../services/store/roster.ts'
import { saveRotation } from '../../services/store/rotations.ts'
import {
  colleagues,
  findPerson,
  findPersonByEmail,
  staffNames,
} from '../../services/store/staff.ts'
import { addSubscription, devicesOf } from '../../services/store/subscriptions.ts'
import { unwatchedHomes } from '../../services/store/unwatched-homes.ts'
import { rotation, staff } from '../core/rota.ts'
import { test as withDatabase } from '../database.ts'

const NOW = Date.parse('2026-11-23T09:00+09:00')
const HOME = {
  household: 'h-1',
  office: 'gwanak',
  alias: '가상동 1호',
  dong: '가상동',
  timeZone: 'Asia/Seoul',
  tier: 'mid',
  planner: 'kim',
} as const
const KIM = staff('kim', 'planner', { phone: '00012345678' })

const test = withDatabase.extend('pool', async ({ url, pool }) => {
  expect(url).toBeDefined()
  await addPlan(pool, STANDARD_PLAN)
  for (const person of [KIM, staff('lee', 'planner'), staff('park', 'duty')])
    await addPerson(pool, person)
  await addHousehold(pool, HOME, NOW)
  await keepMeans(pool, { channels: ['email'], asks: false })
  return pool
})

const LEFT = NOW + HOUR

/** kim leaves, in an hour. */
const kimLeaves = (pool: pg.Pool) => leaveOffice(pool, 'kim', null, LEFT)

const planner = { household: 'h-1', duty: 'planner', consented: null, until: null } as const

describe('one of the staff who leaves', () => {
  test('is found by nothing that opens a page or chooses somebody, and keeps their name', async ({
    pool,
  }) => {
    expect(await kimLeaves(pool)).toBe(true)
    expect(await findPerson(pool, 'kim')).toBeNull()
    expect(await findPersonByEmail(pool, 'kim@example.org')).toBeNull()
    expect((await colleagues(pool, 'gwanak')).map(({ person }) => person)).toEqual(['lee', 'park'])
    const ready = await readinessOf(pool, 'gwanak', LEFT)
    expect(ready.map(({ person }) => person)).toEqual(['lee', 'park'])
    expect((await staffNames(pool)).get('kim')).toBe('Made-up kim')
  })

  test('leaves no address behind, nor a device that takes messages', async ({ pool }) => {
    const keys = { p256dh: 'A'.repeat(87), auth: 'B'.repeat(22) }
    await addSubscription(pool, 'kim', { endpoint: 'https://push.example/1', keys }, '폰', NOW)
    await pool.query(
      `insert into contact (person, channel, address) values ('kim', 'email', 'kim@example.org')`,
    )
    await kimLeaves(pool)
    const { rows } = await pool.query(
      `select to_jsonb(p)::text || coalesce((select to_jsonb(c)::text from contact c), '') as kept
       from person p where person = 'kim'`,
    )
    expect(rows[0].kept).not.toMatch(/example\.org|00012345678/)
    expect(await devicesOf(pool, 'kim')).toEqual([])
  })

  test('answers for no home any more, and each is known as without a planner', async ({ pool }) => {
    await addHousehold(pool, { ...HOME, household: 'h-2', planner: 'lee' }, NOW)
    await assign(pool, { ...planner, household: 'h-2', person: 'kim', since: NOW + DAY }, null, NOW)
    await kimLeaves(pool)
    const left = await listAssignments(pool, { person: 'kim' }, 0)
    expect(left.map(({ household, until }) => [household, until])).toEqual([['h-1', LEFT]])
    const dark = await unwatchedHomes(pool, { office: 'gwanak' }, LEFT)
    expect(dark).toMatchObject([{ household: 'h-1', cause: 'planner', since: LEFT }])
    const gaps = await findUncovered(pool, null, { from: LEFT, until: LEFT + DAY })
    expect(gaps.flatMap(({ households }) => households)).toContain('h-1')
    // h-2 has lee until tomorrow, and nobody then.
    expect((await leftOpen(pool, 'kim', LEFT))?.homes).toEqual(['h-1', 'h-2'])
    await assign(pool, { ...planner, person: 'lee', since: LEFT }, null, LEFT)
    expect((await leftOpen(pool, 'kim', LEFT))?.homes).toEqual(['h-2'])
  })

  test('is given no home again, neither by a change nor with a home that is new', async ({
    pool,
  }) => {
    await kimLeaves(pool)
    const again = assign(pool, { ...planner, person: 'kim', since: LEFT }, null, LEFT)
    await expect(again).rejects.toMatchObject({ constraint: 'who_left' })
    const anew = addHousehold(pool, { ...HOME, household: 'h-3' }, LEFT)
    await expect(anew).rejects.toMatchObject({ constraint: 'who_left' })
    // What was theirs before is cut by a planner from an earlier day on, and stays theirs before it.
    await assign(pool, { ...planner, person: 'lee', since: NOW + HOUR / 2 }, null, LEFT)
    const all = await listAssignments(pool, { household: 'h-1' }, 0)
    expect(all.map(({ person }) => person)).toEqual(['kim', 'lee'])
  })

  test('who is assigned a home while they leave has it in no order of the two', async ({
    pool,
  }) => {
    const leaver = await pool.connect()
    try {
      await leaver.query('begin')
      await leaver.query(`update person set left_at = now() where person = 'lee'`)
      const late = assign(pool, { ...planner, person: 'lee', since: NOW }, null, NOW)
      const refused = expect(late).rejects.toMatchObject({ constraint: 'who_left' })
      await expect
        .poll(() => pool.query(`select from pg_locks where not granted`).then((r) => r.rowCount))
        .toBeGreaterThan(0)
      await leaver.query('commit')
      await refused
    } finally {
      leaver.release()
    }
  })

  test('stands in for nobody, takes no turn that could be given anew, and has no leave ahead', async ({
    pool,
  }) => {
    await setDeputy(pool, { person: 'lee', deputy: 'kim' }, null, NOW)
    const days = { since: NOW + DAY, until: NOW + 2 * DAY, reason: '' }
    await addLeave(pool, { person: 'park', deputy: 'kim', ...days }, null, NOW)
    await addLeave(pool, { person: 'kim', deputy: null, ...days }, null, NOW)
    const desk = rotation(['kim', 'park'])
    await saveRotation(pool, desk, null, NOW)
    await kimLeaves(pool)
    const leaves = await listLeaves(pool, null, LEFT)
    expect(leaves.map(({ person, standsIn }) => [person, standsIn])).toEqual([['park', null]])
    expect(await leftOpen(pool, 'kim', LEFT)).toMatchObject({
      deputies: ['lee', 'park'],
      rotations: ['desk'],
    })
    await expect(saveRotation(pool, desk, null, LEFT)).rejects.toThrow('kim')
  })

  test('is nobody whom a plan can mean, also where a rota or a deputyship goes on naming them', async ({
    pool,
  }) => {
    await saveRotation(pool, rotation(['kim', 'park']), null, NOW)
    await kimLeaves(pool)
    await setDeputy(pool, { person: 'lee', deputy: 'kim' }, null, LEFT)
    const home = { office: 'gwanak', timeZone: 'Asia/Seoul', assignments: [] }
    const roster = await readRoster(pool, { home, named: ['kim'], channels: ['email'] }, LEFT)
    expect(roster.people.map(({ person }) => person)).toEqual(['lee', 'park'])
  })

  test('twice has left once, and the record says so', async ({ pool }) => {
    await kimLeaves(pool)
    expect(await leaveOffice(pool, 'kim', null, LEFT + DAY)).toBe(true)
    expect((await leftOpen(pool, 'kim', LEFT + DAY))?.at).toBe(LEFT)
    const { rows } = await pool.query(
      `select at, what from roster_change where act = 'leave-office'`,
    )
    const what = { person: 'kim', homes: [{ household: 'h-1', duty: 'planner' }], standsIn: [] }
    expect(rows).toEqual([{ at: LEFT, what }])
    expect(await leaveOffice(pool, 'nobody', null, LEFT)).toBe(false)
  })

  test('is back when they are added again, with what is said of them then', async ({ pool }) => {
    await kimLeaves(pool)
    expect(await whoLeft(pool)).toEqual(['kim'])
    await addPerson(pool, KIM)
    expect(await whoLeft(pool)).toEqual([])
    expect(await findPerson(pool, 'kim')).toMatchObject({ email: 'kim@example.org' })
    expect(await leftOpen(pool, 'kim', LEFT)).toBeNull()
    await assign(pool, { ...planner, person: 'kim', since: LEFT }, null, LEFT)
    expect(await unwatchedHomes(pool, { office: 'gwanak' }, LEFT)).toEqual([])
  })
})
