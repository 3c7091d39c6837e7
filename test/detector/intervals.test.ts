import { expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { addDevice } from '../../services/store/homes.ts'
import { instant } from '../../services/store/pool.ts'
import { type District, type TestHome, setLearnAt, test } from './district.ts'

/** Ten days in which the sensor is heard `age` before each night's learning. */
async function tenNights(district: District, home: TestHome, age: number): Promise<void> {
  for (let night = 0; night < 10; night++) {
    await district.wait(DAY)
    await heard(district, home, age)
    await setLearnAt(district.pool, home, district.now)
    await district.learn()
  }
}

function heard(district: District, home: TestHome, age: number) {
  return district.pool.query('update device set last_seen_at = $2 where id = $1', [
    home.motion,
    instant(district.now - age),
  ])
}

/** As if nobody had set anything; there is only the motion sensor. */
async function forget(district: District): Promise<void> {
  await district.pool.query(`delete from device where uid = 'door'`)
  await district.pool.query(
    `update device set silent_set = false, silent_after = interval '26 hours', check_at = $1`,
    [instant(district.now + 26 * HOUR)],
  )
}

test('a sensor that reports every hour is missed after hours, and not after a day', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await forget(district)
  await tenNights(district, home, 40 * MINUTE)
  await heard(district, home, 0)
  await district.pass(90 * MINUTE, [home])
  const sensors = async () => (await district.signals()).filter((each) => each.kind === 'sensor')
  expect(await sensors()).toEqual([])
  await district.pass(HOUR, [home])
  // Three times 40 minutes are two hours.
  expect(await sensors()).toMatchObject([{ reason: { rule: 'sensor-silent', limit: 2 * HOUR } }])
})

test('what was set by hand holds, whatever was learnt', async ({ district, pool }) => {
  const home = await district.home('made-up-1')
  await forget(district)
  await tenNights(district, home, 40 * MINUTE)
  const device = { gateway: `gw-${home.id}`, uid: 'pir', kind: 'motion', room: '거실' } as const
  await addDevice(pool, { ...device, role: 'inner', silentAfter: 12 * HOUR }, district.now)
  await heard(district, home, 0)
  await district.pass(5 * HOUR, [home])
  expect((await district.signals()).filter((each) => each.kind === 'sensor')).toEqual([])
})

test('a home out of sight teaches nothing of its sensors', async ({ district }) => {
  const home = await district.home('made-up-1')
  await forget(district)
  await district.pass(HOUR)
  await tenNights(district, home, 40 * MINUTE)
  const { rows } = await district.pool.query('select max(gap_days) as days from device')
  expect(rows).toEqual([{ days: 0 }])
})
