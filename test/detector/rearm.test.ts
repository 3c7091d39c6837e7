import { pino } from 'pino'
import { expect } from 'vitest'
import { z } from 'zod'
import type { OutcomeCode } from '../../schemas/alert.ts'
import { Channel } from '../../schemas/channel.ts'
import type { SignalKind } from '../../schemas/signal.ts'
import { STANDARD_PLAN } from '../../services/core/plan.ts'
import { POLICIES } from '../../services/core/inactivity.ts'
import { awayLimit } from '../../services/core/presence.ts'
import { HOUR, MINUTE } from '../../services/core/time.ts'
import { escalate } from '../../services/alerts/escalate.ts'
import { messageWriter } from '../../services/alerts/message.ts'
import { applyEvent } from '../../services/store/alerts.ts'
import { addGateway, addPlan } from '../../services/store/homes.ts'
import { query } from '../../services/store/pool.ts'
import { commit } from '../../services/store/readings.ts'
import { type District, type Found, NINE, test } from './district.ts'

const voice = { write: messageWriter(null), channels: Channel.options, asks: false, pass: null }

/** Somebody closes the open case of a kind, now. */
async function close(
  district: District,
  kind: SignalKind,
  outcome: OutcomeCode,
  how?: 'phone' | 'visit',
): Promise<void> {
  const { pool, now } = district
  await addPlan(pool, STANDARD_PLAN)
  await escalate({ pool, log: pino({ level: 'silent' }), voice, now: () => now })
  const [open] = await query(
    pool,
    z.object({ id: z.int() }),
    `select id from alert where kind = $1 and state ->> 'state' <> 'resolved'`,
    [kind],
  )
  const event = { type: 'outcome', by: 'kim', outcome, note: '', ...(how && { how }) } as const
  expect(await applyEvent(pool, open?.id ?? 0, event, now)).toMatchObject({ kind: 'done' })
}

async function signalsOf(district: District, kind: SignalKind): Promise<Found[]> {
  return (await district.signals()).filter((each) => each.kind === kind)
}

test('a silence that was closed as safe and goes on is told anew, grade by grade, from then on', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.pass(20 * HOUR, [home])
  expect((await district.watch(home)).grade).toBe('caution')
  const before = await signalsOf(district, 'inactivity')
  await close(district, 'inactivity', 'safe')
  const closed = district.now

  await district.pass(HOUR, [home])
  expect(await signalsOf(district, 'inactivity')).toEqual(before)
  await district.pass(48 * HOUR, [home])
  const after = (await signalsOf(district, 'inactivity')).slice(before.length)
  expect(after.map((each) => each.grade)).toEqual(['watch', 'caution', 'warning'])
  for (const { due, at, reason } of after) {
    expect(due).toBeGreaterThan(closed + HOUR)
    expect(reason).toMatchObject({ since: NINE, silentFor: at - NINE })
  }
})

test('an absence that was closed is believed anew, and has its end again', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.exit(home)
  const limit = awayLimit({ absences: [] }, POLICIES.high, NINE)
  await district.pass(limit, [home])
  await close(district, 'inactivity', 'away')
  await district.pass(limit - MINUTE, [home])
  expect(await signalsOf(district, 'inactivity')).toHaveLength(1)
  await district.pass(MINUTE, [home])
  expect((await signalsOf(district, 'inactivity'))[1]).toMatchObject({
    grade: 'watch',
    due: NINE + 2 * limit,
    reason: { rule: 'away', since: NINE },
  })
})

/** Thought out since nine, and asked about. */
async function thoughtOut(district: District) {
  const home = await district.home('made-up-1')
  await district.exit(home)
  await district.pass(awayLimit({ absences: [] }, POLICIES.high, NINE), [home])
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since: NINE })
  return home
}

test('who was thought out and is safe at home is at home at once, and missed as anybody there', async ({
  district,
}) => {
  const home = await thoughtOut(district)
  await close(district, 'inactivity', 'safe', 'phone')
  const closed = district.now
  await district.wait(MINUTE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'home', since: closed })
  // Of somebody who is out it would be 주의 after twice the tier's 24 hours.
  await district.pass(24 * HOUR, [home])
  const cautions = (await signalsOf(district, 'inactivity')).filter(
    (each) => each.grade === 'caution',
  )
  expect(cautions).toHaveLength(1)
  expect(cautions[0]?.due).toBeLessThanOrEqual(closed + 24 * HOUR)
  expect(cautions[0]?.reason).toMatchObject({ presence: 'home' })
})

