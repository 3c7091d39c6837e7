import type pg from 'pg'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { NewAbsence } from '../../schemas/absence.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addAbsence, endAbsence, listAbsences } from '../../services/store/absences.ts'
import { query } from '../../services/store/pool.ts'
import { unwatchedHomes } from '../../services/store/unwatched-homes.ts'
import { type District, NINE, STEP, type TestHome, addKim, setLearnAt, test } from './district.ts'

/** Plans an absence of the home from now on. */
async function plan(district: District, rest: Partial<NewAbsence> = {}): Promise<number> {
  await addKim(district.pool)
  const id = await addAbsence(
    district.pool,
    {
      household: 'made-up-1',
      cause: 'hospital',
      since: district.now,
      until: district.now + 2 * DAY,
      author: 'kim',
      reason: '무릎 수술',
      ...rest,
    },
    district.now,
  )
  return id ?? 0
}

function withheld(pool: pg.Pool) {
  return query(
    pool,
    z.object({ kind: z.string(), grade: z.string(), at: z.int() }),
    'select kind, grade, at from withheld order by at, grade',
  )
}

async function inactivity(district: District) {
  return (await district.signals()).filter((each) => each.kind === 'inactivity')
}

async function silentHome(district: District): Promise<TestHome> {
  const home = await district.home('made-up-1')
  await district.move(home)
  return home
}

describe('I24 absence: while it holds', () => {
  test('nothing is raised, what would have been is on the record, and at its end it is asked about', async ({
    district,
  }) => {
    const home = await silentHome(district)
    await plan(district, { until: NINE + DAY })
    await district.pass(DAY - STEP, [home])
    expect(await district.signals()).toEqual([])
    const held = await withheld(district.pool)
    expect(held.map((each) => each.grade)).toEqual(expect.arrayContaining(['watch', 'caution']))
    expect((await district.watch(home)).grade).toBeNull()
    const [absence] = await listAbsences(
      district.pool,
      { household: 'made-up-1', past: false },
      district.now,
    )
    expect(absence).toMatchObject({ cause: 'hospital', withheld: 'caution', author: 'kim' })

    await district.pass(STEP, [home])
    expect(await inactivity(district)).toMatchObject([
      { grade: 'caution', due: NINE + DAY, reason: { rule: 'absence', cause: 'hospital' } },
    ])
    // The time away was no silence: warning has its own hours from then on.
    await district.pass(4 * HOUR, [home])
    expect(await inactivity(district)).toHaveLength(1)
    await district.wait(44 * HOUR)
    await district.hear(home)
    await district.sweep()
    const later = await inactivity(district)
    expect(later.map((each) => each.grade)).toContain('warning')
    for (const each of later.slice(1)) expect(each.due).toBeGreaterThan(NINE + DAY + 4 * HOUR)
  })

  test('a dead gateway and a dead sensor are raised only when it is over', async ({ district }) => {
    const home = await silentHome(district)
    await district.quicken(home, 10 * HOUR)
    await plan(district, { until: NINE + DAY })
    await district.pass(12 * HOUR, [home])
    await district.pass(11 * HOUR)
    expect(await district.signals()).toEqual([])
    const held = await withheld(district.pool)
    expect(new Set(held.map((each) => each.kind))).toEqual(
      new Set(['inactivity', 'sensor', 'blind']),
    )
    await district.pass(2 * HOUR)
    expect((await district.signals()).map((each) => each.kind)).toContain('blind')
  })

  test('another home is raised as ever', async ({ district }) => {
    const home = await silentHome(district)
    const other = await district.home('made-up-2')
    await district.move(other)
    await plan(district)
    await district.pass(DAY, [home, other])
    const { rows } = await district.pool.query(
      'select distinct household_id as id from signal order by 1',
    )
    expect(rows).toEqual([{ id: other.id }])
  })
})

describe('an absence', () => {
  test('that somebody ends is over at once, and the silence counts anew', async ({ district }) => {
    const home = await silentHome(district)
    const id = await plan(district)
    await district.pass(DAY, [home])
    expect(await endAbsence(district.pool, id, 'kim', district.now)).toBe(true)
    expect(await endAbsence(district.pool, id, 'kim', district.now)).toBe(false)
    const ended = district.now
    await district.pass(STEP, [home])
    expect(await district.signals()).toEqual([])
    await district.pass(DAY, [home])
    const [first] = await inactivity(district)
    expect(first?.due).toBeGreaterThan(ended)
  })

  test('in which somebody moved is not asked about when it ends', async ({ district }) => {
    const home = await silentHome(district)
    await plan(district, { until: NINE + DAY })
    await district.pass(DAY - 10 * MINUTE, [home])
    await district.move(home)
    await district.pass(STEP, [home])
    expect(await district.signals()).toEqual([])
  })

  test('teaches nothing', async ({ district }) => {
    const home = await silentHome(district)
    await plan(district, { until: NINE + DAY })
    await district.pass(DAY + HOUR, [home])
    await district.move(home)
    await district.wait(DAY)
    await setLearnAt(district.pool, home, district.now)
    await district.learn()
    const rhythm = await district.rhythm(home)
    expect(rhythm?.silences).toEqual([])
  })

  test('cannot be without an end, an author or a reason, whoever writes it', async ({
    district,
  }) => {
    await silentHome(district)
    await addKim(district.pool)
    const columns = 'household_id, cause, since, until, author, reason, recorded_at'
    const insert = (values: string) =>
      district.pool.query(
        `insert into absence (${columns}) select id, ${values}, now() from household`,
      )
    await expect(insert(`'trip', now(), null, 'kim', 'made up'`)).rejects.toThrow('null')
    await expect(insert(`'trip', now(), now(), 'kim', 'made up'`)).rejects.toThrow('check')
    await expect(insert(`'trip', now(), 'tomorrow', 'nobody', 'made up'`)).rejects.toThrow(
      'foreign',
    )
    await expect(insert(`'trip', now(), 'tomorrow', 'kim', ''`)).rejects.toThrow('check')
    expect(await plan(district, { author: 'nobody' })).toBe(0)
  })
})

