import { describe, expect } from 'vitest'
import type { Person } from '../../schemas/household.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { assign, endAssignment, listAssignments } from '../../services/store/assignments.ts'
import { addHousehold, addPerson } from '../../services/store/homes.ts'
import { addLeave, endLeave, listLeaves, setDeputy } from '../../services/store/leave.ts'
import { setDay, setHours } from '../../services/store/offices.ts'
import {
  addOverride,
  listOverrides,
  listRotations,
  removeOverride,
  saveRotation,
} from '../../services/store/rotations.ts'
import { readHome, readRoster } from '../../services/store/roster.ts'
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

const test = withDatabase.extend('pool', async ({ url, pool }) => {
  expect(url).toBeDefined()
  const people: Person[] = [
    staff('kim', 'planner'),
    staff('lee', 'planner'),
    staff('park', 'duty'),
    staff('jung', 'duty'),
    staff('afar', 'planner', { office: 'mapo' }),
  ]
  for (const person of people) await addPerson(pool, person)
  await addHousehold(pool, HOME, NOW)
  return pool
})

const hours = (at: number | null) => (at === null ? '' : (at - NOW) / HOUR)

/** Who plans for the home, as "person from..until" in hours from now. */
async function planners(pool: Parameters<typeof listAssignments>[0]): Promise<string[]> {
  const all = await listAssignments(pool, { household: 'h-1' }, 0)
  return all.map((one) => `${one.person} ${hours(one.since)}..${hours(one.until)}`)
}

describe('an assignment', () => {
  const planner = { household: 'h-1', duty: 'planner', consented: null } as const

  test('begins with the household, and a new planner takes over from the one before', async ({
    pool,
  }) => {
    expect(await planners(pool)).toEqual(['kim 0..'])
    await addHousehold(pool, { ...HOME, planner: null }, NOW + HOUR)
    await addHousehold(pool, HOME, NOW + HOUR)
    expect(await planners(pool)).toEqual(['kim 0..'])
    await addHousehold(pool, { ...HOME, planner: 'lee' }, NOW + 2 * HOUR)
    expect(await planners(pool)).toEqual(['kim 0..2', 'lee 2..'])
    await assign(pool, { ...planner, person: 'kim', since: NOW + 5 * HOUR, until: null }, null, NOW)
    expect(await planners(pool)).toEqual(['kim 0..2', 'lee 2..5', 'kim 5..'])
  })

  test('for some time stands in the middle of the one before, which goes on after it', async ({
    pool,
  }) => {
    const [since, until] = [NOW + 2 * HOUR, NOW + 4 * HOUR]
    await assign(pool, { ...planner, person: 'lee', since, until }, null, NOW)
    expect(await planners(pool)).toEqual(['kim 0..2', 'lee 2..4', 'kim 4..'])
    expect(
      await endAssignment(pool, { household: 'h-1', person: 'lee', until: NOW }, null, NOW),
    ).toBe(true)
    // Nobody has that time now, and that is what the coverage check will say.
    expect(await planners(pool)).toEqual(['kim 0..2', 'kim 4..'])
    expect(
      await endAssignment(pool, { household: 'h-1', person: 'lee', until: NOW }, null, NOW),
    ).toBe(false)
  })

  test('cannot be doubled, whoever writes', async ({ pool }) => {
    const twice = pool.query(
      `insert into assignment (household_id, person, duty, since)
       select id, 'lee', 'planner', $1 from household`,
      [new Date(NOW + HOUR).toISOString()],
    )
    await expect(twice).rejects.toThrow('one_planner')
  })

  test('of a neighbour needs the consent of the household', async ({ pool }) => {
    const neighbour = {
      ...planner,
      person: 'afar',
      duty: 'neighbour',
      since: NOW,
      until: null,
    } as const
    await expect(assign(pool, neighbour, null, NOW)).rejects.toThrow('check')
    await assign(pool, { ...neighbour, consented: NOW }, null, NOW)
    expect(await planners(pool)).toEqual(['afar 0..', 'kim 0..'])
  })
})

