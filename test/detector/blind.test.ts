import { describe, expect } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../services/core/time.ts'
import { NINE, STEP, setLearnAt, test } from './district.ts'

const QUIET = { kind: 'inactivity' }

describe('a gateway that falls silent', () => {
  test('makes the home blind, and is not taken for the silence of the person', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(23 * HOUR)
    expect(await district.signals()).toMatchObject([
      {
        kind: 'blind',
        grade: 'caution',
        due: NINE + 15 * MINUTE,
        reason: { rule: 'gateway-silent' },
      },
    ])
    expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: NINE })
  })

  test('a moment before the deadline does not let it fire, until it has spoken again', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.sweep()
    const due = (await district.watch(home)).deadline ?? 0
    await district.pass(due - NINE - 5 * MINUTE, [home])
    await district.pass(10 * MINUTE)
    expect(await district.signals()).toEqual([])
    // What was not heard was added to the deadline; heard again, it is the old one that counts.
    await district.pass(10 * MINUTE, [home])
    expect(await district.signals()).toMatchObject([{ ...QUIET, grade: 'watch', due }])
  })

  test('does not hold the ceiling of the tier', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(25 * HOUR)
    expect((await district.signals()).at(-1)).toMatchObject({
      ...QUIET,
      grade: 'caution',
      due: NINE + 24 * HOUR,
      reason: { rule: 'ceiling', presence: 'blind' },
    })
  })

  test('and comes back ends the blindness, tells so once, and the silence counts on', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(5 * HOUR)
    await district.pass(HOUR, [home])
    expect(await district.returned()).toMatchObject([{ kind: 'blind' }])
    expect((await district.watch(home)).presence).toBe('home')
    expect(await district.signals()).toHaveLength(1)
    await district.pass(8 * HOUR, [home])
    expect((await district.signals()).at(1)).toMatchObject({ ...QUIET, grade: 'watch' })
  })

  test('with its last will has seven minutes', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.hangUp(home)
    await district.pass(7 * MINUTE - 1)
    expect(await district.signals()).toEqual([])
    await district.pass(MINUTE)
    expect(await district.signals()).toMatchObject([
      { kind: 'blind', due: NINE + 7 * MINUTE, reason: { rule: 'gateway-offline' } },
    ])
  })

  test('whose last will came late is heard with its next state, and nobody is told', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    // It is back already; its state comes five minutes after the one that it sent then, and a little later.
    await district.hangUp(home)
    await district.pass(5 * MINUTE + 40_000)
    await district.pass(HOUR, [home])
    expect(await district.signals()).toEqual([])
  })

  test('that has never spoken leaves its home blind from the first, and is reported after a day', async ({
    district,
  }) => {
    const home = await district.home('made-up-1')
    await district.pool.query('update gateway set last_seen_at = null')
    await district.pass(23 * HOUR)
    expect(await district.signals()).toEqual([])
    expect(await district.watch(home)).toMatchObject({ presence: 'blind', since: NINE })
    await district.pass(HOUR + STEP)
    expect((await district.signals()).map((each) => each.kind)).toContain('blind')
  })
})

describe('a sensor that falls silent', () => {
  test('is a matter of its own, once, until it speaks again', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.quicken(home, 10 * HOUR)
    for (let hour = 0; hour < 12; hour++) {
      await district.move(home)
      await district.pass(HOUR, [home])
    }
    expect(await district.signals()).toMatchObject([
      { kind: 'sensor', grade: 'caution', reason: { rule: 'sensor-silent', uid: 'door' } },
    ])
    await district.exit(home)
    await district.pass(20 * MINUTE, [home])
    expect(await district.returned()).toMatchObject([{ kind: 'sensor' }])
  })

  test('with its gateway is no fault of its own', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.quicken(home, 10 * HOUR)
    await district.move(home)
    await district.pass(20 * HOUR)
    expect((await district.signals()).filter((each) => each.kind === 'sensor')).toEqual([])
  })
})

describe('a pipeline that stands still', () => {
  test('raises nobody, and nobody for it afterwards', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.pass(HOUR, [home])
    const stood = district.now
    for (let hour = 0; hour < 12; hour++) {
      district.now += HOUR
      await district.sweepOnly()
    }
    expect(await district.signals()).toEqual([])
    await district.pass(2 * HOUR, [home])
    expect(await district.signals()).toEqual([])
    expect((await district.watch(home)).presence).toBe('home')
    // It beats again with the next sweep, and then has an hour of grace.
    expect(await district.unseen()).toEqual([
      { home: null, since: stood, until: stood + 12 * HOUR + STEP + HOUR },
    ])
  })

  test('together with the detector is noticed afterwards', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.sweep()
    district.now += 12 * HOUR
    await district.pass(2 * HOUR, [home])
    expect(await district.signals()).toEqual([])
    expect(await district.unseen()).toMatchObject([{ home: null, since: NINE }])
  })

  test('is not mistaken for a detector that stood still alone', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    await district.sweep()
    await district.wait(12 * HOUR)
    await district.hear(home)
    await district.sweep()
    expect(await district.unseen()).toEqual([])
    expect(await district.signals()).toMatchObject([QUIET])
  })

  test('does not hold the ceiling once its grace is over', async ({ district }) => {
    const home = await district.home('made-up-1')
    await district.move(home)
    district.now += 25 * HOUR
    await district.sweepOnly()
    await district.pass(HOUR, [home])
    expect(await district.signals()).toEqual([])
    await district.pass(HOUR, [home])
    expect(await district.signals()).toMatchObject([{ ...QUIET, reason: { rule: 'ceiling' } }])
  })
})

test('what was out of sight is not learnt as calm', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.pass(10 * HOUR)
  await district.move(home)
  await district.pass(DAY, [home])
  await setLearnAt(district.pool, home, district.now)
  await district.learn()
  const rhythm = await district.rhythm(home)
  expect(rhythm?.silences).toEqual([])
  // The quarter hour in which the gateway was last heard, and hardly any more, was watched.
  expect(rhythm?.weekday.days.filter((each) => each > 0).length).toBeLessThanOrEqual(2)
})
