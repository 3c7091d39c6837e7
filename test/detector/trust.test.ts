import { expect } from 'vitest'
import { DAY, HOUR, QUARTER } from '../../services/core/time.ts'
import { homeDevices } from '../../services/store/cases.ts'
import { commit, makePartitions } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, setLearnAt, test } from './district.ts'

const PIR = 1
const DOOR = 2
const MIDNIGHT = NINE - 9 * HOUR

/** Ten days in which the door is used at each full hour from 7 to 22 but for six hours out, and the pir speaks as given. */
async function live(
  district: District,
  home: TestHome,
  pir: (hour: number) => boolean,
): Promise<void> {
  await makePartitions(district.pool, MIDNIGHT - 11 * DAY, MIDNIGHT + DAY)
  const rows = Array.from({ length: 10 * 96 }, (_, i) => {
    const hour = (i % 96) / 4
    const isUsed = hour % 1 === 0 && hour >= 7 && hour < 22 && !(hour > 9 && hour < 15)
    return {
      at: MIDNIGHT - 10 * DAY + i * QUARTER,
      mask: (isUsed ? DOOR : 0) | (pir(hour) ? PIR : 0),
    }
  }).filter(({ mask }) => mask !== 0)
  await district.pool.query(
    `insert into activity (household_id, quarter, events, exits, sensors)
     select $1, to_timestamp(at / 1000.0), 1, 0, mask from unnest($2::float8[], $3::int[]) as r (at, mask)`,
    [home.id, rows.map(({ at }) => at), rows.map(({ mask }) => mask)],
  )
}

async function trusted(district: District): Promise<Record<string, number | null>> {
  const devices = await homeDevices(district.pool, 'made-up-1')
  return Object.fromEntries(devices.map(({ uid, reliability }) => [uid, reliability]))
}

test('a sensor that flaps is believed less once a day has shown it, and keeps nobody alive for long', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  expect(await trusted(district)).toEqual({ pir: null, door: null })
  await live(district, home, () => true)
  await district.learn()
  expect(await trusted(district)).toEqual({ pir: 0.2, door: 1 })
  // The door falls silent for good, the pir goes on.
  await district.exit(home)
  const last = district.now
  for (let hour = 0; hour < 16; hour++) {
    await district.pass(HOUR / 2, [home])
    await district.move(home)
    await district.pass(HOUR / 2, [home])
  }
  const told = (await district.signals()).find(({ reason }) => reason.rule === 'alone')
  // It had spoken alone from 21:00 to 7:00, and is believed for half as long again: not for 23 hours.
  expect(told).toMatchObject({ grade: 'caution', due: last + 15 * HOUR })
  expect(told?.reason).toMatchObject({ spoke: [{ uid: 'pir' }, { uid: 'door' }] })
})

test('one that agrees with the others is believed, until staff find that it was faulty', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  await live(district, home, (hour) => hour >= 7 && hour < 22 && !(hour >= 9 && hour < 15))
  await district.learn()
  expect(await trusted(district)).toEqual({ pir: 1, door: 1 })
  await pool.query(
    `with plan as (
       insert into plan (plan, version, body) values ('made up', 1, '{}')
     ), alert as (
       insert into alert (household_id, kind, grade, generation, signals, plan, plan_version, opened_at, state)
       values ($1, 'inactivity', 'caution', 1, 1, 'made up', 1, $2, $3) returning id
     )
     insert into signal (household_id, kind, grade, due_at, at, reason, model, alert_id)
     select $1, 'inactivity', 'caution', $2, $2, $4, 'made up', id from alert`,
    [
      home.id,
      new Date(NINE),
      { state: 'resolved', by: 'kim', outcome: 'fault', at: NINE },
      { rule: 'alone', spoke: [{ uid: 'pir', room: '거실', kind: 'motion', at: NINE }] },
    ],
  )
  await makePartitions(pool, NINE, NINE + 2 * DAY)
  await district.wait(DAY)
  await setLearnAt(pool, home, district.now)
  await district.learn()
  // Of a day ago: 2^-(2^(-1/60)) = 0.504.
  expect(await trusted(district)).toEqual({ pir: 0.5, door: 1 })
})

test('signs without company keep nobody alive on the third day either', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  const spoke = {
    householdId: home.id,
    nature: 'event',
    value: 1,
    active: true,
    exit: false,
  } as const
  const sensors = [home.motion, home.door, home.motion].map((deviceId, slot) => ({
    ...spoke,
    deviceId,
    slot,
  }))
  const say = (some: typeof sensors) =>
    commit(
      pool,
      some.map((one) => ({ ...one, kind: 'motion' as const, at: district.now + one.slot })),
      [],
      district.now,
    )
  await say(sensors)
  for (let hour = 0; hour < 60; hour++) {
    await district.pass(HOUR, [home])
    await say(sensors.slice(hour % 2, (hour % 2) + 1))
  }
  const told = await district.signals()
  expect(told.map(({ reason, due }) => [reason.rule, due])).toContainEqual([
    'alone',
    NINE + 23 * HOUR,
  ])
  expect(await district.returned()).toEqual([])
  expect(await district.watch(home)).toMatchObject({ grade: 'caution' })
})