describe('a leave', () => {
  const leave = {
    person: 'kim',
    since: NOW + DAY,
    until: NOW + 3 * DAY,
    deputy: null,
    reason: '연가',
  }

  test('is listed with who stands in, ends early, or never begins', async ({ pool }) => {
    expect(await setDeputy(pool, { person: 'kim', deputy: 'lee' }, null, NOW)).toBe(true)
    expect(await setDeputy(pool, { person: 'nobody', deputy: 'lee' }, null, NOW)).toBe(false)
    const id = await addLeave(pool, leave, 'kim', NOW)
    const other = await addLeave(
      pool,
      { ...leave, since: leave.until, until: leave.until + DAY, deputy: 'afar' },
      null,
      NOW,
    )
    const listed = await listLeaves(pool, 'gwanak', NOW)
    expect(listed.map((one) => [one.id, one.standsIn])).toEqual([
      [id, 'lee'],
      [other, 'afar'],
    ])
    expect(await endLeave(pool, { id, until: NOW + 2 * DAY }, null, NOW)).toBe(true)
    expect(await endLeave(pool, { id: other, until: NOW }, null, NOW)).toBe(true)
    const left = await listLeaves(pool, null, NOW)
    expect(left.map((one) => [one.id, one.until])).toEqual([[id, NOW + 2 * DAY]])
  })

  test('does not overlap another of the same person', async ({ pool }) => {
    await addLeave(pool, leave, null, NOW)
    const again = addLeave(pool, { ...leave, since: NOW + 2 * DAY }, null, NOW)
    await expect(again).rejects.toThrow('one_leave')
  })
})

