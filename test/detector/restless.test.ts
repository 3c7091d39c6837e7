import { expect } from 'vitest'
import { DAY, HOUR, MINUTE, QUARTER } from '../../services/core/time.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, NINE, type TestHome, setLearnAt, test } from './district.ts'

/** One sensor speaks every minute for half an hour, and a cat passes the other now and then. */
async function flap({ pool, now }: District, home: TestHome, isCatUp: boolean): Promise<void> {
  const signs = Array.from({ length: 29 }, (_, minute) => ({
    householdId: home.id,
    deviceId: isCatUp && minute % 5 === 3 ? home.door : home.motion,
    slot: isCatUp && minute % 5 === 3 ? 1 : 0,
    kind: 'motion' as const,
    nature: 'event' as const,
    value: 1,
    active: true,
    exit: false,
    at: now + minute * MINUTE,
  }))
  await commit(pool, signs, [`gw-${home.id}`], now + 29 * MINUTE)
}

test('a sensor that never rests keeps nobody alive beside a cat, and is somebody again once it has rested', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 48; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const [told, ...others] = await district.signals()
  // Of three sensors in a quarter hour, by which a new home tells walks, there are none; that the two are no walk is not known.
  expect(others).toEqual([])
  expect(told).toMatchObject({
    kind: 'inactivity',
    grade: 'caution',
    due: NINE + 23 * HOUR,
    reason: { rule: 'alone', restless: HOUR / 2, othersSince: NINE, lastRoom: '거실', uid: 'pir' },
  })
  // Nobody is taken to be back as long as it goes on, for more than two days.
  for (let half = 0; half < 60; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  expect(await district.returned()).toEqual([])
  expect(await district.signals()).toHaveLength(1)
  await district.pass(2 * HOUR, [home])
  await district.move(home)
  await district.wait(MINUTE)
  await district.sweep()
  expect(await district.returned()).toHaveLength(1)
})

test('who rests at night is somebody', async ({ district }) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 96; half++) {
    // From two in the morning to half past four.
    if (half % 48 < 34 || half % 48 > 38) await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  expect(await district.signals()).toEqual([])
})

test('of a home that was confirmed the hours count anew', async ({ district }) => {
  const home = await district.home('made-up-1')
  for (let half = 0; half < 40; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const confirmed = district.now - QUARTER
  await district.pool.query('update watch set confirmed_at = $2 where household_id = $1', [
    home.id,
    new Date(confirmed),
  ])
  for (let half = 0; half < 47; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
  const told = await district.signals()
  expect(told.map(({ due }) => due)).toEqual([confirmed + 23 * HOUR])
})

test('where nobody is seen to walk about, a rest is two hours', async ({ district }) => {
  const home = await district.home('made-up-1')
  // Ten days of one sensor from seven to ten in the evening.
  await district.past(home, NINE - 10 * DAY, 10 * 96, (n) => n % 96 < 4 * 13 || n % 96 > 4 * 22)
  await district.learn()
  expect((await district.rhythm(home))?.tireless.rest).toBe(4)
  for (let half = 0; half < 48; half++) {
    // Every hour and a half.
    if (half % 3 === 0) await flap(district, home, true)
    await district.pass(HOUR / 2, [home])
  }
  const told = await district.signals()
  // By two hours of UTC: since seven, when they rose.
  expect(told.map(({ due, reason }) => ({ due, reason }))).toMatchObject([
    { due: NINE + 21 * HOUR, reason: { rule: 'alone', restless: 2 * HOUR, uid: 'pir' } },
  ])
})

/** So many half hours of it; the gateway is heard meanwhile. */
async function flapFor(district: District, home: TestHome, halves: number): Promise<void> {
  for (let half = 0; half < halves; half++) {
    await flap(district, home, half % 4 === 3)
    await district.pass(HOUR / 2, [home])
  }
}

/** The gateway says goodbye, and comes back so much later; that is seen half an hour after. */
async function goDark(district: District, home: TestHome, time: number): Promise<void> {
  await district.hangUp(home)
  await district.pass(time)
  await district.hear(home)
}

/** When each alert about the silence was due, in hours. */
async function toldAfter(district: District): Promise<number[]> {
  const told = await district.signals()
  return told.filter(({ kind }) => kind === 'inactivity').map(({ due }) => (due - NINE) / HOUR)
}

async function backs(district: District) {
  return (await district.returned()).filter(({ kind }) => kind === 'inactivity')
}

test('time out of sight is no rest of a sensor, nor does it count', async ({ district }) => {
  const home = await district.home('made-up-1')
  await flapFor(district, home, 20)
  await goDark(district, home, 1.5 * HOUR)
  await flapFor(district, home, 40)
  expect(await toldAfter(district)).toEqual([25])
  const told = (await district.signals()).at(-1)
  expect(told?.reason).toMatchObject({ restless: HOUR / 2, othersSince: NINE })
})

test('beyond two hours out of sight they may have slept, and the hours begin anew', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await flapFor(district, home, 40)
  await goDark(district, home, 3 * HOUR)
  await flapFor(district, home, 46)
  expect(await toldAfter(district)).toEqual([])
  await flapFor(district, home, 2)
  expect(await toldAfter(district)).toEqual([46.5])
})

test('what was learnt by midnight of a sensor that goes on is gone on with', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await flapFor(district, home, 32)
  await goDark(district, home, HOUR)
  await setLearnAt(district.pool, home, district.now)
  expect(await district.learn()).toBe(1)
  expect((await district.rhythm(home))?.tireless.half.going).toContainEqual([
    0,
    (NINE / HOUR) * 2,
    (NINE / HOUR) * 2 + 29,
  ])
  await flapFor(district, home, 20)
  expect(await toldAfter(district)).toEqual([24.5])
})

