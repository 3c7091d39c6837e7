import type pg from 'pg'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { DAY, HOUR } from '../../services/core/time.ts'
import { type Db, query, transaction } from '../../services/store/pool.ts'
import {
  type Relearning,
  takeOld,
  takeRelearning,
  takeUnreadable,
} from '../../services/store/relearning.ts'
import { saveRhythms } from '../../services/store/rhythms.ts'
import { NINE, test } from '../detector/district.ts'

const OLD = 'rhythm-5'
const OURS = 'rhythm-6'
const BATCH = 20

describe('a batch of learning anew', () => {
  test('reads no more of a city than its own homes, analyzed or not', async ({ pool }) => {
    const homes = await fillCity(pool)
    const middle = homes[homes.length / 2] ?? 0
    // Two of three homes are of other tiers; a joint walk reads of both tables.
    const most = 2 * 3 * BATCH
    for (const isAnalyzed of [false, true]) {
      await beCity(pool, isAnalyzed)
      const [old, taken] = await readBy(pool, (db) => takeOld(db, from(middle), OURS, BATCH))
      expect([taken, old <= most]).toEqual([BATCH, true])
      const [unreadable] = await readBy(pool, (db) => takeUnreadable(db, BATCH))
      expect(unreadable).toBeLessThanOrEqual(1)
      // Nothing waits, for all is learnt by the version that asks.
      const [asked] = await readBy(pool, async (db) => {
        expect(await takeRelearning(db, OLD, NINE, NINE)).toBeNull()
        return []
      })
      expect(asked).toBeLessThanOrEqual(1)
    }
  })

  test('and the learning of the night wait for each other, and neither is killed', async ({
    district,
    pool,
  }) => {
    const { id } = await district.home('made-up-1')
    const learnt = { id, rhythm: EMPTY_RHYTHM, learntUntil: NINE }
    const nightly = { ...learnt, learntBy: OLD, learnAt: NINE + DAY }
    await saveRhythms(pool, [nightly], OURS, NINE)
    const night = await transaction(pool, async (db) => {
      expect(await takeOld(db, from(0), OURS, BATCH)).toHaveLength(1)
      const saving = saveRhythms(pool, [nightly], OURS, NINE + HOUR).then(
        () => 'saved',
        (error: unknown) => error,
      )
      const waiting = `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1)
      await saveRhythms(db, [{ ...learnt, learntBy: OURS, learnAt: null }], OURS, NINE)
      return { saving }
    })
    expect(await night.saving).toBe('saved')
    expect(await modelsOf(pool)).toEqual([OURS])
  })

  test('has its homes for itself, and nobody else is at it meanwhile', async ({
    district,
    pool,
  }) => {
    for (const [name, model] of [
      ['made-up-1', OLD],
      ['made-up-2', 'unreadable'],
    ] as const)
      await keep(pool, (await district.home(name)).id, model)
    const begun = { homes: 2, done: 0 }
    expect(await takeRelearning(pool, OURS, NINE - DAY, NINE)).toMatchObject(begun)
    await transaction(pool, async (db) => {
      expect(await takeRelearning(db, OURS, NINE - DAY, NINE)).toMatchObject(begun)
      expect(await takeUnreadable(db, BATCH)).toHaveLength(1)
      expect(await takeOld(db, from(0), OURS, BATCH)).toHaveLength(2)
      expect(await takeRelearning(pool, OURS, NINE - DAY, NINE)).toBeNull()
      expect(await takeUnreadable(pool, BATCH)).toEqual([])
      expect(await takeOld(pool, from(0), OURS, BATCH)).toEqual([])
    })
  })

  test('takes over what an older version had begun, and not what a newer has', async ({
    district,
    pool,
  }) => {
    await keep(pool, (await district.home('made-up-1')).id, OLD)
    const ask = () => takeRelearning(pool, OURS, NINE - DAY, NINE)
    await pool.query(`insert into setting values ('relearning', $1)`, [
      { ...from(9), by: OLD, done: 7, tier: 'mid' },
    ])
    expect(await ask()).toEqual({ ...from(0), homes: 1 })
    await pool.query(`update setting set value = $1 where name = 'relearning'`, [
      { ...from(9), by: 'rhythm-1000' },
    ])
    expect(await ask()).toBeNull()
  })
})

test('a rhythm is replaced by none of an older version, nor by one that knows less', async ({
  district,
  pool,
}) => {
  const { id } = await district.home('made-up-1')
  const anew = { id, rhythm: EMPTY_RHYTHM, learntBy: OURS, learntUntil: NINE, learnAt: null }
  await saveRhythms(pool, [anew], OURS, NINE)
  // Whoever began before it was learnt anew ends after it.
  const late = { ...anew, rhythm: { ...EMPTY_RHYTHM, day: 1 } }
  await saveRhythms(pool, [{ ...late, learntBy: OLD, learntUntil: NINE + DAY }], OURS, NINE)
  await saveRhythms(pool, [{ ...late, learntUntil: NINE - DAY }], OURS, NINE)
  const day = `select body ->> 'day' as day from rhythm`
  expect((await pool.query(day)).rows).toEqual([{ day: String(EMPTY_RHYTHM.day) }])
  await saveRhythms(pool, [{ ...late, learntUntil: NINE + DAY }], OURS, NINE)
  expect((await pool.query(day)).rows).toEqual([{ day: '1' }])
})

async function keep(pool: pg.Pool, home: number, model: string): Promise<void> {
  await pool.query(`insert into rhythm values ($1, $2, now(), '{}')`, [home, model])
}

async function modelsOf(pool: pg.Pool): Promise<string[]> {
  const rows = await query(pool, z.object({ model: z.string() }), 'select model from rhythm')
  return rows.map(({ model }) => model)
}

function from(after: number): Relearning {
  return { by: OURS, since: NINE, homes: 0, done: 0, tier: 'high', after }
}

/** Two thousand homes of three tiers, each learnt by an older version. */
async function fillCity(pool: pg.Pool): Promise<number[]> {
  await pool.query(
    `insert into household (household, office, alias, dong, time_zone, tier, watched_since)
     select 'made-up-' || n, 'gwanak', 'made up', '가상동', 'Asia/Seoul',
       (array['high', 'mid', 'low'])[1 + n % 3], now() from generate_series(1, 2000) n`,
  )
  // About as long as what is known of a home.
  await pool.query(
    `insert into rhythm (household_id, model, learnt_until, body)
     select id, $1, now(), jsonb_build_object('pad', repeat(md5(id::text), 40)) from household`,
    [OLD],
  )
  await pool.query('analyze household')
  await pool.query('vacuum rhythm')
  const rows = await query(pool, z.object({ id: z.int() }), 'select id from household order by id')
  return rows.map(({ id }) => id)
}

// So PostgreSQL plans as for 1.6 million homes. An index on an expression has no statistics until its table is analyzed.
async function beCity(pool: pg.Pool, isAnalyzed: boolean): Promise<void> {
  if (isAnalyzed) await pool.query('analyze rhythm')
  await pool.query(
    `update pg_class set reltuples = 1600000 where relname in
       ('household', 'household_pkey', 'rhythm', 'rhythm_pkey', 'rhythm_learnt_by')`,
  )
}

/** How many rows of homes and rhythms the statements of `work` read, and how many homes it took. */
async function readBy(
  pool: pg.Pool,
  work: (db: Db) => Promise<readonly unknown[]>,
): Promise<[read: number, taken: number]> {
  let read = 0
  const taken = await transaction(pool, (client) => {
    const plan = async (text: string, values: readonly unknown[]) => {
      const explain = `explain (analyze, timing off, format json) ${text}`
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain, [...values])
      for (const row of rows) read += rowsOf(row['QUERY PLAN'][0].Plan)
    }
    const db = new Proxy(client, {
      get: (target, name) =>
        name !== 'query'
          ? Reflect.get(target, name)
          : async (text: string, values: readonly unknown[]) => {
              await plan(text, values)
              return await client.query(text, [...values])
            },
    })
    return work(db)
  })
  return [read, taken.length]
}

type Plan = {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Alias?: string
  readonly Plans?: readonly Plan[]
}

function rowsOf(plan: Plan): number {
  const below = (plan.Plans ?? []).reduce((sum, each) => sum + rowsOf(each), 0)
  // Of the homes that are taken the rest is read by their key.
  if (!['household', 'rhythm'].includes(plan['Relation Name'] ?? '') || plan.Alias === 'h')
    return below
  const each = plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)
  return below + each * plan['Actual Loops']
}
