import { describe, expect } from 'vitest'
import { EMPTY_RHYTHM } from '../../services/core/rhythm.ts'
import { POLICIES, outlook } from '../../services/core/inactivity.ts'
import { SETTLE } from '../../services/core/presence.ts'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { lookAtHomes } from '../../services/detector/homes.ts'
import { claimHomes } from '../../services/store/watch.ts'
import { NINE, STEP, test } from './district.ts'

/** When each grade is due for a home that nobody knows and that last moved at `at`. */
function dueAfter(at: number) {
  return outlook(
    {
      timeZone: 'Asia/Seoul',
      policy: POLICIES.high,
      rhythm: EMPTY_RHYTHM,
      lastActivity: at,
      lastInner: at,
      lastExit: null,
      lastRoom: null,
      lastOther: null,
      lastCompany: null,
      before: { presence: 'home', since: at },
      confirmed: 0,
      unseen: [],
      raised: null,
    },
    at,
  )
}

// How long an absence is believed while none is known: 12 hours, and 12 more for each tenth of a budget of 1.
/** The grades of a silence since `at` that are due by `now`, and when. */
function dueBy(now: number, at: number) {
  return Object.entries(dueAfter(at)).filter(([, due]) => due <= now)
}

const LIMIT = Math.round(12 * 60 * (1 - Math.log10(POLICIES.high.budgets.caution))) * MINUTE

describe('a home that goes quiet', () => {
  test('raises each grade once, in order, at its deadline', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(49 * HOUR, [home])
    const signals = await district.signals()
    expect(signals.map((each) => [each.grade, each.due])).toEqual(dueBy(district.now, NINE))
    expect(signals.length).toBeGreaterThanOrEqual(3)
    for (const { kind, due, at, reason } of signals) {
      expect(kind).toBe('inactivity')
      // The gateway was heard just before each sweep.
      expect(at).toBeGreaterThanOrEqual(due)
      expect(at - due).toBeLessThanOrEqual(STEP)
      const spoke = [{ room: '거실', kind: 'motion', at: NINE }]
      expect(reason).toMatchObject({ since: NINE, lastRoom: '거실', presence: 'home', spoke })
    }
  })

  test('is armed anew by each sign of life, without a signal', async ({ district }) => {
    const home = await district.home('made-up-1')
    for (let hour = 0; hour < 20; hour++) {
      await district.move(home)
      await district.pass(HOUR, [home])
    }
    expect(await district.signals()).toEqual([])
    const { deadline } = await district.watch(home)
    expect(deadline).toBeGreaterThan(district.now)
  })

  test('and moves again is calm again, tells so once, and can raise every grade again', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(15 * HOUR, [home])
    expect((await district.watch(home)).grade).not.toBeNull()
    const before = await district.signals()

    await district.move(home)
    await district.sweep()
    expect(await district.watch(home)).toMatchObject({ grade: null, presence: 'home' })
    expect(await district.returned()).toEqual([{ kind: 'inactivity', at: district.now }])
    const moved = district.now

    await district.pass(20 * HOUR, [home])
    const after = (await district.signals()).slice(before.length)
    expect(after.map((each) => [each.grade, each.due])).toEqual(dueBy(district.now, moved))
    expect(await district.returned()).toEqual([{ kind: 'inactivity', at: moved }])
  })

  test('and whose buffered readings come late is calm again from their time on', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(10 * HOUR, [home])
    expect(await district.signals()).not.toEqual([])
    const seen = district.now
    district.now = seen - 30 * MINUTE
    await district.move(home)
    district.now = seen
    await district.sweep()
    expect(await district.returned()).toEqual([{ kind: 'inactivity', at: seen - 30 * MINUTE }])
    expect((await district.watch(home)).grade).toBeNull()
  })
})

test('where staff are told that somebody is stands in the reason, honest where no door is watched', async ({
  district,
}) => {
  const homes = [await district.home('made-up-1'), await district.home('made-up-2')]
  await district.pool.query(`delete from device where uid = 'door' and household_id = $1`, [
    homes[1]?.id,
  ])
  for (const home of homes) await district.move(home)
  await district.pass(10 * HOUR, homes)
  const seen = (await district.signals()).map(({ reason }) => 'seen' in reason && reason.seen)
  expect(seen).toContainEqual({ as: 'home', since: NINE, why: { code: 'moved' } })
  expect(seen).toContainEqual({ as: 'home', since: NINE, why: { code: 'no-exit' } })
})

describe('who goes out', () => {
  test('is away, is not missed by the hour, and is asked about when it takes too long', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(10 * MINUTE, [home])
    await district.exit(home)
    const left = district.now
    await district.pass(LIMIT - MINUTE, [home])
    expect(await district.signals()).toEqual([])
    expect(await district.watch(home)).toMatchObject({ presence: 'away', since: left })
    await district.pass(MINUTE, [home])
    expect(await district.signals()).toMatchObject([
      { grade: 'watch', due: left + LIMIT, reason: { rule: 'away', limit: LIMIT } },
    ])
  })

  test('and comes home is at home with the next sweep, and missed by the hour again', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.exit(home)
    await district.pass(9 * HOUR, [home])
    expect((await district.watch(home)).presence).toBe('away')
    await district.exit(home)
    district.now += MINUTE
    await district.move(home)
    await district.sweep()
    expect((await district.watch(home)).presence).toBe('home')
    // By then at the latest, and no sooner than a new silence could be due.
    const { watch } = dueAfter(district.now)
    const { deadline } = await district.watch(home)
    expect(deadline).toBeLessThanOrEqual(watch)
    expect(deadline).toBeGreaterThanOrEqual(district.now + HOUR)
  })
})

