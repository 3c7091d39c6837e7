import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { rearm } from '../../services/store/rearm.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, addKim, test } from './district.ts'

/** The contact of the exit says that it was opened, or closed. */
async function turn({ pool, now }: District, home: TestHome, value: 0 | 1): Promise<void> {
  const reading = {
    at: now,
    deviceId: home.door,
    householdId: home.id,
    slot: 1,
    kind: 'open',
  } as const
  const use = { ...reading, nature: 'event', value, active: true, exit: true } as const
  await commit(pool, [use], [`gw-${home.id}`], now)
}

/** A home whose contact has said that its door is closed. */
async function withDoor(district: District): Promise<TestHome> {
  const home = await district.home('made-up-1')
  district.now -= HOUR
  await turn(district, home, 0)
  district.now += HOUR
  return home
}

async function doorSignals(district: District) {
  return (await district.signals()).filter(({ kind }) => kind === 'door')
}

/** It stands open for so long, seen by the detector, and is closed. */
async function stand(district: District, home: TestHome, length: number): Promise<void> {
  await turn(district, home, 1)
  await district.pass(length, [home])
  await turn(district, home, 0)
  await district.pass(HOUR, [home])
}

describe('an exit door', () => {
  test('that stands open for an hour by day is told of once, and that it is closed again', async ({
    district,
  }) => {
    const home = await withDoor(district)
    await turn(district, home, 1)
    await district.pass(HOUR - MINUTE, [home])
    expect(await doorSignals(district)).toEqual([])
    await district.pass(2 * HOUR, [home])
    expect(await doorSignals(district)).toMatchObject([
      {
        grade: 'caution',
        due: NINE + HOUR,
        reason: { rule: 'door-open', uid: 'door', room: '현관', since: NINE, limit: HOUR },
      },
    ])
    await turn(district, home, 0)
    const closed = district.now
    await district.pass(HOUR, [home])
    expect(await district.returned()).toContainEqual({ kind: 'door', at: closed })
    expect(await doorSignals(district)).toHaveLength(1)
  })

  test('that stands open at night is graver, and has twenty minutes', async ({ district }) => {
    const home = await withDoor(district)
    await district.pass(14 * HOUR, [home])
    await turn(district, home, 1)
    const opened = district.now
    await district.pass(HOUR, [home])
    expect(await doorSignals(district)).toMatchObject([
      { grade: 'warning', due: opened + 20 * MINUTE },
    ])
  })

  test('that is closed in time is nobody’s matter, nor one that is only said again to be open', async ({
    district,
    pool,
  }) => {
    const home = await withDoor(district)
    await stand(district, home, 40 * MINUTE)
    const said = { deviceId: home.door, householdId: home.id, slot: 1, kind: 'open' } as const
    const again = { ...said, nature: 'snapshot', value: 1, active: false, exit: false } as const
    await commit(pool, [{ ...again, at: district.now }], [`gw-${home.id}`], district.now)
    await district.pass(3 * HOUR, [home])
    expect(await doorSignals(district)).toEqual([])
  })

  test('that this home is used to leave open is given longer, for it was so twice', async ({
    district,
  }) => {
    const home = await withDoor(district)
    for (let day = 0; day < 2; day++) {
      await stand(district, home, 2 * HOUR)
      await district.pass(DAY - 3 * HOUR, [home])
    }
    const before = (await doorSignals(district)).length
    expect(before).toBe(2)
    await turn(district, home, 1)
    await district.pass(3 * HOUR - MINUTE, [home])
    expect(await doorSignals(district)).toHaveLength(before)
    await district.pass(HOUR, [home])
    expect((await doorSignals(district))[before]?.reason).toMatchObject({ limit: 3 * HOUR })
  })

  test('of a home that is out of sight is not judged, for nobody knows whether it still stands open', async ({
    district,
  }) => {
    const home = await withDoor(district)
    await turn(district, home, 1)
    await district.hangUp(home)
    await district.pass(5 * HOUR)
    expect(await doorSignals(district)).toEqual([])
    await district.hear(home)
    await district.pass(HOUR, [home])
    expect(await doorSignals(district)).toHaveLength(1)
  })

  test('of a home that is absent by plan stands on the record, and is told when the plan ends', async ({
    district,
    pool,
  }) => {
    const home = await withDoor(district)
    await addKim(pool)
    await pool.query(
      `insert into absence (household_id, cause, since, until, author, reason, recorded_at)
       values ($1, 'muted', $2, $3, 'kim', 'made up', $2)`,
      [home.id, new Date(NINE), new Date(NINE + 4 * HOUR)],
    )
    await turn(district, home, 1)
    await district.pass(3 * HOUR, [home])
    expect(await doorSignals(district)).toEqual([])
    const { rows } = await pool.query('select kind from withheld')
    expect(rows).toEqual([{ kind: 'door' }])
    await district.pass(2 * HOUR, [home])
    expect(await doorSignals(district)).toHaveLength(1)
  })

  test('whose case a person has closed while it stands open is told of after its limit once more', async ({
    district,
    pool,
  }) => {
    const home = await withDoor(district)
    await turn(district, home, 1)
    await district.pass(90 * MINUTE, [home])
    expect(await doorSignals(district)).toHaveLength(1)
    const closed = district.now
    await rearm(pool, 'door', { home: home.id, homeUntil: null }, closed)
    await district.pass(HOUR - MINUTE, [home])
    expect(await doorSignals(district)).toHaveLength(1)
    await district.pass(HOUR, [home])
    const [, again] = await doorSignals(district)
    expect(again).toMatchObject({ due: closed + HOUR, reason: { since: NINE } })
  })
})
