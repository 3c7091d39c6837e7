import { readFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import { pino } from 'pino'
import { Rhythm } from '../../schemas/rhythm.ts'
import { LEARNT_BY } from '../../services/core/learning.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { relearnRhythms } from '../../services/detector/relearning.ts'
import { instant } from '../../services/store/pool.ts'
import { commit } from '../../services/store/readings.ts'
import { readRelearning } from '../../services/store/relearning.ts'
import { type District, NINE, type TestHome, test } from './district.ts'

const silent = pino({ level: 'silent' })
const BOUNDS = { atMost: MINUTE, lateness: DAY }

describe('a rhythm that an older version has learnt', () => {
  test('goes on telling when a home is judged, though it lacks what came since', async ({
    district,
  }) => {
    const { home, today } = await livedHome(district)
    const byToday = await deadlineOf(district, home)
    await keep(district, home, asBefore(today), 'surprise-4')
    expect(await deadlineOf(district, home)).toBe(byToday)
    await keep(district, home, today, 'surprise-5')
    expect(await deadlineOf(district, home)).toBe(byToday)
    // As a new home it would wait for longer.
    await district.pool.query('delete from rhythm')
    expect(await deadlineOf(district, home)).toBeGreaterThan(byToday + 10 * MINUTE)
  })

  test('is learnt anew once, from all that is kept, and the home is looked at', async ({
    district,
  }) => {
    const { home, today } = await livedHome(district)
    await deadlineOf(district, home)
    await keep(district, home, asBefore(today), 'surprise-4')
    const learnAt = await learnAtOf(district, home)
    expect(await district.relearn()).toBe(1)
    expect(await kept(district, home)).toEqual({ model: LEARNT_BY, body: today })
    expect((await district.watch(home)).deadline).toBe(district.now)
    // The night's learning, of habits and sensors too, comes when it would have come.
    expect(await learnAtOf(district, home)).toBe(learnAt)
    expect(await district.relearn()).toBe(0)
    expect(await readRelearning(district.pool, LEARNT_BY)).toEqual({
      unreadable: 0,
      hasNewer: false,
      relearning: null,
    })
  })

  test('learns the next day on until its turn comes', async ({ district }) => {
    const { home, today } = await livedHome(district)
    await keep(district, home, asBefore(today), 'surprise-4')
    await district.past(home, NINE, 4 * 8, () => true)
    district.now = NINE + 18 * HOUR
    expect(await district.learn()).toBe(1)
    const learnt = await kept(district, home)
    expect(learnt.model).toBe('surprise-4')
    const { until, walking } = Rhythm.parse(learnt.body)
    expect(until).toBeGreaterThan(today.until ?? 0)
    // Of how people walk about it knows one day, and not a week.
    expect(walking.days).toBeLessThan(today.walking.days)
    expect(await district.relearn()).toBe(1)
    const anew = Rhythm.parse((await kept(district, home)).body)
    expect(anew.until).toBe(until)
    expect(anew.walking.days).toBeGreaterThan(today.walking.days)
  })

  test('stays where less is kept than half of what it knew', async ({ district }) => {
    const { home, today } = await livedHome(district)
    await keep(district, home, asBefore(today), 'surprise-4')
    await district.pool.query('delete from activity where quarter < $1', [
      instant(NINE - 3.5 * DAY),
    ])
    expect(await district.relearn()).toBe(1)
    const { model, body } = await kept(district, home)
    expect(model).toBe(LEARNT_BY)
    expect(Rhythm.parse(body).silences).toEqual(today.silences)
    expect(await district.relearn()).toBe(0)
  })
})

describe('learning anew', () => {
  test('takes the tier first that is most at risk, and says how far it is', async ({
    district,
  }) => {
    const low = await oldHome(district, 'low')
    const high = await oldHome(district, 'high')
    const mid = await oldHome(district, 'mid')
    expect(await relearnABatch(district)).toBe(1)
    expect(await modelsOf(district, [high, mid, low])).toEqual([LEARNT_BY, 'rhythm-5', 'rhythm-5'])
    const { relearning } = await readRelearning(district.pool, LEARNT_BY)
    expect(relearning).toMatchObject({ by: LEARNT_BY, since: NINE, homes: 3, done: 1 })
    await relearnABatch(district)
    expect(await modelsOf(district, [high, mid, low])).toEqual([LEARNT_BY, LEARNT_BY, 'rhythm-5'])
    // An older version that runs beside this one has learnt a home that had its turn: it comes again after the last tier.
    await keep(district, high, (await district.rhythm(high)) ?? {}, 'rhythm-5')
    expect(await district.relearn()).toBe(2)
    expect(await modelsOf(district, [high, mid, low])).toEqual([LEARNT_BY, LEARNT_BY, LEARNT_BY])
  })

  test('by two at once comes to the same', async ({ district }) => {
    const homes = []
    for (let i = 0; i < 45; i++) homes.push(await oldHome(district, 'high'))
    const [once, twice] = await Promise.all([district.relearn(), district.relearn()])
    expect(once + twice).toBe(45)
    expect(new Set(await modelsOf(district, homes))).toEqual(new Set([LEARNT_BY]))
  })

  test('goes on where it stood when its session was killed', async ({ district }) => {
    const high = await oldHome(district, 'high')
    const mid = await oldHome(district, 'mid')
    const held = await district.pool.connect()
    await held.query('begin')
    await held.query('select from watch where household_id = $1 for update', [mid.id])
    const running = district.relearn().catch((error: unknown) => error)
    const waiting = `select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await district.pool.query(waiting)).rowCount).toBe(1)
    await district.pool.query(`select pg_terminate_backend(pid) from (${waiting}) w`)
    expect(await running).toBeInstanceOf(Error)
    await held.query('rollback')
    held.release()
    expect(await modelsOf(district, [high, mid])).toEqual([LEARNT_BY, 'rhythm-5'])
    expect((await readRelearning(district.pool, LEARNT_BY)).relearning).toMatchObject({
      homes: 2,
      done: 1,
    })
    expect(await district.relearn()).toBe(1)
    expect(await modelsOf(district, [high, mid])).toEqual([LEARNT_BY, LEARNT_BY])
  })

  test('begins with homes whose rhythm cannot be read, which is told', async ({ district }) => {
    const old = await oldHome(district, 'high')
    const { home, today } = await livedHome(district)
    await keep(district, home, {}, 'rhythm-5')
    await deadlineOf(district, home)
    expect(await readRelearning(district.pool, LEARNT_BY)).toMatchObject({ unreadable: 1 })
    const said: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => said.push(line) })
    const first = { ...BOUNDS, atMost: 1 }
    expect(await relearnRhythms({ pool: district.pool, log }, first, district.now)).toBe(1)
    expect(said).toEqual([expect.stringContaining('could not be read')])
    expect(await kept(district, home)).toEqual({ model: LEARNT_BY, body: today })
    expect(await modelsOf(district, [old])).toEqual(['rhythm-5'])
    expect(await readRelearning(district.pool, LEARNT_BY)).toMatchObject({ unreadable: 0 })
  })

  test('stands back while many homes have waited to be looked at', async ({ district }) => {
    const home = await oldHome(district, 'high')
    await waitFor(district, 201)
    const bounds = { ...BOUNDS, lateness: MINUTE / 2 }
    const relearn = () => relearnRhythms({ pool: district.pool, log: silent }, bounds, district.now)
    expect(await relearn()).toBe(0)
    await district.sweep()
    expect(await relearn()).toBe(1)
    expect(await modelsOf(district, [home])).toEqual([LEARNT_BY])
  })

  test('goes on where a gateway delivers late that the exit was used', async ({ district }) => {
    await oldHome(district, 'high')
    const late = await district.home('made-up-late')
    await district.sweep()
    await deliverLate(district, late, 20 * MINUTE)
    const bounds = { ...BOUNDS, lateness: MINUTE / 2 }
    const log = silent
    expect((await district.watch(late)).deadline).toBeLessThan(district.now - bounds.lateness)
    expect(await relearnRhythms({ pool: district.pool, log }, bounds, district.now)).toBe(1)
  })

  test('leaves what a newer version has learnt, whoever else is at work', async ({ district }) => {
    const { home, today } = await livedHome(district)
    // One that only a newer version can read is not broken.
    await keep(district, home, {}, 'rhythm-1000')
    await deadlineOf(district, home)
    expect(await readRelearning(district.pool, LEARNT_BY)).toMatchObject({ unreadable: 0 })
    const newer = { model: 'rhythm-1000', body: { ...today, least: 7, tides: [1, 2] } }
    await keep(district, home, newer.body, newer.model)
    await district.past(home, NINE, 4 * 8, () => true)
    district.now = NINE + 18 * HOUR
    expect(await district.learn()).toBe(1)
    expect(await district.relearn()).toBe(0)
    expect(await kept(district, home)).toEqual(newer)
    expect((await readRelearning(district.pool, LEARNT_BY)).hasNewer).toBe(true)
  })

  test('comes after a downgrade once the rhythms of the newer version are given up', async ({
    district,
  }) => {
    const { home, today } = await livedHome(district)
    await keep(district, home, today, 'rhythm-1000')
    // The newer version was still at it.
    await district.pool.query(`insert into setting values ('relearning',
      '{"by": "rhythm-1000", "since": 0, "homes": 5, "done": 2, "tier": "mid", "after": 7}')`)
    for (const statement of await statementsOf('## After an upgrade'))
      await district.pool.query(statement)
    expect(await district.relearn()).toBe(1)
    expect(await kept(district, home)).toEqual({ model: LEARNT_BY, body: today })
  })
})

/** A home that has lived nine days from seven to nine in the evening, and what is known of it. */
async function livedHome(district: District): Promise<{ home: TestHome; today: Rhythm }> {
  const home = await district.home('made-up-lived')
  await district.past(home, NINE - 9 * HOUR - 9 * DAY, 9 * 96, (quarter) => {
    const inDay = quarter % 96
    return inDay >= 28 && inDay < 84 && quarter % 7 !== 3
  })
  await district.move(home)
  await district.learn()
  const today = await district.rhythm(home)
  if (!today) throw new Error('the home was not learnt')
  return { home, today }
}

let made = 0

/** A home of which an older version has learnt two days. */
async function oldHome(district: District, tier: 'high' | 'mid' | 'low'): Promise<TestHome> {
  made++
  const home = await district.home(`made-up-${made}`, { tier })
  await district.past(home, NINE - 9 * HOUR - 2 * DAY, 2 * 96, (quarter) => quarter % 5 === 0)
  await district.learn()
  await district.pool.query(`update rhythm set model = 'rhythm-5' where household_id = $1`, [
    home.id,
  ])
  return home
}

/** As the version kept it that knew nothing of what runs, nor of how people walk about. */
function asBefore({ gone: { days, journeys, trips }, ...rest }: Rhythm): object {
  const before = { ...rest, gone: { days, journeys, trips }, sparse: [] }
  return { ...before, walking: undefined, ran: undefined }
}

async function keep(
  { pool }: District,
  home: TestHome,
  body: object,
  model: string,
): Promise<void> {
  await pool.query('update rhythm set body = $2, model = $3 where household_id = $1', [
    home.id,
    JSON.stringify(body),
    model,
  ])
}

async function kept({ pool }: District, home: TestHome): Promise<{ model: string; body: unknown }> {
  const { rows } = await pool.query<{ model: string; body: unknown }>(
    'select model, body from rhythm where household_id = $1',
    [home.id],
  )
  if (!rows[0]) throw new Error('the home has no rhythm')
  return rows[0]
}

async function modelsOf(district: District, homes: readonly TestHome[]): Promise<string[]> {
  return await Promise.all(homes.map(async (home) => (await kept(district, home)).model))
}

async function deadlineOf(district: District, home: TestHome): Promise<number> {
  await district.pool.query('update watch set deadline_at = $1', [instant(district.now)])
  await district.sweep()
  const { deadline } = await district.watch(home)
  if (deadline === null) throw new Error('the home is not watched')
  return deadline
}

async function learnAtOf({ pool }: District, home: TestHome): Promise<number> {
  const { rows } = await pool.query<{ at: number }>(
    'select learn_at as at from watch where household_id = $1',
    [home.id],
  )
  return rows[0]?.at ?? 0
}

/** So many homes have been due for an hour. */
async function waitFor({ pool, now }: District, homes: number): Promise<void> {
  await pool.query(
    `with home as (
       insert into household (household, office, alias, dong, time_zone, tier, watched_since)
       select 'waits-' || n, 'gwanak', 'made up', '가상동', 'Asia/Seoul', 'mid', $2
       from generate_series(1, $1::int) n returning id
     ) insert into watch (household_id, last_activity_at, presence_since, deadline_at, learn_at)
       select id, $2, $2, $2::timestamptz - interval '1 hour', $2::timestamptz + interval '1 day' from home`,
    [homes, instant(now)],
  )
}

async function deliverLate(
  { pool, now }: District,
  { id, door }: TestHome,
  late: number,
): Promise<void> {
  const what = { kind: 'open', nature: 'event', value: 1, active: true, exit: true } as const
  await commit(
    pool,
    [{ ...what, deviceId: door, householdId: id, slot: 1, at: now - late }],
    [],
    now,
  )
}

/** The SQL that a section of docs/watching.md shows. */
async function statementsOf(heading: string): Promise<string[]> {
  const page = await readFile(new URL('../../docs/watching.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf(heading)).split('\n## ')[0] ?? ''
  return section.split('\n').filter((line) => /^ +(update|delete) /.test(line))
}

function relearnABatch({ pool, now }: District): Promise<number> {
  return relearnRhythms({ pool, log: silent }, { ...BOUNDS, atMost: 1 }, now)
}