describe('a change of a rota', () => {
  const desk = rotation(['park', 'jung'])
  const change = {
    rotation: 'desk',
    since: NOW,
    until: NOW + DAY,
    out: 'park',
    in: 'lee',
    reason: '교대',
  }

  test('names nobody whom another names for the same time, in whichever part', async ({ pool }) => {
    await saveRotation(pool, desk, null, NOW)
    const id = await addOverride(pool, change, null, NOW)
    const clashes = [
      { ...change, in: 'kim' }, // the same is replaced twice
      { ...change, out: 'jung' }, // the same comes in twice
      { ...change, out: 'lee', in: null }, // who comes in goes out
      { ...change, since: NOW + DAY - 1, until: NOW + 2 * DAY, out: null, in: 'park' },
    ]
    for (const clash of clashes)
      await expect(addOverride(pool, clash, null, NOW)).rejects.toThrow('one_override')
    await addOverride(pool, { ...change, since: change.until, until: NOW + 2 * DAY }, null, NOW)
    await addOverride(pool, { ...change, out: 'jung', in: 'kim' }, null, NOW)
    expect(await removeOverride(pool, id, null, NOW)).toBe(true)
    await addOverride(pool, { ...change, in: null }, null, NOW)
  })

  test('conflicts also when two are made in the same breath', async ({ pool }) => {
    await saveRotation(pool, desk, null, NOW)
    const both = await Promise.allSettled([
      addOverride(pool, change, null, NOW),
      addOverride(pool, { ...change, in: 'kim' }, null, NOW),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('needs people who are there, as a rota does', async ({ pool }) => {
    await expect(saveRotation(pool, rotation(['gone']), null, NOW)).rejects.toThrow('gone')
    await saveRotation(pool, desk, null, NOW)
    await expect(addOverride(pool, { ...change, in: 'gone' }, null, NOW)).rejects.toThrow()
  })
})

test('a roster holds all that decides who is meant, and nothing of other offices', async ({
  pool,
}) => {
  await setDeputy(pool, { person: 'kim', deputy: 'afar' }, null, NOW)
  await addLeave(
    pool,
    { person: 'kim', since: NOW, until: NOW + DAY, deputy: null, reason: '' },
    null,
    NOW,
  )
  await addLeave(
    pool,
    { person: 'afar', since: NOW - DAY, until: NOW, deputy: null, reason: 'over' },
    null,
    NOW - DAY,
  )
  await saveRotation(pool, rotation(['park', 'jung']), null, NOW)
  await saveRotation(pool, rotation(['afar'], { rotation: 'mapo', office: 'mapo' }), null, NOW)
  await setHours(
    pool,
    { office: 'gwanak', timeZone: 'Asia/Seoul', opens: 8 * HOUR, closes: 17 * HOUR },
    null,
    NOW,
  )
  const day = Math.floor(NOW / DAY)
  await setDay(pool, { office: 'gwanak', day, rest: true, name: '임시공휴일' }, null, NOW)
  const home = await readHome(pool, 1, NOW)
  const roster = await readRoster(pool, { home, named: [], channels: ['email'] }, NOW)
  expect(home.assignments).toEqual([{ person: 'kim', duty: 'planner', since: NOW, until: null }])
  expect(roster.people.map(({ person }) => person)).toEqual(['afar', 'jung', 'kim', 'lee', 'park'])
  expect([...roster.deputies]).toEqual([['kim', 'afar']])
  expect(roster.leaves.map(({ person, since }) => [person, since])).toEqual([['kim', NOW]])
  expect(roster.rotations).toEqual([rotation(['park', 'jung'])])
  expect(roster.office).toEqual({
    timeZone: 'Asia/Seoul',
    opens: 8 * HOUR,
    closes: 17 * HOUR,
    days: [{ day, rest: true, name: '임시공휴일' }],
  })
  expect([...roster.load]).toEqual([
    ['jung', 0],
    ['park', 0],
  ])
})

test('each change is on record, and the record cannot be changed', async ({ pool }) => {
  await setDeputy(pool, { person: 'kim', deputy: 'lee' }, 'park', NOW)
  const { rows } = await pool.query('select at, by, act, what from roster_change')
  expect(rows).toEqual([
    { at: NOW, by: 'park', act: 'set-deputy', what: { person: 'kim', deputy: 'lee' } },
  ])
  await expect(pool.query('delete from roster_change')).rejects.toThrow('only ever added to')
})

test('what the roster could not read back is refused with what is wrong, and changes nothing', async ({
  pool,
}) => {
  await addPerson(pool, staff('Kim_2', 'duty'))
  const span = { since: NOW, until: NOW + DAY }
  const bad = [
    saveRotation(pool, rotation(['park', 'Kim_2']), null, NOW),
    saveRotation(pool, rotation(['park'], { rotation: '당직' }), null, NOW),
    saveRotation(pool, rotation(['park'], { timeZone: 'Asia/Nowhere' }), null, NOW),
    addLeave(pool, { ...span, person: 'kim', deputy: null, reason: '가'.repeat(201) }, null, NOW),
    saveRotation(pool, rotation(['park']), null, NOW).then(() =>
      addOverride(
        pool,
        { ...span, rotation: 'desk', out: 'park', in: null, reason: '가'.repeat(201) },
        null,
        NOW,
      ),
    ),
  ]
  const said = await Promise.allSettled(bad)
  const reasons = said.map((each) => (each.status === 'rejected' ? String(each.reason) : 'stored'))
  expect(reasons).toEqual([
    expect.stringContaining('participants.1: 1 to 40 of a-z, 0-9, -'),
    expect.stringContaining('rotation: 1 to 40 of a-z, 0-9, -'),
    expect.stringContaining('timeZone'),
    expect.stringContaining('reason'),
    expect.stringContaining('reason'),
  ])
  expect(await listLeaves(pool, null, NOW)).toEqual([])
  expect((await listRotations(pool, null)).map((one) => one.participants)).toEqual([['park']])
  expect(await listOverrides(pool, null, NOW)).toEqual([])
})