test('who visited them goes by the exit within half an hour, and they stay at home', async ({
  district,
}) => {
  const home = await thoughtOut(district)
  await close(district, 'inactivity', 'safe', 'visit')
  const closed = district.now
  await district.wait(20 * MINUTE)
  await district.exit(home)
  await district.pass(HOUR, [home])
  expect(await district.watch(home)).toMatchObject({ presence: 'home', since: closed })
  // Nor does a sensor that was faulty take that back.
  await district.pass(23 * HOUR, [home])
  await close(district, 'inactivity', 'fault')
  await district.pass(HOUR, [home])
  expect(await district.watch(home)).toMatchObject({ presence: 'home', since: closed })
  // By then the visitor has gone.
  await district.exit(home)
  const since = district.now
  await district.pass(HOUR, [home])
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since })
})

test('who is away after all is out since the exit was used, though somebody had said that they are at home', async ({
  district,
}) => {
  const home = await thoughtOut(district)
  await close(district, 'inactivity', 'safe', 'visit')
  await district.wait(20 * MINUTE)
  await district.exit(home)
  const since = district.now
  await district.pass(24 * HOUR, [home])
  await close(district, 'inactivity', 'away', 'phone')
  await district.wait(MINUTE)
  await district.hear(home)
  await district.sweep()
  expect(await district.watch(home)).toMatchObject({ presence: 'away', since })
})

test('who was found dead is asked about no more, until something moves', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.pass(20 * HOUR, [home])
  const before = await signalsOf(district, 'inactivity')
  await close(district, 'inactivity', 'found-dead')
  await district.pass(20 * HOUR, [home])
  expect(await signalsOf(district, 'inactivity')).toEqual(before)
  await district.move(home)
  await district.pass(20 * HOUR, [home])
  expect((await signalsOf(district, 'inactivity')).length).toBeGreaterThan(before.length)
})

test('a gateway that stays dead after its case was closed is a case again, and dark throughout', async ({
  district,
}) => {
  const home = await district.home('made-up-1')
  await district.move(home)
  await district.pass(HOUR)
  expect(await signalsOf(district, 'blind')).toHaveLength(1)
  await close(district, 'blind', 'fault')
  const closed = district.now

  district.now += 14 * MINUTE
  await district.sweep()
  expect(await signalsOf(district, 'blind')).toHaveLength(1)
  expect(await district.unseen()).toEqual([{ home: home.id, since: NINE, until: null }])
  await district.pass(MINUTE)
  await district.pass(HOUR)
  const blind = await signalsOf(district, 'blind')
  expect(blind).toHaveLength(2)
  expect(blind[1]).toMatchObject({ due: closed + 15 * MINUTE, reason: { lastSeen: NINE } })
})

test('a home is no less dark for the gateway that lives beside the dead one whose case was closed', async ({
  district,
  pool,
}) => {
  const home = await district.home('made-up-1')
  await addGateway(pool, { gateway: 'second', household: 'made-up-1' }, NINE)
  const hear = () => commit(pool, [], ['second'], district.now)
  await district.move(home)
  await hear()
  district.now += 20 * MINUTE
  await hear()
  await district.sweep()
  await close(district, 'blind', 'fault')
  for (let minute = 0; minute < 10; minute++) {
    district.now += MINUTE
    await hear()
    await pool.query(`update gateway set check_at = 'epoch'`)
    await district.sweep()
  }
  expect(await district.unseen()).toEqual([{ home: home.id, since: NINE, until: null }])
})

test('a sensor that stays dead after its case was closed is a case again', async ({ district }) => {
  const home = await district.home('made-up-1')
  await district.quicken(home, 10 * HOUR)
  const live = async (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      await district.move(home)
      await district.pass(HOUR, [home])
    }
  }
  await live(11)
  expect(await signalsOf(district, 'sensor')).toHaveLength(1)
  await close(district, 'sensor', 'fault')
  const closed = district.now
  await live(9)
  expect(await signalsOf(district, 'sensor')).toHaveLength(1)
  await live(2)
  const [, again] = await signalsOf(district, 'sensor')
  expect(again).toMatchObject({ due: closed + 10 * HOUR, reason: { uid: 'door', lastSeen: NINE } })
})