test('who is not watched is told with the reason, the end, and who answers for it', async ({
  district,
}) => {
  await silentHome(district)
  await plan(district, { cause: 'consent', until: NINE + 20 * DAY })
  await plan(district, { cause: 'trip', since: NINE + HOUR })
  const dark = await district.home('made-up-2', { planner: 'kim' })
  const seen = await district.home('made-up-3', { planner: 'kim' })
  await district.home('made-up-4', { planner: 'kim', office: 'another' })
  for (const home of [dark, seen]) await district.move(home)
  await district.pass(STEP, [seen])
  const why = (office: string | null) => unwatchedHomes(district.pool, { office }, district.now)
  expect(await why('gwanak')).toMatchObject([
    { household: 'made-up-1', cause: 'consent', until: NINE + 20 * DAY, author: 'kim' },
    { household: 'made-up-1', cause: 'gateway', until: null, author: null },
    { household: 'made-up-2', cause: 'gateway' },
    { household: 'made-up-1', cause: 'planner' },
  ])
  expect((await why(null)).map((each) => each.household)).toContain('made-up-4')
})

const ANY = { household: 'made-up-1', past: true }
const changes = async (district: District) =>
  (await district.signals()).filter(({ kind }) => kind === 'change')

/** The door, then so many quarter hours of movement. */
async function comeIn(district: District, home: TestHome, quarters: number): Promise<void> {
  await district.exit(home)
  for (let n = 0; n < quarters; n++) {
    await district.pass(15 * MINUTE, [home])
    await district.move(home)
    await district.sweep()
  }
}

describe('movement during a planned absence', () => {
  test('for half an hour is asked about once, on the board, and ends nothing', async ({
    district,
  }) => {
    const home = await silentHome(district)
    await plan(district, { cause: 'trip', until: NINE + 5 * DAY })
    await district.exit(home)
    await district.pass(8 * HOUR, [home])
    expect(await changes(district)).toEqual([])
    const came = district.now
    await comeIn(district, home, 3)
    await district.pass(30 * HOUR, [home])
    expect(await changes(district)).toMatchObject([
      {
        grade: 'watch',
        reason: { rule: 'absence-moved', cause: 'trip', until: NINE + 5 * DAY, back: false },
      },
    ])
    const [told] = await changes(district)
    expect(told?.reason).toMatchObject({ since: came + 15 * MINUTE })
    // It still holds: nothing else is raised, and it ends when it was to end.
    expect(await inactivity(district)).toEqual([])
    expect(await listAbsences(district.pool, ANY, district.now)).toMatchObject([
      { until: NINE + 5 * DAY, ended: null },
    ])
  })

  test('as somebody makes who lives there ends it, and whoever falls silent then is missed', async ({
    district,
  }) => {
    const home = await silentHome(district)
    await plan(district, { cause: 'hospital', until: NINE + 20 * DAY })
    await district.exit(home)
    await district.pass(8 * HOUR, [home])
    await comeIn(district, home, 36)
    await setLearnAt(district.pool, home, district.now)
    await district.learn()
    await district.sweep()
    const back = await changes(district)
    expect(back.at(-1)).toMatchObject({
      grade: 'caution',
      reason: { rule: 'absence-moved', back: true },
    })
    const [absence] = await listAbsences(district.pool, ANY, district.now)
    expect(absence?.until).toBeLessThanOrEqual(district.now)
    await district.pass(30 * HOUR, [home])
    expect((await inactivity(district)).map(({ grade }) => grade)).toContain('caution')
  })

  test('is nobody’s matter while who leaves may still be packing, or where consent was withdrawn', async ({
    district,
  }) => {
    const home = await silentHome(district)
    await plan(district, { cause: 'trip', until: NINE + 5 * DAY })
    await comeIn(district, home, 12)
    await plan(district, { cause: 'consent', until: NINE + 9 * DAY })
    await district.pass(8 * HOUR, [home])
    await comeIn(district, home, 12)
    expect(await changes(district)).toEqual([])
  })
})