test.for([1.5 * HOUR, 26 * HOUR])(
  'nobody is back after %d ms out of sight, but once the sensor has rested',
  async (time, { district }) => {
    const home = await district.home('made-up-1')
    await flapFor(district, home, 48)
    expect(await toldAfter(district)).toEqual([23])
    await goDark(district, home, time)
    await flapFor(district, home, 6)
    expect(await backs(district)).toEqual([])
    await district.pass(HOUR, [home])
    await flapFor(district, home, 1)
    expect(await backs(district)).toHaveLength(1)
  },
)

test('nor is anybody back where the hours out of sight made it graver', async ({ district }) => {
  const home = await district.home('made-up-1')
  await flapFor(district, home, 48)
  await goDark(district, home, 50 * HOUR)
  const grades = (await district.signals()).filter(({ kind }) => kind === 'inactivity')
  expect(grades.map(({ grade, reason }) => [grade, reason.rule])).toEqual([
    ['caution', 'alone'],
    ['warning', 'ceiling'],
  ])
  await flapFor(district, home, 6)
  expect(await backs(district)).toEqual([])
})

test('a case is judged by the rest that it was raised by', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.past(home, NINE - 10 * DAY, 10 * 96, (n) => n % 96 < 4 * 13 || n % 96 > 4 * 22)
  await district.learn()
  const everyOther = async (halves: number) => {
    for (let half = 0; half < halves; half++) {
      if (half % 3 === 0) await flap(district, home, true)
      await district.pass(HOUR / 2, [home])
    }
  }
  await everyOther(48)
  expect(await district.signals()).toHaveLength(1)
  // Somebody is seen to walk about by now.
  await district.pool.query(
    `update rhythm set body = jsonb_set(body, '{tireless,rest}', '1') where household_id = $1`,
    [home.id],
  )
  await everyOther(6)
  expect(await backs(district)).toEqual([])
  await district.pass(5 * HOUR, [home])
  await everyOther(1)
  expect(await backs(district)).toHaveLength(1)
})

test('what all sensors beyond thirty share tells nothing', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.pool.query('update device set slot = 30 where id = $1', [home.door])
  for (let half = 0; half < 60; half++) {
    const signs = [0, 10, 20].map((minute) => ({
      householdId: home.id,
      deviceId: home.door,
      slot: 30,
      kind: 'motion' as const,
      nature: 'event' as const,
      value: 1,
      active: true,
      exit: false,
      at: district.now + minute * MINUTE,
    }))
    await commit(district.pool, signs, [`gw-${home.id}`], district.now + 29 * MINUTE)
    // The other one rests now and then.
    if (half % 10 < 8) await flap(district, home, false)
    await district.pass(HOUR / 2, [home])
  }
  expect(await toldAfter(district)).toEqual([])
})

/** Staff close its case: they found somebody at home, or a fault. */
async function closeCase({ pool, now }: District, home: TestHome, isFound: boolean): Promise<void> {
  await pool.query(
    `update watch set grade = null, silence_since = null, confirmed_at = $2, deadline_at = $2,
       home_until = case when $3 then $2::timestamptz end where household_id = $1`,
    [home.id, new Date(now), isFound],
  )
}

test.for([
  [true, 46],
  [false, 23],
] as const)(
  'whoever was found at home (%s) while a sensor went on is asked about again after %d hours',
  async ([isFound, hours], { district }) => {
    const home = await district.home('made-up-1')
    await flapFor(district, home, 47)
    for (const round of [1, 2]) {
      const asked = (await toldAfter(district)).length
      expect(asked).toBe(round)
      await closeCase(district, home, isFound)
      const closed = (district.now - NINE) / HOUR
      await flapFor(district, home, 2 * hours + 1)
      expect((await toldAfter(district)).at(-1)).toBe(closed + hours)
    }
  },
)

test.for([false, true])(
  'what was out of sight since the others spoke counts, a quiet home beside it or not (%s)',
  async (isBeside, { district }) => {
    const home = await district.home('made-up-1')
    await district.exit(home)
    await district.move(home)
    if (isBeside) await district.move(await district.home('made-up-2'))
    // One sensor alone, but for half an hour every two hours and a half.
    const alone = async (halves: number) => {
      for (let half = 0; half < halves; half++) {
        if (half % 5 < 4) await flap(district, home, false)
        await district.pass(HOUR / 2, [home])
      }
    }
    await alone(20)
    await goDark(district, home, 1.5 * HOUR)
    await alone(36)
    const told = (await district.signals()).filter(({ reason }) => reason.rule === 'alone')
    expect(told.map(({ due }) => (due - NINE) / HOUR)).toEqual([25])
  },
)
