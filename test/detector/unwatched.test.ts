import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { disableGateway } from '../../services/store/gateways.ts'
import { addDevice, addGateway } from '../../services/store/homes.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, NINE, STEP, type TestHome, test } from './district.ts'

const AGAIN = 10 * MINUTE

/** What was told of a home that nobody could watch from nine on: the ceiling, and that nobody can. */
const TOLD = [
  { kind: 'inactivity', due: NINE + DAY, reason: { rule: 'ceiling', presence: 'blind' } },
  {
    kind: 'blind',
    grade: 'caution',
    due: NINE + DAY,
    reason: { rule: 'unwatched', lastSeen: NINE },
  },
]

async function expectUnwatched(district: District, home: TestHome, alive: TestHome[]) {
  await district.pass(DAY - MINUTE, alive)
  expect(await district.signals()).toEqual([])
  expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: NINE })
  await district.pass(STEP, alive)
  const told = (await district.signals()).toSorted((a, b) => b.kind.localeCompare(a.kind))
  expect(told).toMatchObject(TOLD)
}

describe('a home that no sensor watches', () => {
  test('because it has no gateway is not taken for silent, and is told after a day', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.pool.query('delete from gateway')
    await expectUnwatched(district, home, [])
  })

  test('because its gateway has only ever said that it lives is not taken for silent', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await expectUnwatched(district, home, [home])
  })

  test('because its sensors measure only the air is not taken for silent', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.pool.query(`update device set kind = 'temperature', last_seen_at = $1`, [
      new Date(NINE),
    ])
    await expectUnwatched(district, home, [home])
  })

  test('because its only gateway is let in no more is not taken for silent', async ({
    district,
    pool,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await disableGateway(pool, `gw-${home.id}`, NINE)
    await expectUnwatched(district, home, [])
  })

  test('because all of them are lost is out of sight since the last was heard', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.quicken(home, 2 * HOUR)
    await district.move(home)
    await district.pass(2 * HOUR + STEP, [home])
    expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: NINE })
    await district.move(home)
    await district.pass(STEP, [home])
    expect((await district.watch(home)).presence).toBe('home')
  })

  test('is watched from its first word on, and what lies before is no silence', async ({
    district,
    pool,
  }) => {
    const home = await district.home('made-up-1')
    await district.pass(20 * HOUR, [home])
    // No sign of life: only that the sensor is there.
    await pool.query('update device set last_seen_at = $1 where id = $2', [
      new Date(district.now),
      home.motion,
    ])
    const heard = district.now
    await district.pass(AGAIN, [home])
    expect((await district.watch(home)).presence).toBe('home')
    expect(await district.unseen()).toEqual([{ home: home.id, since: NINE, until: heard + AGAIN }])
    await district.pass(3 * HOUR, [home])
    expect(await district.signals()).toEqual([])
  })

  test('is told once, and that it is watched again', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.pass(2 * DAY, [home])
    const blind = (await district.signals()).filter((each) => each.kind === 'blind')
    expect(blind).toHaveLength(1)
    await district.move(home)
    const moved = district.now
    await district.pass(AGAIN, [home])
    expect(await district.returned()).toContainEqual({ kind: 'blind', at: moved + AGAIN })
  })

  test('for its gateway never spoke is told of the gateway, once', async ({ district, pool }) => {
    await district.home('made-up-1')
    await pool.query('update gateway set last_seen_at = null')
    await district.pass(DAY + 2 * HOUR)
    const blind = (await district.signals()).filter((each) => each.kind === 'blind')
    expect(blind).toMatchObject([{ reason: { rule: 'gateway-silent' } }])
  })
})

describe('a gateway that is let in no more', () => {
  test('is not missed, and its home is seen by the one that replaced it', async ({
    district,
    pool,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(HOUR)
    expect((await district.watch(home)).presence).toBe('blind')
    await disableGateway(pool, `gw-${home.id}`, district.now)
    await addGateway(pool, { gateway: 'new', household: 'made-up-1' }, district.now)
    const sensor = { uid: 'pir', kind: 'motion', room: '거실', role: 'inner' } as const
    const device = { ...sensor, gateway: 'new', silentAfter: 12 * DAY }
    const motion = await addDevice(pool, device, district.now)

    const said = {
      deviceId: motion,
      householdId: home.id,
      slot: 2,
      kind: 'motion',
      nature: 'event',
    } as const
    const move = { ...said, at: district.now, value: 1, active: true, exit: false }
    await commit(pool, [move], ['new'], district.now)
    await district.pass(AGAIN)
    expect((await district.watch(home)).presence).toBe('home')
    // It alone is what a silence needs; the old one tells nothing, and nothing is told of it.
    const before = await district.signals()
    for (let hour = 0; hour < 12; hour++) {
      await commit(pool, [], ['new'], district.now)
      await district.wait(STEP)
      await commit(pool, [], ['new'], district.now)
      await district.sweep()
      await district.wait(STEP)
    }
    const after = (await district.signals()).slice(before.length)
    expect(after[0]).toMatchObject({ kind: 'inactivity', grade: 'watch' })
  })

  test('takes its sensors out of the watch, and nobody is sent to mend them', async ({
    district,
    pool,
  }) => {
    const home = await district.home('made-up-1')
    await district.quicken(home, 2 * HOUR)
    await district.move(home)
    await disableGateway(pool, `gw-${home.id}`, NINE)
    await district.pass(5 * HOUR)
    expect(await district.signals()).toEqual([])
  })
})