test('by a motion sensor at the entrance somebody is out and back again, and one that fires once brings nobody back', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.pool.query(`update device set kind = 'motion' where id = $1`, [home.door])
  const where = async () => (await district.watch(home)).presence
  await district.move(home)
  await district.pass(HOUR, [home])
  await district.passBy(home)
  const left = district.now
  await district.wait(SETTLE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since: left })
  await district.pass(4 * HOUR, [home])
  await district.move(home)
  await district.sweep()
  expect(await where()).toBe('away')
  // Twice within half an hour is somebody.
  await district.wait(10 * MINUTE)
  await district.move(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'home', since: district.now })
})

test('by a motion sensor at the entrance one sign in the quarter hour in which they passed it brings nobody back', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.pool.query(`update device set kind = 'motion' where id = $1`, [home.door])
  await district.move(home)
  await district.pass(HOUR, [home])
  await district.wait(MINUTE)
  await district.passBy(home)
  // 10:01; at 10:11 they are out, at 10:13 one sensor fires.
  await district.wait(SETTLE)
  await district.hear(home)
  await district.sweep()
  await district.wait(2 * MINUTE)
  await district.move(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({
    presence: 'away',
    since: NINE + HOUR + MINUTE,
  })
})

test('who passes a motion sensor at the entrance at night is at home, and is learnt so', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.pool.query(`update device set kind = 'motion' where id = $1`, [home.door])
  const midnight = NINE - 9 * HOUR
  // By day in the living room; at nine past the entrance to bed, and in the bathroom at two.
  await district.past(
    home,
    midnight - 10 * DAY,
    960,
    (n) => n % 96 === 8 || (n % 96 >= 28 && n % 96 < 84),
  )
  await district.pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select $1, $2::timestamptz + d * interval '1 day', 1, 1, 4 from generate_series(0, 9) d`,
    [home.id, new Date(midnight - 10 * DAY + 21 * HOUR)],
  )
  await district.learn()
  expect((await district.rhythm(home))?.passings).toMatchObject({ out: 0 })
  expect((await district.rhythm(home))?.passings.inside).toBeGreaterThan(5)
  await district.pass(HOUR, [home])
  await district.passBy(home)
  await district.wait(SETTLE)
  await district.hear(home)
  await district.sweep()
  expect((await district.watch(home)).presence).toBe('home')
})

test('who is out by a motion sensor for too long is told of with that reason', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.pool.query(`update device set kind = 'motion' where id = $1`, [home.door])
  await district.pass(HOUR, [home])
  await district.passBy(home)
  const since = district.now
  await district.pass(LIMIT + HOUR, [home])
  const [found] = await district.signals()
  expect(found).toMatchObject({ grade: 'watch', due: since + LIMIT, reason: { rule: 'away' } })
  const seen = { as: 'away', since, why: { code: 'entrance' } }
  expect(found?.reason).toMatchObject({ seen })
})

describe('two detectors', () => {
  test('at once raise one signal', async ({ district }) => {
    const homes = []
    for (let n = 0; n < 20; n++) homes.push(await district.home(`made-up-${n}`))
    for (const home of homes) await district.move(home)
    await district.wait(dueAfter(NINE).watch - NINE)
    for (const home of homes) await district.hear(home)
    await Promise.all(Array.from({ length: 4 }, () => lookAtHomes(district.pool, district.now)))
    // Who found everything locked has nothing to do; one more sweep takes what was passed over.
    await district.sweep()
    expect(await district.signals()).toHaveLength(20)
  })

  test('lose nothing when one dies between claiming and writing', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.sweep()
    await district.wait(dueAfter(NINE).watch - NINE)
    await district.hear(home)

    const dying = await district.pool.connect()
    await dying.query('begin')
    expect(await claimHomes(dying, { due: -1, id: 0 }, 10, district.now)).toHaveLength(1)
    await district.sweep()
    expect(await district.signals()).toEqual([])
    dying.release(new Error('killed'))

    await expect
      .poll(async () => {
        await district.sweep()
        return (await district.signals()).length
      })
      .toBe(1)
  })
})

test('a rhythm that cannot be read costs nobody else the watch', async ({ district }) => {
  const home = await district.home('made-up-1')
  const other = await district.home('made-up-2')
  await district.pool.query(
    `insert into rhythm (household_id, model, learnt_until, body) values ($1, 'x', now(), '{}')`,
    [home.id],
  )
  await district.move(home)
  await district.move(other)
  await district.pass(10 * HOUR, [home, other])
  expect((await district.signals()).filter((each) => each.grade === 'watch')).toHaveLength(2)
})
